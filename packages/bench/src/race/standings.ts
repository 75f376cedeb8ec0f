/** What a race says: mean scores, mean ranks, and whether the difference to one of the subjects is more than chance. */
import { ranks, wilcoxon } from "vernier/math";
import { textTable } from "../text-table.ts";
import type { Problem } from "../subjects/subject.ts";
import { bestAfter, type Outcome } from "./results.ts";

/** Gaps below it are not told apart. */
const FLOOR = 1e-8;

/** A gap to the optimum as a number that means the same on every problem of a suite; smaller is better. */
export function score({ direction, optimum, scale, median = NaN }: Problem, best: number): number {
  const gap = direction === "maximize" ? optimum - best : best - optimum;
  return scale === "log" ? Math.log10(Math.max(FLOOR, gap)) : gap / Math.abs(median - optimum);
}

export interface Standing {
  readonly subject: string;
  /** Mean over problems of the mean over seeds, at each checkpoint. */
  readonly scores: readonly number[];
  /** Mean rank over problems and seeds at each checkpoint, ties shared. */
  readonly ranks: readonly number[];
  /** Two-sided Wilcoxon over problems against the baseline at the last checkpoint; NaN for the baseline itself. */
  readonly p: number;
  readonly wins: number;
  readonly losses: number;
}

export function standings(
  outcomes: readonly Outcome[],
  problems: readonly Problem[],
  checkpoints: readonly number[],
  baseline: string,
): Standing[] {
  const subjects = [...new Set(outcomes.map(({ subject }) => subject))];
  const seeds = [...new Set(outcomes.map(({ seed }) => seed))];
  const at = new Map(outcomes.map(o => [JSON.stringify([o.subject, o.problem, o.seed]), o]));
  /** [checkpoint][problem][subject][seed] */
  const scores = checkpoints.map(n =>
    problems.map(problem =>
      subjects.map(subject =>
        seeds.map(seed => {
          const outcome = at.get(JSON.stringify([subject, problem.id, seed]));
          return outcome === undefined ? NaN : score(problem, bestAfter(outcome, n));
        }),
      ),
    ),
  );
  const base = subjects.indexOf(baseline);
  const last = scores.at(-1)!;
  return subjects.map((subject, s) => {
    const mine = last.map(problem => mean(problem[s]!));
    const theirs = base < 0 ? [] : last.map(problem => mean(problem[base]!));
    return {
      subject,
      scores: scores.map(byProblem => mean(byProblem.map(problem => mean(problem[s]!)))),
      ranks: scores.map(byProblem =>
        mean(byProblem.flatMap(problem => seeds.map((_, seed) => ranks(problem.map(of => of[seed]!))[s]!))),
      ),
      p: base < 0 || base === s ? NaN : wilcoxon(mine, theirs, "two-sided").p,
      wins: mine.filter((score, i) => score < theirs[i]!).length,
      losses: mine.filter((score, i) => score > theirs[i]!).length,
    };
  });
}

export function standingsText(
  all: readonly Standing[],
  checkpoints: readonly number[],
  { suite, scale, baseline }: { readonly suite: string; readonly scale: Problem["scale"]; readonly baseline: string },
): string {
  const head = [
    suite,
    ...checkpoints.map(n => `${scale === "log" ? "log gap" : "regret"} ${n}`),
    ...checkpoints.map(n => `rank ${n}`),
    `won/lost against ${baseline}`,
    "p",
  ];
  const rows = all.map(({ subject, scores, ranks: r, p, wins, losses }) => [
    subject,
    ...scores.map(x => x.toFixed(scale === "log" ? 2 : 4)),
    ...r.map(x => x.toFixed(2)),
    Number.isNaN(p) ? "-" : `${wins}/${losses}`,
    Number.isNaN(p) ? "-" : p.toPrecision(2),
  ]);
  return textTable(head, rows);
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
