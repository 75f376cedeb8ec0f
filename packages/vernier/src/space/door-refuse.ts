/** How the door says no: one error that names the parameter. */
import { VernierError, type ErrorCode } from "../math/errors.ts";

import { spell } from "./spell.ts";

/** A node as it came, not yet trusted. */
export type Raw = Readonly<Record<string, unknown>>;

/** `float "lr" needs low < high; ...` The path is left out where the node stands alone. */
export function refuse(code: ErrorCode, raw: Raw, path: string, sentence: string): never {
  const kind = typeof raw["type"] === "string" ? raw["type"] : "group";
  const label = path === "" ? kind : `${kind === "optional" ? "when" : kind} ${spell(path, 100)}`;
  throw new VernierError(code, `${label} ${sentence}`, { details: { path } });
}
