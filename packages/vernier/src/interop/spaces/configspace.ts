/** ConfigSpace's JSON: `ConfigurationSpace.to_json` of 1.x (format_version) and what `read_and_write.json` of 0.x wrote. */
import type { Node, Scalar, Shape } from "../../space/types.ts";
import type { PyJson } from "../optuna/python-json.ts";
import { exprName, exprValue } from "./expressions.ts";
import { choiceNode, normalNode, numberNode, ordinalNode, renamed, spaceOf } from "./nodes.ts";
import type { Spot } from "./spot.ts";
import type { ForeignSpace } from "./types.ts";

/** Format versions that are read: 0.1 and 0.2 of ConfigSpace 0.4 to 0.7, 0.4 of 1.x. */
const VERSIONS = [0.1, 0.2, 0.3, 0.4];

/** @throws VernierError E_CONVERT with the path. */
export function fromConfigSpace(root: Spot): ForeignSpace {
  const version = root.get("format_version").present ? root.get("format_version") : root.get("json_format_version");
  if (version.present && !VERSIONS.includes(version.number())) {
    throw version.fault(
      `the format is version ${version.number()}`,
      `Known are ${VERSIONS.join(", ")}. Write it with a ConfigSpace up to 1.2.`,
    );
  }
  const parameters = root.get("hyperparameters").items();
  const names = renamed(
    root.get("hyperparameters"),
    parameters.map(p => p.get("name").text()),
  );
  if (names.size < parameters.length)
    throw root.get("hyperparameters").fault("a name stands there twice", "Each is one parameter's.");
  const nodes = new Map(parameters.map(p => [p.get("name").text(), parameter(p)]));
  const context: Context = { names, nodes };
  const conditions = conditionsOf(root.get("conditions"), context);
  const shape: Shape = Object.fromEntries(
    [...nodes].map(([name, p]): [string, Node] => {
      const all = chain(name, conditions);
      return [
        names.get(name) as string,
        all.length === 0
          ? p
          : { type: "optional", cond: all.length === 1 ? all.join() : all.map(grouped).join(" and "), p },
      ];
    }),
  );
  const forbidden = root.get("forbiddens");
  const where = forbidden.present ? forbidden.items().map(spot => `not (${clause(spot, context)})`) : [];
  const name = root.get("name");
  return {
    space: spaceOf(root.get("hyperparameters"), shape, where),
    ...(typeof name.value === "string" && name.value !== "" && { name: name.value }),
    notes: root.source.notes,
  };
}

interface Context {
  readonly names: ReadonlyMap<string, string>;
  readonly nodes: ReadonlyMap<string, Node>;
}

function parameter(spot: Spot): Node {
  const type = spot.get("type").text();
  const start = spot.get("default_value").present ? spot.get("default_value").value : spot.get("default").value;
  const number = type.endsWith("_int") ? "int" : "float";
  const log = spot.get("log").flag();
  const step = spot.get("q").present ? spot.get("q").number() : null;
  switch (type) {
    case "uniform_float":
    case "uniform_int": {
      const [low, high] = [spot.get("lower").number(), spot.get("upper").number()];
      return numberNode(spot, { type: number, low, high, log, step, default: start });
    }
    case "normal_float":
    case "normal_int": {
      const [mu, sigma] = [spot.get("mu").number(), spot.get("sigma").number()];
      const bounded = spot.get("lower").present && spot.get("upper").present;
      if (!bounded)
        return normalNode(spot, { type: number, mu, sigma, log, step: step ?? (number === "int" ? 1 : null) });
      const [low, high] = [spot.get("lower").number(), spot.get("upper").number()];
      if (!(sigma > 0)) throw spot.fault(`its sigma is ${sigma}`, "A standard deviation is above 0.");
      // ConfigSpace 1 gives mu on the parameter's own scale, and sigma on that of its logarithm.
      const width = log ? Math.log(high) - Math.log(low) : high - low;
      return numberNode(spot, {
        type: number,
        low,
        high,
        log,
        step,
        default: start,
        prior: { mean: mu, sd: sigma / width },
      });
    }
    case "beta_float":
    case "beta_int": {
      const [a, b] = [spot.get("alpha").number(), spot.get("beta").number()];
      const [low, high] = [spot.get("lower").number(), spot.get("upper").number()];
      if (!(a > 0 && b > 0)) throw spot.fault(`alpha is ${a} and beta is ${b}`, "Both are above 0.");
      spot.note("its beta prior is a normal of the same mean and spread here");
      const share = a / (a + b);
      const sd = Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1)));
      const mean = log
        ? Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low)))
        : low + share * (high - low);
      return numberNode(spot, { type: number, low, high, log, step, default: start, prior: { mean, sd } });
    }
    case "categorical": {
      const weights = spot.get("weights").present ? spot.get("weights") : spot.get("probabilities");
      const given = weights.present ? weights.items().map(weight => weight.number()) : undefined;
      return choiceNode(spot, listOf(spot.get("choices")), { default: start, weights: given });
    }
    case "ordinal":
      return ordinalNode(spot, listOf(spot.get("sequence")), start ?? undefined);
    case "constant":
    case "unparametrized":
      return { type: "fixed", value: spot.get("value").value };
    default:
      throw spot
        .get("type")
        .fault(
          `there is no hyperparameter type ${JSON.stringify(type)}`,
          "Known are uniform, normal and beta (float and int), categorical, ordinal and constant.",
        );
  }
}

