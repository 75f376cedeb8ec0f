/**
 * The space as data, and the one encoding every sampler works in. Types only: the JSON nodes that builders make, and the
 * `Codec` that `compile(space)` returns.
 */
import type { Rng } from "../math/rng.ts";

/** A value a `choice`, `permutation` or `subset` may hold. */
export type Scalar = string | number | boolean | null;

/** Parameters of one trial: a plain JSON object, nested by groups, branches and lists. */
export type Params = Record<string, unknown>;

/** How a range is walked. */
export type Scale = "linear" | "log" | "logit" | "reverse-log";

/** Where the user believes the optimum is. Numbers: a normal on the parameter's scale, given in the parameter's units
 * (`sd` is a share of the encoded range, 0..1). */
export interface NumberPrior {
  readonly mean: number;
  readonly sd: number;
}

interface Documented {
  readonly description?: string;
  readonly unit?: string;
}

/** A real number of a range. */
export interface FloatNode extends Documented {
  readonly type: "float";
  readonly low: number;
  readonly high: number;
  readonly scale?: Scale;
  readonly step?: number;
  readonly default?: number;
  readonly prior?: NumberPrior;
}
/** A whole number of a range. */
export interface IntNode extends Documented {
  readonly type: "int";
  readonly low: number;
  readonly high: number;
  readonly scale?: Scale;
  readonly step?: number;
  readonly default?: number;
  readonly prior?: NumberPrior;
}
/** One of several ordered values. */
export interface OrdinalNode extends Documented {
  readonly type: "ordinal";
  readonly choices: readonly (string | number)[];
  readonly default?: string | number;
}
/** One of several unordered values. */
export interface ChoiceNode extends Documented {
  readonly type: "choice";
  readonly choices: readonly Scalar[];
  readonly default?: Scalar;
  /** One weight a choice, any positive scale. */
  readonly prior?: readonly number[];
  /** Retired choices stay readable in history but are never suggested again (a study's space was edited). */
  readonly retired?: readonly Scalar[];
}
/** An order of items. */
export interface PermutationNode extends Documented {
  readonly type: "permutation";
  readonly items: readonly Scalar[];
  /** Keep only the first `length` of the ordered items. */
  readonly length?: number;
  readonly default?: readonly Scalar[];
}
/** Some of several items. */
export interface SubsetNode extends Documented {
  readonly type: "subset";
  readonly items: readonly Scalar[];
  readonly min?: number;
  readonly max?: number;
  readonly default?: readonly Scalar[];
}
/** Shares that sum to 1. */
export interface SimplexNode extends Documented {
  readonly type: "simplex";
  readonly parts: readonly string[];
  readonly default?: Readonly<Record<string, number>>;
}
/** A list of items of one definition. */
export interface ListNode extends Documented {
  readonly type: "list";
  readonly item: Node | Shape;
  readonly min?: number;
  readonly max: number;
}
/** A tagged union: one branch with its own parameters. */
export interface OneOfNode extends Documented {
  readonly type: "oneOf";
  readonly branches: Readonly<Record<string, Shape>>;
  /** Name of the discriminating key in the value; "kind" when left out. */
  readonly tag?: string;
  readonly default?: string;
}
/** `when(cond, p)`: present only where the expression over the other parameters holds. */
export interface OptionalNode {
  readonly type: "optional";
  readonly cond: string;
  readonly p: Node;
}
/** Text, for samplers that can write. */
export interface TextNode extends Documented {
  readonly type: "text";
  readonly seeds: readonly string[];
  readonly default?: string;
}
/** A constant that reaches the objective like a parameter. */
export interface FixedNode extends Documented {
  readonly type: "fixed";
  readonly value: unknown;
}
/** The definition of one parameter. */
export type Node =
  | FloatNode
  | IntNode
  | OrdinalNode
  | ChoiceNode
  | PermutationNode
  | SubsetNode
  | SimplexNode
  | ListNode
  | OneOfNode
  | OptionalNode
  | TextNode
  | FixedNode;

/** A plain record is a group. */
export interface Shape {
  readonly [name: string]: Node | Shape;
}

/** The JSON form of a space. `dynamic` spaces are learnt while running (define-by-run) and start empty. */
export interface SpaceJson {
  readonly version: 1;
  readonly shape: Shape;
  readonly where?: readonly string[];
  readonly dynamic?: true;
}

