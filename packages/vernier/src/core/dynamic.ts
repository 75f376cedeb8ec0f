/**
 * Define-by-run: the space is what trials ask for. A joint draw is made at ask over the space that the complete trials so far teach
 * (learnt.ts); other names are drawn when they are asked for, from (seed, trial, name) alone.
 */
import { VernierError } from "./errors.ts";
import { Lessons } from "./learnt.ts";
import { memberAt, withMember } from "./member.ts";
import type { Session } from "./session.ts";
import type { Suggest } from "./study-types.ts";
import { LiveTrial } from "./trial.ts";
import { stream } from "../math/rng.ts";
import { canonical } from "../space/canonical.ts";
import {
  choice,
  compile,
  describeNode,
  dynamic,
  fixed,
  float,
  int,
  learn,
  list,
  ordinal,
  permutation,
  simplex,
  subset,
  text,
} from "../space/index.ts";
import { spell } from "../space/spell.ts";
import type { Codec, Node, Params, SpaceJson } from "../space/types.ts";
import { STATE, type Json, type Scheduler, type StudyEvent, type TrialRecord } from "./types.ts";

/** What one trial asked for: definitions and values by name. */
export type AskedFor = ReadonlyMap<string, { readonly node: Node; readonly value: Json }>;

/** Follows the log of a define-by-run study and knows the space that its complete trials teach. */
export class Learner {
  readonly #asked = new Map<number, Map<string, { node: Node; value: Json }>>();
  /** One object for equal definitions: there are few, and many trials. */
  readonly #nodes = new Map<string, Node>();
  readonly #complete = new Set<number>();
  #lessons = new Lessons();
  #space: SpaceJson = dynamic();

