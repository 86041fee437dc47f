// What the page knows without a screen: pure functions of plain data.

export const DIMENSIONS = ["service", "accelerator", "intent", "os", "platform"];

// A combination may leave out the platform, and a query may: both are complete in themselves.
const OPTIONAL = new Set(["platform"]);

/** The stated criteria alone: no "any", no empty text, no zero. */
export function stated(criteria) {
  const kept = {};
  for (const name of DIMENSIONS)
    if (criteria[name] && criteria[name] !== "any") kept[name] = criteria[name];
  if (Number(criteria.nodes) > 0) kept.nodes = String(Number(criteria.nodes));
  return kept;
}

/** Whether some complete combination still fits when `criteria` are stated. */
export function canBeComplete(criteria, combinations) {
  return combinations.some(({ criteria: known }) =>
    DIMENSIONS.every((name) => !criteria[name] || known[name] === criteria[name]));
}

/** The combination that is exactly what is stated, the number of nodes apart; undefined when there is none. */
export function exactly(criteria, combinations) {
  return combinations.find(({ criteria: known }) =>
    DIMENSIONS.every((name) => (criteria[name] ?? "") === (known[name] ?? "")));
}

/** The complete combinations that share most with what is stated, best first. */
export function nearest(criteria, combinations, most = 3) {
  const apart = ({ criteria: known }) =>
    DIMENSIONS.filter((name) => (criteria[name] ?? "") !== (known[name] ?? "") &&
      !(OPTIONAL.has(name) && !criteria[name])).length;
  return combinations.map((one, place) => ({ one, place, far: apart(one) }))
    .sort((a, b) => a.far - b.far || a.place - b.place)
    .slice(0, most).map(({ one }) => one);
}

/** "eks gb200 training ubuntu" */
export function words(criteria) {
  return DIMENSIONS.map((name) => criteria[name]).filter((text) => text && text !== "any").join(" ");
}

/** A query string of criteria and [name, value] pairs, without '?'. */
export function query(criteria, more = []) {
  return new URLSearchParams([...Object.entries(stated(criteria)), ...more]).toString();
}

/** Lists of component names: each level depends only on those before it. In the order of `components`. */
export function levels(components) {
  const byName = new Map(components.map((one) => [one.name, one]));
  const level = new Map();
  const find = (name) => {
    if (level.has(name)) return level.get(name);
    level.set(name, 0);  // A circle ends here; the service refuses one anyway.
    const needs = (byName.get(name).dependencyRefs ?? []).filter((other) => byName.has(other));
    level.set(name, needs.length ? 1 + Math.max(...needs.map(find)) : 0);
    return level.get(name);
  };
  const found = [];
  for (const { name } of components) (found[find(name)] ??= []).push(name);
  return found;
}

/** Components as they are deployed. */
export function inOrder(recipe) {
  const place = new Map((recipe.deploymentOrder ?? []).map((name, at) => [name, at]));
  return [...(recipe.componentRefs ?? [])].sort((a, b) =>
    (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
}

/** The path below a component that a JSON pointer means, as --set takes it; null when it is no value of it. */
export function valuePath(pointer, component) {
  const parts = pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (parts[0] !== "components" || parts[1] !== component || parts[2] !== "values" || parts.length < 4) return null;
  let path = "";
  for (const part of parts.slice(3)) {
    if (/^[0-9]+$/.test(part) && path) path += `[${part}]`;
    else path += (path ? "." : "") + (/^[^.[\]"]+$/.test(part) ? part : JSON.stringify(part));
  }
  return path;
}

/** One word for a POSIX shell. */
export function quoted(text) {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What to type instead of using this page. `flags` are [name, value] pairs of the bundle. */
export function commandLine(criteria, flags, format) {
  const words = (pairs) => pairs.map(([name, value]) => ` --${name} ${quoted(value)}`).join("");
  const lines = [`eidos recipe${words(Object.entries(stated(criteria)))} -o recipe.yaml`];
  let bundle = "eidos bundle -r recipe.yaml";
  for (const flag of flags) {
    const text = words([flag]);
    const length = bundle.length - bundle.lastIndexOf("\n") - 1;
    bundle += length + text.length > 90 ? ` \\\n   ${text}` : text;
  }
  return [...lines, `${bundle} -o bundle.${format}`].join("\n");
}

/** How a value is shown in one line: text as it is, the rest as JSON. */
export function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The problems of an answer, each with field, message and hint; of one that names none, its own message. */
export function problemsOf(problem) {
  const listed = problem?.details?.problems;
  if (Array.isArray(listed) && listed.length) return listed;
  return [{ field: "", message: problem?.message ?? "the service gave no reason" }];
}

/** Whether a problem speaks of the override component:path: by its field, or by quoting it. */
export function speaksOf(problem, { component, path, value }) {
  const text = `${problem.field ?? ""} ${problem.message}`;
  return [`${component}:${path}=${value}`, `${component}:${path}`, `'${path}'`]
    .some((part) => path && text.includes(part));
}
