// Making elements, and asking the service.

/** An element with attributes (a function is a listener, true and false switch one) and children. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const at = (id) => document.getElementById(id);

/** A paragraph that says something: kind is good, warn, bad or nothing. */
export function note(kind, ...children) {
  return el("p", { class: `note ${kind}` }, ...children);
}

export function table(element, heads, rows) {
  element.replaceChildren(
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...rows));
}

/** What the service refused, with its problem document, or that it could not be asked. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
  }
}

let token = "";
export function useToken(text) { token = text.trim(); }

const pause = (seconds) => new Promise((resume) => { setTimeout(resume, seconds * 1000); });

async function send(path, options) {
  const headers = { Accept: "application/json", ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    return await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { message: "the service does not answer" });
  }
}

/** Asks once more, after as long as the service says, when it has had too many questions. */
export async function ask(path, options = {}) {
  let answer = await send(path, options);
  if (answer.status === 429) {
    await pause(Math.min(10, Number(answer.headers.get("Retry-After")) || 1));
    answer = await send(path, options);
  }
  if (answer.ok) return answer;
  let problem = { message: `the service answered ${answer.status}` };
  try { problem = await answer.json(); } catch { /* Something between us and the service wrote it. */ }
  throw new Refused(answer.status, problem);
}

export const askJson = async (path, options) => (await ask(path, options)).json();

/** Calls `work` when `wait` milliseconds went by without another call. */
export function later(wait, work) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(work, wait); };
}
