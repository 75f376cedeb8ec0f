import { defineStudy, float, int, space } from "vernier";
import { children } from "vernier/exec";

/** Fast for all and for the unlucky one in a hundred, with a cache of at most 500 items. */
export default defineStudy({
  name: "service",
  space: space({
    cache: int(10, 500, { scale: "log", default: 100 }),
    connections: int(1, 64, { scale: "log", default: 10 }),
    batch: int(1, 32, { scale: "log", default: 1 }),
    wait: float(0, 5, { default: 0 }),
    gzip: int(0, 9, { default: 6 }),
  }),
  objectives: {
    throughput: { direction: "maximize", unit: "requests/s" },
    p99: { direction: "minimize", unit: "ms" },
  },
  // One at a time, because time is what is measured; in a process apart, so that the tuner's own work does not disturb it.
  executor: children({ module: new URL("./objective.ts", import.meta.url), processes: 1 }),
  run: { trials: 60, trialTimeout: "1m" },
});
