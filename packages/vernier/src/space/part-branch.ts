/** `oneOf` (a category column and its branches) and `list` (a length column and its positions). */
import { isPlain } from "./names.ts";
import {
  categoryColumn,
  cellColumn,
  cellOf,
  centre,
  code,
  own,
  type CheckMode,
  type MergeMode,
  type Leaf,
  type Part,
  type Pinned,
  type Plan,
  type Site,
} from "./part.ts";
import type { RecordPart } from "./part-record.ts";
import { didYouMean, spell, spellList } from "./spell.ts";
import type { Issue, ListNode, OneOfNode } from "./types.ts";

export class OneOfPart implements Leaf {
  readonly at: number;
  readonly width = 1;
  readonly site: Site;
  readonly count: number;
  readonly #tag: string;
  readonly #names: readonly string[];
  readonly #branches: readonly RecordPart[];
  readonly #declared: number;

  constructor(node: OneOfNode, site: Site, plan: Plan, build: (name: string) => RecordPart) {
    this.site = site;
    this.#tag = node.tag ?? "kind";
    this.#names = Object.keys(node.branches);
    this.count = this.#names.length;
    this.#declared = node.default === undefined ? -1 : this.#names.indexOf(node.default);
    this.at = -1;
    if (this.count > 1) {
      this.at = plan.column(categoryColumn(site, `${site.column}.${this.#tag}`, "category", this.count));
      plan.leaves.push(this);
    }
    this.#branches = this.#names.map(build);
  }

