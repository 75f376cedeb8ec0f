/** The report's page around its data: everything that needs no script is in the text. */
import { formatDuration, formatNumber } from "../format.ts";
import { importanceData } from "../importance-plot.ts";
import { parameterAxes } from "../parameters.ts";
import { readSource, type PlotSource } from "../source.ts";
import { escapeXml as esc } from "../svg.ts";
import { DARK, LIGHT, type Palette } from "../theme.ts";
import { STYLE } from "./style.ts";
import { cellText } from "./cells.ts";
import type { ReportData } from "./data.ts";

/** What the head of the page says. */
export interface ReportFacts {
  readonly version: string;
  /** Milliseconds since 1970 UTC. */
  readonly madeAt: number;
  readonly sampler: string;
  readonly scheduler: string;
  readonly seed: number;
  readonly note: string | null;
  readonly tags: readonly string[];
  /** The configuration of all defaults; null when nobody knows it. */
  readonly defaults: object | null;
  /** Position of a trial that tried the defaults, else null. */
  readonly defaultTrial: number | null;
}
/** What stands in the page and must be let in by its policy. */
export interface ReportScript {
  readonly text: string;
  /** "sha256-..." in base64, as Content-Security-Policy wants it. */
  readonly hash: string;
}

/** JSON that no HTML parser takes for markup. */
export const embedJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A dotted name may break after its dots. */
const breakable = (name: string): string => esc(name).replaceAll(".", ".<wbr>");

const variables = ({ bg, ink, muted, grid, axis, hues, ramp }: Palette): string =>
  `--bg:${bg};--ink:${ink};--muted:${muted};--grid:${grid};--axis:${axis};` +
  `${hues.map((c, i) => `--c${i + 1}:${c}`).join(";")};${ramp.map((c, i) => `--q${i}:${c}`).join(";")}`;

