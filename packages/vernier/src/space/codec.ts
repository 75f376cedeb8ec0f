/** `compile`: a space made ready for sampling, encoding and checking. */
import { VernierError } from "../math/errors.ts";
import type { Rng } from "../math/rng.ts";
import { analysisOf, type Analysis } from "./analysis.ts";
import { build } from "./build.ts";
import { countConfigurations, enumerateConfigurations } from "./enumerate.ts";
import { evaluateTree, pathsOf, walk, type Read } from "./expr-eval.ts";
import type { Space } from "./infer.ts";
import { fromJson } from "./json.ts";
import { neighboursOf } from "./neighbours.ts";
import type { CheckMode, MergeMode, Place, Plan } from "./part.ts";
import type { RecordPart } from "./part-record.ts";
import { sampleFeasible } from "./sample.ts";
import { spell } from "./spell.ts";
import type { Codec, Column, Issue, Params, SpaceJson } from "./types.ts";

/** A `where`, ready to be asked. */
export interface Constraint {
  /** The expression, or the start of the function's source. */
  readonly text: string;
  /** A function expects whole configurations; an expression leaves open what is missing. */
  readonly whole: boolean;
  holds(params: Params): boolean;
  /** " (layers=6, batch=64)": what it reads. */
  values(params: Params): string;
}

/** A codec with the members that only space/ uses. */
export class SpaceCodec implements Codec {
  readonly space: SpaceJson;
  readonly columns: readonly Column[];
  readonly width: number;
  readonly plan: Plan;
  readonly root: RecordPart;
  readonly constraints: readonly Constraint[];
  /** Buffers of `sample`, so that a draw allocates nothing but its configuration. */
  readonly #u: Float64Array;
  readonly #x: Float64Array;
  #size: number | undefined;

  constructor(space: SpaceJson, analysis: Analysis) {
    const { root, plan } = build(space, analysis);
    this.space = space;
    this.plan = plan;
    this.root = root;
    this.columns = Object.freeze(plan.columns);
    this.width = plan.columns.length;
    this.constraints = constraintsOf(analysis);
    this.#u = new Float64Array(this.width);
    this.#x = new Float64Array(this.width);
  }

