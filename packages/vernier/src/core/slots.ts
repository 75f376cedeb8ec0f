/** What of a machine a run may use, and how much of it one evaluation takes: processors by number, graphics cards by name. */
import { checkOptionNames } from "./define.ts";
import { VernierError } from "./errors.ts";
import { spell } from "../space/spell.ts";
import type { HeldSlots, Needs, Slots } from "./types.ts";

/** Hands out slots, the lowest ones first, so that the same few names come again and again: a process bound to a card can be kept. */
export class SlotPool {
  /** Evaluations that fit at the same time. */
  readonly size: number;
  readonly #has: { readonly cpus: boolean; readonly gpus: boolean };
  readonly #cpus: number;
  readonly #gpus: number;
  readonly #freeGpus: (number | string)[];
  readonly #order: ReadonlyMap<number | string, number>;

  /** `slots` and `needs` as `checkSlots` and `checkNeeds` give them. Throws E_RUN_SLOTS when not even one evaluation fits. */
  constructor(slots: Slots, needs: Needs) {
    const { cpus, gpus } = slots;
    this.#cpus = needs.cpus ?? (cpus === undefined ? 0 : 1);
    this.#gpus = needs.gpus ?? (gpus === undefined ? 0 : 1);
    this.#has = { cpus: cpus !== undefined, gpus: gpus !== undefined };
    this.#freeGpus = [...(gpus ?? [])];
    this.#order = new Map(this.#freeGpus.map((name, i) => [name, i]));
    if (this.#cpus > (cpus ?? 0)) throw tooFew("cpus", this.#cpus, cpus ?? 0, `cpus: ${this.#cpus}`);
    if (this.#gpus > this.#freeGpus.length) {
      const enough = Array.from({ length: this.#gpus }, (_, i) => i).join(", ");
      throw tooFew("gpus", this.#gpus, this.#freeGpus.length, `gpus: [${enough}]`);
    }
    const byCpus = this.#cpus === 0 ? Infinity : Math.floor((cpus ?? 0) / this.#cpus);
    const byGpus = this.#gpus === 0 ? Infinity : Math.floor(this.#freeGpus.length / this.#gpus);
    this.size = Math.min(byCpus, byGpus);
  }

  /** The slots of one evaluation. There is room as long as no more than `size` are held. */
  take(): HeldSlots {
    return Object.freeze({
      ...(this.#has.cpus && { cpus: this.#cpus }),
      ...(this.#has.gpus && { gpus: Object.freeze(this.#freeGpus.splice(0, this.#gpus)) }),
    });
  }

  give({ gpus }: HeldSlots): void {
    if (gpus === undefined) return;
    this.#freeGpus.push(...gpus);
    this.#freeGpus.sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
  }
}

/** @throws E_OPTION on an unknown name, E_RUN_SLOTS on what cannot be a slot. */
export function checkSlots(slots: Slots): Slots {
  checkOptionNames("slots", slots, ["cpus", "gpus"]);
  const { cpus, gpus } = slots;
  if (cpus !== undefined && !(Number.isSafeInteger(cpus) && cpus >= 1))
    throw bad(
      `slots.cpus is ${spell(cpus)}. It is how many processors the run may use, a whole number of at least 1. Write 4.`,
    );
  if (gpus !== undefined) checkGpus(gpus);
  return slots;
}

function checkGpus(gpus: unknown): void {
  if (!Array.isArray(gpus))
    throw bad(`slots.gpus is ${spell(gpus)}. It lists the cards the run may use. Write [0, 1].`);
  const names = gpus as unknown[];
  const odd = names.find(
    name =>
      !(Number.isSafeInteger(name) && (name as number) >= 0) && !(typeof name === "string" && /^[\w.:/-]+$/.test(name)),
  );
  if (odd !== undefined || names.includes(undefined))
    throw bad(
      `slots.gpus holds ${spell(odd)}. A card is named as CUDA_VISIBLE_DEVICES names it: by its number, or a text such as "GPU-8f6a". Write [0, 1].`,
    );
  const twice = names.find((name, i) => names.some((other, j) => j < i && String(other) === String(name)));
  if (twice !== undefined) throw bad(`slots.gpus names card ${String(twice)} twice. A card is one slot. Name it once.`);
}

/** @throws E_OPTION on an unknown name, E_RUN_SLOTS on what cannot be needed. */
export function checkNeeds(needs: Needs): Needs {
  checkOptionNames("needs", needs, ["cpus", "gpus"]);
  for (const [name, count] of Object.entries(needs) as [string, unknown][]) {
    if (count === undefined || (Number.isSafeInteger(count) && (count as number) >= 0)) continue;
    throw bad(
      `needs.${name} is ${spell(count)}. It is how many of them one trial takes, a whole number. Write 1, or 0 for none.`,
    );
  }
  return needs;
}

function tooFew(what: "cpus" | "gpus", needed: number, there: number, write: string): VernierError {
  const offer = there === 0 ? "the run has none" : `the run has only ${there}`;
  return bad(
    `a trial needs ${what}=${needed}, but ${offer}. It would never start. Need fewer, or give the run slots: { ${write} }.`,
  );
}

const bad = (message: string): VernierError => new VernierError("E_RUN_SLOTS", message);
