/** The expression language as data: the tree, the types of names, and the one way its errors look. */
import { VernierError, type ErrorCode } from "../math/errors.ts";
import { caret } from "./spell.ts";
import type { Scalar } from "./types.ts";

export type BinarySign =
  "or" | "and" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%" | "**";

/** One node of a parsed expression: plain JSON. `at` is its offset in the text. */
export type ExprTree =
  | { readonly op: "literal"; readonly at: number; readonly value: Scalar }
  | { readonly op: "list"; readonly at: number; readonly items: readonly ExprTree[] }
  | {
      readonly op: "path";
      readonly at: number;
      /** Names and list positions: `blocks[0].width` is ["blocks", 0, "width"]; -1 is the last item. */
      readonly path: readonly (string | number)[];
      /** How many records outward the first name was found; only set where the expression was checked inside a space. */
      readonly up?: number;
    }
  | { readonly op: "unary"; readonly at: number; readonly sign: "-" | "not"; readonly of: ExprTree }
  | {
      readonly op: "binary";
      readonly at: number;
      readonly sign: BinarySign;
      readonly left: ExprTree;
      readonly right: ExprTree;
    }
  | {
      readonly op: "if";
      readonly at: number;
      readonly test: ExprTree;
      readonly then: ExprTree;
      readonly else: ExprTree;
    }
  | { readonly op: "call"; readonly at: number; readonly name: string; readonly args: readonly ExprTree[] };

/** A parsed expression. Serialisable; made by `parseExpression`. */
export interface Expression {
  readonly text: string;
  readonly tree: ExprTree;
}

/** What a name may hold. `values` lists all possible ones; an open record may have members that are not listed. */
export type ScopeType =
  | "number"
  | "string"
  | "boolean"
  | "null"
  | "any"
  | { readonly values: readonly Scalar[] }
  | { readonly list: ScopeType }
  | { readonly record: Readonly<Record<string, ScopeType>>; readonly open?: true };

/** Names an expression may use, with their types. */
export type ScopeTypes = Readonly<Record<string, ScopeType>>;

/** Throws: the sentence, the line with a caret under the place, and the next step. */
export function exprFault(code: ErrorCode, text: string, at: number, sentence: string, next: string): never {
  throw new VernierError(code, `${sentence}${caret(text, at)}${next}`.trimEnd(), { details: { text, at } });
}
