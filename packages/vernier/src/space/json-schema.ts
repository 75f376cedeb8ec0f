/** JSON Schema (2020-12) of a space's configurations, for editors, forms and other languages. */
import { isNode } from "./names.ts";
import { grid } from "./scale.ts";
import type { FloatNode, IntNode, Node, Shape, SpaceJson } from "./types.ts";

/** A JSON Schema, as far as it is written here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Stepped floats with at most this many values list them. */
const MOST_LISTED = 100;

function numberSchema(node: FloatNode | IntNode): JsonSchema {
  const { low, high, step, count } = grid(node);
  const base = { type: node.type === "int" ? "integer" : "number", minimum: low, maximum: high };
  if (step === 0 || (node.type === "int" && step === 1)) return base;
  if (node.type === "int" && low % step === 0) return { ...base, multipleOf: step };
  // `multipleOf` counts from 0 and divides with rounding errors: the values themselves are safer.
  return count <= MOST_LISTED ? { ...base, enum: Array.from({ length: count }, (_, k) => grid(node).at(k)) } : base;
}

/** `present`: only the names of a shape that are in every configuration are required. */
function recordSchema(shape: Shape, tag?: { name: string; value: string }): JsonSchema {
  const properties: Record<string, unknown> = tag === undefined ? {} : { [tag.name]: { const: tag.value } };
  const required = tag === undefined ? [] : [tag.name];
  for (const [name, member] of Object.entries(shape)) {
    properties[name] = memberSchema(member);
    if (!isNode(member) || member.type !== "optional") required.push(name);
  }
  return { type: "object", properties, required, additionalProperties: false };
}

function memberSchema(member: Node | Shape): JsonSchema {
  return isNode(member) ? nodeSchema(member) : recordSchema(member);
}

function nodeSchema(node: Node): JsonSchema {
  if (node.type === "optional") {
    return { ...nodeSchema(node.p), $comment: `present only when ${node.cond}` };
  }
  const given = node.type === "oneOf" || node.type === "list" || node.type === "fixed" ? undefined : node.default;
  return {
    ...kindSchema(node),
    ...(given !== undefined && { default: given }),
    ...(node.description !== undefined && { description: node.description }),
    ...(node.unit !== undefined && { $comment: `unit: ${node.unit}` }),
  };
}

function kindSchema(node: Exclude<Node, { type: "optional" }>): JsonSchema {
  switch (node.type) {
    case "float":
    case "int":
      return numberSchema(node);
    case "choice":
    case "ordinal":
      return { enum: node.choices };
    case "permutation": {
      const length = node.length ?? node.items.length;
      return { type: "array", items: { enum: node.items }, uniqueItems: true, minItems: length, maxItems: length };
    }
    case "subset":
      return {
        type: "array",
        items: { enum: node.items },
        uniqueItems: true,
        minItems: node.min ?? 0,
        maxItems: node.max ?? node.items.length,
      };
    case "simplex":
      return {
        type: "object",
        properties: Object.fromEntries(node.parts.map(part => [part, { type: "number", minimum: 0, maximum: 1 }])),
        required: node.parts,
        additionalProperties: false,
        $comment: "the shares sum to 1",
      };
    case "list":
      return { type: "array", items: memberSchema(node.item), minItems: node.min ?? 0, maxItems: node.max };
    case "oneOf": {
      const name = node.tag ?? "kind";
      return { oneOf: Object.entries(node.branches).map(([value, shape]) => recordSchema(shape, { name, value })) };
    }
    case "text":
      return { type: "string", examples: node.seeds };
    case "fixed":
      return { const: node.value };
  }
}

/**
 * A schema that every configuration of the space satisfies. What JSON Schema cannot say (`where`, conditions of `when`, shares that
 * sum to 1) stands in comments, so `codec.check` stays the judge. A define-by-run space allows further names.
 */
export function toJsonSchema(space: SpaceJson): JsonSchema {
  const schema = recordSchema(space.shape);
  const where = space.where ?? [];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    ...(where.length > 0 && { $comment: `where ${where.join(" and ")}` }),
    ...(space.dynamic === true && { required: [], additionalProperties: true }),
  };
}
