/** Marks for many trials: few of them with a text each, many of them as one path. */
import { escapeXml, px, tag } from "./svg.ts";
import { cross } from "./frame.ts";

export interface Mark {
  readonly x: number;
  readonly y: number;
  /** Colour class: "1".."8", "q0".."q9", "m". */
  readonly colour: string;
  readonly shape: "dot" | "ring" | "cross";
  /** Read while the pointer rests on it. */
  readonly title: () => string;
  /** Never thinned out, and drawn last. */
  readonly important?: boolean;
}

/** Above this, marks lose their texts and those that hide each other are dropped. */
export const MANY = 600;
/** Never more marks than this in a picture. */
const MOST = 5000;

/** Marks as SVG. Important ones always keep their text. */
export function drawMarks(marks: readonly Mark[], radius = 3.2): string {
  const usable = marks.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const plain = usable.filter(mark => mark.important !== true);
  const important = usable.filter(mark => mark.important === true).slice(-MANY);
  return (
    (plain.length > MANY ? drawMany(thin(plain)) : plain.map(mark => drawOne(mark, radius)).join("")) +
    important.map(mark => drawOne(mark, radius + 1)).join("")
  );
}

function drawOne({ x, y, colour, shape, title }: Mark, r: number): string {
  const inner = `<title>${escapeXml(title())}</title>`;
  if (shape === "cross") return cross(x, y, r * 0.85, `s${colour} vp-thin`, inner);
  const cls = shape === "ring" ? `vp-ring vp-thin s${colour}` : `f${colour} vp-halo`;
  return tag("circle", { cx: x, cy: y, r, class: cls }, inner);
}

/** Later marks hide earlier ones at the same place; what is left is spread evenly over the order. */
function thin(marks: readonly Mark[]): readonly Mark[] {
  const cells = new Map<string, Mark>();
  for (const mark of marks) {
    const cell = `${Math.round(mark.x / 2)} ${Math.round(mark.y / 2)} ${mark.shape}`;
    cells.delete(cell);
    cells.set(cell, mark);
  }
  const kept = [...cells.values()];
  if (kept.length <= MOST) return kept;
  return Array.from({ length: MOST }, (_, i) => kept[Math.floor((i * kept.length) / MOST)]!);
}

/** One path a colour and shape: a dot is a line of no length with round ends. */
function drawMany(marks: readonly Mark[]): string {
  const paths = new Map<string, string>();
  for (const { x, y, colour, shape } of marks) {
    const key = `${shape} ${colour}`;
    const d =
      shape === "dot"
        ? `M${px(x)} ${px(y)}h0`
        : shape === "ring"
          ? `M${px(x - 2)} ${px(y)}h4`
          : `M${px(x - 2)} ${px(y - 2)}l4 4m-4 0l4-4`;
    paths.set(key, (paths.get(key) ?? "") + d);
  }
  return [...paths]
    .map(([key, d]) => {
      const [shape, colour] = key.split(" ");
      return tag("path", {
        class: `s${colour ?? "m"} ${shape === "dot" ? "vp-dots vp-faint" : "vp-thin vp-faint"}`,
        d,
      });
    })
    .join("");
}
