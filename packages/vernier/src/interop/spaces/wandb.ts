/** A sweep of Weights & Biases: https://docs.wandb.ai/guides/sweeps/sweep-config-keys. */
import type { ObjectiveSpec } from "../../core/types.ts";
import { isNode } from "../../space/names.ts";
import { didYouMean, spell } from "../../space/spell.ts";
import type { Node, Shape } from "../../space/types.ts";
import type { PyJson } from "../optuna/python-json.ts";
import { choiceNode, normalNode, numberNode, renamed, spaceOf } from "./nodes.ts";
import type { Spot } from "./spot.ts";
import type { ForeignSpace } from "./types.ts";

const KEYS = [
  "program",
  "method",
  "metric",
  "parameters",
  "early_terminate",
  "command",
  "name",
  "description",
  "run_cap",
];
/** What stays with W&B. */
const IGNORED = ["project", "entity", "description", "controller", "job", "image_uri", "queue", "scheduler", "$schema"];
const METHODS: Readonly<Record<string, string | undefined>> = { grid: "grid", random: "random", bayes: undefined };
const DEEPEST = 20;

/** @throws VernierError E_CONVERT with path, line and column. */
export function fromWandb(root: Spot): ForeignSpace {
  for (const [key, spot] of root.entries()) {
    if (!KEYS.includes(key)) spot.note(IGNORED.includes(key) ? "it stays with W&B" : "it is not known and left out");
  }
  const space = spaceOf(root.get("parameters"), group(root.get("parameters"), 0));
  const method = root.get("method");
  if (method.present && !Object.hasOwn(METHODS, method.text())) {
    throw method.fault(`there is no method ${spell(method.value)}`, "Known are grid, random and bayes.");
  }
  const sampler = method.present ? METHODS[method.text()] : undefined;
  const stop = root.get("early_terminate");
  if (stop.present) stop.note('it is not converted: add scheduler: "median" for early stopping');
  const cap = root.get("run_cap");
  const objectives = root.get("metric").present ? metric(root.get("metric")) : undefined;
  const command = commandOf(root, space.shape);
  const name = root.get("name");
  return {
    space,
    ...(name.present && { name: name.text() }),
    ...(objectives !== undefined && { objectives }),
    ...(sampler !== undefined && { sampler }),
    ...(cap.present && { trials: cap.number() }),
    ...(command !== undefined && { command }),
    notes: root.source.notes,
  };
}

function metric(spot: Spot): Record<string, ObjectiveSpec> {
  const goal = spot.get("goal");
  if (goal.present && goal.value !== "minimize" && goal.value !== "maximize") {
    throw goal.fault(`it is ${spell(goal.value)}`, "A goal is minimize or maximize.");
  }
  const target = spot.get("target");
  return {
    [spot.get("name").text()]: {
      direction: goal.value === "maximize" ? "maximize" : "minimize",
      ...(target.present && { target: target.number() }),
    },
  };
}

function group(spot: Spot, depth: number): Shape {
  if (depth > DEEPEST) throw spot.fault(`it nests deeper than ${DEEPEST} levels`, "Flatten it.");
  const entries = spot.entries();
  const names = renamed(
    spot,
    entries.map(([name]) => name),
  );
  return Object.fromEntries(
    entries.map(([name, inner]): [string, Node | Shape] => [
      names.get(name) as string,
      inner.get("parameters").present ? group(inner.get("parameters"), depth + 1) : parameter(inner),
    ]),
  );
}

function parameter(spot: Spot): Node {
  if (!spot.isRecord)
    throw spot.fault(`it is ${spell(spot.value)}`, "A parameter is a record: { values: [...] } or { min, max }.");
  const number = (key: string, otherwise?: number): number =>
    spot.get(key).present || otherwise === undefined ? spot.get(key).number() : otherwise;
  const distribution = spot.get("distribution").present ? spot.get("distribution").text() : implied(spot);
  const [, quantised, base = distribution] = /^(q_)?(.*)$/.exec(distribution) ?? [];
  const step = quantised === undefined ? null : number("q", 1);
  switch (base) {
    case "constant":
      return { type: "fixed", value: spot.get("value").value };
    case "categorical":
      return choiceNode(spot, values(spot));
    case "categorical_w_probabilities":
      return choiceNode(spot, values(spot), { weights: weights(spot) });
    case "int_uniform":
      return numberNode(spot, { type: "int", low: number("min"), high: number("max") });
    case "uniform":
      return bounded(spot, number("min"), number("max"), { log: false, step });
    case "log_uniform":
      return bounded(spot, Math.exp(number("min")), Math.exp(number("max")), { log: true, step, tidy: true });
    case "inv_log_uniform":
      return bounded(spot, Math.exp(-number("max")), Math.exp(-number("min")), { log: true, step, tidy: true });
    case "log_uniform_values":
    // log(1/X) is uniform exactly where log(X) is.
    case "inv_log_uniform_values":
      return bounded(spot, number("min"), number("max"), { log: true, step });
    case "normal":
      return normalNode(spot, { type: "float", mu: number("mu", 0), sigma: number("sigma", 1), log: false, step });
    case "log_normal":
      return normalNode(spot, { type: "float", mu: number("mu", 0), sigma: number("sigma", 1), log: true, step });
    case "beta": {
      const [a, b] = [number("a", 1), number("b", 1)];
      if (!(a > 0 && b > 0)) throw spot.fault(`a is ${a} and b is ${b}`, "Both are above 0.");
      spot.note("its beta distribution is a normal prior of the same mean and spread here");
      const prior = { mean: a / (a + b), sd: Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1))) };
      return numberNode(spot, { type: "float", low: 0, high: 1, step, prior });
    }
    default:
      throw spot
        .get("distribution")
        .fault(
          `there is no distribution ${spell(distribution)}`,
          `W&B has ${BASES.join(", ")}, most of them also with q_.${didYouMean(base, BASES)}`,
        );
  }
}

