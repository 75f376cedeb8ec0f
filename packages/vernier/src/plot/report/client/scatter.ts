/** Trials as points over two columns: the history, slices and fronts. Drag selects, a click looks at a trial. */
import type { Column, ViewState } from "../view-state.ts";
import { textWidth } from "../../format.ts";
import { colours, line, surface, tip, write, type Surface } from "./canvas.ts";
import { titleOf } from "./words.ts";

export interface ScatterOptions {
  readonly height: number;
  /** Draws the best so far along x. */
  readonly best?: boolean;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function scatter(parent: HTMLElement, state: ViewState, x: Column, y: Column, options: ScatterOptions): void {
  const { data, ramp, selected } = state;
  const n = data.numbers.length;
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  let drag: { x: number; y: number; toX: number; toY: number } | undefined;
  const jitter = x.kind === "category" ? 0.5 / Math.max(1, x.categories.length) : 0;
  const across = (i: number): number =>
    box.x + (x.at[i]! + jitter * (((data.numbers[i]! * 2654435761) % 4294967296) / 4294967296 - 0.5)) * box.width;
  const up = (i: number): number => box.y + (1 - y.at[i]!) * box.height;
  const shown = (i: number): boolean => {
    const letter = data.states[i];
    return (letter === "c" || letter === "x") && !Number.isNaN(x.at[i]!) && !Number.isNaN(y.at[i]!);
  };

  const draw = ({ ctx, width, height }: Surface): void => {
    const { bg, ink, muted, grid, axis, hues, ramp: steps } = colours();
    const ticksY = y.axis.ticks(Math.max(2, Math.floor((height - 60) / 38)));
    const left = Math.min(90, Math.max(...ticksY.map(tick => textWidth(tick.text, 11)), 10)) + 10;
    box = { x: left, y: 22, width: Math.max(20, width - left - 12), height: Math.max(20, height - 62) };
    const bottom = box.y + box.height;
    write(ctx, y.label, 2, 11, { colour: muted, room: width - 4 });
    for (const tick of ticksY) {
      const at = bottom - tick.at * box.height;
      line(ctx, box.x, at, box.x + box.width, at, grid);
      write(ctx, tick.text, box.x - 6, at + 4, { colour: muted, align: "right", room: left - 8 });
    }
    const categories = x.kind === "category";
    const ticksX = x.axis.ticks(Math.max(2, Math.floor(box.width / (categories ? 40 : 62))));
    for (const tick of ticksX) {
      const at = box.x + tick.at * box.width;
      if (!categories) line(ctx, at, box.y, at, bottom, grid);
      const room = categories ? box.width / Math.max(1, ticksX.length) - 6 : 80;
      const half = Math.min(room, textWidth(tick.text, 11)) / 2;
      write(ctx, tick.text, Math.min(Math.max(at, half), width - half), bottom + 15, {
        colour: muted,
        align: "center",
        room,
      });
    }
    line(ctx, box.x, bottom, box.x + box.width, bottom, axis);
    write(ctx, x.label, box.x + box.width / 2, bottom + 32, { colour: ink, align: "center", room: box.width });

    const size = n > 3000 ? 2 : n > 500 ? 3 : 4.5;
    // What is not selected first, then by rank, so that the best stand above.
    ctx.globalAlpha = state.isFiltered ? 0.55 : 1;
    ctx.fillStyle = grid;
    if (state.isFiltered)
      for (let i = 0; i < n; i++)
        if (selected[i] === 0 && shown(i)) ctx.fillRect(across(i) - size / 2, up(i) - size / 2, size, size);
    ctx.globalAlpha = n > 3000 ? 0.75 : 1;
    for (let step = -1; step < 10; step++) {
      ctx.fillStyle = step < 0 ? axis : (steps[step] ?? ink);
      for (let i = 0; i < n; i++) {
        if (selected[i] === 0 || ramp[i] !== step || !shown(i) || isBroken(i)) continue;
        if (size > 4) dot(ctx, across(i), up(i), size / 2);
        else ctx.fillRect(across(i) - size / 2, up(i) - size / 2, size, size);
      }
    }
    ctx.globalAlpha = 1;
    ctx.strokeStyle = hues[3] ?? ink;
    ctx.lineWidth = 1.2;
    ctx.beginPath();
    for (let i = 0; i < n; i++) {
      if (selected[i] === 0 || !shown(i) || !isBroken(i)) continue;
      const [px, py, r] = [across(i), up(i), n > 3000 ? 1.5 : 2.8];
      ctx.moveTo(px - r, py - r);
      ctx.lineTo(px + r, py + r);
      ctx.moveTo(px - r, py + r);
      ctx.lineTo(px + r, py - r);
    }
    ctx.stroke();
    if (options.best === true) bestSoFar(ctx, hues[1] ?? ink);
    for (let i = 0; i < n; i++) {
      if (Number(data.flags[i]) < 2 || selected[i] === 0 || !shown(i)) continue;
      ctx.fillStyle = hues[1] ?? ink;
      dot(ctx, across(i), up(i), 4);
      ctx.strokeStyle = bg;
      ctx.stroke();
    }
    if (state.focus >= 0 && shown(state.focus)) {
      ctx.strokeStyle = ink;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.arc(across(state.focus), up(state.focus), 7, 0, 7);
      ctx.stroke();
    }
    for (const [column, brush] of state.brushes) {
      ctx.fillStyle = `${hues[0] ?? ink}22`;
      if (column === x)
        ctx.fillRect(box.x + brush.low * box.width, box.y, (brush.high - brush.low) * box.width, box.height);
      if (column === y)
        ctx.fillRect(box.x, box.y + (1 - brush.high) * box.height, box.width, (brush.high - brush.low) * box.height);
    }
    if (drag !== undefined) {
      ctx.strokeStyle = ink;
      ctx.lineWidth = 1;
      ctx.strokeRect(
        Math.min(drag.x, drag.toX),
        Math.min(drag.y, drag.toY),
        Math.abs(drag.toX - drag.x),
        Math.abs(drag.toY - drag.y),
      );
    }
  };
  const isBroken = (i: number): boolean => data.states[i] === "c" && (Number(data.flags[i]) & 1) === 0;
  const bestSoFar = (ctx: CanvasRenderingContext2D, colour: string): void => {
    const sign = data.metrics.find(metric => metric.name === y.name)?.direction === "maximize" ? -1 : 1;
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    ctx.beginPath();
    let best = Infinity;
    let at = 0;
    for (let i = 0; i < n; i++) {
      const value = sign * Number(y.cells[i] ?? NaN);
      if (data.states[i] !== "c" || isBroken(i) || !(value < best)) continue;
      if (best === Infinity) ctx.moveTo(across(i), up(i));
      else {
        ctx.lineTo(across(i), at);
        ctx.lineTo(across(i), up(i));
      }
      best = value;
      at = up(i);
    }
    if (best < Infinity) ctx.lineTo(box.x + box.width, at);
    ctx.stroke();
  };

  const label = `${y.label} against ${x.label}: ${n} trials. The table below holds the same values.`;
  const { canvas, redraw } = surface(parent, label, () => ({ height: options.height }), draw);
  state.onChange(redraw);

  const say = tip(parent);
  const nearest = (px: number, py: number): number => {
    let found = -1;
    let least = 100;
    for (let i = 0; i < n; i++) {
      if (!shown(i)) continue;
      const d = (across(i) - px) ** 2 + (up(i) - py) ** 2 + (selected[i] === 0 ? 30 : 0);
      if (d < least) [found, least] = [i, d];
    }
    return found;
  };
  canvas.addEventListener("pointerdown", event => {
    if (event.pointerType === "touch") return;
    drag = { x: event.offsetX, y: event.offsetY, toX: event.offsetX, toY: event.offsetY };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", event => {
    if (drag !== undefined) {
      [drag.toX, drag.toY] = [event.offsetX, event.offsetY];
      redraw();
      return;
    }
    const i = nearest(event.offsetX, event.offsetY);
    canvas.style.cursor = i < 0 ? "crosshair" : "pointer";
    say(i < 0 ? null : titleOf(data, i, [x, y]), event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointerleave", () => say(null));
  canvas.addEventListener("pointerup", event => {
    const done = drag;
    drag = undefined;
    if (done !== undefined && Math.abs(done.toX - done.x) + Math.abs(done.toY - done.y) > 8) {
      const range = (a: number, b: number, from: number, size: number): { low: number; high: number } => ({
        low: (Math.min(a, b) - from) / size,
        high: (Math.max(a, b) - from) / size,
      });
      state.brush(x, range(done.x, done.toX, box.x, box.width));
      const vertical = range(done.y, done.toY, box.y, box.height);
      state.brush(y, { low: 1 - vertical.high, high: 1 - vertical.low });
    } else state.look(nearest(event.offsetX, event.offsetY));
    redraw();
  });
}

function dot(ctx: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 7);
  ctx.fill();
}
