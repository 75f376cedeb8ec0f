/** What surrounds the marks: title, legend above the plot, axes. */
import type { Axis } from "./axis.ts";
import { fit, textWidth } from "./format.ts";
import { document, line, px, tag, text, type PlotOptions } from "./svg.ts";

export interface LegendEntry {
  readonly text: string;
  /** A filled dot, a ring, a cross, a line or a bar. */
  readonly mark: "dot" | "ring" | "cross" | "line" | "bar";
  /** Colour by its class: "1".."8" for hues, "q0".."q9" for the ramp, "m" muted. */
  readonly colour: string;
}

export interface Heading {
  readonly title: string;
  /** One line in small type: counts, what was left out. */
  readonly subtitle?: string;
  readonly legend?: readonly LegendEntry[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const PAD = 16;
const SMALL = 11;

/** Title, subtitle and legend; `below` is where the plot may begin. */
export function heading({ title, subtitle, legend = [] }: Heading, width: number): { svg: string; below: number } {
  const room = width - 2 * PAD;
  let svg = text(PAD, 26, fit(title, room, 17), { class: "vp-title", full: title });
  let y = 26;
  if (subtitle !== undefined && subtitle !== "") {
    for (const part of wrapped(subtitle, room)) {
      y += y === 26 ? 19 : 15;
      svg += text(PAD, y, part, { class: "vp-small" });
    }
  }
  if (legend.length > 0) {
    y += 21;
    let x = PAD;
    for (const entry of legend) {
      const shown = fit(entry.text, Math.min(room - 20, 260), 12);
      const wide = 18 + textWidth(shown, 12);
      if (x > PAD && x + wide > width - PAD) {
        x = PAD;
        y += 18;
      }
      svg += legendMark(entry, x, y - 4) + text(x + 18, y, shown, { full: entry.text });
      x += wide + 14;
    }
  }
  return { svg, below: y + 12 };
}

function wrapped(content: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of content.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, SMALL) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.slice(0, 4).map(each => fit(each, room, SMALL));
}

function legendMark({ mark, colour }: LegendEntry, x: number, y: number): string {
  const at = { x: x + 6, y };
  if (mark === "line") return line(x, y, x + 12, y, `s${colour} vp-line`);
  if (mark === "bar") return tag("rect", { x, y: y - 4.5, width: 12, height: 9, rx: 1.5, class: `f${colour}` });
  if (mark === "dot") return tag("circle", { cx: at.x, cy: at.y, r: 4, class: `f${colour}` });
  if (mark === "ring") return tag("circle", { cx: at.x, cy: at.y, r: 3.5, class: `vp-ring vp-thin s${colour}` });
  return cross(at.x, at.y, 3.2, `s${colour} vp-thin`);
}

export const cross = (x: number, y: number, r: number, cls: string, title = ""): string =>
  tag(
    "path",
    {
      class: cls,
      d: `M${px(x - r)} ${px(y - r)}l${px(2 * r)} ${px(2 * r)}M${px(x - r)} ${px(y + r)}l${px(2 * r)} ${px(-2 * r)}`,
    },
    title,
  );

/** Room that x ticks need, and whether their texts must be turned. */
export function bottomOf(
  axis: Axis,
  width: number,
  categories: boolean,
): { height: number; turned: boolean; most: number } {
  if (!categories) return { height: 20, turned: false, most: Math.max(2, Math.floor(width / 62)) };
  const ticks = axis.ticks(Math.max(1, Math.floor(width / 14)));
  const band = width / Math.max(1, ticks.length);
  const widest = Math.max(0, ...ticks.map(tick => textWidth(tick.text, SMALL)));
  const turned = widest > band - 4;
  const most = Math.max(1, Math.floor(width / 14));
  return { height: turned ? 14 + Math.min(68, widest) * 0.64 : 20, turned, most };
}

/** Room that y ticks need. */
export function leftOf(axis: Axis, height: number, categories: boolean): { width: number; most: number } {
  const most = Math.max(2, Math.floor(height / (categories ? 15 : 36)));
  const widest = Math.max(0, ...axis.ticks(most).map(tick => textWidth(tick.text, SMALL)));
  return { width: Math.min(130, widest) + 10, most };
}

export interface PanelAxis {
  readonly axis: Axis;
  readonly label: string;
  readonly categories?: boolean;
  /** No texts at the ticks: a neighbour has them. */
  readonly bare?: boolean;
}

/** Grid, ticks and names of the axes around a box. The y axis' name stands above it, where it reads without turning the head. */
export function panel(box: Box, x: PanelAxis, y: PanelAxis): string {
  const { width, height } = box;
  const bottom = box.y + height;
  const { turned, most, height: room } = bottomOf(x.axis, width, x.categories === true);
  let svg = "";
  for (const tick of y.axis.ticks(leftOf(y.axis, height, y.categories === true).most)) {
    const at = bottom - tick.at * height;
    svg += line(box.x, at, box.x + width, at, "vp-grid");
    if (y.bare !== true)
      svg += text(box.x - 7, at + 3.5, fit(tick.text, 130, SMALL), {
        class: "vp-tick",
        anchor: "end",
        full: tick.text,
      });
  }
  for (const tick of x.axis.ticks(most)) {
    const at = box.x + tick.at * width;
    if (x.categories !== true) svg += line(at, box.y, at, bottom, "vp-grid");
    if (x.bare === true) continue;
    const shown = fit(tick.text, turned ? 68 : 200, SMALL);
    if (turned) {
      svg += text(at + 3, bottom + 13, shown, { class: "vp-tick", anchor: "end", rotate: -40, full: tick.text });
      continue;
    }
    const half = textWidth(shown, SMALL) / 2;
    const nudge = Math.max(0, box.x - 8 + half - at) - Math.max(0, at + half - (box.x + width + 10));
    svg += text(at + nudge, bottom + 16, shown, { class: "vp-tick", anchor: "middle", full: tick.text });
  }
  svg += line(box.x, bottom, box.x + width, bottom, "vp-axis");
  if (y.label !== "") svg += text(box.x, box.y - 8, fit(y.label, width, 12), { class: "vp-small", full: y.label });
  if (x.label !== "")
    svg += text(box.x + width / 2, bottom + room + 13, fit(x.label, width + 20, 12), {
      anchor: "middle",
      full: x.label,
    });
  return svg;
}

/** The size asked for, or the default. */
export const sizeOf = (options: PlotOptions, height: number): { width: number; height: number } => ({
  width: Math.round(options.width ?? 760),
  height: Math.round(options.height ?? height),
});

/** A picture that says in a sentence why there is nothing to show. */
export function sentence(options: PlotOptions, title: string, say: string, height = 200): string {
  const size = sizeOf(options, height);
  const { svg, below } = heading({ title: options.title ?? title }, size.width);
  const lines = wrapped(say, (size.width - 2 * PAD) * 0.74);
  const middle = below + (size.height - below) / 2 - (lines.length - 1) * 10;
  const said = lines.map((each, i) =>
    text(size.width / 2, middle + 20 * i, each, { anchor: "middle", class: "vp-say" }),
  );
  return document(options, size, options.title ?? title, say, svg + said.join(""));
}

/** One chart with one pair of axes. `draw` gets the box and adds the marks. */
export function chart(
  options: PlotOptions,
  head: Heading,
  description: string,
  x: PanelAxis,
  y: PanelAxis,
  draw: (box: Box) => string,
  defaultHeight = 380,
): string {
  const size = sizeOf(options, defaultHeight);
  const title = options.title ?? head.title;
  const { svg, below } = heading({ ...head, title }, size.width);
  const top = below + 18;
  const bottom = 30 + (x.label === "" ? 0 : 16);
  const guess = size.height - top - bottom;
  const left = PAD + leftOf(y.axis, guess, y.categories === true).width;
  const width = Math.max(60, size.width - left - PAD - 4);
  const under = bottomOf(x.axis, width, x.categories === true).height;
  const height = Math.max(40, size.height - top - under - (x.label === "" ? 10 : 26));
  const box = { x: left, y: top, width, height };
  return document(options, size, title, description, svg + panel(box, x, y) + draw(box));
}

/** Places a value of an axis in a box. */
export const xIn = (box: Box, axis: Axis, value: number): number =>
  box.x + Math.min(1, Math.max(0, axis.at(value))) * box.width;
export const yIn = (box: Box, axis: Axis, value: number): number =>
  box.y + box.height - Math.min(1, Math.max(0, axis.at(value))) * box.height;
