// The page: criteria in, recipe, graph, values and bundle out. What is shown is what the service said.

import { drawGraph } from "./graph.js";
import { at, ask, askJson, el, later, note, Refused, table, useToken } from "./dom.js";
import { DIMENSIONS, canBeComplete, commandLine, exactly, inOrder, nearest, problemsOf, query, shown, speaksOf, stated,
  valuePath, words } from "./model.js";

const state = {
  catalog: null,       // as /v1/catalog tells it
  criteria: {},        // what is chosen
  overrides: [],       // {component, path, value}, in the order given
  recipe: null,        // as YAML, byte for byte what 'eidos recipe' writes: for /v1/bundle
  parsed: null,
  explanation: null,
  component: "",       // whose values are shown
  running: null,       // AbortController of the questions under way
};

const form = at("criteria");
const bundleForm = at("bundle");

// ---- criteria

function optionText(name, value) {
  const would = { ...stated(state.criteria), [name]: value };
  delete would.nodes;
  return canBeComplete(would, state.catalog.combinations) ? value : `${value} (incomplete)`;
}

function drawCriteria() {
  for (const name of DIMENSIONS) {
    const select = form.elements[name];
    const chosen = state.criteria[name] ?? "";
    select.replaceChildren(el("option", { value: "" }, "any"), ...(state.catalog.criteria[name] ?? []).map((value) =>
      el("option", { value, selected: value === chosen }, optionText(name, value))));
    select.value = chosen;
  }
  form.elements.nodes.value = state.criteria.nodes ?? "";
}

function makeCriteria() {
  form.replaceChildren(...DIMENSIONS.map((name) => el("label", {}, name, el("select", { name }))),
    el("label", {}, "GPU nodes", el("input", { name: "nodes", type: "number", min: "0", max: "100000", inputmode: "numeric", placeholder: "any" })));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    state.criteria = stated(Object.fromEntries(new FormData(form)));
    changed();
  });
}

const choose = (criteria) => () => { state.criteria = { ...stated(criteria), nodes: state.criteria.nodes }; changed(); };

function drawCompleteness() {
  const wanted = stated(state.criteria);
  const { combinations } = state.catalog;
  if (exactly(wanted, combinations)) {
    at("completeness").replaceChildren(note("good", "Complete: the catalog knows this combination."));
    return;
  }
  at("completeness").replaceChildren(
    note("warn", canBeComplete({ ...wanted, nodes: undefined }, combinations)
      ? "Not complete: more has to be stated. " : "Not complete: the catalog knows no such combination. ", "Nearest:"),
    el("ul", {}, ...nearest(wanted, combinations).map((one) => el("li", {}, el("button",
      { type: "button", class: "plain", click: choose(one.criteria) }, words(one.criteria))))));
}

function drawKnown() {
  const { combinations } = state.catalog;
  at("known-count").textContent = `(${combinations.length})`;
  at("known-list").replaceChildren(...combinations.map((one) => el("li", {}, el("button",
    { type: "button", class: "plain", click: choose(one.criteria) }, words(one.criteria)))));
}

// ---- recipe

function componentRow(component, place) {
  return el("tr", { class: component.name === state.component ? "chosen" : "" },
    el("td", { class: "number" }, String(place + 1)),
    el("td", {}, el("button", { type: "button", class: "plain", click: () => showValues(component.name) }, component.name)),
    el("td", { class: "mono" }, component.version ?? component.tag ?? ""),
    el("td", {}, component.namespace ?? ""),
    el("td", {}, (component.dependencyRefs ?? []).join(", ")),
    el("td", { class: "value" }, component.source ?? ""));
}

function warningsOf(recipe) {
  const metadata = recipe.metadata ?? {};
  const unused = (metadata.unusedCriteria ?? []).map((one) =>
    typeof one === "string" ? one : `${one.dimension}=${one.value}: no overlay asks for it`);
  const excluded = (metadata.excludedOverlays ?? []).map((one) => `overlay ${one.name ?? one} is left out`);
  return [...unused, ...excluded, ...(recipe.warnings ?? [])];
}

