/** Which names a parameter, branch or part may have, and how values are addressed. */
import { VernierError } from "../math/errors.ts";
import type { Node, Shape } from "./types.ts";

const POLLUTERS = new Set(["__proto__", "constructor", "prototype"]);
// Separators of paths, expressions and the text form, and anything that does not print.

const FORBIDDEN = /[.[\](){}"'`,;=\\\u0000-\u001f\u007f]/;

/** Why `name` cannot be a name, or undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "is empty. Give it a name.";
  if (POLLUTERS.has(name)) return "is reserved by JavaScript objects. Choose another name.";
  if (/^\d+$/.test(name)) {
    return `looks like an array index, and JavaScript would reorder it. Write "p${name}" or the like.`;
  }
  if (name !== name.trim()) return "starts or ends with a space. Remove it.";
  if (name.length > 200) return "is longer than 200 characters. Shorten it.";
  const bad = FORBIDDEN.exec(name)?.[0];
  if (bad === ".") return 'contains ".". Use a nested record for a group, or "_".';
  if (bad !== undefined) return `contains ${JSON.stringify(bad)}. Use letters, digits, "_" or "-".`;
  return undefined;
}

/** @throws VernierError E_SPACE_NAME */
export function checkName(name: string, what: string, parent: string): void {
  const fault = nameFault(name);
  if (fault === undefined) return;
  const place = parent === "" ? "" : ` in "${parent}"`;
  throw new VernierError("E_SPACE_NAME", `the ${what} name ${JSON.stringify(name)}${place} ${fault}`, {
    details: { path: join(parent, name) },
  });
}

/** "model" + "layers" = "model.layers"; the root is "". */
export function join(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

/** A node carries its kind as a string under `type`; everything else is a group (its `type`, if any, is a parameter). */
export function isNode(value: Node | Shape): value is Node {
  return Object.hasOwn(value, "type") && typeof value.type === "string";
}

/** A record made by a literal or JSON.parse: no array, no class instance. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
