/**
 * The builders: they only make data. Mistakes are found by `space`, which knows each parameter's path, so that a message
 * can name it; most never compile in the first place.
 */
import { admit } from "./door.ts";
import type {
  Branches,
  DynamicParams,
  Fields,
  Flat,
  NonEmpty,
  OptionalParam,
  Param,
  Shape,
  Space,
  Value,
  Values,
} from "./infer.ts";
import type { NumberPrior, Scalar, Scale } from "./types.ts";

/** What every parameter may say about itself. Neither field changes the search or the space's hash. */
export interface Doc {
  description?: string;
  unit?: string;
}

/** Options of `float` and `int`. */
export interface NumberOptions extends Doc {
  /** Where equal steps are equally important: "linear" (default), "log", "logit" or "reverse-log". */
  scale?: Scale;
  /** Distance between neighbouring values; `high` must be `low` plus a whole number of steps. */
  step?: number;
  /** The value used before tuning; the middle of the scale when left out. */
  default?: number;
  /** Where the best value is believed to be. */
  prior?: NumberPrior;
}

/** Options of `choice`. */
export interface ChoiceOptions<C> extends Doc {
  default?: C;
  /** One positive weight a choice, on any scale: `[3, 1]` draws the first three times as often. */
  prior?: readonly number[];
}

/** One node: the fixed fields win over options of the same name, and `undefined` options vanish. */
function make<P>(type: string, fields: Record<string, unknown>, options: object = {}): P {
  const node: Record<string, unknown> = { type, ...fields };
  // float(0, 1, "log") compiles nowhere but runs in JavaScript: kept for the door to refuse by name.
  if (typeof options !== "object") return Object.freeze({ ...node, options }) as P;
  for (const [name, value] of Object.entries(options ?? {})) {
    if (!Object.hasOwn(node, name) && value !== undefined) node[name] = value;
  }
  return Object.freeze(node) as P;
}

/**
 * A real number from `low` to `high`, both included.
 *
 * Scales: "log" for sizes over orders of magnitude (low > 0); "logit" for shares that matter near 0 and near 1
 * (0 < low, high < 1); "reverse-log" for values that matter near `high` (low > 0).
 *
 * @example float(1e-5, 1e-1, { scale: "log" }) // a learning rate
 * @example float(0, 0.5, { step: 0.1, default: 0.1 }) // 0, 0.1, 0.2, 0.3, 0.4 or 0.5
 */
export function float(low: number, high: number, options: NumberOptions = {}): Param<number, "float"> {
  return make("float", { low, high }, options);
}

/**
 * A whole number from `low` to `high`, both included.
 *
 * @example int(1, 6)
 * @example int(8, 512, { scale: "log" })
 * @example int(32, 256, { step: 32 })
 */
export function int(low: number, high: number, options: NumberOptions = {}): Param<number, "int"> {
  return make("int", { low, high }, options);
}

/**
 * One of several values that have an order but no distance. Use `int` or `float` where the distances mean something.
 *
 * @example ordinal([16, 32, 64, 128])
 * @example ordinal(["small", "medium", "large"], { default: "medium" })
 */
export function ordinal<const C extends readonly (string | number)[]>(
  choices: C & NonEmpty<C>,
  options: Doc & { default?: NoInfer<C[number]> } = {},
): Param<C[number], "ordinal"> {
  return make("ordinal", { choices }, options);
}

/**
 * One of several values without order.
 *
 * @example choice(["relu", "gelu", "tanh"])
 * @example choice([true, false], { prior: [3, 1] })
 */
export function choice<const C extends readonly Scalar[]>(
  choices: C & NonEmpty<C>,
  options: ChoiceOptions<NoInfer<C[number]>> = {},
): Param<C[number], "choice"> {
  return make("choice", { choices }, options);
}

/**
 * All items in some order, or only the first `length` of them.
 *
 * @example permutation(["a", "b", "c"])
 * @example permutation(["web", "cache", "model"], { length: 2 })
 */
export function permutation<const C extends readonly Scalar[]>(
  items: C & NonEmpty<C>,
  options: Doc & { length?: number; default?: readonly NoInfer<C[number]>[] } = {},
): Param<C[number][], "permutation"> {
  return make("permutation", { items }, options);
}

