// The dependency graph as SVG: a column for each level, in the order of deployment, left to right.

import { levels } from "./model.js";

const BOX = { height: 34, letter: 7.8, gapX: 62, gapY: 12, pad: 10, head: 22 };

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A box for the longest name; the place in the order stands before it.
const boxWidth = (components) =>
  Math.ceil(20 + BOX.letter * Math.max(12, ...components.map((one) => one.name.length + 3)));

function place(columns, width) {
  const at = new Map();
  columns.forEach((names, column) => names.forEach((name, row) => at.set(name, {
    x: BOX.pad + column * (width + BOX.gapX),
    y: BOX.pad + BOX.head + row * (BOX.height + BOX.gapY),
  })));
  return at;
}

function edge(from, to, at, width) {
  const [a, b] = [at.get(from), at.get(to)];
  const [x1, y1, x2, y2] = [a.x + width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return svg("path", { class: "edge", "data-from": from, "data-to": to, "marker-end": "url(#arrow)",
    d: `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 2} ${y2}` });
}

function node(component, number, { x, y, width }, open) {
  const needs = component.dependencyRefs ?? [];
  const box = svg("g", { class: "node", tabindex: "0", role: "button", "data-name": component.name,
    transform: `translate(${x} ${y})`,
    "aria-label": `${number}, ${component.name} ${component.version ?? ""}, ` +
      (needs.length ? `after ${needs.join(", ")}` : "depends on nothing") },
  svg("rect", { width, height: BOX.height, rx: 4 }),
  svg("text", { x: 8, y: 15, class: "name" }, `${number} ${component.name}`),
  svg("text", { x: 8, y: 28, class: "version" }, component.version ?? component.type ?? ""));
  box.addEventListener("click", () => open(component.name));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(component.name);
  });
  return box;
}

// What a component needs, directly or not, and what needs it directly or not.
function related(name, components) {
  const walk = (start, next) => {
    const seen = new Set();
    const todo = [start];
    while (todo.length) for (const other of next(todo.pop())) if (!seen.has(other)) { seen.add(other); todo.push(other); }
    return seen;
  };
  const needs = (one) => components.find((other) => other.name === one)?.dependencyRefs ?? [];
  const neededBy = (one) => components.filter((other) => (other.dependencyRefs ?? []).includes(one)).map((other) => other.name);
  return new Set([name, ...walk(name, needs), ...walk(name, neededBy)]);
}

function lightUp(picture, names) {
  picture.classList.toggle("some", names !== null);
  for (const one of picture.querySelectorAll(".node"))
    one.classList.toggle("lit", names?.has(one.dataset.name) ?? false);
  for (const one of picture.querySelectorAll(".edge"))
    one.classList.toggle("lit", (names?.has(one.dataset.from) && names.has(one.dataset.to)) ?? false);
}

/** Draws `components` (in deployment order) into `room`; `open(name)` is called for the one that was chosen. */
export function drawGraph(room, components, open) {
  const columns = levels(components);
  const box = boxWidth(components);
  const at = place(columns, box);
  const rows = Math.max(0, ...columns.map((names) => names.length));
  const width = 2 * BOX.pad + columns.length * (box + BOX.gapX) - BOX.gapX;
  const height = 2 * BOX.pad + BOX.head + rows * (BOX.height + BOX.gapY) - BOX.gapY;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": `${components.length} components in ${columns.length} levels` },
  svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 6 6", refX: 5, refY: 3, markerWidth: 6, markerHeight: 6,
    orient: "auto" }, svg("path", { d: "M0 0 L6 3 L0 6 z" }))));
  columns.forEach((names, column) => picture.append(svg("text",
    { class: "level", x: BOX.pad + column * (box + BOX.gapX), y: BOX.pad + 8 }, `level ${column + 1}`)));
  for (const one of components)
    for (const other of one.dependencyRefs ?? []) if (at.has(other)) picture.append(edge(other, one.name, at, box));
  components.forEach((one, place) => {
    const drawn = node(one, place + 1, { ...at.get(one.name), width: box }, open);
    for (const event of ["pointerenter", "focus"])
      drawn.addEventListener(event, () => lightUp(picture, related(one.name, components)));
    for (const event of ["pointerleave", "blur"]) drawn.addEventListener(event, () => lightUp(picture, null));
    picture.append(drawn);
  });
  room.replaceChildren(picture);
}
