/** The function as a heat map, with trials as points. */
import type { TestFunction } from "./functions.ts";

/** Dark is low. Stops of a ramp that stays readable without colours. */
const STOPS = ["#0b1f3a", "#12457a", "#1c6fae", "#3f9bc8", "#7fc3d4", "#bfe0d6", "#f1f2dc"].map(hex =>
  [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)),
);

export function colourAt(share: number): readonly [number, number, number] {
  const at = Math.min(0.9999, Math.max(0, share)) * (STOPS.length - 1);
  const [a, b] = [STOPS[Math.floor(at)] ?? [], STOPS[Math.floor(at) + 1] ?? []];
  const mix = at % 1;
  const channel = (i: number): number => Math.round((a[i] ?? 0) * (1 - mix) + (b[i] ?? 0) * mix);
  return [channel(0), channel(1), channel(2)];
}

const SIZE = 180;
const maps = new WeakMap<TestFunction, HTMLCanvasElement>();

/** One pixel a cell, on a log scale above the minimum, drawn once a function. */
function heatMap(f: TestFunction): HTMLCanvasElement {
  const known = maps.get(f);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIZE, SIZE];
  const ctx = canvas.getContext("2d");
  const values = new Float64Array(SIZE * SIZE);
  for (let j = 0; j < SIZE; j++)
    for (let i = 0; i < SIZE; i++) {
      const x = f.x[0] + ((i + 0.5) / SIZE) * (f.x[1] - f.x[0]);
      const y = f.y[1] - ((j + 0.5) / SIZE) * (f.y[1] - f.y[0]);
      values[j * SIZE + i] = Math.log1p(f.at(x, y) - f.optimum);
    }
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const image = ctx?.createImageData(SIZE, SIZE);
  if (ctx == null || image === undefined) return canvas;
  values.forEach((value, k) => image.data.set([...colourAt((value - low) / (high - low)), 255], 4 * k));
  ctx.putImageData(image, 0, 0);
  maps.set(f, canvas);
  return canvas;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Everything anew: a few hundred points cost less than keeping track. */
export function drawMap(
  canvas: HTMLCanvasElement,
  f: TestFunction,
  points: readonly Point[],
  best: Point | undefined,
): void {
  const width = canvas.clientWidth;
  const ratio = Math.min(3, devicePixelRatio || 1);
  if (canvas.width !== Math.round(width * ratio))
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(width * ratio)];
  const ctx = canvas.getContext("2d");
  if (ctx === null) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(heatMap(f), 0, 0, width, width);
  const across = (x: number): number => ((x - f.x[0]) / (f.x[1] - f.x[0])) * width;
  const up = (y: number): number => (1 - (y - f.y[0]) / (f.y[1] - f.y[0])) * width;
  const ring = (point: Point, r: number, fill: string, line: string): void => {
    ctx.beginPath();
    ctx.arc(across(point.x), up(point.y), r, 0, 7);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = line;
    ctx.lineWidth = 1.2;
    ctx.stroke();
  };
  ctx.strokeStyle = "#ffffff";
  ctx.lineWidth = 1.5;
  for (const [x, y] of f.minima) {
    ctx.beginPath();
    ctx.moveTo(across(x) - 6, up(y));
    ctx.lineTo(across(x) + 6, up(y));
    ctx.moveTo(across(x), up(y) - 6);
    ctx.lineTo(across(x), up(y) + 6);
    ctx.stroke();
  }
  points.forEach((point, i) =>
    ring(point, 3, `rgba(255,214,102,${0.25 + (0.75 * (i + 1)) / points.length})`, "#1b2530"),
  );
  if (best !== undefined) ring(best, 6, "#ff6a2b", "#ffffff");
}
