/** SVG as text: escaping, numbers, the outer element. */
import { checkOptionNames } from "../core/define.ts";
import { VernierError } from "../core/errors.ts";
import { spell } from "../space/spell.ts";
import { themeCss } from "./theme.ts";

/** Options that every picture takes. */
export interface PlotOptions {
  /** Pixels, 240 to 4000. Default 760. */
  readonly width?: number;
  /** Pixels, 160 to 4000. The default depends on what is shown. */
  readonly height?: number;
  /** "auto" (default) follows the reader's light or dark setting. */
  readonly theme?: "auto" | "light" | "dark";
  /** Replaces the title. */
  readonly title?: string;
}
const COMMON = ["width", "height", "theme", "title"] as const;

/** @throws E_OPTION for an unknown name, E_PLOT_OPTION for a bad value. */
export function checkPlotOptions(plot: string, options: PlotOptions, more: readonly string[] = []): void {
  checkOptionNames(`plot.${plot}()`, options, [...COMMON, ...more]);
  const size = (name: "width" | "height", least: number): void => {
    const value: unknown = options[name];
    if (value === undefined || (typeof value === "number" && value >= least && value <= 4000)) return;
    throw new VernierError(
      "E_PLOT_OPTION",
      `${name} is ${spell(value)}. It must be a number of pixels from ${least} to 4000. Leave it out for the default.`,
    );
  };
  size("width", 240);
  size("height", 160);
  const { theme = "auto" } = options;
  if (!["auto", "light", "dark"].includes(theme)) {
    throw new VernierError("E_PLOT_OPTION", `theme is ${spell(theme)}. It must be "auto", "light" or "dark".`);
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Any text as XML holds it, in elements and in attributes; what XML cannot hold becomes "�". */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()

      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      // Marks that turn the reading direction would let a name rearrange the text around it.
      .replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
      .replace(/[&<>"']/g, char => ENTITIES[char] ?? "")
  );
}

/** A coordinate: one decimal, never NaN (a picture with a stray mark can be read, one with NaN is refused by viewers). */
export function px(x: number): string {
  if (!Number.isFinite(x)) return "-99";
  const rounded = Math.round(x * 10) / 10;
  return rounded === 0 ? "0" : String(rounded);
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; numbers are coordinates. `inner` is markup already. */
export function tag(name: string, attributes: Attributes, inner?: string): string {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${key}="${typeof value === "number" ? px(value) : escapeXml(value)}"`;
  }
  return inner === undefined ? `${text}/>` : `${text}>${inner}</${name}>`;
}

export interface TextOptions {
  readonly anchor?: "start" | "middle" | "end";
  readonly class?: string;
  readonly rotate?: number;
  /** Shown while the pointer rests on it, where the text itself was cut. */
  readonly full?: string;
}
export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { anchor, rotate, full } = options;
  const title = full === undefined || full === content ? "" : `<title>${escapeXml(full)}</title>`;
  return tag(
    "text",
    {
      x,
      y,
      class: options.class,
      "text-anchor": anchor === "start" ? undefined : anchor,
      transform: rotate === undefined ? undefined : `rotate(${px(rotate)} ${px(x)} ${px(y)})`,
    },
    escapeXml(content) + title,
  );
}

export const line = (x1: number, y1: number, x2: number, y2: number, cls: string): string =>
  tag("path", { class: cls, d: `M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}` });

/** A polyline; a point that is not finite breaks it. */
export function pathOf(points: readonly (readonly [number, number])[]): string {
  let d = "";
  let pen = "M";
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) pen = "M";
    else {
      d += `${pen}${px(x)} ${px(y)}`;
      pen = "L";
    }
  }
  return d;
}

/** The outer element with its style. `label` is what a screen reader says first, `description` what it says next. */
export function document(
  options: PlotOptions,
  size: { readonly width: number; readonly height: number },
  label: string,
  description: string,
  body: string,
): string {
  const { theme = "auto" } = options;
  const { width, height } = size;
  return tag(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: `vp vp-${theme}`,
      width,
      height,
      viewBox: `0 0 ${px(width)} ${px(height)}`,
      role: "img",
      "aria-label": label,
    },
    `<desc>${escapeXml(description)}</desc><style>${themeCss(theme)}</style>` +
      tag("rect", { class: "vp-bg", width, height }) +
      body,
  );
}