  #branch(i: number): RecordPart {
    return this.#branches[i] as RecordPart;
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    const i = this.#names.indexOf(own(value, this.#tag) as string);
    if (i < 0) return;
    if (this.at >= 0) out[o + this.at] = i;
    this.#branch(i).encode(value, out, o);
  }

  #chosen(x: ArrayLike<number>, o: number): number {
    if (this.at < 0) return 0;
    const u = x[o + this.at] as number;
    return Number.isNaN(u) ? Math.max(0, this.#declared) : code(u, this.count);
  }

  decode(x: ArrayLike<number>, o: number): unknown {
    return this.#branch(this.#chosen(x, o)).decode(x, o);
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    if (this.at >= 0) out[o + this.at] = cellOf(u[this.at] as number, this.count);
    for (const branch of this.#branches) branch.cube(u, out, o);
  }

  check(value: unknown, issues: Issue[], mode: CheckMode): void {
    const { path } = this.site;
    if (!isPlain(value)) {
      issues.push({ path, message: `must be a record with "${this.#tag}"; got ${spell(value)}` });
      return;
    }
    const name = own(value, this.#tag);
    const i = this.#names.indexOf(name as string);
    if (i >= 0) {
      this.#branch(i).check(value, issues, mode);
    } else if (name === undefined && mode.partial) {
      const fits = this.#owners(value)[0];
      if (fits === undefined) issues.push({ path, message: `has no branch with all of ${spell(Object.keys(value))}` });
      else this.#branch(fits).check(value, issues, mode);
    } else {
      const hint = typeof name === "string" ? didYouMean(name, this.#names) : "";
      const got = name === undefined ? "it is missing" : `got ${spell(name)}`;
      issues.push({ path: `${path}.${this.#tag}`, message: `must be ${spellList(this.#names)}; ${got}.${hint}` });
    }
  }

  /** Branches that have every name of the value. */
  #owners(value: unknown): number[] {
    const names = isPlain(value) ? Object.keys(value) : [];
    return [...this.#names.keys()].filter(i => names.every(name => this.#branch(i).names.includes(name)));
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    const baseBranch = this.#names.indexOf(own(base, this.#tag) as string);
    let i = this.#names.indexOf(own(given, this.#tag) as string);
    if (i < 0) {
      if (mode.inactive === "keep" && own(given, this.#tag) !== undefined) return given;
      const fit = this.#owners(given);
      i = fit.includes(baseBranch) ? baseBranch : -1;
      if (i < 0 && given === undefined && mode.fill === "declared default" && this.#declared < 0) return undefined;
      if (i < 0) i = fit.includes(this.#declared) ? this.#declared : (fit[0] ?? Math.max(0, this.#declared));
    }
    return this.#branch(i).merge(given, baseBranch === i ? base : undefined, mode);
  }

  key(value: unknown): string {
    const i = this.#names.indexOf(own(value, this.#tag) as string);
    return i < 0 ? spell(value) : this.#branch(i).key(value);
  }

  size(pinned?: Pinned): number {
    if (pinned?.leaves.has(this)) return this.#branch(this.#chosen(pinned.x, 0)).size(pinned);
    return this.#branches.reduce((sum, branch) => sum + branch.size(pinned), 0);
  }

  option(i: number, x: Float64Array): void {
    x[this.at] = i;
  }

  alternatives(value: unknown): unknown[] {
    return this.#names.filter(name => name !== own(value, this.#tag)).map(name => ({ [this.#tag]: name }));
  }
}

export class ListPart implements Leaf {
  readonly at: number;
  readonly width = 1;
  readonly site: Site;
  readonly count: number;
  readonly #min: number;
  readonly #max: number;
  readonly #slots: readonly Part[];

  constructor(node: ListNode, site: Site, plan: Plan, build: (position: number) => Part) {
    this.site = site;
    this.#min = node.min ?? 0;
    this.#max = node.max;
    this.count = this.#max - this.#min + 1;
    this.at = -1;
    if (this.count > 1) {
      this.at = plan.column(cellColumn(site, `${site.column}.length`, "numeric", this.count));
      plan.leaves.push(this);
    }
    this.#slots = Array.from({ length: this.#max }, (_, i) => build(i));
  }

  #slot(i: number): Part {
    return this.#slots[i] as Part;
  }

  #length(x: ArrayLike<number>, o: number): number {
    // cellOf gives 0 for NaN: the shortest list.
    return this.at < 0 ? this.#min : this.#min + cellOf(x[o + this.at] as number, this.count);
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    if (!Array.isArray(value)) return;
    const length = Math.min(this.#max, Math.max(this.#min, value.length));
    if (this.at >= 0) out[o + this.at] = centre(length - this.#min, this.count);
    for (let i = 0; i < Math.min(length, value.length); i++) {
      if (value[i] !== undefined) this.#slot(i).encode(value[i], out, o);
    }
  }

  decode(x: ArrayLike<number>, o: number): unknown[] {
    const items: unknown[] = [];
    const length = this.#length(x, o);
    for (let i = 0; i < length; i++) items.push(this.#slot(i).decode(x, o));
    return items;
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    if (this.at >= 0) out[o + this.at] = centre(cellOf(u[this.at] as number, this.count), this.count);
    for (const slot of this.#slots) slot.cube(u, out, o);
  }

  check(value: unknown, issues: Issue[], mode: CheckMode): void {
    const { path } = this.site;
    if (!Array.isArray(value)) {
      issues.push({ path, message: `must be an array; got ${spell(value)}` });
      return;
    }
    if (value.length < this.#min || value.length > this.#max) {
      const count = this.#min === this.#max ? `${this.#min}` : `${this.#min} to ${this.#max}`;
      issues.push({ path, message: `must hold ${count} items; got ${value.length}` });
      return;
    }
    for (const [i, item] of (value as unknown[]).entries()) {
      if (item !== undefined || !mode.partial) this.#slot(i).check(item, issues, mode);
    }
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    const keep = mode.inactive === "keep" && given !== undefined;
    if (keep && !Array.isArray(given)) return given;
    const items: readonly unknown[] = Array.isArray(given) ? given : [];
    const others: readonly unknown[] = Array.isArray(base) ? base : [];
    if (given === undefined && base === undefined && mode.fill === "declared default" && this.#min > 0)
      return undefined;
    const wanted = given === undefined ? others.length : items.length;
    const length = keep ? wanted : Math.min(this.#max, Math.max(this.#min, wanted));
    return Array.from({ length }, (_, i) =>
      i < this.#max ? this.#slot(i).merge(items[i], others[i], mode) : items[i],
    );
  }

  key(value: unknown): string {
    if (!Array.isArray(value)) return spell(value);
    return `[${value.map((item, i) => (i < this.#max ? this.#slot(i).key(item) : "")).join(",")}]`;
  }

  size(pinned?: Pinned): number {
    const from = pinned?.leaves.has(this) ? this.#length(pinned.x, 0) : this.#min;
    const to = pinned?.leaves.has(this) ? from : this.#max;
    let sum = 0;
    let product = 1;
    for (let length = 0; length <= to; length++) {
      if (length > 0) product *= this.#slot(length - 1).size(pinned);
      if (length >= from) sum += product;
    }
    return sum;
  }

  option(i: number, x: Float64Array): void {
    x[this.at] = centre(i, this.count);
  }

  /** One item more at the end (to be filled), or one less. */
  alternatives(value: unknown): unknown[] {
    const items = value as readonly unknown[];
    const found: unknown[] = [];
    if (items.length > this.#min) found.push(items.slice(0, -1));
    if (items.length < this.#max) found.push([...items, undefined]);
    return found;
  }
}
