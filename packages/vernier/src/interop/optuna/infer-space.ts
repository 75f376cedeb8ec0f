/** The space that a foreign study's trials were drawn from, as far as they tell. */
import { VernierError } from "../../math/errors.ts";
import { fromJson } from "../../space/index.ts";
import { stepsTo } from "../../space/scale.ts";
import type { Node, Scalar, SpaceJson } from "../../space/types.ts";
import { externalValue, isCompatible, keyOf, labelsOf, nodeOf, type Distribution } from "./distribution.ts";
import type { OptunaTrial } from "./records.ts";

/** What is known of one parameter. */
export interface InferredParam {
  readonly node: Node;
  /** Every distribution it had, in the order of first use. */
  readonly distributions: readonly Distribution[];
}
export interface InferredSpace {
  readonly space: SpaceJson;
  /** By Optuna's name. */
  readonly params: ReadonlyMap<string, InferredParam>;
  readonly notes: readonly string[];
}

interface Seen {
  readonly distributions: Map<string, Distribution>;
  readonly values: Set<Scalar>;
  low: number;
  high: number;
  /** Complete and pruned trials that have it. */
  trials: number;
}

/**
 * One parameter for each name, its range the union of all it had. Where every complete and pruned trial has every parameter the space is
 * declared with them; otherwise it is define-by-run, as the study was: the rules of its conditions are not in the file.
 *
 * @param names Ours by Optuna's.
 * @throws VernierError E_IMPORT_SPACE for a parameter that cannot be one here.
 */
export function inferSpace(trials: readonly OptunaTrial[], names: ReadonlyMap<string, string>): InferredSpace {
  const seen = new Map<string, Seen>();
  let evaluated = 0;
  for (const { params, state } of trials) {
    const counts = state === "COMPLETE" || state === "PRUNED" ? 1 : 0;
    evaluated += counts;
    for (const [name, { internal, distribution }] of params) {
      let one = seen.get(name);
      if (one === undefined) {
        one = { distributions: new Map(), values: new Set(), low: Infinity, high: -Infinity, trials: 0 };
        seen.set(name, one);
      }
      one.trials += counts;
      const known = one.distributions.size === 1 && [...one.distributions.values()][0] === distribution;
      if (!known) one.distributions.set(keyOf(distribution), distribution);
      if (distribution.kind === "categorical") continue;
      one.low = Math.min(one.low, internal);
      one.high = Math.max(one.high, internal);
      // Only the values between which a range must be stretched, or which become choices, matter.
      if (one.values.size < 1000) one.values.add(externalValue(internal, distribution));
    }
  }
  const notes: string[] = [];
  const params = new Map<string, InferredParam>();
  for (const [name, one] of seen) {
    const distributions = [...one.distributions.values()];
    params.set(name, { node: admitted(name, merged(name, one, distributions, notes), notes), distributions });
  }
  const fixed = [...seen].every(([, one]) => one.trials === evaluated) && evaluated > 0 && seen.size > 0;
  if (!fixed) {
    if (seen.size > 0 && evaluated > 0) {
      const some = [...seen].filter(([, one]) => one.trials !== evaluated).map(([name]) => JSON.stringify(name));
      const more = some.length > 3 ? ` and ${some.length - 3} more` : "";
      notes.push(
        `not every trial has ${some.slice(0, 3).join(", ")}${more}: the study is define-by-run here too (space: dynamic())`,
      );
    }
    return { space: fromJson({ version: 1, shape: {}, dynamic: true }), params, notes };
  }
  const shape = Object.fromEntries([...params].map(([name, { node }]) => [names.get(name) ?? name, node]));
  return { space: fromJson({ version: 1, shape }), params, notes };
}

function merged(name: string, one: Seen, distributions: readonly Distribution[], notes: string[]): Node {
  const [first] = distributions as [Distribution, ...Distribution[]];
  const categorical = distributions.filter(one => one.kind === "categorical");
  if (categorical.length > 0) {
    if (distributions.length === 1) return nodeOf(first);
    const values = new Map<string, Scalar>();
    const all = [...categorical.flatMap(labelsOf), ...(categorical.length < distributions.length ? one.values : [])];
    for (const value of all) values.set(`${typeof value} ${String(value)}`, value);
    notes.push(`${JSON.stringify(name)} had ${distributions.length} sets of choices: their union is used`);
    return { type: "choice", choices: [...values.values()] };
  }
  const numbers = distributions as readonly Exclude<Distribution, { kind: "categorical" }>[];
  const low = Math.min(one.low, ...numbers.map(d => d.low));
  const high = Math.max(one.high, ...numbers.map(d => d.high));
  const kind = numbers.every(d => d.kind === "int") ? "int" : "float";
  const log = numbers.every(d => d.log) && low > 0;
  const { step } = numbers[0]!;
  const onGrid =
    step !== null &&
    numbers.every(d => d.step === step && stepsTo(d.low, low, step) !== undefined) &&
    [...one.values].every(value => stepsTo(value as number, low, step) !== undefined) &&
    stepsTo(high, low, step) !== undefined;
  if (numbers.length > 1) {
    const same = numbers.every(d => isCompatible(d, first));
    notes.push(
      `${JSON.stringify(name)} had ${numbers.length} ranges: ${low} to ${high} covers them${same ? "" : "; their kinds or scales differ"}`,
    );
  } else if (low < numbers[0]!.low || high > numbers[0]!.high) {
    notes.push(`${JSON.stringify(name)} has values outside of its range, which is stretched to ${low} to ${high}`);
  }
  return nodeOf({ kind, low, high, log, step: onGrid ? step : kind === "int" ? 1 : null });
}

/** The node, without its scale or step where ours do not go as far. */
function admitted(name: string, node: Node, notes: string[]): Node {
  const passes = (candidate: Node): Node | undefined => {
    try {
      return fromJson({ version: 1, shape: { p: candidate } }).shape["p"] as unknown as Node;
    } catch (error) {
      if (error instanceof VernierError) return undefined;
      throw error;
    }
  };
  const found = passes(node);
  if (found !== undefined) return found;
  if (node.type === "int" || node.type === "float") {
    const { type, low, high } = node;
    const plain = passes({ type, low, high });
    if (plain !== undefined) {
      notes.push(`${JSON.stringify(name)}: its scale and step do not go as far here, so it is plain ${type}`);
      return plain;
    }
  }
  throw new VernierError(
    "E_IMPORT_SPACE",
    `the parameter ${JSON.stringify(name)} cannot be one here (${JSON.stringify(node).slice(0, 200)}). Nothing was imported. ` +
      `Correct its distribution in the file.`,
  );
}