function drawComponents() {
  table(at("components"), ["#", "component", "version", "namespace", "after", "source"],
    inOrder(state.parsed).map(componentRow));
}

function drawRecipe() {
  const recipe = state.parsed;
  at("notes").replaceChildren(...warningsOf(recipe).map((text) => note("warn", String(text))));
  at("chain").textContent = `overlays: ${(recipe.metadata?.appliedOverlays ?? []).join(" › ")}`;
  drawComponents();
  drawGraph(at("graph"), inOrder(recipe), showValues);
  const rows = (recipe.constraints ?? []).map((one) => el("tr", {}, el("td", { class: "mono" }, one.name), el("td", { class: "value" }, one.value)));
  table(at("constraints"), ["of the cluster and its nodes", "expected"],
    rows.length ? rows : [el("tr", {}, el("td", { colspan: "2" }, "nothing"))]);
}

function drawOverlays() {
  table(at("overlay-table"), ["overlay", "verdict", "why", "file"], state.explanation.overlays.map((one) => el("tr", {},
    el("td", {}, one.name), el("td", {}, one.verdict), el("td", {}, one.why), el("td", { class: "value" }, one.file ?? ""))));
}

// ---- values and where they come from

function event(one) {
  const place = one.file ? ` ${one.file}:${one.line}:${one.column}` : "";
  const name = one.name && !(one.file ?? "").endsWith(one.name) ? ` ${one.name}` : "";
  return el("li", {}, el("div", {}, `${one.by}${name}`, el("span", { class: "mono dim" }, place)),
    el("div", { class: "mono" }, one.removed ? "removed" : shown(one.value ?? null)),
    one.because ? el("div", { class: "dim" }, one.because) : null,
    one.comment ? el("div", { class: "comment" }, one.comment) : null);
}

function historyRow(reason) {
  return el("tr", { class: "why" }, el("td", { colspan: "4" },
    reason.note ? el("p", { class: "dim" }, reason.note) : null,
    el("ol", { class: "history", "aria-label": "Who wrote it, oldest first" }, ...(reason.history ?? []).map(event))));
}

function valueRow(path, reason) {
  const last = (reason.history ?? []).at(-1);
  const button = el("button", { type: "button", class: "plain mono", "aria-expanded": "false", click: () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) row.nextSibling.remove();
    else row.after(historyRow(reason));
  } }, path);
  const row = el("tr", { class: (reason.history ?? []).length > 1 ? "changed" : "" },
    el("td", {}, button), el("td", { class: "value" }, shown(reason.value ?? null)),
    el("td", {}, last?.by ?? "", last?.by === "overlay" ? ` ${last.name}` : ""),
    el("td", {}, el("button", { type: "button", class: "plain", "aria-label": `Override ${path}`,
      click: () => addOverride(state.component, path, shown(reason.value ?? null)) }, "override")));
  return row;
}

function valuesOf(component) {
  return Object.entries(state.explanation?.values ?? {})
    .map(([pointer, reason]) => [valuePath(pointer, component), reason]).filter(([path]) => path !== null);
}

function drawValues() {
  const there = state.parsed?.componentRefs?.some((one) => one.name === state.component);
  at("values").hidden = !there;
  if (!there) return;
  at("values-title").textContent = `Values of ${state.component}`;
  const wanted = at("filter").value.toLowerCase();
  const rows = valuesOf(state.component).filter(([path, reason]) =>
    `${path} ${shown(reason.value ?? null)}`.toLowerCase().includes(wanted)).map(([path, reason]) => valueRow(path, reason));
  table(at("value-table"), ["value (open for its history)", "is", "set by", "change"],
    rows.length ? rows : [el("tr", {}, el("td", { colspan: "4" }, "none"))]);
}

function showValues(name) {
  state.component = name;
  at("filter").value = "";
  drawComponents();
  drawValues();
  at("values-title").focus();
}

// ---- overrides

function addOverride(component, path = "", value = "") {
  state.overrides.push({ component, path, value });
  drawOverrides();
  at("overrides").lastElementChild.querySelector(path ? "[name=value]" : "[name=path]").focus();
  overridesChanged();
}

