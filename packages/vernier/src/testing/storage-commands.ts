/** Random commands for storages: mostly sensible, sometimes refused, all reproducible from the random stream. */
import type { Command, Metrics, TrialRecord } from "../core/types.ts";
import type { Rng } from "../math/rng.ts";

/** What a random client knows. */
export interface KnownTrial {
  readonly number: number;
  readonly attempt: number;
  readonly state: TrialRecord["state"];
  readonly last: TrialRecord["last"];
}

const VALUES = [0, -0, 1, -2.5, 1e300, 5e-324, NaN, Infinity, -Infinity, 0.1];
const TYPES = [
  ["start", 14],
  ["finish", 8],
  ["report", 14],
  ["fail", 4],
  ["queue", 4],
  ["suggest", 4],
  ["param", 3],
  ["checkpoint", 4],
  ["pause", 4],
  ["resume", 4],
  ["release", 2],
  ["renew", 3],
  ["artifact", 2],
  ["log", 2],
  ["correct", 2],
  ["annotate", 3],
  ["delete", 2],
  ["restore", 2],
  ["close", 1],
  ["configure", 1],
] as const;

/**
 * A command for a study with these trials. `suggest` inside a start draws flat parameters `a` in 0..2 and `b` in [0,1), so that
 * configurations repeat.
 */
export function randomCommand(rng: Rng, trials: readonly KnownTrial[]): Command {
  const type = weighted(rng);
  const trial = aim(rng, trials, type);
  const number = trial?.number ?? rng.int(3);
  const attempt = (trial?.attempt ?? 1) - (rng.int(12) === 0 ? 1 : 0);
  const held = { number, attempt };
  const step = rng.int(10) === 0 ? rng.int(4) : (trial?.last?.step ?? 0) + 1 + rng.int(2) / 2;
  switch (type) {
    case "start":
      return start(rng, number);
    case "finish":
      return {
        type,
        ...held,
        state: rng.int(4) === 0 ? "pruned" : "complete",
        ...(rng.int(6) > 0 && { metrics: metrics(rng) }),
        ...(rng.int(6) === 0 && { ranked: false as const }),
      };
    case "report":
      return { type, ...held, step, metrics: metrics(rng) };
    case "fail": {
      const error = { kind: "throw" as const, message: "no", ...(rng.int(2) === 0 && { tail: "a\nb" }) };
      return { type, ...held, error, ...(rng.int(5) === 0 && { final: true, metrics: metrics(rng) }) };
    }
    case "queue":
      return {
        type,
        params: rng.int(2) === 0 ? { a: rng.int(3) } : draw(rng),
        ...(rng.int(3) === 0 && { attrs: { k: [1, null, "x"], "": { y: true } }, tags: ["t", "u"] }),
        ...(rng.int(4) === 0 && { parent: { number: 0, step: 2 }, until: 3, bracket: 1 }),
      };
    case "suggest": {
      const params = draw(rng);
      return {
        type,
        ...held,
        params,
        basis: 1,
        sampler: "s",
        ...(rng.int(2) === 0 && { unique: String(params["a"]) }),
      };
    }
    case "param":
      return { type, ...held, name: `p${rng.int(3)}`, value: rng.int(2) };
    case "checkpoint":
      return { type, ...held, step: rng.int(4), hash: `sha256-${rng.int(3)}`, size: rng.int(100) };
    case "pause":
    case "release":
      return { type, ...held };
    case "resume":
      return { type, number, owner: "r", lease: rng.int(2) === 0 ? null : 50 };
    case "renew":
      return { type, ...held, lease: 100 };
    case "artifact":
      return { type, number, artifact: { name: `f${rng.int(2)}`, hash: `sha256-${rng.int(3)}`, size: 1 } };
    case "log":
      return { type, ...held, text: `line\n${rng.int(9)} "é"` };
    case "correct": {
      const state = (["complete", "pruned", "failed"] as const)[rng.int(3)]!;
      return { type, number, reason: "typo", ...(rng.int(2) === 0 ? { state } : { metrics: metrics(rng) }) };
    }
    case "annotate":
      return {
        type,
        ...(rng.int(4) > 0 && { number }),
        ...(rng.int(2) === 0 ? { attrs: { k: rng.int(2) === 0 ? null : rng.int(5) } } : { tags: ["z"], note: "n" }),
      };
    case "delete":
    case "restore":
      return { type, number };
    case "close":
      return { type };
    case "configure":
      return { type, sampler: { name: `s${rng.int(3)}` } };
  }
}

function start(rng: Rng, number: number): Command {
  return {
    type: "start",
    owner: `w${rng.int(3)}`,
    lease: rng.int(4) === 0 ? null : 20 + rng.int(100),
    retries: rng.int(3),
    ...(rng.int(8) === 0 && { create: false }),
    ...(rng.int(6) === 0 && { claim: false }),
    ...(rng.int(8) === 0 && { only: number }),
    ...(rng.int(4) === 0 && { until: 1 + rng.int(9), bracket: rng.int(3) }),
    ...(rng.int(8) === 0 && { parent: { number: 0 } }),
    ...(rng.int(3) > 0 && {
      suggest: (n: number) => {
        const params = { a: n % 3, b: n / 1024 };
        return { params, sampler: "inside", ...(n % 2 === 0 && { why: "even", key: String(params.a) }) };
      },
    }),
  };
}

function draw(rng: Rng): { a: number; b: number; c?: unknown } {
  return { a: rng.int(3), b: rng.next(), ...(rng.int(4) === 0 && { c: { deep: ["x", null, true] } }) };
}

function metrics(rng: Rng): Metrics {
  const named: Record<string, number> = { loss: VALUES[rng.int(VALUES.length)]! };
  if (rng.int(2) === 0) named["memory"] = VALUES[rng.int(VALUES.length)]!;
  return named;
}

function weighted(rng: Rng): (typeof TYPES)[number][0] {
  let left = rng.int(TYPES.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [type, weight] of TYPES) if ((left -= weight) < 0) return type;
  return "start";
}

/** Mostly a trial for which the command makes sense. */
function aim(rng: Rng, trials: readonly KnownTrial[], type: string): KnownTrial | undefined {
  if (trials.length === 0 || rng.int(15) === 0) return undefined;
  const state = type === "resume" ? "paused" : type === "correct" ? "complete" : "running";
  const fitting = trials.filter(trial => trial.state === state);
  const among = fitting.length > 0 && rng.int(12) > 0 ? fitting : trials;
  return among[rng.int(among.length)];
}
