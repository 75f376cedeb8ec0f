/**
 * The median stopping rule. Golovin et al. 2017, "Google Vizier: A service for black-box optimization", section 3.2.1; semantics of Optuna
 * 5's MedianPruner (README.md beside this file).
 */
import { defineScheduler } from "../../core/define.ts";
import { VernierError } from "../../core/errors.ts";
import { type DecideContext, type History, type Report, type Verdict } from "../../core/types.ts";
import { quantileSorted } from "../../math/quantile.ts";
import { spell } from "../../space/spell.ts";
import { isBehindHalf, standing } from "../rank.ts";
import { Curves } from "./curves.ts";
import { Standings } from "./standings.ts";

const DEFAULTS = {
  /** Complete trials before anything is stopped. */
  startup: 5,
  /** Steps below this are never judged. */
  warmup: 0,
  /** After the warm-up, only the first report in each interval of this many steps is judged. */
  interval: 1,
  /** Complete trials that must have reported at the step. */
  minTrials: 1,
};
type Options = Readonly<typeof DEFAULTS>;

/**
 * Stops a trial whose best value so far is worse than the median of the complete trials' values at the same step. With several
 * objectives: when more than half of them stand before it (feasible first, then by non-dominated rank, then by hypervolume contribution).
 *
 * @throws E_OPTION on a bad option.
 * @example createStudy({ scheduler: median({ warmup: 5 }), ... })
 */
export const median = defineScheduler({
  name: "median",
  options: DEFAULTS,
  check(options) {
    for (const [name, least] of [
      ["startup", 0],
      ["warmup", 0],
      ["interval", 1],
      ["minTrials", 1],
    ] as const) {
      const value: unknown = options[name];
      if (
        typeof value === "number" &&
        value >= least &&
        value < Infinity &&
        (name === "warmup" || Number.isInteger(value))
      )
        continue;
      throw new VernierError(
        "E_OPTION",
        `median() got ${name}=${spell(value)}. ${name} is a ${name === "warmup" ? "number" : "whole number"} of at least ${least}. ` +
          `The default is ${DEFAULTS[name]}.`,
      );
    }
  },
  decide(context) {
    const { history, number, step, options } = context;
    if (step < options.warmup) return "continue";
    const reports = history.reports(number);
    if (!firstInInterval(reports, step, options)) return "continue";
    return history.objectives.length === 1
      ? decideOne(context, reports, options)
      : decideSeveral(context, reports, options);
  },
});

/** Whether no earlier report falls into the interval of this step. */
function firstInInterval(reports: readonly Report[], step: number, { warmup, interval }: Options): boolean {
  const begin = warmup + Math.floor((step - warmup) / interval) * interval;
  return !reports.some(report => report.step >= begin && report.step < step);
}

const curves = new WeakMap<History, Curves>();

function decideOne({ history, step }: DecideContext, reports: readonly Report[], options: Options): Verdict {
  let known = curves.get(history);
  if (known === undefined) curves.set(history, (known = new Curves()));
  known.follow(history);
  if (known.complete < options.startup) return "continue";
  const others = known.at(step);
  const objective = history.objectives[0]!;
  const sign = objective.direction === "maximize" ? -1 : 1;
  let best = NaN;
  for (const report of reports) {
    const value = sign * (report.metrics[objective.name] ?? NaN);
    if (!(value >= best) && !Number.isNaN(value)) best = value;
  }
  // A trial that never reports the objective is not judged; one that reports nothing but NaN has diverged.
  if (Number.isNaN(best)) return reports.some(report => objective.name in report.metrics) ? "stop" : "continue";
  if (others.length < options.minTrials || others.length === 0) return "continue";
  return best > sign * quantileSorted(others, 0.5) ? "stop" : "continue";
}

const standings = new WeakMap<History, Standings>();

function decideSeveral({ history, step }: DecideContext, reports: readonly Report[], options: Options): Verdict {
  const own = reports.find(report => report.step === step);
  if (own === undefined) return "continue";
  let known = standings.get(history);
  if (known === undefined) standings.set(history, (known = new Standings()));
  known.follow(history);
  const others = known.at(step);
  if (known.complete < options.startup || others.length < options.minTrials) return "continue";
  return isBehindHalf(standing(own.metrics, history), others) ? "stop" : "continue";
}
