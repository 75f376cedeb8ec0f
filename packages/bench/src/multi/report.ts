import { wilcoxon } from "vernier/math";
import { textTable } from "../text-table.ts";
import { CHECKPOINTS, type MultiResult } from "./suite.ts";

/** One sampler on one problem, or on all of them. */
export interface MultiRow {
  readonly who: string;
  /** Mean over the seeds at each checkpoint; NaN where some seed has no feasible trial. */
  readonly curve: readonly number[];
  /** Mean share of feasible suggestions after the first ten. */
  readonly feasible: number;
  /** Two-sided p of a paired Wilcoxon test over (problem, seed) at the last checkpoint, by rival; and by how many pairs it was better. */
  readonly against: Readonly<Record<string, { readonly p: number; readonly wins: number; readonly pairs: number }>>;
}

export interface MultiGroup {
  readonly name: string;
  readonly rows: readonly MultiRow[];
}

type Source = Readonly<
  Record<string, { scores: MultiResult["regret"][string]; feasible: MultiResult["feasible"][string] }>
>;

/** A group for each problem and one for all that have several objectives; rivals are random and the peer's TPE, where they were run. */
export function summariseMulti(
  ours: MultiResult,
  peer: ({ readonly name: string } & MultiResult) | undefined,
): MultiGroup[] {
  const all: Record<string, Source[string]> = {};
  for (const [prefix, result] of [
    ["", ours],
    [`${peer?.name} `, peer],
  ] as const) {
    for (const [name, scores] of Object.entries(result?.regret ?? {})) {
      all[prefix + name] = { scores, feasible: result?.feasible[name] ?? {} };
    }
  }
  const problems = [...new Set(Object.values(ours.regret).flatMap(scores => Object.keys(scores)))];
  const several = problems.filter(id => id !== "beam");
  const groups = problems.map(id => ({ name: id, ids: [id] }));
  if (several.length > 1) groups.push({ name: `all ${several.length}`, ids: several });
  const rivals = ["random", `${peer?.name} tpe`].filter(name => name in all);
  return groups.map(({ name, ids }) => ({
    name,
    rows: Object.entries(all).map(([who, { scores, feasible }]) => ({
      who,
      curve: CHECKPOINTS.map((_, k) => mean(ids.map(id => mean((scores[id] ?? []).map(curve => curve[k] ?? NaN))))),
      feasible: mean(ids.map(id => mean(feasible[id] ?? []))),
      against: Object.fromEntries(
        rivals.filter(rival => rival !== who).map(rival => [rival, compare(scores, all[rival]!.scores, ids)]),
      ),
    })),
  }));
}

/** No feasible trial is worse than any. */
const scoreOf = (curve: readonly (number | null)[]): number => {
  const last = curve.at(-1) ?? NaN;
  return Number.isNaN(last) ? 1e9 : last;
};

function compare(
  a: MultiResult["regret"][string],
  b: MultiResult["regret"][string],
  ids: readonly string[],
): { p: number; wins: number; pairs: number } {
  const x: number[] = [];
  const y: number[] = [];
  for (const id of ids) {
    const seeds = Math.min(a[id]?.length ?? 0, b[id]?.length ?? 0);
    for (let seed = 0; seed < seeds; seed++) {
      x.push(scoreOf(a[id]![seed]!));
      y.push(scoreOf(b[id]![seed]!));
    }
  }
  return {
    p: x.length === 0 ? NaN : wilcoxon(x, y).p,
    wins: x.filter((each, i) => each < y[i]!).length,
    pairs: x.length,
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** The groups as text tables. */
export function reportMulti(groups: readonly MultiGroup[]): string {
  return groups
    .map(({ name, rows }) => {
      const rivals = [...new Set(rows.flatMap(row => Object.keys(row.against)))];
      const head = [name, ...CHECKPOINTS.map(n => `at ${n}`), "feasible", ...rivals.map(rival => `p, ${rival} (wins)`)];
      return textTable(
        head,
        rows.map(row => [
          row.who,
          ...row.curve.map(score => (Number.isNaN(score) ? "-" : score.toFixed(4))),
          `${Math.round(100 * row.feasible)} %`,
          ...rivals.map(rival => {
            const found = row.against[rival];
            if (found === undefined) return "";
            return `${found.p < 0.001 ? "< .001" : found.p.toFixed(3)} (${found.wins}/${found.pairs})`;
          }),
        ]),
      );
    })
    .join("\n\n");
}
