/** `text`: a category over a vocabulary that starts with the seeds and grows with every text that is encoded. */
import { categoryColumn, cellOf, code, type MergeMode, type Leaf, type Plan, type Site } from "./part.ts";
import { spell } from "./spell.ts";
import type { Issue, TextNode } from "./types.ts";

/** Texts and their codes. Positions of a list share one. */
export class Vocabulary {
  readonly texts: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #plan: Plan;

  constructor(node: TextNode, plan: Plan) {
    this.#plan = plan;
    for (const text of node.seeds) this.code(text);
    if (node.default !== undefined) this.code(node.default);
  }

  /** The code of a text; a new one is added. */
  code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.texts.length);
    this.#plan.version++;
    return this.texts.push(text) - 1;
  }
}

export class TextPart implements Leaf {
  readonly at: number;
  readonly width = 1;
  readonly site: Site;
  readonly count = Infinity;
  readonly #vocabulary: Vocabulary;
  readonly #declared: string | undefined;
  readonly #default: string;

  constructor(node: TextNode, site: Site, plan: Plan) {
    this.site = site;
    this.#declared = node.default;
    this.#default = node.default ?? node.seeds[0] ?? "";
    const vocabulary = plan.vocabularies.get(node) ?? new Vocabulary(node, plan);
    this.#vocabulary = vocabulary;
    plan.vocabularies.set(node, vocabulary);
    plan.textPaths.set(site.column, vocabulary);
    const column = categoryColumn(site, site.column, "text", 0);
    Object.defineProperty(column, "levels", { enumerable: true, get: () => vocabulary.texts.length });
    Object.defineProperty(column, "snap", { value: (u: number) => code(u, vocabulary.texts.length) });
    this.at = plan.column(column);
    plan.leaves.push(this);
  }

  encode(value: unknown, out: Float64Array, o: number): void {
    if (typeof value === "string") out[o + this.at] = this.#vocabulary.code(value);
  }

  decode(x: ArrayLike<number>, o: number): string {
    const u = x[o + this.at] as number;
    const { texts } = this.#vocabulary;
    return Number.isNaN(u) ? this.#default : (texts[code(u, texts.length)] ?? this.#default);
  }

  cube(u: ArrayLike<number>, out: Float64Array, o: number): void {
    out[o + this.at] = cellOf(u[this.at] as number, this.#vocabulary.texts.length);
  }

  check(value: unknown, issues: Issue[]): void {
    if (typeof value !== "string")
      issues.push({ path: this.site.path, message: `must be a text; got ${spell(value)}` });
  }

  merge(given: unknown, base: unknown, mode: MergeMode): unknown {
    return given ?? base ?? (mode.fill === "any default" ? this.#default : this.#declared);
  }

  key(value: unknown): string {
    return JSON.stringify(value) ?? "";
  }

  size(): number {
    return Infinity;
  }

  option(): void {
    // An open vocabulary is never enumerated.
  }

  alternatives(value: unknown): unknown[] {
    return this.#vocabulary.texts.filter(text => text !== value);
  }
}
