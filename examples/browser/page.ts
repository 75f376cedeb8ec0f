/** The page: choose a function and a sampler, start, pause, and look. */
import { history } from "vernier/plot";
import { drawMap } from "./draw.ts";
import { FUNCTIONS, type TestFunction } from "./functions.ts";
import { SAMPLERS, searchOf, studyOf, type LiveStudy, type Search } from "./tune.ts";

function find<E extends HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as E;
}
const chosen = {
  function: find<HTMLSelectElement>("function"),
  sampler: find<HTMLSelectElement>("sampler"),
  trials: find<HTMLInputElement>("trials"),
  seed: find<HTMLInputElement>("seed"),
};
const start = find<HTMLButtonElement>("start");
const reset = find<HTMLButtonElement>("reset");
const canvas = find<HTMLCanvasElement>("map");
const chart = find("history");
const said = find("said");

for (const [name, { title }] of Object.entries(FUNCTIONS)) chosen.function.append(new Option(title, name));
for (const name of Object.keys(SAMPLERS)) chosen.sampler.append(new Option(name, name));
// "?function=himmelblau&sampler=tpe&seed=1&trials=150" sets the choices.
const asked = new URLSearchParams(location.search);
for (const [name, input] of Object.entries(chosen)) {
  const value = asked.get(name);
  if (value !== null) input.value = value;
}

let f: TestFunction;
let study: LiveStudy;
let search: Search;

async function fresh(): Promise<void> {
  search?.pause();
  await study?.close();
  f = FUNCTIONS[chosen.function.value] ?? Object.values(FUNCTIONS)[0]!;
  const whole = (input: HTMLInputElement, least: number, otherwise: number): number => {
    const value = Math.min(2000, Math.max(least, Math.round(Number(input.value))));
    return Number.isFinite(value) ? value : otherwise;
  };
  study = await studyOf(f, chosen.sampler.value, whole(chosen.seed, 0, 1));
  search = searchOf(study, f, whole(chosen.trials, 1, 150), show);
  show();
}

let charted = -1;
function show(): void {
  const { best, trials } = study;
  drawMap(
    canvas,
    f,
    trials.flatMap(({ params }) => params ?? []),
    best?.params,
  );
  // A picture of text takes longer than the map: it follows every ten trials, and at the end.
  if (!search.running || trials.length - charted >= 10 || trials.length < charted) {
    charted = trials.length;
    chart.innerHTML = history(study, { width: Math.max(300, chart.clientWidth), height: 300, title: "Best so far" });
  }
  start.textContent = search.running ? "Pause" : "Start";
  said.textContent =
    best === undefined
      ? "Nothing tried yet. White crosses mark the minima."
      : `${trials.length} trials. Best ${best.metrics.value.toPrecision(6)} at x = ${best.params.x.toPrecision(5)}, y = ${best.params.y.toPrecision(5)}; the minimum is ${f.optimum}.`;
  Object.assign(said.dataset, {
    trials: trials.length,
    running: search.running,
    best: best?.metrics.value,
    x: best?.params.x,
    y: best?.params.y,
  });
}

start.addEventListener("click", () => {
  if (search.running) search.pause();
  else void search.start();
  show();
});
reset.addEventListener("click", () => void fresh());
for (const input of Object.values(chosen)) input.addEventListener("change", () => void fresh());
addEventListener("resize", show);
await fresh();
document.documentElement.dataset["ready"] = "true";
