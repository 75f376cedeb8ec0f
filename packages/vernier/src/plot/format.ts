/** How numbers, durations and texts read in a picture. */

/** At most `digits` significant digits, no trailing zeros; exponents where the plain form would be long. */
export function formatNumber(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "none" : x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e6) return minus(String(x));
  if (size >= 1e-3 && size < 1e6) return minus(String(Number(x.toPrecision(digits))));
  return minus(
    x
      .toExponential(digits - 1)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e"),
  );
}

/** The minus sign of typography, as wide as a digit. */
export const minus = (text: string): string => text.replaceAll("-", "−");

/** "850 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "none";
  if (ms < 999.5) return `${Math.max(0, Number(ms.toPrecision(3)))} ms`;
  const two = (n: number, one: string, m: number, other: string): string =>
    m === 0 ? `${n} ${one}` : `${n} ${one} ${m} ${other}`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** "1 trial", "30 trials", "30,000 trials". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** Estimated width in em of a common sans-serif face, on the generous side. */
function widthOfChar(code: number): number {
  if (code >= 0x1100) return 1;
  const char = String.fromCharCode(code);
  if ("iljtfrI.,:;'|!()[] ".includes(char)) return 0.38;
  if ("mwMW@%—".includes(char)) return 0.9;
  if (char >= "A" && char <= "Z") return 0.7;
  return 0.6;
}

/** Estimated width in pixels: there is no page to measure in. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const char of text) em += widthOfChar(char.codePointAt(0) ?? 0);
  return em * size;
}

/** The text, cut in its middle to fit: both ends of a dotted name tell more than its beginning. */
export function fit(text: string, width: number, size: number): string {
  // No character is narrower: what is longer than this cannot fit, however long it is.
  const most = Math.floor(width / (0.38 * size)) + 2;
  if (text.length <= 2 * most && textWidth(text, size) <= width) return text;
  const all = text.length > 8 * most ? [...text.slice(0, 4 * most), ...text.slice(-4 * most)] : [...text];
  const chars = all.length > 2 * most ? [...all.slice(0, most), ...all.slice(-most)] : all;
  for (let keep = chars.length - 1; keep >= 2; keep--) {
    const head = Math.ceil(keep / 2);
    const shorter = `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (keep - head)).join("")}`;
    if (textWidth(shorter, size) <= width) return shorter;
  }
  return `${chars[0] ?? ""}…`;
}
