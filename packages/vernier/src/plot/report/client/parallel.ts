/** Parallel coordinates with a brush on every axis, by pointer and by keyboard. */
import type { Column, ViewState } from "../view-state.ts";
import { cellText } from "../cells.ts";
import { textWidth } from "../../format.ts";
import { colours, isPrinting, line, surface, tip, write, type Surface } from "./canvas.ts";
import { titleOf } from "./words.ts";

const TOP = 34;
const HEIGHT = 380;
/** Below the axes: trials that lack a parameter pass here. */
const BELOW = 26;
/** More lines than this say less and cost time; those of the best ranks stay. */
const LINES = 2500;
/** Lines of the first frame, and the milliseconds between frames from which on they become fewer. */
const FIRST = 100;
const SLOW = 40;

export function parallel(parent: HTMLElement, state: ViewState): void {
  const { data, ramp, selected } = state;
  const columns = [...state.columns.metrics.slice(0, data.objectives), ...state.columns.parameters];
  const complete = data.numbers
    .flatMap((_, i) => ((ramp[i] ?? -1) >= 0 ? [i] : []))
    .sort((a, b) => ramp[a]! - ramp[b]!);
  const lines = spread(complete, ramp);
  const inner = document.createElement("div");
  inner.style.position = "relative";
  parent.style.overflowX = "auto";
  parent.append(inner);
  const left = 38;
  const right = 54;
  let step = 80;
  const bottom = HEIGHT - BELOW - 8;
  const xOf = (c: number): number => left + c * step;
  const yOf = (column: Column, i: number): number => {
    const at = column.at[i]!;
    return Number.isNaN(at) ? bottom + 18 : bottom - at * (bottom - TOP);
  };
  const isConditional = columns.map(column => column.at.some((at, i) => Number.isNaN(at) && (ramp[i] ?? -1) >= 0));
  const trace = (ctx: CanvasRenderingContext2D, i: number): void => {
    ctx.moveTo(xOf(0), yOf(columns[0]!, i));
    for (let c = 1; c < columns.length; c++) ctx.lineTo(xOf(c), yOf(columns[c]!, i));
  };

  // Lines below, axes above: the lines of thousands of trials are drawn over several frames, so that the page never waits for them.
  let turn = 0;
  const drawLines = ({ ctx }: Surface): void => {
    const { ink, grid, ramp: steps } = colours();
    const mine = ++turn;
    const many = state.count;
    const alpha = many > 2000 ? 0.16 : many > 500 ? 0.3 : many > 100 ? 0.5 : 0.8;
    const chosen = state.isFiltered
      ? spread(
          complete.filter(i => selected[i] === 1),
          ramp,
        )
      : lines;
    const rest = state.isFiltered
      ? lines.filter((i, k) => selected[i] === 0 && (lines.length <= 800 || k % 4 === 0))
      : [];
    const jobs = [
      ...rest.map(i => ({ i, colour: grid, alpha: rest.length > 400 ? 0.3 : 0.6 })),
      ...chosen.map(i => ({ i, colour: steps[ramp[i]!] ?? ink, alpha })),
    ];
    let next = 0;
    let chunk = FIRST;
    let before = performance.now();
    const some = (): void => {
      if (mine !== turn) return;
      // What is drawn here is painted later: only the time from frame to frame says what it cost.
      const now = performance.now();
      chunk = now - before > SLOW ? Math.max(20, chunk * 0.6) : Math.min(800, chunk * 1.4);
      before = now;
      ctx.lineJoin = "round";
      ctx.lineWidth = 1.2;
      const until = isPrinting() ? jobs.length : Math.min(jobs.length, next + chunk);
      while (next < until) {
        const job = jobs[next++]!;
        ctx.globalAlpha = job.alpha;
        ctx.strokeStyle = job.colour;
        ctx.beginPath();
        trace(ctx, job.i);
        ctx.stroke();
      }
      ctx.globalAlpha = 1;
      if (next < jobs.length) requestAnimationFrame(some);
    };
    some();
  };
  const draw = ({ ctx }: Surface): void => {
    const { bg, ink, muted, axis, hues } = colours();
    const strong = (i: number, colour: string, wide: number): void => {
      ctx.strokeStyle = colour;
      ctx.lineWidth = wide;
      ctx.beginPath();
      trace(ctx, i);
      ctx.stroke();
    };
    if (data.objectives === 1)
      for (const i of complete) if (Number(data.flags[i]) >= 2 && selected[i] === 1) strong(i, hues[1] ?? ink, 2.2);
    if (state.focus >= 0 && (ramp[state.focus] ?? -1) >= 0) {
      strong(state.focus, bg, 6);
      strong(state.focus, ink, 2.5);
    }

    columns.forEach((column, c) => {
      const x = xOf(c);
      line(ctx, x, TOP, x, bottom, axis);
      const room = Math.max(40, step - 12);
      write(ctx, column.name, x, 14, { colour: ink, align: "center", room, bold: true });
      const ticks = column.axis.ticks(Math.floor((bottom - TOP) / (column.kind === "category" ? 15 : 44)));
      for (const tick of ticks) {
        const y = bottom - tick.at * (bottom - TOP);
        const most = Math.max(30, step - 20);
        const wide = Math.min(most, textWidth(tick.text, 11));
        ctx.globalAlpha = 0.72;
        ctx.fillStyle = bg;
        ctx.fillRect(x + 4, y - 7, wide + 4, 14);
        ctx.globalAlpha = 1;
        line(ctx, x - 3, y, x + 3, y, axis);
        write(ctx, tick.text, x + 6, y + 4, { colour: muted, room: most });
      }
      if (isConditional[c] === true) write(ctx, "not there", x, bottom + 30, { colour: muted, align: "center" });
      const brush = state.brushes.get(column);
      if (brush !== undefined) {
        const [top, low] = [bottom - brush.high * (bottom - TOP), bottom - brush.low * (bottom - TOP)];
        ctx.fillStyle = `${hues[0] ?? ink}55`;
        ctx.fillRect(x - 8, top, 16, Math.max(2, low - top));
        ctx.strokeStyle = hues[0] ?? ink;
        ctx.lineWidth = 1.5;
        ctx.strokeRect(x - 8, top, 16, Math.max(2, low - top));
      }
    });
  };
  const size = (available: number): { width: number; height: number } => {
    const wanted = left + right + (columns.length - 1) * 74;
    const width = isPrinting() ? available : Math.max(available, wanted);
    step = columns.length < 2 ? 0 : (width - left - right) / (columns.length - 1);
    place();
    return { width, height: HEIGHT + 6 };
  };
  const handles = columns.map(column => handle(column));
  function place(): void {
    handles.forEach((button, c) => {
      button.style.cssText = `left:${xOf(c) - 14}px;top:${TOP}px;width:28px;height:${bottom - TOP}px`;
    });
  }
  const label = `${complete.length} trials as lines over ${columns.map(column => column.name).join(", ")}.`;
  const below = surface(inner, "", size, drawLines, parent);
  below.canvas.ariaHidden = "true";
  const { canvas, redraw } = surface(inner, label, size, draw, parent);
  canvas.style.position = "absolute";
  canvas.style.top = "0";
  inner.append(...handles);
  let drawn = state.selection;
  state.onChange(() => {
    if (drawn !== state.selection) below.redraw();
    drawn = state.selection;
    redraw();
    columns.forEach((column, c) => describe(handles[c]!, column));
  });
  columns.forEach((column, c) => describe(handles[c]!, column));

  /** The part of an axis that takes pointer and keys. */
  function handle(column: Column): HTMLButtonElement {
    const button = document.createElement("button");
    button.className = "axis";
    button.type = "button";
    let from: number | undefined;
    let moved = false;
    const at = (event: PointerEvent): number => Math.min(1, Math.max(0, 1 - event.offsetY / button.clientHeight));
    button.addEventListener("pointerdown", event => {
      from = at(event);
      moved = false;
      button.setPointerCapture(event.pointerId);
    });
    button.addEventListener("pointermove", event => {
      if (from === undefined) return;
      const now = at(event);
      if (!moved && Math.abs(now - from) * button.clientHeight < 4) return;
      moved = true;
      state.brush(column, snapped(column, Math.min(from, now), Math.max(from, now)));
    });
    const end = (): void => {
      if (from !== undefined && !moved) state.brush(column, null);
      from = undefined;
    };
    button.addEventListener("pointerup", end);
    button.addEventListener("pointercancel", () => (from = undefined));
    button.addEventListener("keydown", event => {
      const next = moveBrush(column, state.brushes.get(column), event.key);
      if (next === undefined) return;
      event.preventDefault();
      state.brush(column, next);
    });
    return button;
  }
  function describe(button: HTMLButtonElement, column: Column): void {
    const brush = state.brushes.get(column);
    const said = brush === undefined ? "everything selected" : `selected ${brushText(column, brush)}`;
    button.setAttribute("aria-label", `${column.name}: ${said}`);
  }

  const say = tip(inner);
  canvas.addEventListener("pointermove", event => {
    const i = nearest(event.offsetX, event.offsetY);
    say(i < 0 ? null : titleOf(data, i, columns.slice(0, 12)), event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointerleave", () => say(null));
  canvas.addEventListener("click", event => state.look(nearest(event.offsetX, event.offsetY)));
  function nearest(px: number, py: number): number {
    const c = Math.min(columns.length - 2, Math.max(0, Math.floor((px - left) / step)));
    const share = (px - xOf(c)) / step;
    let found = -1;
    let least = 6;
    for (const i of complete) {
      if (selected[i] === 0) continue;
      const d = Math.abs(yOf(columns[c]!, i) * (1 - share) + yOf(columns[c + 1] ?? columns[c]!, i) * share - py);
      if (d <= least) [found, least] = [i, d];
    }
    return found;
  }
}

/** Trials in the order of their ranks, thinned evenly; the best tenth stays. */
function spread(order: readonly number[], ramp: Int8Array): readonly number[] {
  if (order.length <= LINES) return order;
  const every = order.length / LINES;
  return order.filter((trial, i) => ramp[trial] === 9 || Math.floor(i / every) !== Math.floor((i - 1) / every));
}

/** Categories are taken whole. */
function snapped(column: Column, low: number, high: number): { low: number; high: number } {
  if (column.kind !== "category") return { low, high };
  const n = Math.max(1, column.categories.length);
  return { low: Math.floor(low * n) / n, high: Math.ceil(high * n) / n };
}

/** The brush after a key: null clears, undefined is no key of ours. */
export function moveBrush(
  column: Column,
  brush: { low: number; high: number } | undefined,
  key: string,
): { low: number; high: number } | null | undefined {
  const n = column.categories.length;
  const step = column.kind === "category" ? 1 / Math.max(1, n) : 0.05;
  const least = step;
  const { low, high } = brush ?? { low: 0, high: 1 };
  switch (key) {
    case "Escape":
    case "Delete":
      return null;
    case "ArrowUp":
      return brush === undefined
        ? { low: low + step, high }
        : { low: Math.min(low + step, 1 - (high - low)), high: Math.min(1, high + step) };
    case "ArrowDown":
      return brush === undefined
        ? { low, high: high - step }
        : { low: Math.max(0, low - step), high: Math.max(high - step, high - low) };
    case "-":
    case "−":
      return high - low > 2 * least
        ? { low: low + step / 2, high: high - step / 2 }
        : { low, high: Math.max(low + least, high - step) };
    case "+":
    case "=":
      return { low: Math.max(0, low - step / 2), high: Math.min(1, high + step / 2) };
    default:
      return undefined;
  }
}

/** "0.01 to 0.5", or the categories. */
export function brushText(column: Column, { low, high }: { low: number; high: number }): string {
  if (column.kind === "category") {
    const n = Math.max(1, column.categories.length);
    return column.categories.filter((_, i) => (i + 0.5) / n >= low && (i + 0.5) / n <= high).join(", ") || "nothing";
  }
  const number = { kind: "number", categories: [] } as const;
  const short = (u: number): string => cellText(number, Number(column.axis.from(u).toPrecision(3)));
  return `${short(low)} to ${short(high)}`;
}
