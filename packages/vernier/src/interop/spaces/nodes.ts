/** Numbers and choices of other tools as parameters of ours, with a note for everything that is not the same. */
import { fromJson } from "../../space/index.ts";
import { stepsTo } from "../../space/scale.ts";
import { isNode } from "../../space/names.ts";
import { spellNumber } from "../../space/spell.ts";
import { VernierError } from "../../math/errors.ts";
import type { FloatNode, IntNode, Node, NumberPrior, Scalar, Shape, SpaceJson } from "../../space/types.ts";
import { safeNames } from "../optuna/names.ts";
import { writePythonJson, type PyJson } from "../optuna/python-json.ts";
import { located, type Spot } from "./spot.ts";

/** How far an unbounded normal is followed: beyond lies one draw in 16,000. */
export const SIGMAS = 4;

export interface NumberWish {
  readonly type: "float" | "int";
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  /** null and undefined: none. */
  readonly step?: number | null | undefined;
  readonly default?: unknown;
  readonly prior?: NumberPrior;
}

/** A float or int as near to the wish as the rules of a space allow; what gives way is noted. One value is a constant. */
export function numberNode(spot: Spot, wish: NumberWish): Node {
  const { type, low, log = false } = wish;
  let { high } = wish;
  if (!(low <= high))
    throw spot.fault(`its range is ${spellNumber(low)} to ${spellNumber(high)}`, "It needs low <= high.");
  let step = wish.step ?? undefined;
  if (step !== undefined && !(step > 0)) throw spot.fault(`its step is ${spellNumber(step)}`, "A step is above 0.");
  if (type === "int" && step === 1) step = undefined;
  if (step !== undefined && stepsTo(high, low, step) === undefined) {
    const last = Number((low + Math.floor((high - low) / step + 1e-9) * step).toPrecision(12));
    spot.note(`its highest value is ${spellNumber(last)}: ${spellNumber(high)} is no whole number of steps away`);
    high = last;
  }
  if (low === high) return { type: "fixed", value: low };
  const base: FloatNode | IntNode = { type, low, high, ...(log && { scale: "log" as const }) };
  const prior = wish.prior === undefined ? undefined : insidePrior(spot, wish.prior, low, high);
  let node: Node = { ...base, ...(step !== undefined && { step }), ...(prior !== undefined && { prior }) };
  if (step !== undefined && log && faultOf(node) !== undefined) {
    node = { ...base, ...(prior !== undefined && { prior }) };
    spot.note(
      `its step ${spellNumber(step)} is left out: on a log scale a step has to be small against the lowest value`,
    );
  }
  const start = wish.default;
  if (start !== undefined && start !== null) {
    const withDefault = { ...node, default: start } as Node;
    if (faultOf(withDefault) === undefined) node = withDefault;
    else spot.note(`its default ${writePythonJson(start as PyJson)} is left out: it is none of the values`);
  }
  return admitted(spot, node);
}

function insidePrior(spot: Spot, { mean, sd }: NumberPrior, low: number, high: number): NumberPrior {
  const inside = Math.min(high, Math.max(low, mean));
  if (inside !== mean)
    spot.note(`its mean ${spellNumber(mean)} is outside of the range: the prior is centred on ${spellNumber(inside)}`);
  return { mean: inside, sd: Math.max(sd, 1e-6) };
}

/** A choice; values that are no texts, finite numbers, booleans or null become their JSON text, doubles are dropped. */
export function choiceNode(
  spot: Spot,
  values: readonly PyJson[],
  options: { readonly default?: PyJson | undefined; readonly weights?: readonly number[] | undefined } = {},
): Node {
  if (values.length === 0) throw spot.fault("it has no values", "A choice has one at least.");
  if (options.weights !== undefined && options.weights.length !== values.length) {
    throw spot.fault(
      `it has ${values.length} values and ${options.weights.length} weights`,
      "Each value has one weight.",
    );
  }
  const choices: Scalar[] = [];
  const weights: number[] = [];
  for (const [i, value] of values.entries()) {
    const plain = typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null;
    const choice: Scalar = plain ? (value as Scalar) : writePythonJson(value);
    if (!plain) spot.note(`the value ${choice as string} is a text here: parse it as JSON in the program`);
    const weight = options.weights?.[i] ?? 1;
    if (!Number.isFinite(weight) || weight < 0)
      throw spot.fault(`a weight is ${weight}`, "Weights are finite and >= 0.");
    if (weight === 0) spot.note(`the value ${writePythonJson(value)} is left out: its weight is 0`);
    else if (choices.some(other => Object.is(other, choice)))
      spot.note(`the value ${writePythonJson(value)} stands there twice`);
    else {
      choices.push(choice);
      weights.push(weight);
    }
  }
  if (choices.length === 0) throw spot.fault("every weight is 0", "One value at least has a weight above 0.");
  if (choices.length === 1) return { type: "fixed", value: choices[0] };
  const even = weights.every(weight => weight === weights[0]);
  const start = options.default;
  const known = start !== undefined && choices.some(choice => Object.is(choice, start));
  if (start !== undefined && start !== null && !known)
    spot.note(`its default ${writePythonJson(start)} is left out: it is none of the values`);
  return admitted(spot, {
    type: "choice",
    choices,
    ...(known && { default: start as Scalar }),
    ...(!even && { prior: weights }),
  });
}

