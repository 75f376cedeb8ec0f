/** A curve in one line of text. */

const BARS = "▁▂▃▄▅▆▇█";

/**
 * At most `width` characters; longer series are cut into equal runs of which each shows its best value. The scale ends at the 90 % quantile
 * on the worse side: one wild first trial must not flatten the rest. Values that are not finite are skipped.
 */
export const sparkline = (values: readonly number[], width: number, direction: "minimize" | "maximize"): string => {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0 || width < 1) return "";
  const better = direction === "minimize" ? Math.min : Math.max;
  const columns = Math.min(width, finite.length);
  const points = Array.from({ length: columns }, (_, i) => {
    const run = finite.slice(
      Math.floor((i * finite.length) / columns),
      Math.floor(((i + 1) * finite.length) / columns),
    );
    return run.reduce((a, b) => better(a, b));
  });
  const sorted = points.toSorted((a, b) => (direction === "minimize" ? a - b : b - a));
  const best = sorted[0] ?? 0;
  const worst = sorted[Math.ceil(0.9 * (sorted.length - 1))] ?? best;
  const [low, high] = best < worst ? [best, worst] : [worst, best];
  if (low === high)
    return points
      .map(y => (y === best ? BARS[direction === "minimize" ? 0 : 7] : BARS[direction === "minimize" ? 7 : 0]))
      .join("");
  return points
    .map(y => BARS[Math.round(((Math.min(Math.max(y, low), high) - low) / (high - low)) * (BARS.length - 1))])
    .join("");
};

/** A horizontal bar of `share` (0..1) of `width` columns, in eighths of a column. */
export const bar = (share: number, width: number): string => {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  const rest = eighths % 8;
  return "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : (" ▏▎▍▌▋▊▉"[rest] ?? ""));
};
