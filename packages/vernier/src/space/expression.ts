/**
 * One small safe language for `where`, `when` and trial filters. It has literals (numbers, quoted texts, true, false, null),
 * paths (`model.layers`, `blocks[0].width`, `` `learning-rate` ``), `+ - * / % **`, comparisons, `in [..]`, `and or not` (also
 * `&& || !`), `a ? b : c` and the functions min max sum abs log log10 log2 exp sqrt floor ceil round len. A name on a list
 * maps over it: `sum(blocks.width) <= 100`. Nothing is ever executed as code.
 */
import { typesOf } from "./analysis.ts";
import { checkExpression } from "./expr-check.ts";
import { parseTree } from "./expr-parser.ts";
import type { Expression, ScopeTypes } from "./expr-types.ts";
import type { SpaceJson } from "./types.ts";

export { evaluate } from "./expr-eval.ts";
export type { Expression, ExprTree, ScopeType, ScopeTypes } from "./expr-types.ts";

/**
 * Parses a text; with `types` it is also checked against the names it may use.
 *
 * @param options.result "boolean" refuses an expression that is no condition.
 * @throws VernierError E_EXPRESSION_SYNTAX, E_EXPRESSION_NAME, E_EXPRESSION_TYPE or E_EXPRESSION_LIMIT, each with the line, a
 *   caret under the place, and the next step.
 *
 * @example
 * const filter = parseExpression('state == "complete" and metrics.loss < 0.1');
 * evaluate(filter, { state: "complete", metrics: { loss: 0.05 } }); // true
 */
export function parseExpression(
  text: string,
  types?: ScopeTypes,
  options: { result?: "boolean" | "any" } = {},
): Expression {
  const parsed = parseTree(text);
  return types === undefined ? parsed : checkExpression(parsed, [types], options.result ?? "any");
}

/**
 * The names and types of a space's params, to check expressions that read them.
 *
 * @example parseExpression("params.lr < 0.1", { params: { record: scopeTypes(space) }, number: "number" })
 */
export function scopeTypes(space: SpaceJson): ScopeTypes {
  return typesOf(space.shape);
}
