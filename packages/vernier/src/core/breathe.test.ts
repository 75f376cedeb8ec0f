import { expect, test } from "vitest";
import { testEngine, XY } from "../testing/test-study.ts";

test("an objective that never waits is interrupted at a report", async () => {
  const { engine } = testEngine();
  const study = await engine.create({ name: "s", space: XY, objectives: { loss: "minimize" }, seed: 1 });
  const controller = new AbortController();
  // The event loop comes to this only when the objective lets it.
  const handle = setImmediate(() => controller.abort());
  const most = 3_000;
  let reported = 0;
  const { reason, released } = await study.run(
    async (_, trial) => {
      for (let step = 0; step < most; step++) {
        // Computes: nothing here hands over to the event loop.
        for (const since = performance.now(); performance.now() - since < 1;);
        await trial.report(step, { loss: step });
        reported++;
      }
      return 1;
    },
    { trials: 1, signal: controller.signal },
  );
  clearImmediate(handle);
  expect({ reason, released }).toEqual({ reason: "signal", released: 1 });
  expect(reported).toBeLessThan(most);
});
