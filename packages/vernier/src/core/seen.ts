/** Which configurations of a finite space are spoken for. On an infinite space it keeps nothing. */
import type { Codec, Params } from "../space/types.ts";

export class SeenKeys {
  readonly #codec: Codec;
  readonly #finite: boolean;
  #counts = new Map<string, number>();
  #keys: (string | undefined)[] = [];

  constructor(codec: Codec) {
    this.#codec = codec;
    this.#finite = Number.isFinite(codec.size);
  }

  clone(): SeenKeys {
    const copy = new SeenKeys(this.#codec);
    copy.#counts = new Map(this.#counts);
    copy.#keys = this.#keys.slice();
    return copy;
  }

  get distinct(): number {
    return this.#counts.size;
  }

  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Trial `number` has these parameters, known to be of this space. */
  add(number: number, params: Params): void {
    if (!this.#finite) return;
    const key = this.#codec.key(params);
    this.#keys[number] = key;
    this.#counts.set(key, this.count(key) + 1);
  }

  /** `add`, unless the parameters are only a part of a configuration. */
  addIfWhole(number: number, params: Params): void {
    if (this.#finite && this.#codec.check(params).length === 0) this.add(number, params);
  }

  remove(number: number): void {
    const key = this.#keys[number];
    if (key === undefined) return;
    this.#keys[number] = undefined;
    const left = this.count(key) - 1;
    if (left === 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }
}
