/** The table of all trials: sorted, filtered, and only the rows that can be seen are in the page. */
import { formatDuration } from "../../format.ts";
import { cellText } from "../cells.ts";
import { STATE_NAMES, type Cells } from "../data.ts";
import { sorted, type ViewState } from "../view-state.ts";

const ROW = 26;
/** The box is never taller. */
const TALL = 640;
/** Rows that a printed page gets. */
const PRINTED = 100;

interface TableColumn {
  readonly name: string;
  readonly cells: Cells;
  readonly categories: readonly string[];
  readonly left: boolean;
  /** The first click shows the largest first. */
  readonly down: boolean;
  text(i: number): string;
}

export function table(parent: HTMLElement, only: HTMLInputElement, state: ViewState): void {
  const { data } = state;
  const number = { kind: "number", categories: [] } as const;
  const states = Object.values(STATE_NAMES);
  const stateCodes = [...data.states].map(letter => states.indexOf(STATE_NAMES[letter] ?? "waiting"));
  const member = data.objectives > 1 ? "front" : "best";
  const plain = (
    name: string,
    cells: Cells,
    text: (i: number) => string,
    rest: Partial<TableColumn> = {},
  ): TableColumn => ({
    ...{ name, cells, text, categories: [], left: false, down: false },
    ...rest,
  });
  const columns: TableColumn[] = [
    plain("trial", data.numbers, i => String(data.numbers[i])),
    plain("state", stateCodes, i => states[stateCodes[i]!] ?? "", { left: true, categories: states }),
    plain(
      member,
      [...data.flags].map(flag => (Number(flag) >= 2 ? 1 : 0)),
      i =>
        Number(data.flags[i]) >= 2
          ? `● ${member}`
          : (Number(data.flags[i]) & 1) === 0 && data.states[i] === "c"
            ? "infeasible"
            : "",
      { left: true, down: true },
    ),
    ...data.metrics.map(metric =>
      plain(metric.name, metric.cells, i => cellText(number, metric.cells[i]), {
        down: metric.direction === "maximize",
      }),
    ),
    ...data.parameters.map(parameter =>
      plain(parameter.name, parameter.cells, i => cellText(parameter, parameter.cells[i]), {
        left: parameter.kind === "category",
        categories: parameter.kind === "category" ? parameter.categories : [],
      }),
    ),
    plain("started", data.started, i =>
      data.start === null || data.started[i] == null
        ? ""
        : new Date(data.start + data.started[i]!).toISOString().slice(0, 19).replace("T", " "),
    ),
    plain("took", data.took, i => (data.took[i] == null ? "" : formatDuration(data.took[i]!))),
  ];

  const element = document.createElement("table");
  const head = element.createTHead().insertRow();
  const body = element.createTBody();
  const headers = columns.map(column => {
    const th = document.createElement("th");
    th.scope = "col";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.name;
    button.title = column.name;
    button.addEventListener("click", () => {
      down = by === column ? !down : column.down;
      by = column;
      arrange();
    });
    th.append(button);
    head.append(th);
    return th;
  });
  parent.append(element);

  let by: TableColumn | undefined;
  let down = false;
  let order: number[] = [];
  let from = -1;
  let to = -1;
  let printing = false;

  const all = data.numbers.map((_, i) => i);
  function arrange(): void {
    const shown = only.checked ? all.filter(i => state.selected[i] === 1) : all;
    order = by === undefined ? shown : sorted(by.cells, shown, down, by.categories);
    headers.forEach((th, c) => {
      const active = columns[c] === by;
      th.ariaSort = active ? (down ? "descending" : "ascending") : "none";
      const button = th.firstElementChild;
      if (button !== null) button.textContent = `${columns[c]!.name}${active ? (down ? " ▾" : " ▴") : ""}`;
    });
    element.setAttribute("aria-rowcount", String(order.length + 1));
    from = -1;
    render();
  }

  const pad = (rows: number): HTMLTableRowElement => {
    const tr = document.createElement("tr");
    tr.className = "pad";
    tr.ariaHidden = "true";
    const td = tr.insertCell();
    td.colSpan = columns.length;
    td.style.height = `${rows * ROW}px`;
    return tr;
  };
  function render(): void {
    const first = printing ? 0 : Math.max(0, Math.floor(parent.scrollTop / ROW) - 20);
    const last = printing
      ? Math.min(order.length, PRINTED)
      : Math.min(order.length, Math.ceil((parent.scrollTop + TALL) / ROW) + 20);
    if (first === from && last === to && from >= 0) return;
    [from, to] = [first, last];
    const rows = order.slice(first, last).map((i, k) => {
      const tr = document.createElement("tr");
      tr.dataset["trial"] = String(i);
      tr.setAttribute("aria-rowindex", String(first + k + 2));
      if (i === state.focus) tr.className = "focus";
      for (const column of columns) {
        const td = tr.insertCell();
        const text = column.text(i);
        td.textContent = text;
        if (column.left) td.className = text.startsWith("●") ? "text member" : "text";
        if (text.length > 28) td.title = text;
      }
      return tr;
    });
    body.replaceChildren(
      ...(first > 0 ? [pad(first)] : []),
      ...rows,
      ...(last < order.length && !printing ? [pad(order.length - last)] : []),
    );
  }

  function again(): void {
    from = -1;
    render();
  }
  parent.addEventListener("scroll", render, { passive: true });
  body.addEventListener("click", event => {
    const row = (event.target as Element).closest("tr");
    if (row?.dataset["trial"] !== undefined) state.look(Number(row.dataset["trial"]));
  });
  parent.addEventListener("keydown", event => {
    if (event.target !== parent || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || order.length === 0)
      return;
    event.preventDefault();
    const now = order.indexOf(state.focus);
    const next =
      event.key === "Home"
        ? 0
        : event.key === "End"
          ? order.length - 1
          : Math.min(order.length - 1, Math.max(0, now + (event.key === "ArrowDown" ? 1 : -1)));
    const top = next * ROW;
    if (top < parent.scrollTop) parent.scrollTop = top;
    else if (top + 3 * ROW > parent.scrollTop + parent.clientHeight)
      parent.scrollTop = top + 3 * ROW - parent.clientHeight;
    state.look(order[next]!);
  });
  only.addEventListener("change", arrange);
  addEventListener("beforeprint", () => {
    printing = true;
    again();
  });
  addEventListener("afterprint", () => {
    printing = false;
    again();
  });
  let before = state.count;
  let filtered = false;
  let focus = -1;
  state.onChange(() => {
    // A mere change of focus keeps the order and the place.
    if (state.focus !== focus && state.count === before && filtered === state.isFiltered) {
      focus = state.focus;
      again();
      return;
    }
    [before, filtered, focus] = [state.count, state.isFiltered, state.focus];
    if (only.checked) parent.scrollTop = 0;
    arrange();
  });
  arrange();
}
