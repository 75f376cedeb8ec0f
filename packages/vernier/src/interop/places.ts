/** Revisions of any storage as places in the log, which are what an imported study has for revisions. */
import { START, type Revision } from "../core/types.ts";

export class Places {
  #size = 0;
  /** undefined while every revision is its place. */
  #places: Map<Revision, number> | undefined;

  /** The next event of the log. */
  add(revision: Revision): void {
    this.#size++;
    if (this.#places === undefined && revision !== this.#size) {
      this.#places = new Map(Array.from({ length: this.#size - 1 }, (_, i) => [i + 1, i + 1]));
    }
    this.#places?.set(revision, this.#size);
  }

  of(revision: Revision): number {
    if (this.#places !== undefined) return this.#places.get(revision) ?? 0;
    return revision === START ? 0 : (revision as number);
  }
}