/**
 * One number of the encoded form of a configuration.
 *
 * `numeric`: a number in [0,1]. Continuous when `levels` is 0, otherwise the centre of one of `levels` cells (an integer,
 * stepped or ordinal parameter: the range is widened by half a step BEFORE the scale is applied, so that every value
 * owns a cell and low and high are not squeezed).
 * `category`: an integer code 0..levels-1 without order.
 * `rank`: one item's key of a permutation in [0,1] (decoded by argsort), or one stick of a simplex.
 */
export interface Column {
  readonly index: number;
  /** Unique, readable: "model.layers", "optimizer.kind", "optimizer.sgd.momentum", "order[a]", "mixture[web]", "blocks.length", "blocks[2].width". */
  readonly name: string;
  /** Path of the parameter this column belongs to; a permutation's columns share one. */
  readonly param: string;
  readonly kind: "numeric" | "category";
  /** Which similarity a model should use. Bits of a subset are `category` columns with two levels and kernel "bit". */
  readonly kernel: "numeric" | "ordinal" | "category" | "bit" | "permutation" | "simplex" | "text";
  /** Number of distinct values; 0 for a continuous column. For `text` it grows with the texts seen. */
  readonly levels: number;
  /** Columns with the same group are active in exactly the same configurations; "" is always active. */
  readonly group: string;
  /** Encoded prior: mean and sd on [0,1] for numeric columns, normalised weights for categories. */
  readonly prior?: { readonly mean: number; readonly sd: number } | { readonly weights: readonly number[] };
  /** Numeric with levels > 0: the cell [low, high] in [0,1] around encoded value u. Continuous columns return [u, u]. */
  cell(u: number): readonly [low: number, high: number];
  /** Numeric: u in [0,1] moved to the nearest representable value (identity when continuous). Category: rounded and clipped. */
  snap(u: number): number;
}

/** What a check found: the named path, what came, and the rule. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** A space made ready for work. Built once with `compile(space)` and cached. */
export interface Codec<P = Params> {
  readonly space: SpaceJson;
  readonly columns: readonly Column[];
  /** columns.length */
  readonly width: number;
  /** Number of distinct configurations when finite (constraints are not subtracted), else Infinity. */
  readonly size: number;
  /** Changes when a `text` vocabulary grows; caches over columns key on it. */
  readonly version: number;
  /** Writes `width` numbers at out[offset...]; NaN where the column is inactive. Trusts that params are valid. */
  encode(params: P, out: Float64Array, offset?: number): void;
  /** Values of inactive columns are ignored; numbers are snapped and clipped; subsets and lists are repaired. Ignores `where`. */
  decode(x: ArrayLike<number>, offset?: number): P;
  /** Maps a point of the unit cube [0,1)^width to encoded columns through each column's prior; all columns filled. */
  fromCube(u: ArrayLike<number>, out: Float64Array, offset?: number): void;
  /** True when every `where` holds (a `where` that touches an inactive parameter holds). */
  feasible(params: P): boolean;
  /** One configuration drawn from the priors (uniform where there are none), `where` respected. Throws E_SPACE_INFEASIBLE. */
  sample(rng: Rng): P;
  /** The configuration of all defaults (midpoint on its scale, first choice, first branch where none is given). */
  defaults(): P;
  /** Checks and returns the params (missing `fixed` and defaults are NOT filled); [] when fine. */
  check(params: unknown): readonly Issue[];
  /** As check, but throws one E_PARAMS error that lists every issue with its path. */
  validate(params: unknown): P;
  /** One-step changes: each numeric parameter to adjacent values (or a small truncated-normal step when continuous), each other category, each swap. Feasible ones only. */
  neighbours(params: P, rng: Rng): P[];
  /** Every configuration of a finite space in a fixed order, `where` respected. Throws E_SPACE_INFINITE. */
  enumerate(): IterableIterator<P>;
  /** The texts seen so far of a `text` parameter, in the order of their codes. `path` as in `Column.param`. */
  texts(path: string): readonly string[];
  /** Canonical text of a configuration: equal exactly when two configurations are the same point. */
  key(params: P): string;
}
