import { wilcoxon } from "vernier/math";
import { textTable } from "../text-table.ts";
import { CHECKPOINTS, meanCurve, type Regret } from "./regret.ts";

/** One sampler's regret as a mean over the tables of a group, and its comparison with a peer's. */
export interface Row {
  readonly who: string;
  /** Mean over the group's tables of the mean over seeds, at each checkpoint. */
  readonly curve: readonly number[];
  /** Two-sided p of a paired Wilcoxon test over (table, seed) at the last checkpoint; undefined without a peer. */
  readonly p?: number;
}
export interface Group {
  readonly name: string;
  readonly tables: readonly string[];
  readonly rows: readonly Row[];
}

/** Groups tables by suite ("hpobench.car" belongs to "hpobench"), with one group of all at the end. */
export function summarise(ours: Regret, peer: { name: string; regret: Regret } | undefined): Group[] {
  const tables = Object.keys(Object.values(ours)[0] ?? {});
  const seeds = Math.max(
    ...Object.values(ours).flatMap(byTable => Object.values(byTable).map(curves => curves.length)),
  );
  const suites = [...new Set(tables.map(id => id.split(".")[0] ?? id))];
  const groups = suites.map(name => ({ name, tables: tables.filter(id => id.startsWith(`${name}.`)) }));
  if (groups.length > 1) groups.push({ name: "all", tables });
  return groups.map(group => {
    const rows: Row[] = Object.entries(ours).map(([who, regret]) => {
      const rival = peer?.regret["tpe"];
      const p = rival && pairedP(regret, rival, group.tables);
      return { who, curve: groupCurve(regret, group.tables), ...(p === undefined ? {} : { p }) };
    });
    for (const [sampler, stored] of Object.entries(peer?.regret ?? {})) {
      // As many seeds as were run here: a peer's stored run may hold more.
      const regret = Object.fromEntries(Object.entries(stored).map(([id, curves]) => [id, curves.slice(0, seeds)]));
      rows.push({ who: `${peer?.name} ${sampler}`, curve: groupCurve(regret, group.tables) });
    }
    return { ...group, rows };
  });
}

function groupCurve(regret: Record<string, number[][]>, tables: readonly string[]): number[] {
  return meanCurve(tables.map(id => meanCurve(regret[id] ?? [])));
}

/** Pairs (table, seed) present on both sides; undefined when there is none. */
function pairedP(
  a: Record<string, number[][]>,
  b: Record<string, number[][]>,
  tables: readonly string[],
): number | undefined {
  const x: number[] = [];
  const y: number[] = [];
  for (const id of tables) {
    const seeds = Math.min(a[id]?.length ?? 0, b[id]?.length ?? 0);
    for (let seed = 0; seed < seeds; seed++) {
      x.push(a[id]?.[seed]?.at(-1) ?? NaN);
      y.push(b[id]?.[seed]?.at(-1) ?? NaN);
    }
  }
  return x.length === 0 ? undefined : wilcoxon(x, y).p;
}

/** The groups as text tables. */
export function reportTables(groups: readonly Group[]): string {
  return groups
    .map(group => {
      const head = [
        `${group.name} (${group.tables.length})`,
        ...CHECKPOINTS.map(n => `at ${n}`),
        "p against Optuna TPE",
      ];
      const rows = group.rows.map(row => [
        row.who,
        ...row.curve.map(r => r.toFixed(4)),
        row.p === undefined ? "" : row.p < 0.001 ? "< 0.001" : row.p.toFixed(3),
      ]);
      return textTable(head, rows);
    })
    .join("\n\n");
}
