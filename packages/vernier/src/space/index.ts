/**
 * The space as data: builders, the expression language, and the codec that every sampler works in.
 *
 * @module
 */

export {
  choice,
  dynamic,
  fixed,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  space,
  subset,
  text,
  when,
  type ChoiceOptions,
  type Doc,
  type NumberOptions,
  type Where,
} from "./builders.ts";
export type { DynamicParams, Infer, IsUnion, Mistake, OptionalParam, Param, Shape, Space, Values } from "./infer.ts";
export type {
  ChoiceNode,
  Codec,
  Column,
  FixedNode,
  FloatNode,
  IntNode,
  Issue,
  ListNode,
  Node,
  NumberPrior,
  OneOfNode,
  OptionalNode,
  OrdinalNode,
  Params,
  PermutationNode,
  Scalar,
  Scale,
  Shape as ShapeJson,
  SimplexNode,
  SpaceJson,
  SubsetNode,
  TextNode,
} from "./types.ts";
export { describe, describeNode } from "./describe.ts";
export { parseSpaceText } from "./text-form.ts";
export { spaceToTypeScript } from "./typescript.ts";
export { hashSpace } from "./hash.ts";
export { canonical } from "./canonical.ts";
export { toJsonSchema, type JsonSchema } from "./json-schema.ts";
export { diffSpaces, spaceDifferences, type SpaceDifference } from "./diff.ts";
export { editSpace, type SpaceEdit } from "./edit.ts";
export { learn } from "./learn.ts";
export { scopeTypes } from "./expression.ts";
export { compile } from "./codec.ts";
export { fromJson, fromJson as spaceFromJson, isLocal, toJson } from "./json.ts";
export { checkPartial, complete, sampleWith } from "./validate.ts";
export {
  evaluate,
  parseExpression,
  type Expression,
  type ExprTree,
  type ScopeType,
  type ScopeTypes,
} from "./expression.ts";