/** One self-contained HTML file: no network, nothing that runs but the script given. */
export function reportPage(source: PlotSource, data: ReportData, facts: ReportFacts, script: ReportScript): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${script.hash}'; base-uri 'none'; form-action 'none'`;
  const theme =
    `:root{color-scheme:light dark;${variables(LIGHT)};--page:#f3f5f7;--hover:#eef3f8}` +
    `@media (prefers-color-scheme:dark){:root{${variables(DARK)};--page:#0d1115;--hover:#1d252d}}` +
    `@media print{:root{${variables(LIGHT)};--page:#fff;color-scheme:light}}`;
  const two = data.objectives > 1;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${esc(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="vernier ${esc(facts.version)}">
<title>${esc(data.study)}: report</title>
<style>${theme}${STYLE}</style>
</head>
<body>
<a class="skip" href="#table">Skip to the table of trials</a>
<header>
<h1>${esc(data.study)}</h1>
<p class="facts">${facts_(data, facts)}</p>
${facts.tags.length > 0 ? `<p class="facts">${facts.tags.map(tag => `<span class="tag">${esc(tag)}</span>`).join(" ")}</p>` : ""}
</header>
<main>
${facts.note === null || facts.note === "" ? "" : `<section class="card wide"><h2>Note</h2><p class="note">${esc(facts.note)}</p></section>`}
<section class="card" aria-labelledby="h-best"><h2 id="h-best">${two ? "The front" : "The best trial"}</h2>${two ? frontTable(data) : bestTable(source, data, facts)}</section>
<section class="card" aria-labelledby="h-imp"><h2 id="h-imp">What mattered</h2>${mattered(source, data)}</section>
<div id="status" class="status" role="status" aria-live="polite"></div>
<section class="card wide" id="s-parallel" aria-labelledby="h-par"><h2 id="h-par">All parameters</h2>
<p class="hint">Drag along an axis to select trials; click an axis to clear it. With the keyboard: Tab to an axis, then arrow keys move the selection, + and − change its size, Escape clears it.</p>
${legend(data)}<div id="parallel" class="plot"></div></section>
<section class="card wide" id="s-history" aria-labelledby="h-his"><h2 id="h-his">History</h2>${legend(data, true)}<div id="history" class="plot"></div></section>
${two ? `<section class="card wide" id="s-front" aria-labelledby="h-fro"><h2 id="h-fro">Objectives against each other</h2><div id="front" class="grid"></div></section>` : ""}
${data.curves.of > 0 ? `<section class="card wide" id="s-curves" aria-labelledby="h-cur"><h2 id="h-cur">While trials ran</h2><p class="hint">${data.curves.lines.length < data.curves.of ? `${data.curves.lines.length} of ${data.curves.of} trials with reports, the best among them.` : `${data.curves.of} trials with reports of ${esc(data.curves.metric)}.`}</p><div id="curves" class="plot"></div></section>` : ""}
<section class="card wide" id="s-slices" aria-labelledby="h-sli"><h2 id="h-sli">Each parameter alone</h2><div id="slices" class="grid"></div></section>
<section class="card wide" id="table" aria-labelledby="h-tab"><h2 id="h-tab">Trials</h2>
<noscript><p class="hint">The table and the charts need scripts, which this browser does not run here.</p></noscript>
<div class="tools"><label>Filter <input id="filter" type="search" spellcheck="false" autocomplete="off" placeholder="words, or a condition" aria-describedby="filter-say"></label>
<label><input id="only" type="checkbox" checked> selected only</label><span id="filter-say" class="hint" role="status"></span></div>
<div id="rows" class="rows" tabindex="0" role="region" aria-label="Trials, scrollable"></div></section>
<aside id="detail" class="card" hidden aria-label="One trial"></aside>
</main>
<footer>Made by vernier ${esc(facts.version)} on ${esc(new Date(facts.madeAt).toISOString().slice(0, 16).replace("T", " "))} UTC. Numbers are rounded to six digits.</footer>
<script type="application/json" id="data">${embedJson(data)}</script>
<script>${script.text}</script>
</body>
</html>
`;
}

function facts_(data: ReportData, facts: ReportFacts): string {
  const of = (letter: string): number => data.states.split(letter).length - 1;
  const counts = [
    [of("c"), "complete"],
    [of("x"), "pruned"],
    [of("f"), "failed"],
    [of("r") + of("w") + of("p"), "not finished"],
  ] as const;
  const ends = data.started.flatMap((at, i) => (at === null || data.took[i] == null ? [] : [at + data.took[i]!]));
  const span = ends.reduce((a, b) => Math.max(a, b), 0);
  const busy = data.took.reduce<number>((sum, took) => sum + (took ?? 0), 0);
  return [
    `<b>${data.numbers.length.toLocaleString("en-US")}</b> trial${data.numbers.length === 1 ? "" : "s"}`,
    ...counts.filter(([n]) => n > 0).map(([n, what]) => `${n.toLocaleString("en-US")} ${what}`),
    ...(data.start === null ? [] : [`from ${new Date(data.start).toISOString().slice(0, 16).replace("T", " ")} UTC`]),
    ...(span > 0 ? [`${formatDuration(span)} in all`, `${formatDuration(busy)} of work`] : []),
    `sampler ${esc(facts.sampler)}`,
    ...(facts.scheduler === "none" ? [] : [`scheduler ${esc(facts.scheduler)}`]),
    `seed ${facts.seed}`,
  ].join(" · ");
}

const BARS = 16;
/** Rank correlation from which on a direction is named. */
const CLEAR = 0.3;

/** Bars that keep their type size on narrow screens, which a picture would not. */
function mattered(source: PlotSource, data: ReportData): string {
  if (!data.states.includes("c")) return `<p class="hint">No trial is complete yet.</p>`;
  const { parameters, note } = importanceData(source);
  const top = parameters[0]?.share ?? 0;
  const up = data.metrics[0]?.direction === "maximize";
  const better = (effect: number | undefined): string =>
    effect === undefined || Math.abs(effect) < CLEAR ? "" : effect > 0 === up ? "more is better" : "less is better";
  const rows = parameters
    .slice(0, BARS)
    .filter(() => top > 0)
    .map(({ name, share, effect }) => {
      const percent = share > 0 && share < 0.01 ? "&lt;1" : String(Math.round(share * 100));
      return `<tr><th scope="row">${breakable(name)}</th><td class="bar"><i style="width:${Math.max(share > 0 ? 1 : 0, Math.round((100 * share) / top))}%"></i></td><td>${percent} %</td><td class="hint">${better(effect)}</td></tr>`;
    });
  const rest =
    top > 0 && parameters.length > BARS ? `<p class="hint">and ${parameters.length - BARS} that mattered less</p>` : "";
  return `<table class="bars">${rows.join("")}</table>${rest}<p class="hint">${data.objectives > 1 ? `For ${esc(data.metrics[0]?.name ?? "")}. ` : ""}${esc(note)}</p>`;
}

/** What the colours say; the charts have no room for it. */
function legend(data: ReportData, points = false): string {
  const has = (letter: string): boolean => data.states.includes(letter);
  const broken = [...data.flags].some((flag, i) => data.states[i] === "c" && (Number(flag) & 1) === 0);
  const first = data.metrics[0]?.name ?? "";
  const entries = [
    `<i class="ramp"></i>worst to best rank by ${esc(first)}`,
    data.objectives > 1
      ? points
        ? `<i style="background:var(--c2)"></i>on the front`
        : ""
      : `<i style="background:var(--c2)"></i>best${points ? ", and the best so far" : ""}`,
    points && has("x") ? `<i style="background:var(--axis)"></i>pruned, at its last report` : "",
    points && broken ? `<span><b style="color:var(--c4)">×</b> breaks a constraint</span>` : "",
    points ? "Drag over a chart to select, click a point to look at its trial." : "",
  ];
  return `<p class="legend">${entries
    .filter(Boolean)
    .map(entry => `<span>${entry}</span>`)
    .join("")}</p>`;
}

const goal = (metric: ReportData["metrics"][number]): string =>
  metric.direction === null
    ? [
        metric.min === null ? "" : `at least ${formatNumber(metric.min)}`,
        metric.max === null ? "" : `at most ${formatNumber(metric.max)}`,
      ]
        .filter(Boolean)
        .join(", ")
    : metric.direction === "maximize"
      ? "higher is better"
      : "lower is better";

function bestTable(source: PlotSource, data: ReportData, { defaults, defaultTrial }: ReportFacts): string {
  const best = [...data.flags].findIndex(flag => Number(flag) >= 2);
  if (best < 0) return `<p class="hint">No trial is complete with every constraint met.</p>`;
  const byName = new Map<string, string>();
  const withDefaults = defaults !== null;
  for (const axis of withDefaults ? parameterAxes(readSource(source)) : []) {
    const text = axis.text(defaults);
    if (text !== undefined) byName.set(axis.name, text);
  }
  const row = (name: string, unit: string, found: string, standard: string, strong = false): string =>
    `<tr${found !== standard && withDefaults && !strong ? ' class="changed"' : ""}><th scope="row">${breakable(name)}${unit === "" ? "" : ` <small>${esc(unit)}</small>`}</th><td>${strong ? `<b>${esc(found)}</b>` : esc(found)}</td>${withDefaults ? `<td>${esc(standard)}</td>` : ""}</tr>`;
  const metrics = data.metrics
    .filter(metric => metric.cells[best] != null)
    .map((metric, k) =>
      row(
        metric.name,
        [metric.unit, goal(metric)].filter(Boolean).join(", "),
        cellText({ kind: "number", categories: [] }, metric.cells[best]),
        defaultTrial === null ? "not tried" : cellText({ kind: "number", categories: [] }, metric.cells[defaultTrial]),
        k < data.objectives,
      ),
    );
  const parameters = data.parameters
    .filter(parameter => parameter.cells[best] !== null || byName.has(parameter.name))
    .map(parameter =>
      row(
        parameter.name,
        parameter.unit ?? "",
        cellText(parameter, parameter.cells[best]) || "–",
        byName.get(parameter.name) ?? "–",
      ),
    );
  const more = parameters.splice(SHOWN);
  const rest =
    more.length === 0
      ? ""
      : `<details><summary>${more.length} less important parameters</summary><table class="facts-table"><tbody>${more.join("")}</tbody></table></details>`;
  return `<table class="facts-table"><thead><tr><th></th><th scope="col">trial ${data.numbers[best]}</th>${withDefaults ? `<th scope="col">defaults</th>` : ""}</tr></thead><tbody>${metrics.join("")}</tbody><tbody>${parameters.join("")}</tbody></table>${rest}`;
}

/** Parameters beside the best trial before the others are folded away. */
const SHOWN = 16;
const FRONT = 12;
function frontTable(data: ReportData): string {
  const [first] = data.metrics;
  const members = [...data.flags].flatMap((flag, i) => (Number(flag) >= 2 ? [i] : []));
  if (members.length === 0) return `<p class="hint">No trial is complete with every constraint met.</p>`;
  members.sort((a, b) => Number(first?.cells[a]) - Number(first?.cells[b]));
  const every = Math.max(1, members.length / FRONT);
  const shown = members.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every) || i === 0);
  const objectives = data.metrics.slice(0, data.objectives);
  const head = `<tr><th scope="col">trial</th>${objectives.map(metric => `<th scope="col">${esc(metric.name)} <small>${esc([metric.unit, goal(metric)].filter(Boolean).join(", "))}</small></th>`).join("")}</tr>`;
  const body = shown.map(
    i =>
      `<tr><th scope="row">${data.numbers[i]}</th>${objectives.map(metric => `<td>${esc(cellText({ kind: "number", categories: [] }, metric.cells[i]))}</td>`).join("")}</tr>`,
  );
  const more =
    members.length > shown.length
      ? `<p class="hint">${shown.length} of ${members.length} trials on the front; sort the table below by “front” for all.</p>`
      : "";
  return `<div class="scroll"><table class="facts-table"><thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>${more}`;
}
