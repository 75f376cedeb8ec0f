/** The contract of a `Sampler` as tests: run it against your own. */
import type { Sampler } from "../core/types.ts";
import { SAMPLER_CASES, type SamplerCase } from "./sampler/cases.ts";

/** What the sampler contract suite needs. */
export interface DescribeSamplerOptions {
  /** Your test runner's: vitest, node:test, mocha and jest all fit. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Your test runner's. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  /** Cases that cannot hold, by title, each with the reason. A title that is no case's is an error. */
  readonly skip?: Readonly<Record<string, string>>;
}

/**
 * Describes the contract of a sampler: about 50 cases, one test each. `make` gives a new sampler at each call; two of them must say the same of
 * the same history. On a finite space that is used up a sampler may repeat itself or throw E_SPACE_EXHAUSTED. A sampler that takes one
 * objective only skips the cases of the group "several".
 *
 * @throws Error when `skip` names no case, or gives no reason.
 * @example describeSampler("mine", () => mine(), { describe, test })
 */
export function describeSampler(
  name: string,
  make: () => Sampler,
  { describe, test, skip = {} }: DescribeSamplerOptions,
): void {
  const groups: Readonly<Record<string, readonly SamplerCase[]>> = SAMPLER_CASES;
  const titles = new Set(Object.values(groups).flatMap(cases => cases.map(({ title }) => title)));
  for (const [title, reason] of Object.entries(skip)) {
    if (!titles.has(title)) throw new Error(`skip: no case of the sampler contract is called ${JSON.stringify(title)}`);
    if (reason.trim() === "") throw new Error(`skip: ${JSON.stringify(title)} needs a reason`);
  }
  describe(`${name} sampler`, () => {
    for (const [group, cases] of Object.entries(groups)) {
      const kept = cases.filter(({ title }) => !(title in skip));
      if (kept.length === 0) continue; // an empty suite is an error to most runners
      describe(group, () => {
        for (const { title, run } of kept) test(title, () => run(make));
      });
    }
  });
}
