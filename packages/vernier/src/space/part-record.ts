/** Groups, branches and list items (`RecordPart`), and parameters under `when` (`OptionalPart`). */
import type { Condition } from "./analysis.ts";
import { evaluateTree, pathNodes, walk, type Read } from "./expr-eval.ts";
import type { ExprTree } from "./expr-types.ts";
import { isPlain } from "./names.ts";
import { own, type CheckMode, type MergeMode, type Part, type Pinned, type Plan, type Site } from "./part.ts";
import { FixedPart } from "./part-values.ts";
import { didYouMean, spell } from "./spell.ts";
import type { Issue } from "./types.ts";

/** The tag a branch's record carries: `kind: "sgd"`. */
export interface Tag {
  readonly name: string;
  readonly value: string;
}

export class RecordPart implements Part {
  /** The value that is being built or checked: where conditions look names up. Valid while `epoch` is the plan's. */
  current: Readonly<Record<string, unknown>> | undefined;
  epoch = -1;
  readonly tag: Tag | undefined;
  readonly names: string[] = [];
  readonly #known = new Set<string>();
  readonly #site: Site;
  readonly #plan: Plan;
  readonly #parts: Part[] = [];
  /** Members that hold a late optional: their values are not final during the first pass. */
  readonly #unsettled = new Set<string>();
  #sorted: readonly { readonly prefix: string; readonly name: string; readonly part: Part }[] | undefined;

  constructor(site: Site, plan: Plan, tag?: Tag) {
    this.#site = site;
    this.#plan = plan;
    this.tag = tag;
    if (tag !== undefined) this.#known.add(tag.name);
  }