  /** Follows an event; the newly learnt space when it changed. `complete` says whether a trial is now. */
  apply(event: StudyEvent, complete: (number: number) => boolean): SpaceJson | undefined {
    switch (event.type) {
      case "trial.param": {
        if (event.node === undefined) return undefined;
        let names = this.#asked.get(event.number);
        if (names === undefined)
          this.#asked.set(event.number, (names = new Map<string, { node: Node; value: Json }>()));
        names.set(event.name, { node: this.#interned(event.node), value: event.value });
        return undefined;
      }
      case "trial.finished":
      case "trial.corrected":
      case "trial.deleted":
      case "trial.restored": {
        const { number } = event;
        const is = complete(number);
        if (is === this.#complete.has(number)) return undefined;
        if (is) {
          this.#complete.add(number);
          if (!this.#lessons.add(this.#asked.get(number) ?? NOTHING)) return undefined;
        } else {
          this.#complete.delete(number);
          this.#lessons = new Lessons();
          for (const other of this.#complete) this.#lessons.add(this.#asked.get(other) ?? NOTHING);
        }
        const space = this.#lessons.space();
        if (canonical(space) === canonical(this.#space)) return undefined;
        return (this.#space = space);
      }
      default:
        return undefined;
    }
  }

  /** What a joint draw is made over. */
  get space(): SpaceJson {
    return this.#space;
  }

  /** Everything asked for, as a declared space; undefined before the first complete trial that asked for something. */
  get frozen(): SpaceJson | undefined {
    return this.#lessons.frozen();
  }

  #interned(node: Node): Node {
    const key = canonical(node);
    const known = this.#nodes.get(key);
    if (known === undefined) this.#nodes.set(key, node);
    return known ?? node;
  }
}
const NOTHING: AskedFor = new Map();

/** Makes a learner follow a history: its codec is then that of the common space. */
export function follow(learner: Learner, event: StudyEvent, session: Pick<Session, "history" | "compile">): void {
  const { history } = session;
  const space = learner.apply(event, number => history.states[number] === STATE.complete);
  if (space !== undefined) history.setCodec(session.compile(space));
}

/** Definitions made ready, by name and definition. A trial asks for the same few again and again. */
const codecs = new Map<string, Ready>();
const KEPT = 1000;

interface Ready {
  readonly path: readonly string[];
  readonly node: Node;
  readonly codec: Codec;
}

function ready(name: string, node: unknown): Ready {
  const key = `${name} ${canonical(node)}`;
  const known = codecs.get(key);
  if (known !== undefined) return known;
  const space = learn(dynamic(), name, node as Node);
  const path = name.split(".");
  const made = { path, node: memberAt(space.shape, path) as Node, codec: compile(space) as unknown as Codec };
  if (codecs.size >= KEPT) codecs.clear(); // ranges that change with every trial
  codecs.set(key, made);
  return made;
}

/** A trial that names its parameters while it runs. */
export class DynamicTrial extends LiveTrial implements Suggest {
  readonly #asked = new Map<string, Node>();

  constructor(session: Session, record: TrialRecord, scheduler: Scheduler) {
    super(session, record, scheduler);
    this.params = { ...record.params };
  }

  // Types are told by Suggest; here every value is what its codec drew.
  float(name: string, low: number, high: number, options: object = {}): number {
    return this.#value(name, float(low, high, options)) as number;
  }
  int(name: string, low: number, high: number, options: object = {}): number {
    return this.#value(name, int(low, high, options)) as number;
  }
  choice<const C extends readonly unknown[]>(name: string, choices: C, options: object = {}): C[number] {
    return this.#value(name, choice(choices as never, options));
  }
  ordinal<const C extends readonly unknown[]>(name: string, choices: C, options: object = {}): C[number] {
    return this.#value(name, ordinal(choices as never, options));
  }
  permutation<const C extends readonly unknown[]>(name: string, items: C, options: object = {}): C[number][] {
    return this.#value(name, permutation(items as never, options)) as C[number][];
  }
  subset<const C extends readonly unknown[]>(name: string, items: C, options: object = {}): C[number][] {
    return this.#value(name, subset(items as never, options)) as C[number][];
  }
  simplex<const C extends readonly string[]>(name: string, parts: C, options: object = {}): Record<C[number], number> {
    return this.#value(name, simplex(parts as never, options)) as Record<C[number], number>;
  }
  list(name: string, item: unknown, options: object): never {
    return this.#value(name, list(item as never, options as never)) as never;
  }
  text(name: string, options: { seeds: readonly string[] }): string {
    return this.#value(name, text(options)) as string;
  }
  fixed<const V>(name: string, value: V, options: object = {}): V {
    return this.#value(name, fixed(value, options)) as V;
  }

  #value(name: string, definition: unknown): unknown {
    const { path, node, codec } = ready(name, definition);
    const before = this.#asked.get(name);
    const recorded = memberAt(this.params, path);
    if (before === node) return recorded;
    if (before !== undefined && canonical(before) !== canonical(node)) {
      throw new VernierError(
        "E_PARAM_EXISTS",
        `trial ${this.number} asked for ${spell(name)} twice: as ${describeNode(before)}, and as ${describeNode(node)}. ` +
          `A name has one value a trial. Ask once, or use another name.`,
      );
    }
    if (before === undefined) this.#refuseClash(name);
    this.#asked.set(name, node);
    const known = recorded !== undefined;
    const fits = known && codec.check(withMember({}, path, recorded as Json)).length === 0;
    if (!fits) {
      const rng = stream(this.session.info.spec.seed, this.number, name);
      this.params = { ...withMember(this.params, path, memberAt(codec.sample(rng) as Params, path) as Json) };
    }
    const value = memberAt(this.params, path) as Json;
    const redraw = known && !fits ? ({ redraw: true } as const) : {};
    const nested = path.length > 1 ? { path } : {};
    this.later({ type: "param", number: this.number, attempt: this.attempt, name, value, node, ...nested, ...redraw });
    return value;
  }

  /** "model" and "model.layers" cannot both be parameters. */
  #refuseClash(name: string): void {
    for (const [other, node] of this.#asked) {
      const [inner, outer] = other.length > name.length ? [other, name] : [name, other];
      if (!inner.startsWith(`${outer}.`)) continue;
      throw new VernierError(
        "E_SPACE_DYNAMIC",
        `trial ${this.number} asked for ${spell(name)} after ${spell(other)}, which is ${describeNode(node)}. ` +
          `A name is a parameter or a group, not both. Rename one of them.`,
      );
    }
  }
}
