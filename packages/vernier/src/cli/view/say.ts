/** Sentences for a person: broken at words at a terminal, one line each in files and pipes. */
import { wrap } from "../help.ts";
import type { Io } from "../io.ts";
import { widthOf } from "./style.ts";
import type { Paint } from "./style.ts";

export const say = (io: Io, text: string, paint: Paint = plain => plain): void => {
  const lines = io.live ? wrap(text, Math.min(io.columns(), 100) - 1) : [text];
  io.out(lines.map(line => `${paint(line)}\n`).join(""));
};

/** A line to run, and what for: never broken, so that it can be copied; what does not fit beside it is left out. */
export const sayNext = (io: Io, line: string, what: string): void => {
  const fits = widthOf(line) + widthOf(what) + 4 <= io.columns();
  io.out(`  ${io.style.cyan(line)}${fits ? `  ${io.style.dim(what)}` : ""}\n`);
};
