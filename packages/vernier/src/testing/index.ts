/**
 * Tools for testing parts of your own: a fake clock, faulty storages, and the contracts as test suites.
 *
 * @module
 */
export { fakeClock, type FakeClock } from "./fake-clock.ts";
export { faultyStorage, type Fault, type FaultyStorage } from "./faulty-storage.ts";
export { describeStorage, type DescribeStorageOptions, type OpenedStorage } from "./storage.ts";
export { randomCommand, type KnownTrial } from "./storage-commands.ts";
export { describeSampler, type DescribeSamplerOptions } from "./sampler.ts";
export { PROBLEMS, type Problem } from "./problems.ts";
export { MULTI_PROBLEMS, type MultiProblem } from "./multi-problems.ts";
