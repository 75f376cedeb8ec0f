/** What is particular to threads; what they share with processes is in isolated.test.ts. */
import { spawn } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { VernierError } from "../core/errors.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { fakeTrial } from "../testing/fake-trial.ts";
import { workers, type IsolatedExecutor, type WorkersOptions } from "./workers.ts";

const module = new URL("./fixtures/objective.ts", import.meta.url);
const open: IsolatedExecutor[] = [];
afterEach(async () => {
  for (const executor of open.splice(0)) await executor.close();
});
const make = (options: Partial<WorkersOptions> = {}): IsolatedExecutor => {
  const executor = workers({ module, ...options });
  open.push(executor);
  return executor;
};
const call = (what: string, x = 0) => fakeTrial({ what, x, path: "-" });

test("a loop that never waits sees the abort, with its reason", async () => {
  const clock = fakeClock();
  const executor = make({ clock });
  await executor.run(call("square"));
  const trial = call("spinUntilAborted");
  const ran = executor.run(trial).catch((error: unknown) => error);
  await new Promise(resolve => setImmediate(resolve));
  const reason = new VernierError("E_RUN_STOPPED", "enough");
  trial.abort(reason);
  expect(await ran).toEqual(reason);
});

test("a thread that has not begun yet gets its abort, too", async () => {
  const trial = call("spinUntilAborted");
  const ran = make()
    .run(trial)
    .catch((error: unknown) => error);
  await new Promise(resolve => setImmediate(resolve));
  const reason = new VernierError("E_RUN_STOPPED", "at once");
  trial.abort(reason);
  expect(await ran).toEqual(reason);
});

test("a full heap fails its trial, and the next one gets a new thread", async () => {
  const executor = make({ resourceLimits: { maxOldGenerationSizeMb: 24 } });
  await expect(executor.run(call("memory"))).rejects.toMatchObject({
    code: "E_WORKER_MEMORY",
    message:
      "the worker thread ran out of memory. A thread has a heap of its own, and the trial that fills it fails. Raise " +
      "resourceLimits.maxOldGenerationSizeMb of workers(), or keep less.",
    details: { kind: "exit" },
  });
  expect(await executor.run(call("square", 3))).toBe(9);
});

test("closing while the threads still start", async () => {
  const executor = make();
  const ran = executor.run(call("spinForever")).catch((error: unknown) => error);
  await executor.close();
  expect(await ran).toMatchObject({ code: "E_EXECUTOR_CLOSED" });
  expect(await executor.run(call("square", 2))).toBe(4);
});

test("limits that are none", () => {
  expect(() => make({ resourceLimits: { heap: 3 } as never })).toThrow(
    'workers()\'s resourceLimits has no option "heap". Its options are maxOldGenerationSizeMb,',
  );
});

/** What a whole program prints that runs a study and never closes anything. */
async function program(executor: string): Promise<{ code: unknown; out: string }> {
  const here = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const child = spawn(
    process.execPath,
    [
      ...["--conditions=source", "--input-type=module", "-e"],
      `import { createStudy, float, space } from ${here("../index.ts")};
       import { workers } from ${here("./workers.ts")};
       import { children } from ${here("./children.ts")};
       const study = await createStudy({ name: "s", space: space({ x: float(0, 1) }), objectives: { loss: "minimize" } });
       const module = ${here("./fixtures/objective.ts")};
       await study.run(${executor}, { trials: 4, concurrency: 2 });
       console.log(study.counts.complete);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise(resolve => child.once("close", resolve));
  return { code, out };
}

test.each(["workers", "children"])("the process ends by itself when the run is over: %s", async name => {
  // vitest fails this test by its own time limit if the process stays.
  expect(await program(`${name}({ module, export: "named" })`)).toEqual({ code: 0, out: "4\n" });
});