const listOf = (spot: Spot): PyJson[] => spot.items().map(item => item.value as PyJson);

interface Condition {
  readonly text: string;
  readonly parents: readonly string[];
}

/** Conditions by child; several of one child all hold. */
function conditionsOf(spot: Spot, context: Context): Map<string, Condition[]> {
  const found = new Map<string, Condition[]>();
  for (const item of spot.present ? spot.items() : []) {
    const child = item.get("child").text();
    known(item.get("child"), child, context);
    const parents: string[] = [];
    const text = condition(item, context, parents, 0);
    found.set(child, [...(found.get(child) ?? []), { text, parents }]);
  }
  return found;
}

/** The conditions of a parameter and of everything it hangs on: an inactive parent makes its children inactive. */
function chain(
  name: string,
  conditions: ReadonlyMap<string, readonly Condition[]>,
  seen = new Set<string>(),
): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const own = conditions.get(name) ?? [];
  const above = own.flatMap(({ parents }) => parents.flatMap(parent => chain(parent, conditions, seen)));
  return [...new Set([...above, ...own.map(({ text }) => text)])];
}

/** In brackets where a join could tear it apart. */
const grouped = (text: string): string => (/ (?:and|or) /.test(text) ? `(${text})` : text);

const DEEPEST = 20;

function condition(spot: Spot, context: Context, parents: string[], depth: number): string {
  if (depth > DEEPEST) throw spot.fault(`it nests deeper than ${DEEPEST} levels`, "Flatten it.");
  const type = spot.get("type").text();
  if (type === "AND" || type === "OR") {
    const parts = spot.get("conditions").items();
    if (parts.length === 0) throw spot.fault("it joins nothing", "Give it two conditions.");
    return parts.map(part => grouped(condition(part, context, parents, depth + 1))).join(` ${type.toLowerCase()} `);
  }
  const parent = spot.get("parent").text();
  parents.push(parent);
  return comparison(spot, type, parent, spot.get("parent"), context);
}

function clause(spot: Spot, context: Context, depth = 0): string {
  if (depth > DEEPEST) throw spot.fault(`it nests deeper than ${DEEPEST} levels`, "Flatten it.");
  const type = spot.get("type").text();
  if (type === "AND" || type === "OR") {
    const parts = spot.get("clauses").items();
    if (parts.length === 0) throw spot.fault("it joins nothing", "Give it two clauses.");
    return parts.map(part => grouped(clause(part, context, depth + 1))).join(` ${type.toLowerCase()} `);
  }
  if (type.startsWith("RELATION")) {
    const word = type === "RELATION" ? spot.get("lambda").text() : type.slice("RELATION_".length);
    const sign = RELATIONS.get(word.toUpperCase());
    if (sign === undefined)
      throw spot.fault(`there is no relation ${JSON.stringify(word)}`, "Known are LT, EQ and GT.");
    const [left, right] = [spot.get("left"), spot.get("right")].map(side =>
      exprName(known(side, side.text(), context)),
    );
    return `${left} ${sign} ${right}`;
  }
  return comparison(spot, type, spot.get("name").text(), spot.get("name"), context);
}

const RELATIONS = new Map([
  ["LT", "<"],
  ["LESS", "<"],
  ["EQ", "=="],
  ["EQUALS", "=="],
  ["GT", ">"],
  ["GREATER", ">"],
]);
const COMPARISONS = new Map([
  ["EQ", "=="],
  ["EQUALS", "=="],
  ["NEQ", "!="],
  ["LT", "<"],
  ["GT", ">"],
]);

/** `name sign value`, or membership. Which of an ordinal's texts is less is said by listing them. */
function comparison(spot: Spot, type: string, name: string, at: Spot, context: Context): string {
  const ours = exprName(known(at, name, context));
  if (type === "IN")
    return `${ours} in [${spot
      .get("values")
      .items()
      .map(v => exprValue(v))
      .join(", ")}]`;
  const sign = COMPARISONS.get(type);
  if (sign === undefined) {
    throw spot
      .get("type")
      .fault(`there is no condition ${JSON.stringify(type)}`, "Known are EQ, NEQ, LT, GT, IN, AND and OR.");
  }
  const value = spot.get("value");
  const node = context.nodes.get(name);
  if ((sign === "<" || sign === ">") && node?.type === "ordinal") {
    const place = node.choices.indexOf(value.value as string);
    if (place < 0) throw value.fault("it is none of the values of its parent", "Correct it there.");
    const side: readonly Scalar[] = sign === "<" ? node.choices.slice(0, place) : node.choices.slice(place + 1);
    return side.length === 0 ? "false" : `${ours} in [${side.map(v => exprValue(value, v)).join(", ")}]`;
  }
  return `${ours} ${sign} ${exprValue(value)}`;
}

function known(spot: Spot, name: string, { names }: Context): string {
  const ours = names.get(name);
  if (ours !== undefined) return ours;
  throw spot.fault(`there is no hyperparameter ${JSON.stringify(name)}`, "Name one of the list.");
}
