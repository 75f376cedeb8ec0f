/** The report's page comes to life: views over one state. */
import type { ReportData } from "../data.ts";
import { ViewState } from "../view-state.ts";
import { curves } from "./curves.ts";
import { brushText, parallel } from "./parallel.ts";
import { scatter } from "./scatter.ts";
import { table } from "./table.ts";
import { factsOf } from "./words.ts";

const byId = <E extends HTMLElement>(id: string): E | null => document.getElementById(id) as E | null;

const data = JSON.parse(byId("data")?.textContent ?? "null") as ReportData;
const state = new ViewState(data);
const { number, metrics, parameters } = state.columns;
const objectives = metrics.slice(0, data.objectives);

const cell = (parent: HTMLElement): HTMLElement => {
  const box = document.createElement("div");
  parent.append(box);
  return box;
};
function nothing(parent: HTMLElement, text: string): void {
  const p = document.createElement("p");
  p.className = "hint";
  p.textContent = text;
  parent.append(p);
}

/** Slices shown at once; the others on demand. */
const SLICES = 16;
const hasComplete = data.states.includes("c");
const parallelBox = byId("parallel");
if (parallelBox !== null) {
  if (!hasComplete) nothing(parallelBox, "No trial is complete yet.");
  else if (parameters.length === 0) nothing(parallelBox, "The space has no parameters to show.");
  else parallel(parallelBox, state);
}
const historyBox = byId("history");
if (historyBox !== null) {
  if (!hasComplete) nothing(historyBox, "No trial is complete yet.");
  else
    for (const objective of objectives)
      scatter(cell(historyBox), state, number, objective, { height: 300, best: true });
}
const frontBox = byId("front");
if (frontBox !== null && hasComplete) {
  const pairs = objectives.flatMap((x, i) => objectives.slice(i + 1).map(y => [x, y] as const));
  if (pairs.length === 1) frontBox.style.gridTemplateColumns = "minmax(0,1fr)";
  for (const [x, y] of pairs) scatter(cell(frontBox), state, x, y, { height: pairs.length === 1 ? 420 : 300 });
}
const curvesBox = byId("curves");
if (curvesBox !== null) curves(curvesBox, state);
const slicesBox = byId("slices");
const [firstObjective] = objectives;
if (slicesBox !== null && firstObjective !== undefined) {
  if (!hasComplete) nothing(slicesBox, "No trial is complete yet.");
  else {
    const draw = (some: typeof parameters): void => {
      for (const parameter of some) scatter(cell(slicesBox), state, parameter, firstObjective, { height: 230 });
    };
    draw(parameters.slice(0, SLICES));
    const others = parameters.slice(SLICES);
    if (others.length > 0) {
      const more = document.createElement("button");
      more.type = "button";
      more.className = "more";
      more.textContent = `Show ${others.length} less important parameters`;
      more.addEventListener("click", () => {
        more.remove();
        draw(others);
      });
      slicesBox.after(more);
    }
  }
}

const filter = byId<HTMLInputElement>("filter");
const say = byId("filter-say");
const only = byId<HTMLInputElement>("only");
const rows = byId("rows");
if (rows !== null && only !== null) table(rows, only, state);

let waiting: ReturnType<typeof setTimeout> | undefined;
filter?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const wrong = state.filter(filter.value);
    filter.setAttribute("aria-invalid", String(wrong !== undefined));
    if (say !== null) {
      say.textContent = wrong ?? "";
      say.className = wrong === undefined ? "hint" : "hint bad";
    }
  }, 120);
});

/** The line that stays in view: how many are selected, and by what. */
function status(): void {
  const line = byId("status");
  if (line === null) return;
  const total = data.numbers.length.toLocaleString("en-US");
  const chips: HTMLElement[] = [...state.brushes].map(([column, brush]) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.textContent = `${column.name}: ${brushText(column, brush)} ×`;
    chip.title = "Remove this selection";
    chip.addEventListener("click", () => state.brush(column, null));
    return chip;
  });
  if (chips.length > 1) {
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Clear all";
    clear.addEventListener("click", () => state.clear());
    chips.push(clear);
  }
  const text = document.createElement("span");
  text.textContent = state.isFiltered ? `${state.count.toLocaleString("en-US")} of ${total} trials selected` : "";
  line.replaceChildren(text, ...chips);
  line.style.display = state.isFiltered ? "" : "none";
}

function detail(): void {
  const box = byId("detail");
  if (box === null) return;
  const i = state.focus;
  box.hidden = i < 0;
  if (i < 0) return;
  const title = document.createElement("h2");
  title.textContent = `Trial ${data.numbers[i]}`;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = "Close";
  close.addEventListener("click", () => state.look(-1));
  const list = document.createElement("table");
  list.className = "facts-table";
  for (const [name, text] of factsOf(data, i)) {
    const row = list.insertRow();
    const th = document.createElement("th");
    th.scope = "row";
    th.textContent = name;
    row.append(th);
    row.insertCell().textContent = text;
  }
  box.replaceChildren(close, title, list);
}
addEventListener("keydown", event => {
  if (
    event.key === "Escape" &&
    state.focus >= 0 &&
    !(event.target instanceof HTMLButtonElement && event.target.className === "axis")
  )
    state.look(-1);
});
let looked = -1;
state.onChange(() => {
  status();
  if (looked !== state.focus) detail();
  looked = state.focus;
});
status();
// Milliseconds from the visit to a page that answers; what measurements and tests wait for.
document.documentElement.dataset["ready"] = String(Math.round(performance.now()));
