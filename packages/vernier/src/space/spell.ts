/** How messages spell values, numbers and places, so that every error of the space reads alike. */

/** Shortest decimal that reads back to the same number; powers of ten where zeros would hide the size. -0 is "-0". */
export function spellNumber(x: number): string {
  if (Object.is(x, -0)) return "-0";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e6) && Number.isFinite(x)) {
    const exponential = x.toExponential().replace("e+", "e");
    const plain = String(x);
    return exponential.length < plain.length || plain.includes("e") ? exponential : plain;
  }
  return String(x);
}

/** A value as it came, cut to a readable length. */
export function spell(value: unknown, limit = 60): string {
  let text: string;
  if (typeof value === "number") text = spellNumber(value);
  else if (typeof value === "function") text = `function ${value.name || "(anonymous)"}`;
  else if (typeof value === "bigint") text = `${value}n`;
  else if (value === undefined || typeof value === "symbol") text = String(value);
  else {
    try {
      text = JSON.stringify(value) ?? String(value);
    } catch {
      text = Object.prototype.toString.call(value);
    }
  }
  return text.length > limit ? `${text.slice(0, limit - 3)}...` : text;
}

/** "a", "b" or "c", cut after `limit` names. */
export function spellList(values: readonly unknown[], limit = 8): string {
  const shown = values.slice(0, limit).map(v => spell(v));
  if (values.length > limit) shown.push(`${values.length - limit} more`);
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

/** The line of `text` that holds offset `at`, with a caret under it. */
export function caret(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const newline = text.indexOf("\n", at);
  const end = newline < 0 ? text.length : newline;
  // A long line is cut around the place, so that the caret stays on the screen.
  const from = Math.max(start, at - 60);
  const line = text.slice(from, Math.min(end, from + 120));
  return `\n  ${line.replaceAll("\t", " ")}\n  ${" ".repeat(Math.max(0, at - from))}^\n`;
}

/** Optimal string alignment distance (adjacent swaps count one), given up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      row.push(d);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** ` Did you mean "x"?` for the nearest candidate, or "" when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? "" : ` Did you mean ${JSON.stringify(meant)}?`;
}

/** The candidate that was probably meant; undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // At least one letter must be right: "b" is not a misspelt "a".
  const limit = Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    const d =
      candidate.toLowerCase() === word.toLowerCase() ? 0 : distance(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}
