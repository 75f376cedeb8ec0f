/** Define-by-run: the parameters of told trials as what they asked for, so that the space is learnt from them. */
import type { Json, TimedEvent } from "../../core/types.ts";
import { evaluate, parseExpression, scopeTypes } from "../../space/expression.ts";
import { isNode } from "../../space/names.ts";
import type { Node, Params, Shape, SpaceJson } from "../../space/types.ts";
import { deepFreeze } from "../freeze.ts";

interface Asked {
  readonly path: readonly string[];
  readonly value: Json;
  /** Absent where nothing was learnt of the name, or its condition says that the trial had it and did not ask. */
  readonly node: Node | undefined;
}

/** Each start with parameters as one without, and an event a parameter with its definition in the learnt space. */
export function askedEvents(events: readonly TimedEvent[], learnt: SpaceJson | undefined): readonly TimedEvent[] {
  const holds = conditions(learnt);
  return events.flatMap((event): TimedEvent[] => {
    if (event.type !== "trial.started" || event.params === undefined) return [event];
    // A start with an empty configuration has one.
    if (Object.keys(event.params).length === 0) return [event];
    const { params, basis: _basis, sampler: _sampler, ...started } = event;
    const { number, attempt, at } = event;
    const found = leaves(params, learnt?.shape, [], cond => holds(cond, params));
    const asked = [...found].map(({ path, value, node }): TimedEvent => {
      const about = { ...(node !== undefined && { node }), ...(path.length > 1 && { path }) };
      return { type: "trial.param", number, attempt, name: path.join("."), value, ...about, at };
    });
    return [started, ...asked].map(deepFreeze);
  });
}

/** Whether a condition of the learnt space holds in a configuration. */
function conditions(learnt: SpaceJson | undefined): (cond: string, params: Params) => boolean {
  const parsed = new Map<string, ReturnType<typeof parseExpression>>();
  return (cond, params) => {
    if (learnt === undefined) return false;
    let expression = parsed.get(cond);
    if (expression === undefined) {
      expression = parseExpression(cond, scopeTypes(learnt), { result: "boolean" });
      parsed.set(cond, expression);
    }
    return evaluate(expression, params) === true;
  };
}

function* leaves(
  params: Params,
  shape: Shape | undefined,
  path: readonly string[],
  holds: (cond: string) => boolean,
): Generator<Asked> {
  for (const [name, value] of Object.entries(params)) {
    const at = [...path, name];
    const member = shape !== undefined && Object.hasOwn(shape, name) ? shape[name] : undefined;
    const group = typeof value === "object" && value !== null && !Array.isArray(value);
    if (member !== undefined && isNode(member)) {
      const node = member.type !== "optional" ? member : holds(member.cond) ? member.p : undefined;
      yield { path: at, value: value as Json, node };
    } else if (group) yield* leaves(value as Params, member, at, holds);
    else yield { path: at, value: value as Json, node: undefined };
  }
}
