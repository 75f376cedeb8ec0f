/**
 * Define-by-run: the space is what trials ask for. A joint draw is made at ask over what every complete trial so far asked for
 * with one and the same definition; other names are drawn when they are asked for, from (seed, trial, name) alone.
 */
import { VernierError } from "./errors.ts";
import type { Session } from "./session.ts";
import type { Suggest } from "./study-types.ts";
import { LiveTrial } from "./trial.ts";
import { stream } from "../math/rng.ts";
import { canonical } from "../space/canonical.ts";
import { choice, compile, dynamic, float, int, learn, ordinal } from "../space/index.ts";
import { spell } from "../space/spell.ts";
import type { Codec, Node, SpaceJson } from "../space/types.ts";
import { STATE, type Json, type Scheduler, type StudyEvent, type TrialRecord } from "./types.ts";

type Asked = ReadonlyMap<string, Node>;

/** Follows the log of a define-by-run study and knows the space that all complete trials have in common. */
export class Learner {
  /** Names each trial asked for, with their definitions. */
  readonly #asked = new Map<number, Map<string, Node>>();
  /** One object for equal definitions: there are few, and many trials. */
  readonly #nodes = new Map<string, Node>();
  readonly #complete = new Set<number>();
  /** undefined before the first complete trial. */
  #common: Asked | undefined;

  /** Follows an event; the newly common space when it changed. `complete` says whether a trial is now. */
  apply(event: StudyEvent, complete: (number: number) => boolean): SpaceJson | undefined {
    switch (event.type) {
      case "trial.param": {
        if (event.node === undefined) return undefined;
        let names = this.#asked.get(event.number);
        if (names === undefined) this.#asked.set(event.number, (names = new Map<string, Node>()));
        names.set(event.name, this.#interned(event.node));
        return undefined;
      }
      case "trial.finished":
      case "trial.corrected":
      case "trial.deleted":
      case "trial.restored": {
        const { number } = event;
        const is = complete(number);
        if (is === this.#complete.has(number)) return undefined;
        const before = this.#common;
        if (is) {
          this.#complete.add(number);
          this.#common = intersection(this.#common, this.#asked.get(number));
        } else {
          this.#complete.delete(number);
          this.#common = undefined;
          for (const other of this.#complete) this.#common = intersection(this.#common, this.#asked.get(other));
        }
        return sameNames(before, this.#common) ? undefined : this.space;
      }
      default:
        return undefined;
    }
  }

  /** Names in alphabetical order: the order in which processes learnt them must not matter. */
  get space(): SpaceJson {
    let space: SpaceJson = dynamic();
    const names = [...(this.#common ?? NOTHING)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, node] of names) space = learn(space, name, node);
    return space;
  }

  #interned(node: Node): Node {
    const key = canonical(node);
    const known = this.#nodes.get(key);
    if (known === undefined) this.#nodes.set(key, node);
    return known ?? node;
  }
}
const NOTHING: Asked = new Map();

function intersection(common: Asked | undefined, asked: Asked = NOTHING): Asked {
  if (common === undefined) return asked;
  const shared = [...common].filter(([name, node]) => asked.get(name) === node);
  return shared.length === common.size ? common : new Map(shared);
}

function sameNames(a: Asked = NOTHING, b: Asked = NOTHING): boolean {
  return a.size === b.size && [...a].every(([name, node]) => b.get(name) === node);
}

/** Makes a learner follow a history: its codec is then that of the common space. */
export function follow(learner: Learner, event: StudyEvent, session: Pick<Session, "history" | "compile">): void {
  const { history } = session;
  const space = learner.apply(event, number => history.states[number] === STATE.complete);
  if (space !== undefined) history.setCodec(session.compile(space));
}

/** Definitions made ready, by name and definition. A trial asks for the same few again and again. */
const codecs = new Map<string, { readonly node: Node; readonly codec: Codec }>();
const KEPT = 1000;

function ready(name: string, node: unknown): { readonly node: Node; readonly codec: Codec } {
  const key = `${name} ${canonical(node)}`;
  const known = codecs.get(key);
  if (known !== undefined) return known;
  if (name.includes(".")) {
    throw new VernierError(
      "E_SPACE_NAME",
      `the parameter name ${spell(name)} has a dot. A define-by-run parameter has a plain name. Write ${spell(name.replaceAll(".", "_"))}.`,
    );
  }
  const space = learn(dynamic(), name, node as Node);
  const made = { node: space.shape[name] as Node, codec: compile(space) as unknown as Codec };
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

  #value(name: string, definition: unknown): unknown {
    const { node, codec } = ready(name, definition);
    const before = this.#asked.get(name);
    if (before === node) return this.params[name];
    if (before !== undefined && canonical(before) !== canonical(node)) {
      throw new VernierError(
        "E_PARAM_EXISTS",
        `trial ${this.number} asked for ${spell(name)} twice: as ${spell(before)}, and as ${spell(node)}. ` +
          `A name has one value a trial. Ask once, or use another name.`,
      );
    }
    this.#asked.set(name, node);
    const known = Object.hasOwn(this.params, name);
    const fits = known && codec.check({ [name]: this.params[name] }).length === 0;
    if (!fits) {
      const rng = stream(this.session.info.spec.seed, this.number, name);
      this.params = { ...this.params, [name]: codec.sample(rng)[name] };
    }
    const value = this.params[name] as Json;
    const redraw = known && !fits ? ({ redraw: true } as const) : {};
    this.later({ type: "param", number: this.number, attempt: this.attempt, name, value, node, ...redraw });
    return value;
  }
}
