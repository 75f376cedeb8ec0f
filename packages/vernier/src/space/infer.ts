/**
 * The types behind the builders: a parameter carries the type of its value in a phantom slot, so that `Infer<typeof s>`
 * is read off the data and never written twice. Nothing here exists at run time.
 */
import type { SpaceJson } from "./types.ts";

declare const VALUE: unique symbol;
declare const OPTIONAL: unique symbol;

/** A parameter whose value has type `V`; `K` is the kind ("float", "choice", ...). Made by the builders only. */
export interface Param<V, K extends string = string> {
  readonly type: K;
  readonly [VALUE]?: V;
}

/** A parameter that is present only where a condition holds: `slope?: number`. Made by `when`. */
export interface OptionalParam<V> extends Param<V, "optional"> {
  readonly [OPTIONAL]?: true;
}

/** What `space` takes: parameters by name; a plain record is a group. */
export interface Shape {
  readonly [name: string]: Param<unknown> | Shape;
}

/** A sentence that the compiler shows instead of a type. */
export interface Mistake<M extends string> {
  readonly __vernier: M;
}

/** A search space whose configurations have type `P`. A plain, deeply frozen JSON value. */
export interface Space<P> extends SpaceJson {
  readonly [VALUE]?: P;
}

/** The parameters of a space: `type P = Infer<typeof s>`. */
export type Infer<S extends SpaceJson> = S extends Space<infer P> ? P : never;

/** Parameters of a define-by-run space: known only while running. */
export interface DynamicParams {
  readonly __dynamic?: true;
  readonly [name: string]: unknown;
}

/** An array of no values is refused; one whose length is known only at run time is checked there. */
export type NonEmpty<C extends readonly unknown[]> = C extends readonly []
  ? Mistake<"at least one value is needed: an empty array leaves nothing to choose from">
  : unknown;

/** Computes an intersection, so that hovers show one plain record. */
export type Flat<X> = { [K in keyof X]: X[K] } & {};

/** The value of one member of a shape. */
export type Value<F> = F extends Param<infer V> ? V : F extends object ? Values<F> : never;

type IsOptional<F> = F extends { readonly type: "optional" } ? true : false;
type OptionalKeys<S> = { [K in keyof S]: IsOptional<S[K]> extends true ? K : never }[keyof S];

/** The values of a shape: groups nest, parameters under `when` become optional keys. */
export type Values<S> = [OptionalKeys<S>] extends [never]
  ? Flat<{ -readonly [K in keyof S]: Value<S[K]> }>
  : Flat<
      // Keys are filtered by `as`, not by Exclude: so they keep their declared order in hovers.
      { -readonly [K in keyof S as IsOptional<S[K]> extends true ? never : K]: Value<S[K]> } & {
        -readonly [K in keyof S as IsOptional<S[K]> extends true ? K : never]?: Value<S[K]>;
      }
    >;

/** Members of a shape that are neither a parameter nor a group turn into a sentence. */
export type Fields<S> = {
  [K in keyof S]: S[K] extends Param<unknown> | Shape
    ? S[K]
    : S[K] extends readonly unknown[]
      ? Mistake<"not a parameter: for one of several values use choice([...]); for a constant array use fixed([...])">
      : S[K] extends object
        ? S[K] extends (...args: never) => unknown
          ? Mistake<"not a parameter: call the builder, for example float(0, 1)">
          : Fields<S[K]>
        : Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">;
};

/** Branches of `oneOf`: records only, and none may own a parameter named like the tag. */
export type Branches<B, Tag extends string> = B extends readonly unknown[]
  ? Mistake<"oneOf takes named branches, oneOf({ a: {...}, b: {...} }); for plain values use choice([...])">
  : {
      [K in keyof B]: B[K] extends Param<unknown>
        ? Mistake<"a branch is a record of parameters: write { value: float(...) } instead of float(...)">
        : Tag extends keyof B[K]
          ? Mistake<`a branch may not own a parameter named "${Tag}" (it is the tag); rename it or pass { tag: "..." }`>
          : Fields<B[K]>;
    };

/** Does `K` join several types? */
export type IsUnion<K, A = K> = [K] extends [never]
  ? false
  : K extends unknown
    ? [A] extends [K]
      ? false
      : true
    : never;
