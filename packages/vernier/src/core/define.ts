/**
 * How samplers, schedulers and executors are made: a plain definition with its default options becomes a factory that checks
 * what it is given. Built-in parts and plug-ins are made alike.
 */
import { VernierError } from "./errors.ts";
import { didYouMean, spell } from "../space/spell.ts";
import type {
  DecideContext,
  Executor,
  Json,
  NextContext,
  NextMove,
  Outcome,
  Params,
  Sampler,
  Scheduler,
  SuggestContext,
  TrialContext,
  Verdict,
} from "./types.ts";

/** A part by its options; all of them may be left out. */
export type Factory<O, Part> = (options?: Readonly<Partial<O>>) => Part;

interface Definition<O> {
  /** Stored with the study, and how the part is called in errors: lower-case letters, digits and "-". */
  readonly name: string;
  /** Every option with its default. Options without a default are written `undefined as number | undefined`. */
  readonly options?: O;
  /** Refuses bad options by throwing; called with the defaults filled in. */
  check?(options: Readonly<O>): void;
}

/** What `defineSampler` takes. */
export interface SamplerDefinition<O extends object> extends Definition<O> {
  /** See `Sampler.inside`. */
  readonly inside?: boolean;
  /** `n` configurations for the trials from `number` on; `options` are checked and filled. */
  suggest(context: SuggestContext & { readonly options: Readonly<O> }): readonly Params[] | Promise<readonly Params[]>;
}
/** What `defineScheduler` takes. */
export interface SchedulerDefinition<O extends object> extends Definition<O> {
  /** What becomes of the trial that just reported. */
  decide(context: DecideContext & { readonly options: Readonly<O> }): Verdict;
  /** What to start for a worker that is free; left out, always a new trial. */
  next?(context: NextContext & { readonly options: Readonly<O> }): NextMove;
}
/** What `defineExecutor` takes. */
export interface ExecutorDefinition<O extends object> extends Definition<O> {
  /** Evaluates one attempt; throws to fail it. */
  run(trial: TrialContext, options: Readonly<O>): Promise<Outcome>;
  /** Called when no more trials will come. */
  close?(): Promise<void>;
}

/**
 * Makes a sampler's factory. Options that JSON cannot hold (functions) keep the sampler in its process: its `options` are null.
 *
 * @throws E_OPTION from the factory on an option that is not defined, with the nearest one that is.
 * @example
 * const jitter = defineSampler({
 *   name: "jitter",
 *   options: { spread: 0.1 },
 *   suggest: ({ space, rng, n, options }) => Array.from({ length: n }, () => space.sample(rng)),
 * });
 * createStudy({ sampler: jitter({ spread: 0.2 }), ... })
 */
export function defineSampler<O extends object = Record<never, never>>(
  definition: SamplerDefinition<O>,
): Factory<O, Sampler> {
  return given => {
    const options = fillOptions(definition, given);
    return Object.freeze({
      name: definition.name,
      options: jsonOptions(options),
      ...(definition.inside !== undefined && { inside: definition.inside }),
      suggest: (context: SuggestContext) => definition.suggest({ ...context, options }),
    });
  };
}

/**
 * Makes a scheduler's factory. As `defineSampler`.
 *
 * @example const never = defineScheduler({ name: "never", decide: () => "continue" });
 */
export function defineScheduler<O extends object = Record<never, never>>(
  definition: SchedulerDefinition<O>,
): Factory<O, Scheduler> {
  const { name, decide, next } = definition;
  return given => {
    const options = fillOptions(definition, given);
    return Object.freeze({
      name,
      options: jsonOptions(options),
      decide: (context: DecideContext) => decide.call(definition, { ...context, options }),
      ...(next && { next: (context: NextContext) => next.call(definition, { ...context, options }) }),
    });
  };
}

/**
 * Makes an executor's factory: how trials are evaluated. `run` settles soon after `trial.signal` aborts; what it throws fails the attempt.
 *
 * @example
 * const remote = defineExecutor({
 *   name: "remote",
 *   options: { url: "http://localhost:8080" },
 *   run: async (trial, { url }) => (await fetch(url, { method: "POST", body: JSON.stringify(trial.params), signal: trial.signal })).json(),
 * });
 */
export function defineExecutor<O extends object = Record<never, never>>(
  definition: ExecutorDefinition<O>,
): Factory<O, Executor> {
  const { name, close } = definition;
  return given => {
    const options = fillOptions(definition, given);
    return Object.freeze({
      name,
      run: (trial: TrialContext) => definition.run(trial, options),
      ...(close && { close: () => close.call(definition) }),
    });
  };
}

/**
 * The defaults with the given options over them; `undefined` means the default.
 *
 * @throws E_OPTION on anything but an object, and on names the defaults do not have.
 */
export function fillOptions<O extends object>(
  definition: Definition<O>,
  given: Readonly<Partial<O>> | undefined,
): Readonly<O> {
  const { name } = definition;
  const defaults = (definition.options ?? {}) as O;
  if (given === undefined) {
    definition.check?.(defaults);
    return Object.freeze({ ...defaults });
  }
  checkOptionNames(`${name}()`, given, Object.keys(defaults));
  const options = { ...defaults } as Record<string, unknown>;
  for (const [option, value] of Object.entries(given)) if (value !== undefined) options[option] = value;
  definition.check?.(options as O);
  return Object.freeze(options) as Readonly<O>;
}

/** Throws E_OPTION unless `given` is an object whose names are all `known`. `what` begins the sentence: "tpe()". */
export function checkOptionNames(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new VernierError(
      "E_OPTION",
      `${what} got ${spell(given)} as options. Options are an object. Pass { name: value }.`,
    );
  }
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue;
    const rule = known.length === 0 ? "It takes no options" : `Its options are ${known.join(", ")}`;
    throw new VernierError(
      "E_OPTION",
      `${what} has no option ${spell(option)}. ${rule}.${didYouMean(option, known) || " Remove it."}`,
    );
  }
}

/** The options as JSON; null when they hold something JSON does not (a function, NaN, a class instance). Undefined ones vanish. */
export function jsonOptions(options: object): Json {
  const copy: Record<string, Json> = {};
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined) continue;
    if (!isJson(value)) return null;
    copy[name] = value;
  }
  return Object.freeze(copy);
}

function isJson(value: unknown): value is Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isJson);
      return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson);
    default:
      return false;
  }
}