const BASES = [
  ...[
    "constant",
    "categorical",
    "categorical_w_probabilities",
    "int_uniform",
    "uniform",
    "log_uniform",
    "log_uniform_values",
  ],
  ...["inv_log_uniform", "inv_log_uniform_values", "normal", "log_normal", "beta"],
];

/** What a parameter without `distribution` is. */
function implied(spot: Spot): string {
  if (spot.get("values").present)
    return spot.get("probabilities").present ? "categorical_w_probabilities" : "categorical";
  // Not `present`: null is a value.
  if (spot.get("value").value !== undefined) return "constant";
  if (spot.get("mu").present || spot.get("sigma").present) return "normal";
  const [min, max] = [spot.get("min").number(), spot.get("max").number()];
  return Number.isInteger(min) && Number.isInteger(max) ? "int_uniform" : "uniform";
}

const values = (spot: Spot): PyJson[] =>
  spot
    .get("values")
    .items()
    .map(item => item.value as PyJson);
const weights = (spot: Spot): number[] =>
  spot
    .get("probabilities")
    .items()
    .map(item => item.number());

/** A range; with a step its ends are moved to multiples of it, as rounding does. */
function bounded(
  spot: Spot,
  min: number,
  max: number,
  { log, step, tidy = false }: { log: boolean; step: number | null; tidy?: boolean },
): Node {
  const short = (x: number): number => (tidy ? Number(x.toPrecision(6)) : x);
  if (log && !(min > 0)) throw spot.fault(`its lowest value is ${min}`, "A log scale begins above 0.");
  if (step === null) return numberNode(spot, { type: "float", low: short(min), high: short(max), log });
  const grid = (x: number): number => Number((Math.round(x / step) * step).toPrecision(12));
  let low = grid(min);
  if (log && low <= 0) low = step;
  const type = [low, step].every(Number.isInteger) ? "int" : "float";
  return numberNode(spot, { type, low, high: grid(max), log, step });
}

const DEFAULT = ["${env}", "${interpreter}", "${program}", "${args}"];

function commandOf(root: Spot, shape: Shape): string[] | undefined {
  const command = root.get("command");
  const program = root.get("program");
  if (!command.present && !program.present) return undefined;
  const words = command.present ? command.items() : DEFAULT.map(word => ({ ...program, value: word }) as Spot);
  const names = leaves(shape, "");
  if (names.some(name => name.includes("."))) {
    root.get("parameters").note("nested parameters reach the program one by one here: --group.name=value");
  }
  const args = (hyphens: string): string[] => names.map(name => `${hyphens}${name}={${name}}`);
  const found: string[] = [];
  for (const [i, spot] of words.entries()) {
    const word =
      typeof spot.value === "number" || typeof spot.value === "boolean" ? String(spot.value) : (spot.value as string);
    if (typeof word !== "string") throw command.get(i).fault("it is no text", "Each word of a command is a text.");
    const at = command.present ? command.get(i) : program;
    if (word === "${env}") continue;
    else if (word === "${interpreter}") found.push("python");
    else if (word === "${program}") found.push(program.text());
    else if (word === "${args}") found.push(...args("--"));
    else if (word === "${args_no_hyphens}") found.push(...args(""));
    else if (word === "${args_no_boolean_flags}") {
      at.note("true and false are written as values here: --flag=true");
      found.push(...args("--"));
    } else if (word === "${args_json_file}") found.push("{params}");
    else if (word === "${args_json}") {
      throw at.fault(
        "there is no argument with all parameters as JSON",
        "Use ${args_json_file}: the file's path is {params} here.",
      );
    } else if (/^\$\{envvar:.*\}$/.test(word)) {
      throw at.fault(
        `${word} is not put into arguments here`,
        "Read the variable in the program, and name it under env.",
      );
    } else found.push(word.replace(/[{}]/g, "$&$&"));
  }
  return found;
}

function leaves(shape: Shape, prefix: string): string[] {
  return Object.entries(shape).flatMap(([name, member]) =>
    isNode(member) ? [prefix + name] : leaves(member, `${prefix}${name}.`),
  );
}
