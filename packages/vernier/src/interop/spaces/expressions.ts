/** Pieces of our expression language. */
import type { PyJson } from "../optuna/python-json.ts";
import { spellNumber } from "../../space/spell.ts";
import type { Spot } from "./spot.ts";

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYWORDS = new Set(["and", "or", "not", "in", "true", "false", "null"]);

/** A name, in backticks where it would be read as something else. */
export function exprName(name: string): string {
  return PLAIN.test(name) && !KEYWORDS.has(name) ? name : `\`${name}\``;
}

/** A constant. @throws VernierError E_CONVERT for a list or a record, and for control characters. */
export function exprValue(spot: Spot, value: PyJson | undefined | unknown = spot.value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return spellNumber(value);
  if (typeof value === "string" && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(value)) {
    const escaped = value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\t/g, "\\t").replace(/\r/g, "\\r");
    return `"${escaped}"`;
  }
  throw spot.fault("it cannot be compared with", "A condition compares with a text, a number, true, false or null.");
}