function overrideItem(one) {
  const text = (name, list) => el("label", {}, name, el("input", { name, value: one[name], list, spellcheck: "false",
    autocomplete: "off", input: (typed) => { one[name] = typed.target.value; overridesChanged(); } }));
  const names = inOrder(state.parsed ?? {}).map((ref) => ref.name);
  const item = el("li", { class: "override" },
    el("label", {}, "component", el("select", { name: "component", change: (chosen) => {
      one.component = chosen.target.value; drawPaths(one.component); overridesChanged(); } },
    ...names.map((name) => el("option", { selected: name === one.component }, name)))),
    text("path", "paths"), text("value"), el("div", { class: "problems" }),
    el("button", { type: "button", "aria-label": `Remove the override ${one.component} ${one.path}`, click: () => {
      state.overrides.splice(state.overrides.indexOf(one), 1); drawOverrides(); at("add-override").focus(); overridesChanged(); } }, "Remove"));
  item.addEventListener("focusin", () => drawPaths(one.component));
  return item;
}

function drawPaths(component) {
  at("paths").replaceChildren(...valuesOf(component).map(([value]) => el("option", { value })));
}

function drawOverrides() {
  at("overrides").replaceChildren(...state.overrides.map(overrideItem));
}

const whole = () => state.overrides.filter((one) => one.component && one.path);
const sets = () => whole().map((one) => ["set", `${one.component}:${one.path}=${one.value}`]);

function flags() {
  const given = Object.fromEntries(new FormData(bundleForm));
  const listed = ["repo", "namespace", "accelerated-node-selector", "accelerated-node-toleration", "system-node-selector",
    "system-node-toleration"].filter((name) => given[name]?.trim() && !(name === "repo" && at("bundle").elements.repo.disabled))
    .map((name) => [name, given[name].trim()]);
  return [...(given.deployer === "helm" ? [] : [["deployer", given.deployer]]), ...listed, ...sets()];
}

const format = () => bundleForm.elements.format.value;

// ---- the bundle: asked for with every change, so that what is wrong is seen at once

const bundlePath = () => `/v1/bundle?${new URLSearchParams([...flags(), ["format", format()]])}`;
const bundleRequest = () => ({ method: "POST", headers: { "Content-Type": "application/yaml", Accept: "*/*" }, body: state.recipe });

function showProblems(problems) {
  const left = [];
  const items = [...at("overrides").children];
  for (const item of items) { item.classList.remove("bad"); item.querySelector(".problems").replaceChildren(); }
  for (const problem of problems) {
    const text = [problem.message, problem.hint].filter(Boolean).join("; ");
    const owners = state.overrides.map((one, place) => speaksOf(problem, one) ? items[place] : null).filter(Boolean);
    for (const owner of owners) { owner.classList.add("bad"); owner.querySelector(".problems").append(note("bad", text)); }
    if (!owners.length) left.push(note("bad", problem.field ? `${problem.field}: ` : "", text));
  }
  at("bundle-problems").replaceChildren(...left);
  const known = whole().length;
  at("override-state").textContent = problems.length ? `${problems.length} to mend`
    : known ? `${known} checked: the service takes ${known === 1 ? "it" : "them"}` : "";
  at("download").disabled = problems.length > 0;
}

let checks = 0;
async function check() {
  if (!state.recipe) return;
  const mine = ++checks;
  const settle = (problems) => { if (mine === checks) showProblems(problems); };
  try {
    const answer = await ask(bundlePath(), bundleRequest());
    await answer.arrayBuffer();
    settle([]);
  } catch (error) {
    settle(error instanceof Refused ? problemsOf(error.problem) : [{ message: error.message }]);
  }
}
const checkSoon = later(300, check);

