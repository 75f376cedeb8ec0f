/** A storage that fails on purpose. */
import type { Storage } from "../core/types.ts";

type Operation = Exclude<
  { [K in keyof Storage]: Storage[K] extends (...args: never[]) => unknown ? K : never }[keyof Storage],
  "close"
>;

/** Which operation fails, and how. */
export interface Fault {
  /** Fails at the k-th call, counted from 1, of the operations named by `operations`. */
  readonly at: number;
  /** "before": nothing happened. "after": it was committed, but the answer is lost, like a broken connection. */
  readonly when?: "before" | "after";
  /** Operations that count; "execute" when left out. */
  readonly operations?: readonly Operation[];
  /** What is thrown; an Error called "injected fault" when left out. */
  readonly error?: unknown;
  /** Fail from the k-th call on, not only at it. */
  readonly lasting?: boolean;
}

/** The storage with faults. */
export interface FaultyStorage extends Storage {
  /** Calls that counted, failed ones included, a fault each. */
  readonly calls: readonly number[];
}

/** Wraps a storage so that it fails by plan. Artifacts and `close` work as before. */
export function faultyStorage(inner: Storage, faults: Fault | readonly Fault[]): FaultyStorage {
  const plan = Array.isArray(faults) ? (faults as readonly Fault[]) : [faults as Fault];
  const calls = plan.map(() => 0);
  return new Proxy(inner, {
    get(target, name) {
      if (name === "calls") return calls;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const method = value as (...args: unknown[]) => Promise<unknown>;
      if (name === "close") return method.bind(target);
      return async (...args: unknown[]) => {
        const failing = plan.filter((fault, i) => {
          if (!(fault.operations ?? ["execute"]).includes(name as Operation)) return false;
          const count = (calls[i] = (calls[i] ?? 0) + 1);
          return fault.lasting ? count >= fault.at : count === fault.at;
        });
        const before = failing.find(fault => fault.when !== "after");
        if (before) throw errorOf(before);
        const result = await method.apply(target, args);
        const after = failing.find(fault => fault.when === "after");
        if (after) throw errorOf(after);
        return result;
      };
    },
  }) as FaultyStorage;
}

function errorOf({ error }: Fault): unknown {
  return error ?? new Error("injected fault");
}
