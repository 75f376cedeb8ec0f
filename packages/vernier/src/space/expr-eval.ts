/**
 * Evaluation by walking the tree. Values are JSON; `undefined` stands for "unknown": a name that is absent (an inactive
 * parameter, a metric not reported) or an operation on the wrong types. Only own properties are read.
 */
import { FUNCTIONS } from "./expr-functions.ts";
import type { ExprTree, Expression } from "./expr-types.ts";

type PathNode = Extract<ExprTree, { op: "path" }>;

/** Reads what a path stands for; undefined when absent. */
export type Read = (node: PathNode) => unknown;

/** Follows `path` from position `from` through own properties. A name on a list maps over its items. */
export function walk(value: unknown, path: readonly (string | number)[], from = 0): unknown {
  let current = value;
  for (let i = from; i < path.length; i++) {
    if (typeof current !== "object" || current === null) return undefined;
    const step = path[i] as string | number;
    if (Array.isArray(current)) {
      const items = current as unknown[];
      if (typeof step === "string") {
        const mapped = items.map(item => walk(item, path, i));
        return mapped.includes(undefined) ? undefined : mapped;
      }
      current = items[step < 0 ? items.length + step : step];
    } else {
      if (!Object.hasOwn(current, step)) return undefined;
      current = (current as Record<string, unknown>)[step];
    }
  }
  return current;
}

/** Every path of a tree. */
export function pathNodes(tree: ExprTree): readonly PathNode[] {
  switch (tree.op) {
    case "literal":
      return [];
    case "path":
      return [tree];
    case "list":
      return tree.items.flatMap(pathNodes);
    case "unary":
      return pathNodes(tree.of);
    case "binary":
      return [tree.left, tree.right].flatMap(pathNodes);
    case "if":
      return [tree.test, tree.then, tree.else].flatMap(pathNodes);
    case "call":
      return tree.args.flatMap(pathNodes);
  }
}

export const pathsOf = (tree: ExprTree): readonly PathNode["path"][] => pathNodes(tree).map(node => node.path);

const isNumber = (v: unknown): v is number => typeof v === "number";

function compare(sign: string, a: unknown, b: unknown): boolean | undefined {
  if (sign === "==" || sign === "!=") {
    if (typeof a === "object" && a !== null) return undefined;
    return (a === b) === (sign === "==");
  }
  const comparable = (isNumber(a) && isNumber(b)) || (typeof a === "string" && typeof b === "string");
  if (!comparable) return undefined;
  switch (sign) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

function arithmetic(sign: string, a: unknown, b: unknown): unknown {
  if (sign === "+" && typeof a === "string" && typeof b === "string") return a + b;
  if (!isNumber(a) || !isNumber(b)) return undefined;
  switch (sign) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    default:
      return a ** b;
  }
}

function call(name: string, args: readonly unknown[]): unknown {
  const fn = FUNCTIONS.get(name);
  if (fn === undefined || args.includes(undefined)) return undefined;
  const [first] = args;
  if (fn.takes === "any list") {
    return Array.isArray(first) || typeof first === "string" ? first.length : undefined;
  }
  const numbers = args.length === 1 && Array.isArray(first) ? (first as unknown[]) : args;
  return numbers.every(isNumber) ? fn.apply(numbers) : undefined;
}

/**
 * The value of a tree. `strict`: unknown operands of `and` and `or` make the result unknown even where the other side would
 * decide it; this is how `where` lets any configuration pass in which it touches an inactive parameter.
 */
export function evaluateTree(tree: ExprTree, read: Read, strict: boolean): unknown {
  switch (tree.op) {
    case "literal":
      return tree.value;
    case "path":
      return read(tree);
    case "list": {
      const items = tree.items.map(item => evaluateTree(item, read, strict));
      return items.includes(undefined) ? undefined : items;
    }
    case "unary": {
      const of = evaluateTree(tree.of, read, strict);
      if (tree.sign === "not") return typeof of === "boolean" ? !of : undefined;
      return isNumber(of) ? -of : undefined;
    }
    case "if": {
      const test = evaluateTree(tree.test, read, strict);
      if (typeof test !== "boolean") return undefined;
      return evaluateTree(test ? tree.then : tree.else, read, strict);
    }
    case "call":
      return call(
        tree.name,
        tree.args.map(arg => evaluateTree(arg, read, strict)),
      );
    case "binary":
      return binary(tree, read, strict);
  }
}

function binary(tree: Extract<ExprTree, { op: "binary" }>, read: Read, strict: boolean): unknown {
  const { sign } = tree;
  const left = evaluateTree(tree.left, read, strict);
  if (sign === "and" || sign === "or") {
    const decides = sign === "or";
    if (left === decides && !strict) return decides;
    const right = evaluateTree(tree.right, read, strict);
    if (right === decides && !strict) return decides;
    if (typeof left !== "boolean" || typeof right !== "boolean") return undefined;
    return decides ? left || right : left && right;
  }
  if (left === undefined) return undefined;
  const right = evaluateTree(tree.right, read, strict);
  if (right === undefined) return undefined;
  if (sign === "in") return Array.isArray(right) ? right.includes(left) : undefined;
  if (sign === "+" || sign === "-" || sign === "*" || sign === "/" || sign === "%" || sign === "**") {
    return arithmetic(sign, left, right);
  }
  return compare(sign, left, right);
}

/**
 * The value of an expression over any record: params, or a trial with its state and metrics. Missing names are unknown
 * (`undefined`); `and` and `or` are decided by one known side where that suffices. Never throws.
 *
 * @example evaluate(parseExpression("metrics.loss < 0.1"), { metrics: { loss: 0.05 } }) // true
 */
export function evaluate(expression: Expression, scope: Readonly<Record<string, unknown>>): unknown {
  return evaluateTree(expression.tree, node => walk(scope, node.path), false);
}
