/**
 * A Hyperopt search space as JSON: the graph that `hyperopt.pyll.as_apply(space)` gives, one object a node, { "name", "args", "kwargs" } or
 * { "literal" }. docs/coming-from-other-tools.md has the lines of Python that print it.
 */
import { isNode } from "../../space/names.ts";
import type { Node, OneOfNode, Scalar, Shape } from "../../space/types.ts";
import type { PyJson } from "../optuna/python-json.ts";
import { choiceNode, normalNode, numberNode, renamed, spaceOf } from "./nodes.ts";
import type { Spot } from "./spot.ts";
import type { ForeignSpace } from "./types.ts";

const DEEPEST = 60;

/** @throws VernierError E_CONVERT with the path in the file. */
export function fromHyperopt(root: Spot): ForeignSpace {
  const member = read(root, new Labels(root), 0);
  const shape: Shape = isNode(member) ? { value: member } : member;
  if (isNode(member)) root.note('the space is one expression: its parameter is "value" here');
  return { space: spaceOf(root, shape), notes: root.source.notes };
}

/** Hyperopt takes a label that stands at two places for one parameter; here each place is its own. */
class Labels {
  readonly #root: Spot;
  readonly #seen = new Set<string>();
  constructor(root: Spot) {
    this.#root = root;
  }
  add(label: string): void {
    if (this.#seen.has(label))
      this.#root.note(`the label ${JSON.stringify(label)} stands at two places: they are two parameters here`);
    this.#seen.add(label);
  }
}

const isLiteral = (spot: Spot): boolean => spot.get("literal").value !== undefined;
const nameOf = (spot: Spot): string => spot.get("name").text();
const args = (spot: Spot): Spot[] => (spot.get("args").present ? spot.get("args").items() : []);
const kwargs = (spot: Spot): [string, Spot][] => (spot.get("kwargs").present ? spot.get("kwargs").entries() : []);

function read(spot: Spot, labels: Labels, depth: number): Node | Shape {
  if (depth > DEEPEST) throw spot.fault(`it nests deeper than ${DEEPEST} levels`, "Flatten it.");
  if (isLiteral(spot)) return { type: "fixed", value: spot.get("literal").value };
  const name = nameOf(spot);
  switch (name) {
    case "dict":
      return record(kwargs(spot), spot, labels, depth);
    case "pos_args": {
      const items = args(spot).map((item, i): [string, Spot] => [`item_${i}`, item]);
      spot.note(`a list is a group here, of ${items.map(([key]) => key).join(", ")}`);
      return record(items, spot, labels, depth);
    }
    case "float":
    case "int":
      return numberOf(spot, name, labels);
    case "hyperopt_param":
      return numberOf(spot, "float", labels);
    case "switch":
      return choice(spot, labels, depth);
    default:
      throw spot.fault(
        `the expression ${JSON.stringify(name)} has no counterpart`,
        "A space is made of hp.* parameters in dicts and lists: compute the rest in the objective.",
      );
  }
}

function record(entries: readonly [string, Spot][], spot: Spot, labels: Labels, depth: number): Shape {
  const names = renamed(
    spot,
    entries.map(([key]) => key),
  );
  return Object.fromEntries(
    entries.map(([key, inner]): [string, Node | Shape] => {
      const member = read(inner, labels, depth + 1);
      const empty = !isNode(member) && Object.keys(member).length === 0;
      return [names.get(key) as string, empty ? { type: "fixed", value: {} } : member];
    }),
  );
}

/** The label and the distribution of hp.something. */
function paramOf(spot: Spot, labels: Labels): Spot {
  const inner = nameOf(spot) === "hyperopt_param" ? spot : args(spot)[0];
  if (inner === undefined || isLiteral(inner)) throw spot.fault("it wraps no parameter", "Expected hyperopt_param.");
  if (nameOf(inner) === "float" || nameOf(inner) === "int") return paramOf(inner, labels);
  const [label, distribution] = nameOf(inner) === "hyperopt_param" ? args(inner) : [];
  if (label === undefined || distribution === undefined) {
    throw inner.fault(
      `the expression ${JSON.stringify(nameOf(inner))} has no counterpart`,
      "Compute it in the objective.",
    );
  }
  labels.add(label.get("literal").text());
  return distribution;
}

/** A literal argument by place or by name. */
function argument(spot: Spot, place: number, name: string): number {
  const found = args(spot)[place] ?? kwargs(spot).find(([key]) => key === name)?.[1];
  if (found === undefined) throw spot.fault(`it has no ${name}`, "Hyperopt writes it.");
  if (!isLiteral(found)) throw found.fault(`its ${name} is an expression`, "Write the number.");
  return found.get("literal").number();
}

function numberOf(spot: Spot, wrapper: "float" | "int", labels: Labels): Node {
  const d = paramOf(spot, labels);
  const name = nameOf(d);
  const quantised = name.startsWith("q");
  const tidy = (x: number): number => Number(x.toPrecision(6));
  switch (name) {
    case "uniform":
      return numberNode(d, { type: wrapper, low: argument(d, 0, "low"), high: argument(d, 1, "high") });
    case "loguniform":
      return numberNode(d, {
        type: "float",
        low: tidy(Math.exp(argument(d, 0, "low"))),
        high: tidy(Math.exp(argument(d, 1, "high"))),
        log: true,
      });
    case "quniform":
    case "qloguniform": {
      const [a, b, q] = [argument(d, 0, "low"), argument(d, 1, "high"), argument(d, 2, "q")];
      if (!(q > 0)) throw d.fault(`its q is ${q}`, "It is above 0.");
      const log = name === "qloguniform";
      const grid = (x: number): number => Number((Math.round(x / q) * q).toPrecision(12));
      const low = grid(log ? Math.exp(a) : a);
      const type = Number.isInteger(q) && Number.isInteger(low) ? "int" : "float";
      if (log && low <= 0) d.note(`its lowest value is ${q}: 0 has no place on a log scale`);
      return numberNode(d, { type, low: log && low <= 0 ? q : low, high: grid(log ? Math.exp(b) : b), log, step: q });
    }
    case "normal":
    case "qnormal":
    case "lognormal":
    case "qlognormal": {
      const step = quantised ? argument(d, 2, "q") : null;
      if (step !== null && !(step > 0)) throw d.fault(`its q is ${step}`, "It is above 0.");
      const log = name.includes("log");
      return normalNode(d, { type: "float", mu: argument(d, 0, "mu"), sigma: argument(d, 1, "sigma"), log, step });
    }
    case "randint": {
      const both = args(d).length + kwargs(d).filter(([key]) => key === "low" || key === "high").length > 1;
      const first = argument(d, 0, "low");
      const [low, end] = both ? [first, argument(d, 1, "high")] : [0, first];
      return numberNode(d, { type: "int", low, high: end - 1 });
    }
    default:
      throw d.fault(`the distribution ${JSON.stringify(name)} has no counterpart`, "Known are those of hp.*.");
  }
}

/** hp.choice and hp.pchoice: constants are a choice, everything else a `oneOf`. */
function choice(spot: Spot, labels: Labels, depth: number): Node {
  const [which, ...options] = args(spot);
  if (which === undefined || options.length === 0) throw spot.fault("it chooses among nothing", "Give it options.");
  const d = paramOf(which, labels);
  const weights = weightsOf(d, options.length);
  if (options.every(isLiteral)) {
    return choiceNode(
      spot,
      options.map(option => option.get("literal").value as PyJson),
      { weights },
    );
  }
  if (weights !== undefined) spot.note("its probabilities are left out: branches are equally likely here");
  const tag = tagOf(options);
  const branches = options.map((option, i): [string, Shape] => {
    const own = tag === undefined ? undefined : literalOf(option, tag);
    if (!isLiteral(option) && nameOf(option) === "dict") {
      const entries = kwargs(option).filter(([key]) => key !== tag);
      return [own ?? `option_${i}`, record(entries, option, labels, depth + 1)];
    }
    const member = read(option, labels, depth + 1);
    return [`option_${i}`, isNode(member) ? { value: member } : member];
  });
  const names = renamed(
    spot,
    branches.map(([name]) => name),
  );
  const key = tag ?? (branches.some(([, shape]) => Object.hasOwn(shape, "kind")) ? "branch" : "kind");
  if (tag === undefined)
    spot.note(`its options are told apart by ${JSON.stringify(key)}: ${branches.map(([name]) => name).join(", ")}`);
  const node: OneOfNode = {
    type: "oneOf",
    branches: Object.fromEntries(branches.map(([name, shape]) => [names.get(name) as string, shape])),
    ...(key !== "kind" && { tag: key }),
  };
  return node;
}

function weightsOf(d: Spot, count: number): number[] | undefined {
  const name = nameOf(d);
  if (name === "randint") return undefined;
  if (name !== "categorical")
    throw d.fault(`a choice by ${JSON.stringify(name)} has no counterpart`, "Use hp.choice or hp.pchoice.");
  const [p] = args(d);
  const list = p ?? kwargs(d).find(([key]) => key === "p")?.[1];
  const weights = list === undefined ? [] : args(list).map(weight => weight.get("literal").number());
  if (weights.length !== count) throw d.fault(`${weights.length} probabilities for ${count} options`, "Each has one.");
  return weights;
}

/** A key under which every option, a dict, has a text of its own. */
function tagOf(options: readonly Spot[]): string | undefined {
  const [first] = options;
  if (first === undefined || options.some(option => isLiteral(option) || nameOf(option) !== "dict")) return undefined;
  return kwargs(first)
    .map(([key]) => key)
    .find(key => {
      const texts = options.map(option => literalOf(option, key));
      return !texts.includes(undefined) && new Set(texts).size === texts.length;
    });
}

function literalOf(option: Spot, key: string): string | undefined {
  const value = kwargs(option)
    .find(([name]) => name === key)?.[1]
    .get("literal").value as Scalar | undefined;
  return typeof value === "string" ? value : undefined;
}