/** An ordinal where the values are texts and numbers, else a choice. */
export function ordinalNode(spot: Spot, values: readonly PyJson[], start?: PyJson): Node {
  const fit = values.every(value => typeof value === "string" || (typeof value === "number" && Number.isFinite(value)));
  if (!fit) {
    spot.note("it is a choice here: an ordinal has texts and numbers");
    return choiceNode(spot, values, { default: start });
  }
  const choices = [...new Set(values as (string | number)[])];
  if (choices.length < values.length) spot.note("a value stands there twice");
  if (choices.length === 1) return { type: "fixed", value: choices[0] };
  const known = choices.includes(start as string | number);
  if (start !== undefined && start !== null && !known)
    spot.note(`its default ${writePythonJson(start)} is left out: it is none of the values`);
  return admitted(spot, { type: "ordinal", choices, ...(known && { default: start as string }) });
}

/** A prior in the shape of a normal, cut at a few standard deviations. `scale` log: of the logarithm, whose mean is `mu`. */
export function normalNode(
  spot: Spot,
  {
    type,
    mu,
    sigma,
    log,
    step,
  }: { type: "float" | "int"; mu: number; sigma: number; log: boolean; step?: number | null },
): Node {
  if (!(sigma > 0)) throw spot.fault(`its sigma is ${sigma}`, "A standard deviation is above 0.");
  const [a, b] = [mu - SIGMAS * sigma, mu + SIGMAS * sigma];
  const grid = (x: number, round: (v: number) => number): number => {
    if (step == null) return x;
    return Number((round(x / step) * step).toPrecision(12));
  };
  const tidy = (x: number): number => Number(x.toPrecision(6));
  let low = grid(tidy(log ? Math.exp(a) : a), Math.ceil);
  const high = grid(tidy(log ? Math.exp(b) : b), Math.floor);
  if (log && step != null && low <= 0) low = step;
  spot.note(
    `a normal has no ends: it reaches from ${spellNumber(low)} to ${spellNumber(high)} here, ${SIGMAS} standard deviations to each side`,
  );
  const mean = log ? Math.exp(mu) : mu;
  return numberNode(spot, { type, low, high, log, step, prior: { mean, sd: 1 / (2 * SIGMAS) } });
}

/** The reason why the door refuses a node. */
function faultOf(node: Node): VernierError | undefined {
  try {
    fromJson({ version: 1, shape: { p: node } });
    return undefined;
  } catch (error) {
    if (error instanceof VernierError) return error;
    throw error;
  }
}

export function admitted(spot: Spot, node: Node): Node {
  const fault = faultOf(node);
  if (fault === undefined) return node;
  throw spot.fault(fault.message.replace(/"p"\s*/g, "").replace(/\.$/, ""), "Correct it there.", fault);
}

/** Names as ours, each change noted. */
export function renamed(spot: Spot, names: Iterable<string>): ReadonlyMap<string, string> {
  const safe = safeNames(names);
  for (const [theirs, ours] of safe)
    if (theirs !== ours) spot.note(`the name ${JSON.stringify(theirs)} is ${JSON.stringify(ours)} here`);
  return safe;
}

export function spaceOf(spot: Spot, shape: Shape, where: readonly string[] = []): SpaceJson {
  if (!hasParameter(shape)) throw spot.fault("there is no parameter to tune", "A search has one at least.");
  return located(spot, () => fromJson({ version: 1, shape, ...(where.length > 0 && { where }) }));
}

function hasParameter(shape: Shape): boolean {
  return Object.values(shape).some(member => (isNode(member) ? member.type !== "fixed" : hasParameter(member)));
}