  add(name: string, build: () => Part): void {
    const before = this.#plan.late.length;
    const part = build();
    this.names.push(name);
    this.#known.add(name);
    this.#parts.push(part);
    if (this.#plan.late.length > before) this.#unsettled.add(name);
  }

  /** Is the member's value final when the next member is decoded? */
  settled(name: string): boolean {
    return name === this.tag?.name || (this.names.includes(name) && !this.#unsettled.has(name));
  }

  #begin(): Record<string, unknown> {
    const record: Record<string, unknown> = this.tag === undefined ? {} : { [this.tag.name]: this.tag.value };
    this.current = record;
    this.epoch = this.#plan.epoch;
    return record;
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    for (let i = 0; i < this.#parts.length; i++) {
      const member = own(value, this.names[i] as string);
      if (member !== undefined) (this.#parts[i] as Part).encode(member, out, o);
    }
  }

  decode(x: ArrayLike<number>, o: number): Record<string, unknown> {
    const record = this.#begin();
    for (let i = 0; i < this.#parts.length; i++) {
      const value = (this.#parts[i] as Part).decode(x, o);
      if (value !== undefined) record[this.names[i] as string] = value;
    }
    return record;
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    for (const part of this.#parts) part.cube(u, out, o);
  }

  check(value: unknown, issues: Issue[], mode: CheckMode): void {
    const { path } = this.#site;
    if (!isPlain(value)) {
      issues.push({ path, message: `must be a record of parameters; got ${spell(value)}` });
      return;
    }
    this.current = value;
    for (const name of Object.keys(value)) {
      if (mode.open || this.#known.has(name)) continue;
      const message = `is not in the space.${didYouMean(name, this.names) || ` Known: ${this.names.join(", ")}`}`;
      issues.push({ path: path === "" ? name : `${path}.${name}`, message });
    }
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i] as string;
      const part = this.#parts[i] as Part;
      const member = own(value, name);
      if (part instanceof OptionalPart) part.checkMember(member, issues, mode);
      else if (member !== undefined) part.check(member, issues, mode);
      else if (!mode.partial) issues.push({ path: path === "" ? name : `${path}.${name}`, message: "is missing" });
    }
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    const record = this.#begin();
    for (const [i, name] of this.names.entries()) {
      const value = (this.#parts[i] as Part).merge(own(given, name), own(base, name), mode);
      if (value !== undefined) record[name] = value;
    }
    if (mode.inactive === "keep" && isPlain(given)) {
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(record, name) && !this.names.includes(name)) record[name] = given[name];
      }
    }
    return record;
  }

  key(value: unknown): string {
    this.#sorted ??= this.names
      .map((name, i) => ({ prefix: `${JSON.stringify(name)}:`, name, part: this.#parts[i] as Part }))
      .filter(member => !(member.part instanceof FixedPart))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    let text = this.tag === undefined ? "" : JSON.stringify(this.tag.value);
    for (const { prefix, name, part } of this.#sorted) {
      const member = own(value, name);
      if (member !== undefined) text += (text === "" ? "" : ",") + prefix + part.key(member);
    }
    return `{${text}}`;
  }

  size(pinned?: Pinned): number {
    // Not reduce with *: 0 times Infinity is NaN, and there are no empty parts.
    return this.#parts.reduce((product, part) => product * part.size(pinned), 1);
  }
}

export class OptionalPart implements Part {
  readonly site: Site;
  readonly name: string;
  readonly order: number;
  readonly parent: RecordPart;
  /** Absolute places that the condition reads. */
  readonly reads: readonly (readonly (string | number)[])[];
  readonly #part: Part;
  readonly #late: boolean;
  readonly #tree: ExprTree;
  readonly #text: string;
  readonly #read: Read;
  readonly #plan: Plan;
  /** Epoch in which the condition was last found to hold. */
  #heldIn = -1;
  #kept = false;

  /** `scopes`: the records around, innermost first, each with where its value sits. */
  constructor(
    site: Site,
    name: string,
    condition: Condition,
    scopes: readonly { readonly record: RecordPart; readonly site: Site }[],
    build: () => Part,
    plan: Plan,
  ) {
    const [inner] = scopes;
    if (inner === undefined) throw new TypeError("an optional parameter sits in a record");
    this.site = site;
    this.name = name;
    this.order = condition.order;
    this.parent = inner.record;
    this.#plan = plan;
    this.#text = condition.expression.text;
    this.#tree = condition.expression.tree;
    this.#read = node => {
      const record = scopes[node.up ?? 0]?.record;
      return record === undefined ? undefined : walk(record.current, node.path);
    };
    const paths = pathNodes(this.#tree);
    this.reads = paths.map(({ path, up }) => [...(scopes[up ?? 0]?.site.place ?? []), ...path]);
    // Decided at once where everything it reads is already there; otherwise after the rest.
    this.#late = !paths.every(({ path, up }) => scopes[up ?? 0]?.record.settled(String(path[0])));
    if (this.#late) plan.late.push(this);
    plan.optionals.push(this);
    this.#part = build();
  }

  get isLate(): boolean {
    return this.#late;
  }

  /** true, false, or undefined where the condition reads something absent. */
  #holds(): boolean | undefined {
    const holds = evaluateTree(this.#tree, this.#read, false);
    if (holds === true) this.#heldIn = this.#plan.epoch;
    return typeof holds === "boolean" ? holds : undefined;
  }

  /** Did the condition hold in the last decode? */
  get held(): boolean {
    return this.#heldIn === this.#plan.epoch;
  }

  /** Second pass: a late optional that turns out inactive is taken out again. */
  settle(): void {
    if (this.parent.epoch !== this.#plan.epoch || this.#holds() === true || this.#kept) return;

    delete (this.parent.current as Record<string, unknown>)[this.name];
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    this.#part.encode(value, out, o);
  }

  decode(x: ArrayLike<number>, o: number): unknown {
    this.#kept = false;
    return this.#late || this.#holds() === true ? this.#part.decode(x, o) : undefined;
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    this.#part.cube(u, out, o);
  }

  check(value: unknown, issues: Issue[], mode: CheckMode): void {
    this.#part.check(value, issues, mode);
  }

  /** The value may be missing, and must be where the condition does not hold. */
  checkMember(value: unknown, issues: Issue[], mode: CheckMode): void {
    const holds = this.#holds();
    const { path } = this.site;
    // A learnt condition is a guess about the trial's code, which decides itself what it asks for.
    if (mode.open) {
      if (value !== undefined) this.#part.check(value, issues, mode);
    } else if (value !== undefined) {
      // In a partial configuration an unknown condition may still come true.
      if (holds === true || (mode.partial && holds === undefined)) this.#part.check(value, issues, mode);
      else {
        // Unknown: what it reads is inactive, or wrong itself.
        const found = holds === false ? issues : mode.doubtful;
        found.push({ path, message: `must be left out: it exists only when ${this.#text}` });
      }
    } else if (holds === true && !mode.partial) {
      issues.push({ path, message: `is missing: it exists when ${this.#text}` });
    }
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    this.#kept = given !== undefined && mode.inactive === "keep";
    return this.#late || this.#holds() === true || this.#kept ? this.#part.merge(given, base, mode) : undefined;
  }

  key(value: unknown): string {
    return this.#part.key(value);
  }

  /** Without a decision: an upper bound, absent or any value. */
  size(pinned?: Pinned): number {
    if (pinned === undefined) return 1 + this.#part.size();
    return this.held ? this.#part.size(pinned) : 1;
  }
}