/**
 * Some of the items, in their declared order; between `min` (0) and `max` (all) of them.
 *
 * @example subset(["f1", "f2", "f3"], { min: 1 })
 */
export function subset<const C extends readonly Scalar[]>(
  items: C & NonEmpty<C>,
  options: Doc & { min?: number; max?: number; default?: readonly NoInfer<C[number]>[] } = {},
): Param<C[number][], "subset"> {
  return make("subset", { items }, options);
}

/**
 * Non-negative shares that sum to 1, drawn uniformly over all such mixtures.
 *
 * @example simplex(["web", "code", "books"])
 */
export function simplex<const C extends readonly string[]>(
  parts: C & NonEmpty<C>,
  options: Doc & { default?: { readonly [K in NoInfer<C[number]>]: number } } = {},
): Param<{ [K in C[number]]: number }, "simplex"> {
  return make("simplex", { parts }, options);
}

/**
 * Between `min` (0) and `max` items of one kind: a parameter, or a record of parameters.
 *
 * @example list({ width: int(8, 64) }, { min: 1, max: 4 })
 * @example list(int(1, 9), { max: 3 })
 */
export function list<const I extends Param<unknown> | Shape>(
  item: I,
  options: Doc & { min?: number; max: number },
): Param<Value<I>[], "list"> {
  return make("list", { item }, options);
}

/**
 * One of several records of parameters; the value names its branch under `kind`, or under the given tag. Branches may hold
 * further `oneOf`s.
 *
 * @example oneOf({ sgd: { momentum: float(0, 0.99) }, adamw: { beta2: float(0.9, 0.9999) } })
 */
export function oneOf<const B extends object, const Tag extends string = "kind">(
  branches: B & Branches<B, Tag>,
  options: Doc & { tag?: Tag; default?: NoInfer<keyof B & string> } = {},
): Param<{ [K in keyof B]: Flat<{ [T in Tag]: K } & Values<B[K]>> }[keyof B], "oneOf"> {
  return make("oneOf", { branches }, options);
}

/**
 * A parameter that is present only where the condition holds. The condition is an expression over the other parameters: names
 * are looked up in the same record first, then in the records around it.
 *
 * @example when('act == "relu"', float(0, 1))
 */
export function when<V>(condition: string, param: Param<V>): OptionalParam<V> {
  return make("optional", { cond: condition, p: param });
}

/**
 * A text from an open vocabulary that starts with the seeds. Samplers that write texts add to it; the others choose among
 * those seen.
 *
 * @example text({ seeds: ["You are terse."] })
 */
export function text(options: Doc & { seeds: readonly string[]; default?: string }): Param<string, "text"> {
  return make("text", {}, options);
}

/**
 * A constant, handed to every trial with the parameters. Any JSON value.
 *
 * @example fixed(10)
 */
export function fixed<const V>(value: V, options: Doc = {}): Param<V, "fixed"> {
  return make("fixed", { value }, options);
}

/** A condition on whole configurations: an expression, or a function (which makes the space local to this process). */
export type Where<P> = string | ((params: P) => boolean);

/**
 * A search space: parameters by name. A plain record inside is a group, `where` says which configurations exist at all.
 * The result is a deeply frozen JSON value; `Infer<typeof s>` is the type of its configurations.
 *
 * @example
 * const s = space({ layers: int(1, 6), batch: ordinal([16, 32, 64]) }, { where: ["layers * batch <= 256"] });
 * @throws VernierError E_SPACE_* or E_EXPRESSION_*, naming the parameter, what came, the rule and the next step.
 */
export function space<const S extends object>(
  shape: S & Fields<S>,
  options: { where?: readonly Where<NoInfer<Values<S>>>[] } = {},
): Space<Values<S>> {
  return admit({ version: 1, shape, ...options }, "space") as Space<Values<S>>;
}

/**
 * A space that is learnt while running: trials ask for their parameters by name (`trial.float("lr", 0, 1)`).
 *
 * @example await createStudy({ name: "x", space: dynamic(), objectives: { loss: "minimize" } });
 */
export function dynamic(): Space<DynamicParams> {
  return admit({ version: 1, shape: {}, dynamic: true }, "space") as Space<DynamicParams>;
}
