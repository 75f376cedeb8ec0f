import { defineStudy, int, space } from "vernier";
import { workers } from "vernier/exec";

/** As little work as possible (comparisons a byte), for a result no larger than that of the defaults. */
export default defineStudy({
  name: "compress",
  space: space({
    window: int(8, 18, { default: 15 }),
    hash: int(10, 18, { default: 15 }),
    minimum: int(3, 8, { default: 3 }),
    chain: int(1, 1024, { scale: "log", default: 128 }),
    nice: int(4, 258, { scale: "log", default: 128 }),
    lazy: int(0, 4, { default: 1 }),
  }),
  objectives: { steps: "minimize" },
  constraints: { bytes: { max: 21_872 } },
  executor: workers({ module: new URL("./objective.ts", import.meta.url) }),
  run: { trials: 120 },
});
