/**
 * Colours, light and dark. Categories are told apart by hues after Okabe & Ito 2008 (safe for the colour-blind); order runs along ramps
 * whose lightness changes steadily, so that they survive grey printing: the best end always stands out most from the ground.
 */
export interface Palette {
  readonly bg: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly axis: string;
  /** Ordinary marks, the best, and further categories. */
  readonly hues: readonly string[];
  /** From the worst to the best: ten steps. */
  readonly ramp: readonly string[];
}

export const LIGHT: Palette = {
  bg: "#ffffff",
  ink: "#1b2530",
  muted: "#5a6875",
  grid: "#e6eaee",
  axis: "#a9b4bf",
  hues: ["#1f6fb4", "#d2500a", "#00835f", "#b3528c", "#a87400", "#3a97c9", "#7560c4", "#6d7680"],
  ramp: ["#d9dfe5", "#c3d3e2", "#a8c8df", "#86b9da", "#5fa6d1", "#3a8fc3", "#2076b1", "#125c99", "#0b437a", "#072c56"],
};
export const DARK: Palette = {
  bg: "#14191f",
  ink: "#e8edf2",
  muted: "#9aa7b4",
  grid: "#28313a",
  axis: "#53606c",
  hues: ["#5aa9e6", "#ff8a4c", "#3ecf9f", "#e48cbf", "#e6b450", "#8fd0ef", "#ab9bf0", "#98a2ac"],
  ramp: ["#333d47", "#33495a", "#31576f", "#2f6784", "#2f7997", "#378da6", "#4ba3b0", "#6dbbb4", "#9ed3b6", "#dcedb4"],
};

const variables = ({ bg, ink, muted, grid, axis, hues, ramp }: Palette): string =>
  `--vp-bg:${bg};--vp-ink:${ink};--vp-muted:${muted};--vp-grid:${grid};--vp-axis:${axis};` +
  `${hues.map((c, i) => `--vp-${i + 1}:${c}`).join(";")};${ramp.map((c, i) => `--vp-q${i}:${c}`).join(";")}`;

const RULES =
  ".vp{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-variant-numeric:tabular-nums;max-width:100%;height:auto}" +
  ".vp text{fill:var(--vp-ink)}.vp .vp-bg{fill:var(--vp-bg)}.vp .vp-title{font-size:15px;font-weight:600}" +
  ".vp .vp-small,.vp .vp-tick{font-size:11px;fill:var(--vp-muted)}.vp .vp-name{font-weight:600}" +
  ".vp .vp-say{font-size:14px;fill:var(--vp-muted)}" +
  ".vp path,.vp .vp-ring{fill:none}.vp .vp-grid{stroke:var(--vp-grid)}.vp .vp-axis{stroke:var(--vp-axis)}" +
  ".vp .vp-halo{stroke:var(--vp-bg);stroke-width:1.2}" +
  [1, 2, 3, 4, 5, 6, 7, 8].map(i => `.vp .s${i}{stroke:var(--vp-${i})}.vp .f${i}{fill:var(--vp-${i})}`).join("") +
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    .map(i => `.vp .sq${i}{stroke:var(--vp-q${i})}.vp .fq${i}{fill:var(--vp-q${i})}`)
    .join("") +
  ".vp .sm{stroke:var(--vp-muted)}.vp .fm{fill:var(--vp-muted)}" +
  ".vp .vp-line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.vp .vp-thin{stroke-width:1.2}" +
  ".vp .vp-dots{stroke-linecap:round;stroke-width:5}.vp .vp-faint{opacity:.55}.vp .vp-fainter{opacity:.3}";

/** The style inside every picture. It is scoped by class, so that several pictures may stand in one page. */
export function themeCss(theme: "auto" | "light" | "dark"): string {
  if (theme === "dark") return `.vp-dark{${variables(DARK)}}${RULES}`;
  if (theme === "light") return `.vp-light{${variables(LIGHT)}}${RULES}`;
  return `.vp-auto{${variables(LIGHT)}}@media screen and (prefers-color-scheme:dark){.vp-auto{${variables(DARK)}}}${RULES}`;
}
