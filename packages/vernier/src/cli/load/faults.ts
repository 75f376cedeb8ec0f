/** Mistakes of a study file, gathered so that one run shows several. */
import { VernierError } from "../../math/errors.ts";
import { isVernierError } from "../errors.ts";

const SHOWN = 5;

export class Faults {
  readonly #found: VernierError[] = [];

  get count(): number {
    return this.#found.length;
  }

  add(fault: VernierError): void {
    this.#found.push(fault);
  }

  /** Runs `body`. Its mistake is kept, and the answer then is `undefined as T`: call `raise` before it is used. */
  async try<T>(body: () => T | Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      if (!isVernierError(error)) throw error;
      this.add(error);
      return undefined as T;
    }
  }

  /** Throws what was found: the mistake itself, or up to five in one. */
  raise(file: string): void {
    const line = ({ details }: VernierError): number => Number(details?.["line"] ?? 0);
    const column = ({ details }: VernierError): number => Number(details?.["column"] ?? 0);
    this.#found.sort((a, b) => line(a) - line(b) || column(a) - column(b));
    const [first, second] = this.#found;
    if (first === undefined) return;
    if (second === undefined) throw first;
    const shown = this.#found.slice(0, SHOWN);
    const more = this.#found.length - shown.length;
    const last = more === 0 ? [] : [`... and ${more} more.`];
    throw new VernierError(
      "E_STUDY_FILE_FAULTS",
      [`${file} has ${this.#found.length} mistakes.`, ...shown.map(({ message }) => message), ...last].join("\n\n"),
      {
        cause: first,
        details: { faults: this.#found.map(({ code, message, details }) => ({ code, message, ...details })) },
      },
    );
  }
}
