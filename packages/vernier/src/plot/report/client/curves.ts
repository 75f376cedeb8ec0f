/** Reports over steps, linked to the selection. */
import { numberAxis, valueAxis, valueRange } from "../../axis.ts";
import { textWidth } from "../../format.ts";
import type { ViewState } from "../view-state.ts";
import { colours, line, surface, tip, write, type Surface } from "./canvas.ts";
import { titleOf } from "./words.ts";

export function curves(parent: HTMLElement, state: ViewState): void {
  const { data, ramp, selected } = state;
  const { lines, metric } = data.curves;
  const [first] = state.columns.metrics;
  const steps = lines.flatMap(each => each.steps);
  const x = numberAxis(
    steps.reduce((a, b) => Math.min(a, b), Infinity),
    steps.reduce((a, b) => Math.max(a, b), -Infinity),
    "linear",
    steps.every(Number.isInteger),
  );
  const y = valueAxis(
    valueRange(
      lines.flatMap(each => each.values),
      data.metrics[0]?.direction === "maximize",
    ),
  );
  // Drawn from the worst to the best.
  const order = [...lines].sort((a, b) => (ramp[a.trial] ?? -1) - (ramp[b.trial] ?? -1));
  let box = { x: 0, y: 0, width: 1, height: 1 };
  const across = (step: number): number => box.x + x.at(step) * box.width;
  const up = (value: number): number => box.y + (1 - Math.min(1, Math.max(0, y.at(value)))) * box.height;
  const draw = ({ ctx, width, height }: Surface): void => {
    const { ink, muted, grid, axis, hues, ramp: colour } = colours();
    const ticks = y.ticks(7);
    const left = Math.min(90, Math.max(...ticks.map(tick => textWidth(tick.text, 11)))) + 10;
    box = { x: left, y: 22, width: width - left - 12, height: height - 62 };
    const bottom = box.y + box.height;
    write(ctx, first?.name === metric ? first.label : metric, 2, 11, { colour: muted });
    for (const tick of ticks) {
      const at = bottom - tick.at * box.height;
      line(ctx, box.x, at, box.x + box.width, at, grid);
      write(ctx, tick.text, box.x - 6, at + 4, { colour: muted, align: "right" });
    }
    for (const tick of x.ticks(Math.max(2, Math.floor(box.width / 62)))) {
      const at = box.x + tick.at * box.width;
      line(ctx, at, box.y, at, bottom, grid);
      write(ctx, tick.text, at, bottom + 15, { colour: muted, align: "center" });
    }
    line(ctx, box.x, bottom, box.x + box.width, bottom, axis);
    write(ctx, "step", box.x + box.width / 2, bottom + 32, { colour: ink, align: "center" });
    const many = Math.min(state.count, order.length);
    const strokeLine = (each: (typeof order)[number]): void => {
      ctx.beginPath();
      each.steps.forEach((step, i) =>
        i === 0 ? ctx.moveTo(across(step), up(each.values[i]!)) : ctx.lineTo(across(step), up(each.values[i]!)),
      );
      if (each.steps.length === 1) ctx.rect(across(each.steps[0]!) - 1, up(each.values[0]!) - 1, 2, 2);
      ctx.stroke();
    };
    for (const each of order) {
      const on = selected[each.trial] === 1;
      const step = ramp[each.trial] ?? -1;
      const best = data.objectives === 1 && Number(data.flags[each.trial]) >= 2;
      ctx.globalAlpha = !on ? 0.4 : best ? 1 : step < 0 ? 0.6 : many > 300 ? 0.35 : 0.7;
      ctx.strokeStyle = !on ? grid : best ? (hues[1] ?? ink) : step < 0 ? axis : (colour[step] ?? ink);
      ctx.lineWidth = best ? 2.2 : 1.2;
      strokeLine(each);
    }
    ctx.globalAlpha = 1;
    const focus = order.find(each => each.trial === state.focus);
    if (focus !== undefined) {
      ctx.strokeStyle = ink;
      ctx.lineWidth = 2.5;
      strokeLine(focus);
    }
  };
  const { canvas, redraw } = surface(
    parent,
    `Reports of ${metric} over steps of ${lines.length} trials.`,
    () => ({ height: 320 }),
    draw,
  );
  state.onChange(redraw);
  const say = tip(parent);
  const nearest = (px: number, py: number): number => {
    let found = -1;
    let least = 64;
    for (const { trial, steps: at, values } of lines) {
      if (selected[trial] === 0) continue;
      for (let i = 0; i < at.length; i++) {
        const d = (across(at[i]!) - px) ** 2 + (up(values[i]!) - py) ** 2;
        if (d < least) [found, least] = [trial, d];
      }
    }
    return found;
  };
  canvas.addEventListener("pointermove", event => {
    const i = nearest(event.offsetX, event.offsetY);
    say(i < 0 ? null : titleOf(data, i, state.columns.metrics.slice(0, 1)), event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointerleave", () => say(null));
  canvas.addEventListener("click", event => state.look(nearest(event.offsetX, event.offsetY)));
}