  get size(): number {
    // A define-by-run trial may ask for more than is known: no count is ever complete.
    return (this.#size ??= this.space.dynamic === true ? Infinity : countConfigurations(this));
  }

  get version(): number {
    return this.plan.version;
  }

  texts(path: string): readonly string[] {
    const vocabulary = this.plan.textPaths.get(path);
    if (vocabulary === undefined) {
      const known = [...this.plan.textPaths.keys()];
      const list = known.length === 0 ? "The space has none." : `It has ${known.join(", ")}.`;
      throw new VernierError("E_SPACE_NAME", `there is no text parameter "${path}". ${list}`);
    }
    return vocabulary.texts;
  }

  encode(params: Params, out: Float64Array, offset = 0): void {
    for (let i = offset; i < offset + this.width; i++) out[i] = NaN;
    this.root.encode(params, out, offset);
  }

  decode(x: ArrayLike<number>, offset = 0): Params {
    this.plan.epoch++;
    const params = this.root.decode(x, offset);
    for (const optional of this.plan.late) optional.settle();
    return params;
  }

  fromCube(u: ArrayLike<number>, out: Float64Array, offset = 0): void {
    this.root.cube(u, out, offset);
  }

  feasible(params: Params): boolean {
    for (const constraint of this.constraints) if (!constraint.holds(params)) return false;
    return true;
  }

  /** One draw from the priors, `where` not asked. */
  draw(rng: Rng): Params {
    rng.fill(this.#u);
    this.root.cube(this.#u, this.#x, 0);
    return this.decode(this.#x);
  }

  sample(rng: Rng): Params {
    return this.constraints.length === 0 ? this.draw(rng) : sampleFeasible(this, rng, () => this.draw(rng));
  }

  defaults(): Params {
    return this.merge(undefined, undefined, { fill: "any default", inactive: "drop" });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): Params {
    this.plan.epoch++;
    const params = this.root.merge(given, base, mode) as Params;
    for (const optional of this.plan.late) optional.settle();
    return params;
  }

  check(params: unknown): readonly Issue[] {
    return this.checkAs(params, this.space.dynamic === true);
  }

  /** `partial`: names may be missing. A define-by-run trial holds any of the known names, and others. */
  checkAs(params: unknown, partial: boolean): readonly Issue[] {
    const issues: Issue[] = [];
    const mode: CheckMode = { partial, open: this.space.dynamic === true, doubtful: [] };
    this.root.check(params, issues, mode);
    if (issues.length === 0) issues.push(...mode.doubtful);
    // A `where` is asked only of well-formed params: on others its answer would mean nothing.
    if (issues.length > 0) return issues;
    for (const [i, constraint] of this.constraints.entries()) {
      if (mode.partial && constraint.whole) continue;
      if (!constraint.holds(params as Params)) {
        const values = constraint.values(params as Params);
        issues.push({ path: `where[${i}]`, message: `does not hold: ${constraint.text}${values}` });
      }
    }
    return issues;
  }

  validate(params: unknown): Params {
    const issues = this.check(params);
    if (issues.length > 0) throw paramsError(issues);
    return params as Params;
  }

  neighbours(params: Params, rng: Rng): Params[] {
    return neighboursOf(this, params, rng);
  }

  enumerate(): IterableIterator<Params> {
    return enumerateConfigurations(this);
  }

  key(params: Params): string {
    return this.root.key(params);
  }
}

function constraintsOf(analysis: Analysis): readonly Constraint[] {
  const expressions = analysis.where.map(({ text, tree }): Constraint => {
    let params: Params = {};
    const read: Read = node => walk(params, node.path);
    return {
      text,
      whole: false,
      holds: given => {
        params = given;
        // Unknown, because something it touches is inactive, holds.
        return evaluateTree(tree, read, true) !== false;
      },
      values: given => {
        const reads = new Map(pathsOf(tree).map(path => [spellPath(path), walk(given, path)]));
        return reads.size === 0 ? "" : ` (${[...reads].map(([name, value]) => `${name}=${spell(value)}`).join(", ")})`;
      },
    };
  });
  const functions = analysis.functions.map((fn): Constraint => {
    const text = spellFunction(fn);
    return {
      text,
      whole: true,
      values: () => "",
      holds: params => {
        try {
          return Boolean((fn as (params: Params) => unknown)(params));
        } catch (cause) {
          throw new VernierError(
            "E_SPACE_WHERE",
            `the where function ${text} threw for ${spell(params, 200)}. Return true or false; guard against parameters of inactive branches.`,
            { cause },
          );
        }
      },
    };
  });
  return [...expressions, ...functions];
}

const spellPath = (path: Place): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

const spellFunction = (fn: (params: never) => unknown): string => {
  const source = fn.toString().replaceAll(/\s+/g, " ");
  return source.length > 80 ? `${source.slice(0, 77)}...` : source;
};

/** One error that lists every issue. */
export function paramsError(issues: readonly Issue[]): VernierError {
  const lines = issues.map(({ path, message }) => `${path === "" ? "params" : path} ${message}`);
  const text = lines.length === 1 ? ` ${lines[0]}` : lines.map(line => `\n  ${line}`).join("");
  return new VernierError("E_PARAMS", `the params do not fit the space:${text}`, { details: { issues } });
}

const codecs = new WeakMap<SpaceJson, SpaceCodec>();

/** `compile` without the types; raw JSON is checked first. */
export function compileSpace(space: SpaceJson, fresh = false): SpaceCodec {
  const known = codecs.get(space);
  if (known !== undefined && !fresh) return known;
  const analysis = analysisOf(space);
  if (analysis === undefined) return compileSpace(fromJson(space), fresh);
  const codec = new SpaceCodec(space, analysis);
  if (!fresh) codecs.set(space, codec);
  return codec;
}

/**
 * A space made ready for work: built once per space and cached.
 *
 * @param options.fresh Build a new one. A `text` parameter's vocabulary grows in the codec, so a study that must not see
 *   another study's texts takes its own.
 * @throws VernierError E_SPACE_* where plain JSON did not come through the door yet and is not a space.
 *
 * @example
 * const codec = compile(space({ lr: float(1e-5, 1e-1, { scale: "log" }) }));
 * const params = codec.sample(stream(7)); // { lr: 0.0032... }
 */
export function compile<P = Params>(space: Space<P>, options: { fresh?: boolean } = {}): Codec<P> {
  return compileSpace(space, options.fresh) as unknown as Codec<P>;
}
