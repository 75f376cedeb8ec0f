/** A canvas that fills its parent, sharp on every screen, redrawn when its size or the colours change. */
import { DARK, LIGHT, type Palette } from "../../theme.ts";
import { fit } from "../../format.ts";

export interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly ctx: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

const dark = matchMedia("(prefers-color-scheme: dark)");
let printing = false;
export const isPrinting = (): boolean => printing;
export const colours = (): Palette => (dark.matches && !printing ? DARK : LIGHT);

const redraws: (() => void)[] = [];
const redrawAll = (): void => redraws.forEach(redraw => redraw());
dark.addEventListener("change", redrawAll);
addEventListener("beforeprint", () => {
  printing = true;
  redrawAll();
});
addEventListener("afterprint", () => {
  printing = false;
  redrawAll();
});

export const FONT = '11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';

/**
 * Draws now if in view and later when it comes into view. `draw` gets the surface already cleared. The function returned asks for another
 * drawing in the next frame.
 */
export function surface(
  parent: HTMLElement,
  label: string,
  size: (width: number) => { width?: number; height: number },
  draw: (surface: Surface) => void,
  measured: HTMLElement = parent,
): { canvas: HTMLCanvasElement; redraw: () => void } {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  parent.append(canvas);
  let seen = false;
  let asked = false;
  const paint = (): void => {
    asked = false;
    if (!seen && !printing) return;
    const available = measured.clientWidth;
    if (available === 0) return;
    const { width = available, height } = size(available);
    const ratio = Math.min(3, devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const ctx = canvas.getContext("2d");
    if (ctx === null) return;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.font = FONT;
    draw({ canvas, ctx, width, height });
  };
  const redraw = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(paint);
  };
  redraws.push(() => paint());
  canvas.style.height = `${size(measured.clientWidth || 300).height}px`;
  new ResizeObserver(redraw).observe(measured);
  new IntersectionObserver(
    entries => {
      if (entries.some(entry => entry.isIntersecting) && !seen) {
        seen = true;
        redraw();
      }
    },
    { rootMargin: "200px" },
  ).observe(canvas);
  return { canvas, redraw };
}

export function line(
  ctx: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  colour: string,
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  ctx.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
  ctx.stroke();
}

export function write(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  options: { colour: string; align?: CanvasTextAlign; room?: number; bold?: boolean },
): void {
  ctx.fillStyle = options.colour;
  ctx.textAlign = options.align ?? "left";
  ctx.font = options.bold === true ? `600 ${FONT}` : FONT;
  ctx.fillText(options.room === undefined ? text : fit(text, options.room, 11), x, y);
}

/** A small box that follows the pointer. */
export function tip(parent: HTMLElement): (text: string | null, x?: number, y?: number) => void {
  const box = document.createElement("div");
  box.className = "tip";
  box.hidden = true;
  parent.append(box);
  return (text, x = 0, y = 0) => {
    box.hidden = text === null;
    if (text === null) return;
    box.textContent = text;
    const over = x + box.offsetWidth + 16 > parent.clientWidth;
    box.style.left = `${Math.max(0, over ? x - box.offsetWidth - 12 : x + 12)}px`;
    box.style.top = `${Math.max(0, y - box.offsetHeight - 6)}px`;
  };
}
