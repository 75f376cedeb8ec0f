/** The objective under a load that takes no time, for the test. */
import { evaluate } from "./objective.ts";
import type { Config } from "./service.ts";

export default (config: Config): ReturnType<typeof evaluate> =>
  evaluate(config, { clients: 4, requests: 40, warmup: 10 });
