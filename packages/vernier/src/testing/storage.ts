/** The contract of a `Storage` as tests: run it against your own. */
import type { Storage } from "../core/types.ts";
import { fakeClock, type FakeClock } from "./fake-clock.ts";
import { Bench, SPEC, type Case } from "./storage/bench.ts";
import { edits } from "./storage/edits.ts";
import { feed } from "./storage/feed.ts";
import { imports } from "./storage/imports.ts";
import { leases } from "./storage/leases.ts";
import { reports } from "./storage/reports.ts";
import { states } from "./storage/states.ts";
import { studies } from "./storage/studies.ts";

/** A storage made for one test. */
export interface OpenedStorage {
  readonly storage: Storage;
  /** Opens another handle on the same data; left out by storages that cannot be shared. */
  again?(): Promise<Storage>;
  /** Called after the test, when the storage is closed. */
  cleanup?(): Promise<void> | void;
}

/** What the storage contract suite needs. */
export interface DescribeStorageOptions {
  /** Your test runner's: vitest, node:test, mocha and jest all fit. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Your test runner's. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  /** Cases that cannot hold, by title, each with the reason. A title that is no case's is an error. */
  readonly skip?: Readonly<Record<string, string>>;
}

const GROUPS: Readonly<Record<string, readonly Case[]>> = { states, edits, leases, reports, feed, studies, imports };

/**
 * Describes the storage contract: about 70 cases, one test each, on storages that `open` makes fresh with the given clock. Cases that need
 * a second handle are left out when the storage has no `again`.
 *
 * @example describeStorage("mine", async ({ clock }) => ({ storage: await mine({ clock }) }), { describe, test })
 */
export function describeStorage(
  name: string,
  open: (context: { readonly clock: FakeClock }) => Promise<OpenedStorage>,
  { describe, test, skip = {} }: DescribeStorageOptions,
): void {
  const titles = new Set(Object.values(GROUPS).flatMap(cases => cases.map(({ title }) => title)));
  for (const title of Object.keys(skip)) {
    if (!titles.has(title)) throw new Error(`skip: no case of the storage contract is called ${JSON.stringify(title)}`);
  }
  describe(`${name} storage`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const { title, run, shared } of cases) {
          if (title in skip) continue;
          test(title, async () => {
            const clock = fakeClock();
            const { storage, again, cleanup } = await open({ clock });
            try {
              if (shared && again === undefined) return;
              const { id } = await storage.createStudy(SPEC);
              const other = again ?? (() => Promise.reject(new Error("this storage has one handle")));
              await run(new Bench(storage, clock, id, other));
            } finally {
              await storage.close();
              await cleanup?.();
            }
          });
        }
      });
    }
  });
}