async function download() {
  const answer = await ask(bundlePath(), bundleRequest());
  const address = URL.createObjectURL(await answer.blob());
  const link = el("a", { href: address, download: `bundle.${format()}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  const warnings = Number(answer.headers.get("X-Bundle-Warnings") ?? 0);
  at("bundle-problems").replaceChildren(note("good", `bundle.${format()} is on its way`,
    warnings ? `; ${warnings} warnings are in its WARNINGS.txt` : "", "."));
}

function drawCommand() {
  at("command").textContent = commandLine(state.criteria, flags(), format());
}

async function copy() {
  try {
    await navigator.clipboard.writeText(at("command").textContent);
    at("copied").textContent = "copied";
  } catch {  // Plain HTTP from another machine: browsers keep the clipboard to themselves.
    getSelection().selectAllChildren(at("command"));
    at("copied").textContent = document.execCommand("copy") ? "copied" : "selected: press Ctrl+C";
  }
}

// ---- what follows from what

function remember() {
  const hash = query(state.criteria, sets());
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
}

function recall() {
  const given = new URLSearchParams(location.hash.slice(1));
  state.criteria = stated(Object.fromEntries(given));
  state.overrides = given.getAll("set").map((text) => /^([^:=]+):([^=]+)=(.*)$/s.exec(text)).filter(Boolean)
    .map(([, component, path, value]) => ({ component, path, value }));
}

async function explain(signal) {
  const asked = (more) => askJson(`/v1/explain?${query(state.criteria, more)}`, { signal });
  try {
    state.explanation = await asked(sets());
  } catch (error) {  // An override that is refused is told of beside it; the rest has its reasons all the same.
    if (!(error instanceof Refused) || error.status !== 400 || !sets().length) throw error;
    state.explanation = await asked([]);
  }
  drawOverlays();
  drawValues();
}
const explainSoon = later(300, () => explain().catch(failed));

function overridesChanged() {
  remember();
  drawCommand();
  checkSoon();
  explainSoon();
}

function failed(error) {
  if (error.name === "AbortError") return;
  at("state").textContent = "";
  at("token-form").hidden = error.status !== 401;
  const problems = error instanceof Refused ? problemsOf(error.problem) : [{ message: error.message }];
  at("notes").replaceChildren(...problems.map((one) => note("bad", one.field ? `${one.field}: ` : "",
    [one.message, one.hint].filter(Boolean).join("; "))));
}

async function changed() {
  state.running?.abort();
  const running = state.running = new AbortController();
  drawCriteria();
  drawCompleteness();
  remember();
  drawCommand();
  at("state").textContent = "asking…";
  try {
    const asked = (kind) => ask(`/v1/recipe?${query(state.criteria)}`, { signal: running.signal, headers: { Accept: kind } });
    const [yaml, json] = await Promise.all([asked("application/yaml"), asked("application/json")]);
    state.recipe = await yaml.text();
    state.parsed = await json.json();
    drawRecipe();
    drawOverrides();
    await explain(running.signal);
    at("state").textContent = `${state.parsed.componentRefs?.length ?? 0} components, eidos ${state.parsed.metadata?.version ?? ""}`;
    check();
  } catch (error) { failed(error); }
}

function deployerChanged() {
  const deployer = bundleForm.elements.deployer.value;
  for (const label of bundleForm.querySelectorAll("[data-for]")) {
    label.hidden = !label.dataset.for.split(" ").includes(deployer);
    label.querySelector("input").disabled = label.hidden;
  }
}

function listen() {
  bundleForm.addEventListener("input", () => { deployerChanged(); drawCommand(); checkSoon(); });
  bundleForm.addEventListener("submit", (event) => {
    event.preventDefault();
    download().catch((error) => showProblems(error instanceof Refused ? problemsOf(error.problem) : [{ message: error.message }]));
  });
  at("add-override").addEventListener("click", () => addOverride(state.component || (inOrder(state.parsed ?? {})[0]?.name ?? "")));
  at("copy").addEventListener("click", copy);
  at("filter").addEventListener("input", drawValues);
  at("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useToken(at("token").value);
    at("token").value = "";
    start();
  });
  addEventListener("hashchange", () => { recall(); changed(); });
}

async function start() {
  try {
    state.catalog = await askJson("/v1/catalog");
    at("token-form").hidden = true;
    drawKnown();
    await changed();
  } catch (error) { failed(error); }
}

makeCriteria();
listen();
deployerChanged();
recall();
start();
