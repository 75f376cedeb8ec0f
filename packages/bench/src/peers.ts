import { existsSync, readFileSync } from "node:fs";
import type { MultiResult } from "./multi/suite.ts";
import type { PeerFigure } from "./pareto/report.ts";
import type { Regret } from "./tables/regret.ts";

/** Regret of a stored peer's run; undefined when it is not stored. */
export function peerTables(): { name: string; version: string; regret: Regret } | undefined {
  const stored = read<{ peer: string; versions: Record<string, string>; regret: Regret }>("optuna-tables.json");
  return stored && { name: "Optuna", version: stored.versions[stored.peer] ?? "", regret: stored.regret };
}

/** A stored peer's run of the suite "multi"; undefined when it is not stored. */
export function peerMulti(): ({ name: string; version: string } & MultiResult) | undefined {
  const stored = read<{ peer: string; versions: Record<string, string> } & MultiResult>("optuna-multi.json");
  return stored && { name: "Optuna", version: stored.versions[stored.peer] ?? "", ...stored };
}

/** A stored peer's times of the suite "pareto"; undefined when they are not stored. */
export function peerPareto(): { name: string; figures: Readonly<Record<string, PeerFigure>> } | undefined {
  const stored = read<{ versions: Record<string, string>; figures: Record<string, PeerFigure> }>("optuna-pareto.json");
  return stored && { name: `Optuna ${stored.versions["optuna"]}`, figures: stored.figures };
}

/** Optuna's overhead in the units of our figures, by figure id. */
export function peerOverhead(): ReadonlyMap<string, string> {
  const stored = read<{ figures: Record<string, { cpuMsMin: number }> }>("optuna-overhead.json");
  const ms = (name: string) => stored?.figures[name]?.cpuMsMin;
  const figures: [string, string][] = [];
  const add = (id: string, x: number | undefined, text: (x: number) => string) => {
    if (x !== undefined) figures.push([id, text(x)]);
  };
  add("random-memory", ms("random-memory"), x => (x * 1000).toFixed(0));
  add("tpe-1000", ms("tpe-1000"), x => x.toFixed(1));
  add("tpe-10000", ms("tpe-5000"), x => `${x.toFixed(1)} at 5,000`);
  add("sqlite-full", ms("random-sqlite"), x => (1000 / x).toFixed(0));
  add("import", ms("import"), x => `${x.toFixed(0)} net`);
  return new Map(figures);
}

function read<T>(file: string): T | undefined {
  const url = new URL(`../peers/results/${file}`, import.meta.url);
  return existsSync(url) ? (JSON.parse(readFileSync(url, "utf8")) as T) : undefined;
}
