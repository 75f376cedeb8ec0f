/** A row's cells as a configuration of a space. */
import type { Node, Params, Scalar, Shape } from "../../space/types.ts";
import { spell } from "../../space/spell.ts";
import { jsonOf, numberOf } from "./cells.ts";

/** Cells by name, nested where column names have dots. */
export interface Nested {
  [name: string]: unknown;
}

/** Thrown by conversions: the path and what is wrong there. The caller adds file and line. */
export class CellError extends Error {}

/** Puts a cell at a dotted path. A value where others need a group is a mistake of the header, found before. */
export function put(into: Nested, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop()!;
  let at = into;
  for (const name of names) {
    const next = Object.hasOwn(at, name) ? at[name] : undefined;
    if (typeof next !== "object" || next === null) define(at, name, {});
    at = at[name] as Nested;
  }
  define(at, last, value);
}

/** Own and enumerable whatever the name is, `__proto__` too. */
function define(into: Nested, name: string, value: unknown): void {
  Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isNode(member: Node | Shape): member is Node {
  return typeof (member as { type?: unknown }).type === "string";
}

/** Dotted paths of a space's leaves, tags of unions included. */
export function pathsOf(shape: Shape, path = ""): Set<string> {
  const paths = new Set<string>();
  const add = (member: Node | Shape, at: string): void => {
    if (!isNode(member)) {
      for (const inner of pathsOf(member, at)) paths.add(inner);
      return;
    }
    paths.add(at);
    if (member.type === "optional") add(member.p, at);
    if (member.type === "simplex") for (const part of member.parts) paths.add(`${at}.${part}`);
    if (member.type === "oneOf") {
      paths.add(`${at}.${member.tag ?? "kind"}`);
      for (const branch of Object.values(member.branches)) for (const inner of pathsOf(branch, at)) paths.add(inner);
    }
  };
  for (const [name, member] of Object.entries(shape)) add(member, path === "" ? name : `${path}.${name}`);
  return paths;
}

/** @throws CellError. What is absent stays absent, but for constants; `codec.check` judges the whole. */
export function configuration(shape: Shape, cells: Nested, comma: boolean, path = ""): Params {
  const params: Params = {};
  for (const [name, member] of Object.entries(shape)) {
    const at = path === "" ? name : `${path}.${name}`;
    const cell = Object.hasOwn(cells, name) ? cells[name] : undefined;
    if (!isNode(member)) {
      const inner = configuration(member, (cell ?? {}) as Nested, comma, at);
      if (cell !== undefined || Object.keys(inner).length > 0) params[name] = inner;
    } else if (member.type === "fixed") params[name] = member.value;
    else if (cell !== undefined && cell !== null && !(cell === "" && !isTextual(member)))
      params[name] = valueOf(member, cell, comma, at);
  }
  return params;
}

/** Whether an empty text may be a value; programs that quote every cell write `""` for what is not there. */
function isTextual(node: Node): boolean {
  if (node.type === "optional") return isTextual(node.p);
  return node.type === "text" || ((node.type === "choice" || node.type === "ordinal") && node.choices.includes(""));
}

function valueOf(node: Node, cell: unknown, comma: boolean, path: string): unknown {
  switch (node.type) {
    case "float":
    case "int": {
      const value = numberOf(cell, comma);
      if (value === undefined) throw new CellError(`${path} is ${spell(cell)}, which is no number`);
      return value;
    }
    case "choice":
      return oneOfScalars(node.choices.concat(node.retired ?? []), cell, comma, path);
    case "ordinal":
      return oneOfScalars(node.choices, cell, comma, path);
    case "permutation":
    case "subset":
    case "list": {
      const value = jsonOf(cell);
      if (!Array.isArray(value)) throw new CellError(`${path} is ${spell(cell)}, which is no JSON array`);
      return value;
    }
    case "simplex": {
      const value: unknown = typeof cell === "string" ? jsonOf(cell) : cell;
      if (typeof value !== "object" || value === null)
        throw new CellError(`${path} is ${spell(cell)}, which is no record of shares`);
      const parts = Object.entries(value).map(([part, share]) => {
        const number = numberOf(share, comma);
        if (number === undefined) throw new CellError(`${path}.${part} is ${spell(share)}, which is no number`);
        return [part, number] as const;
      });
      return Object.fromEntries(parts);
    }
    case "oneOf": {
      const tag = node.tag ?? "kind";
      const cells: Nested = typeof cell === "object" && !Array.isArray(cell) ? (cell as Nested) : { [tag]: cell };
      const name = cells[tag];
      const branch = typeof name === "string" && Object.hasOwn(node.branches, name) ? node.branches[name] : undefined;
      if (branch === undefined) {
        throw new CellError(
          `${path}.${tag} is ${spell(name)}, which is none of ${Object.keys(node.branches)
            .map(b => spell(b))
            .join(", ")}`,
        );
      }
      return { [tag]: name, ...configuration(branch, cells, comma, path) };
    }
    case "optional":
      return valueOf(node.p, cell, comma, path);
    case "text":
      return String(cell);
    case "fixed":
      return node.value;
  }
}

/** A category by its value, or by the text it has in a table. */
function oneOfScalars(choices: readonly Scalar[], cell: unknown, comma: boolean, path: string): Scalar {
  const json = jsonOf(cell);
  const number = numberOf(cell, comma);
  const lower = typeof cell === "string" ? cell.trim().toLowerCase() : undefined;
  const found =
    choices.find(choice => choice === json) ??
    choices.find(choice => choice === cell) ??
    choices.find(choice => typeof choice === "number" && choice === number) ??
    choices.find(choice => typeof choice === "boolean" && String(choice) === lower) ??
    choices.find(choice => typeof choice === "string" && typeof cell !== "string" && choice === String(cell));
  if (found !== undefined) return found;
  if (json === null && choices.includes(null)) return null;
  throw new CellError(
    `${path} is ${spell(cell)}, which is none of ${choices
      .slice(0, 12)
      .map(c => spell(c))
      .join(", ")}`,
  );
}
