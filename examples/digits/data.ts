import { readFileSync } from "node:fs";
import { seeded, shuffle } from "./random.ts";

export const PIXELS = 64;
export const CLASSES = 10;

/** Images as rows of 64 pixels in [0,1], and their digits. */
export interface Images {
  readonly size: number;
  readonly pixels: Float64Array;
  readonly labels: Uint8Array;
}
export interface Split {
  readonly train: Images;
  readonly validation: Images;
  readonly test: Images;
}

/** Reads digits.csv (see ATTRIBUTION.md) from this folder. */
export function loadDigits(): Images {
  const text = readFileSync(new URL("digits.csv", import.meta.url), "utf8");
  const rows = text.trim().split("\n").slice(1);
  const pixels = new Float64Array(rows.length * PIXELS);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    const cells = row.split(",");
    for (let j = 0; j < PIXELS; j++) pixels[i * PIXELS + j] = Number(cells[j]) / 16;
    labels[i] = Number(cells[PIXELS]);
  });
  return { size: rows.length, pixels, labels };
}

/** Splits 50 : 25 : 25. Stratified: every part holds each digit in the same share. */
export function split(images: Images, seed: number): Split {
  const random = seeded(seed);
  const parts: [number[], number[], number[]] = [[], [], []];
  for (let digit = 0; digit < CLASSES; digit++) {
    const rows: number[] = [];
    images.labels.forEach((label, row) => {
      if (label === digit) rows.push(row);
    });
    shuffle(rows, random);
    const first = Math.round(0.5 * rows.length);
    const second = Math.round(0.75 * rows.length);
    parts[0].push(...rows.slice(0, first));
    parts[1].push(...rows.slice(first, second));
    parts[2].push(...rows.slice(second));
  }
  return { train: pick(images, parts[0]), validation: pick(images, parts[1]), test: pick(images, parts[2]) };
}

function pick(images: Images, rows: readonly number[]): Images {
  const pixels = new Float64Array(rows.length * PIXELS);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    pixels.set(images.pixels.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
    labels[i] = images.labels[row] ?? 0;
  });
  return { size: rows.length, pixels, labels };
}
