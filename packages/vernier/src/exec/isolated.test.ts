/** What threads and processes have in common: one protocol, two carriers. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createStudy, defineScheduler, dynamic, float, space, text, type Scheduler } from "vernier";
import { random } from "vernier/samplers";
import { VernierError } from "../core/errors.ts";
import { Pruned } from "../core/result.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { fakeTrial, type FakeTrialOptions } from "../testing/fake-trial.ts";
import { children } from "./children.ts";
import { workers, type IsolatedExecutor, type WorkersOptions } from "./workers.ts";

type Options = Partial<Omit<WorkersOptions, "threads" | "resourceLimits">>;
const module = new URL("./fixtures/objective.ts", import.meta.url);
const dir = mkdtempSync(join(tmpdir(), "vernier-isolated-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = new Set<IsolatedExecutor>();
const closeAll = async (): Promise<void> => {
  for (const executor of open) await executor.close();
  open.clear();
};
const kept = (executor: IsolatedExecutor): IsolatedExecutor => {
  open.add(executor);
  return executor;
};
/** Starting one takes longer than most tests: those that need nothing special share one. */
const shared = { workers: workers({ module }), children: children({ module, print: false }) };
afterAll(async () => {
  await shared.workers.close();
  await shared.children.close();
});

const KINDS = {
  workers: {
    make: (options?: Options) => (options === undefined ? shared.workers : kept(workers({ module, ...options }))),
    what: "workers()",
    option: "threads",
  },
  children: {
    make: (options?: Options) =>
      options === undefined ? shared.children : kept(children({ module, print: false, ...options })),
    what: "children()",
    option: "processes",
  },
};

/** A process takes its time to start on a busy machine. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 50_000 });

const stopAt = (step: number, verdict: "stop" | "pause"): Scheduler =>
  defineScheduler({ name: "test", decide: ({ step: at }) => (at >= step ? verdict : "continue") })();

const SPACE = space({ what: text({ seeds: ["square"] }), x: float(0, 1000), path: text({ seeds: ["-"] }) });
const makeStudy = (scheduler?: Scheduler) =>
  createStudy({
    ...{ name: "s", space: SPACE, objectives: { loss: "minimize" as const }, seed: 1, sampler: random() },
    ...(scheduler && { scheduler }),
  });
const file = (name: string, content: string): string => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

describe.each(Object.values(KINDS))("$what", ({ make, what, option }) => {
  afterEach(closeAll);
  const call = (name: string, x = 0, options?: FakeTrialOptions) => fakeTrial({ what: name, x, path: "-" }, options);

  /** A study that evaluates these and nothing else. */
  async function evaluate(
    doings: readonly (readonly [what: string, x?: number])[],
    options: { scheduler?: Scheduler; retries?: number; concurrency?: number } = {},
  ) {
    const study = await makeStudy(options.scheduler);
    for (const [name, x = 0] of doings) await study.queue({ what: name, x, path: "-" });
    const { retries = 0, concurrency = 1 } = options;
    const summary = await study.run(make(), { trials: doings.length, retries, concurrency });
    const logs = await Promise.all(doings.map((_, i) => study.storage.logs(study.id, i)));
    return { study, summary, trials: study.trials, logs: logs.map(lines => lines.map(line => line.text)) };
  }

  test("evaluates a study, one thread or process for one trial after the other", async () => {
    const { trials, summary } = await evaluate([["square", 3], ["who"], ["who"], ["square", 4]]);
    expect(summary).toMatchObject({ complete: 4, reason: "trials" });
    expect(trials.map(trial => trial.metrics?.["loss"])).toEqual([9, 1, 1, 16]);
    expect(Number(trials[2]?.metrics?.["calls"]) - Number(trials[1]?.metrics?.["calls"])).toBe(1);
    expect(trials[1]?.metrics?.["pid"] === process.pid).toBe(what === "workers()");
    expect(trials[1]?.metrics?.["thread"] === 0).toBe(what === "children()");
  });

  test("as many at a time as the run says", async () => {
    const executor = make();
    const bound = await executor.bind((await makeStudy()).spec, { concurrency: 2 });
    expect(bound.capacity).toBe(2);
    const both = [call("untilAborted"), call("untilAborted")];
    const ran = both.map(trial => bound.run(trial).catch((error: unknown) => error));
    await eventually(() => both.map(({ logs }) => logs)).toEqual([["begun"], ["begun"]]);
    const reason = new VernierError("E_RUN_STOPPED", "over");
    for (const trial of both) trial.abort(reason);
    expect(await Promise.all(ran)).toEqual([reason, reason]);
  });

  test("the module is found by path, by URL, and by the name of an export", async () => {
    const path = relative(process.cwd(), fileURLToPath(module));
    const run = (options: Options) => make(options).run(fakeTrial({ what: "square", x: 3 }));
    expect(await run({ module: path })).toBe(9);
    expect(await run({ module: module.href })).toBe(9);
    expect(await run({ module: "objective.ts", cwd: fileURLToPath(new URL("./fixtures", import.meta.url)) })).toBe(9);
    expect(await run({ export: "named" })).toEqual({ loss: 4 });
    const study = file("study.mjs", "export default { space: {}, objective: ({ x }) => x / 2 };");
    expect(await run({ module: study })).toBe(1.5);
    expect(await run({ module: file("named.mjs", "export const objective = ({ x }) => x + 0.5;") })).toBe(3.5);
  });

  test("the trial has the same shape", async () => {
    const resumed = { step: 2, checkpoint: new Uint8Array([7, 8]) };
    const slots = { cpus: 1, gpus: [0, "GPU-a"] };
    const trial = call("shape", 1.5, { number: 12, attempt: 3, until: 9, resumed, slots });
    expect(await make().run(trial)).toBe(1);
    expect(JSON.parse(trial.logs[0] ?? "")).toEqual({
      ...{ number: 12, attempt: 3, until: 9, slots, params: { what: "shape", x: 1.5, path: "-" } },
      resumed: { step: 2, checkpoint: { 0: 7, 1: 8 } },
    });
  });

  test("reports, checkpoints, artifacts and annotations arrive; a retry goes on from the checkpoint", async () => {
    const { study, summary } = await evaluate([["keep"]], { retries: 1 });
    expect(summary).toMatchObject({ complete: 1, retried: 1 });
    const trial = study.trial(0);
    expect(trial).toMatchObject({
      attempt: 2,
      failures: 1,
      attrs: { step: 1, size: 3 },
      tags: ["resumed"],
      note: "went on",
    });
    expect(trial?.artifacts).toMatchObject([{ name: "resumed.bin", size: 3, type: "application/octet-stream" }]);
    const kept = await study.storage.artifacts.get(trial?.artifacts[0]?.hash ?? "");
    expect([...kept]).toEqual([1, 2, 3]);
    expect(summary.error).toMatchObject({ kind: "throw", message: "TypeError: the first attempt breaks" });
    expect(summary.error?.tail).toContain("fixtures/objective.ts");
  });

  test("what the objective does not wait for arrives before the trial ends", async () => {
    const { study, logs } = await evaluate([["careless"]]);
    expect(study.reports(0).map(({ step }) => step)).toEqual([1, 2]);
    expect(logs).toEqual([["nobody waits"]]);
  });

  test("a report that is refused throws in the objective", async () => {
    const { logs, trials } = await evaluate([["wrongStep"]]);
    expect(logs).toEqual([["E_REPORT_STEP"]]);
    expect(trials[0]?.state).toBe("complete");
  });

  test("a stop by the scheduler throws Pruned in the objective, and aborts its signal", async () => {
    const { trials, logs } = await evaluate([["stepsAndEvidence", 2], ["careless"]], { scheduler: stopAt(2, "stop") });
    expect(trials.map(({ state, last }) => [state, last?.step])).toEqual([
      ["pruned", 2],
      ["pruned", 2],
    ]);
    expect(logs[0]).toEqual(["step 2: true, true, true"]);
  });

  test("a pause throws Paused; the trial goes back to the scheduler", async () => {
    const { summary, trials } = await evaluate([["steps", 2]], { scheduler: stopAt(3, "pause") });
    expect(trials[0]).toMatchObject({ last: { step: 3 }, state: "pruned" });
    expect(summary).toMatchObject({ pruned: 1, failed: 0 });
  });

  test("an objective prunes itself", async () => {
    const { trials } = await evaluate([["pruneItself"]]);
    expect(trials[0]?.state).toBe("pruned");
  });

  test("what it throws fails the trial as it would without isolation", async () => {
    const { trials } = await evaluate([["throwError"], ["throwText"], ["throwCode"]]);
    const errors = trials.map(({ error }) => error);
    expect(errors[0]).toMatchObject({ kind: "throw", message: "RangeError: x is out of reach" });
    expect(errors[0]?.tail).toMatch(/RangeError: x is out of reach\n\s+at inner .*objective\.ts/);
    expect(errors[1]).toEqual({ kind: "throw", message: "just a text" });
    expect(errors[2]).toMatchObject({ message: "the disk is full", code: "ENOSPC" });
  });

  test("results that are none are refused, each by its own words", async () => {
    const { trials } = await evaluate([["functions"], ["text"], ["nothing"], ["list"]]);
    expect(trials.map(({ error }) => `${error?.kind} ${error?.code}: ${error?.message}`)).toMatchInlineSnapshot(`
      [
        "result E_WORKER_RESULT: the result holds "loss": function loss, which cannot leave the worker. A result is a number, or an object of numbers. Return only those.",
        "result E_RESULT: metric "loss" of the result is "0.5". A metric is a number. Convert it, or record it with trial.annotate({ attrs: { loss: ... } }).",
        "result E_RESULT: the objective returned nothing. A result is a number, or an object of numbers. Return { loss }.",
        "result E_RESULT: the result is [1,2]. A result is a number, or an object of numbers. Return { loss }.",
      ]
    `);
  });

  test("a stop takes hold in the objective while it waits", async () => {
    const study = await makeStudy();
    await study.queue({ what: "untilAborted", x: 0, path: "-" });
    const stop = new AbortController();
    const ran = study.run(make(), { trials: 1, signal: stop.signal });
    await eventually(() => study.storage.logs(study.id, 0)).toHaveLength(1);
    stop.abort();
    expect(await ran).toMatchObject({ reason: "signal", released: 1, failed: 0 });
  });

  test("an abort while a report is being written", async () => {
    let go: () => void = () => undefined;
    const reported = new Promise<void>(resolve => (go = resolve));
    let answer: () => void = () => undefined;
    const trial = call("steps", 1, {
      onReport: () => {
        go();
        return new Promise<void>(resolve => (answer = resolve));
      },
    });
    const executor = make();
    const ran = executor.run(trial).catch((error: unknown) => error);
    await reported;
    const reason = new VernierError("E_TRIAL_TIMEOUT", "too long", { details: { kind: "timeout" } });
    trial.abort(reason);
    answer();
    // The report itself is answered; the next one is refused by the objective's side.
    expect(await ran).toEqual(reason);
    expect(trial.reports).toHaveLength(1);
    expect(await executor.run(call("square", 2))).toBe(4);
  });

  test("a kill while a report is being written: nothing is written for the trial after it ended", async () => {
    const clock = fakeClock();
    let go: () => void = () => undefined;
    const reported = new Promise<void>(resolve => (go = resolve));
    let answer: () => void = () => undefined;
    const trial = call("steps", 1, { onReport: () => (go(), new Promise<void>(resolve => (answer = resolve))) });
    const executor = make({ clock, killGrace: "1s" });
    let over = false;
    const ran = executor.run(trial).then(
      () => "a result",
      (error: unknown) => error,
    );
    void ran.then(() => (over = true));
    await reported;
    const reason = new Pruned();
    trial.abort(reason);
    clock.tick(1000);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(over).toBe(false);
    answer();
    expect(await ran).toBe(reason);
  });

  test.each(["forever", "spinForever"])(
    "what does not end after an abort is killed, and the others go on: %s",
    async name => {
      const clock = fakeClock();
      const executor = make({ clock });
      const bound = await executor.bind((await makeStudy()).spec, { concurrency: 2 });
      const stuck = call(name);
      const waiting = call("untilAborted");
      const ran = bound.run(stuck).catch((error: unknown) => error);
      const other = bound.run(waiting).catch((error: unknown) => error);
      await eventually(() => waiting.logs).toEqual(["begun"]);
      const reason = new VernierError("E_TRIAL_TIMEOUT", "too long", { details: { kind: "timeout" } });
      stuck.abort(reason);
      expect(clock.timers).toBe(1);
      clock.tick(4000);
      expect(await ran).toBe(reason);
      expect(await bound.run(call("square", 5))).toBe(25);
      waiting.abort(new Error("enough"));
      expect(await other).toMatchObject({ message: "enough" });
      expect(clock.timers).toBe(0);
    },
  );

  test("a result in spite of an abort is a result", async () => {
    const trial = call("stubborn");
    const ran = make().run(trial);
    await eventually(() => trial.logs).toEqual(["begun"]);
    trial.abort(new Error("stop"));
    expect(await ran).toBe(7);
  });

  test("a trial that was aborted before starts nothing", async () => {
    const trial = call("square");
    const reason = new Error("over");
    trial.abort(reason);
    await expect(make().run(trial)).rejects.toBe(reason);
  });

  test("process.exit() fails its trial; a retry gets a new one, with the checkpoint", async () => {
    const { summary, trials } = await evaluate([["exit", 3], ["who"], ["dieOnce", 1]], { retries: 1 });
    expect(summary).toMatchObject({ complete: 2, failed: 1, retried: 2 });
    expect(trials[0]?.error).toMatchObject({ kind: "exit", code: "E_WORKER_EXIT" });
    expect(trials[0]?.error?.message).toMatch(
      /ended with exit code 3 before the objective returned\. process\.exit\(\)/,
    );
    expect(trials[1]?.metrics).toMatchObject({ loss: 1, calls: 1 });
    expect(trials[2]).toMatchObject({ state: "complete", attempt: 2, metrics: { loss: 4 } });
  });

  test("an error that nobody catches fails its trial with its message", async () => {
    const { trials, summary } = await evaluate([["callback"], ["square", 2]]);
    expect(trials[0]?.error?.message).toContain(
      "Error: thrown in a timer".replace(what === "workers()" ? "Error: " : "", ""),
    );
    expect(trials[0]?.error?.kind).toBe("exit");
    expect(summary).toMatchObject({ failed: 1, complete: 1 });
  });

  test("closing ends what runs; it can be used again", async () => {
    const executor = make();
    const trial = call("spinForever");
    const ran = executor.run(trial).catch((error: unknown) => error);
    await new Promise(resolve => setImmediate(resolve));
    await executor.close();
    expect(await ran).toMatchObject({ code: "E_EXECUTOR_CLOSED" });
    expect(await executor.run(call("square", 2))).toBe(4);
    await executor.close();
    await executor.close();
  });

  describe("what cannot work is said before the first trial", () => {
    /** The message that a run is refused with. */
    async function refusal(options: Options & Record<string, unknown>, run: object = {}): Promise<string> {
      const study = await makeStudy();
      try {
        await study.run(make(options), { trials: 1, ...run });
      } catch (error) {
        expect(study.trials).toEqual([]);
        const { code, message } = error as VernierError;
        return `${code}: ${message}`.replaceAll(dir, "DIR").replaceAll(what, "IT()");
      }
      throw new Error("nothing was refused");
    }

    test("modules that are none", async () => {
      expect(await refusal({ module: join(dir, "absent.ts") })).toMatchInlineSnapshot(
        `"E_WORKER_MODULE: there is no module "DIR/absent.ts". IT() loads the objective from a file. Correct the path."`,
      );
      expect(await refusal({ module: dir })).toMatchInlineSnapshot(
        `"E_WORKER_MODULE: "DIR" is a directory. IT() loads the objective from a file. Correct the path."`,
      );
      expect(await refusal({ module: "absent.ts", cwd: dir })).toMatchInlineSnapshot(
        `"E_WORKER_MODULE: there is no module "DIR/absent.ts". IT() loads the objective from a file, and a path starts at the current directory. Write new URL("./absent.ts", import.meta.url) to start at your own file."`,
      );
      expect(await refusal({ module: "https://example.org/objective.js" })).toMatchInlineSnapshot(
        `"E_WORKER_MODULE: IT() got the module "https://example.org/objective.js". It loads files only. Save the module, and name its path."`,
      );
      expect(await refusal({ module: (() => 1) as never })).toMatchInlineSnapshot(
        `"E_WORKER_MODULE: IT() got a function. A function cannot move to another thread or process; a module can. Put it into a file of its own with "export default", and pass module: new URL("./objective.ts", import.meta.url)."`,
      );
      expect(await refusal({ module: 3 as never })).toMatchInlineSnapshot(
        `"E_WORKER_MODULE: IT() got the module 3. It is the path or URL of a file. Pass module: new URL("./objective.ts", import.meta.url)."`,
      );
    });

    test("modules that do not load", async () => {
      expect(await refusal({ module: file("syntax.mjs", "export default (") })).toMatchInlineSnapshot(
        `"E_WORKER_LOAD: the module "DIR/syntax.mjs" does not load: SyntaxError: Unexpected end of input. It is imported in the worker, before its first trial. Mend it; a module for a worker only defines its objective while it is loaded."`,
      );
      expect(await refusal({ module: file("throws.mjs", 'throw new TypeError("no data");') })).toMatchInlineSnapshot(
        `"E_WORKER_LOAD: the module "DIR/throws.mjs" does not load: TypeError: no data. It is imported in the worker, before its first trial. Mend it; a module for a worker only defines its objective while it is loaded."`,
      );
      expect(await refusal({ module: file("missing.mjs", 'import "./gone.ts";') })).toMatch(
        /^E_WORKER_LOAD: .*Cannot find module.*Imports name files with their ending/s,
      );
    });

    test("exports that are no function", async () => {
      const place = file("exports.mjs", "export const loss = () => 1; export const limit = 3;");
      expect(await refusal({ module: place })).toMatchInlineSnapshot(
        `"E_WORKER_EXPORT: "DIR/exports.mjs" exports no function as default. It exports "limit" and "loss". Pass export: "loss", or write "export default"."`,
      );
      expect(await refusal({ module: place, export: "limit" })).toMatchInlineSnapshot(
        `"E_WORKER_EXPORT: the export "limit" of "DIR/exports.mjs" is 3, no function. It exports "limit" and "loss". Write: export default (params, trial) => ..."`,
      );
      expect(await refusal({ module: place, export: "los" })).toMatchInlineSnapshot(
        `"E_WORKER_EXPORT: "DIR/exports.mjs" exports no function "los". It exports "limit" and "loss". Did you mean "loss"?"`,
      );
      expect(await refusal({ module: file("empty.mjs", "") })).toMatchInlineSnapshot(
        `"E_WORKER_EXPORT: "DIR/empty.mjs" exports no function as default. It exports nothing. Write: export default (params, trial) => ..."`,
      );
      expect(await refusal({ module, export: "" })).toMatchInlineSnapshot(
        `"E_OPTION: IT() got export "". It is the name of an export. Write "objective"."`,
      );
    });

    test("more trials at a time than there are to evaluate them", async () => {
      expect(await refusal({ [option]: 2 }, { concurrency: 3 })).toBe(
        `E_WORKER_CAPACITY: the run evaluates 3 trials at a time, but IT() was given ${option}: 2. Each trial has one to itself. ` +
          `Raise ${option} to 3, lower the concurrency to 2, or leave ${option} out.`,
      );
    });

    test("options", async () => {
      expect(await refusal({ [option]: 0 })).toBe(
        `E_OPTION: IT() got ${option} 0. It is how many trials run at a time, a whole number of at least 1.`,
      );
      expect(await refusal({ modul: 1 })).toMatch(/^E_OPTION: IT\(\) has no option "modul"\. Its options are module, /);
      expect(await refusal({ needs: { gpu: 1 } as never })).toMatch(/^E_OPTION: needs has no option "gpu"/);
      expect(await refusal({ killGrace: "soon" as never })).toMatch(/^E_DURATION/);
    });

    test("spaces that are learnt while running", async () => {
      const study = await createStudy({ name: "d", space: dynamic(), objectives: { loss: "minimize" } });
      await expect(study.run(make(), { trials: 1 })).rejects.toThrow(
        `the study's space is dynamic(), and ${what} cannot evaluate it: a parameter named while running`,
      );
    });
  });

  test("its number alone is the run's concurrency", async () => {
    const executor = make({ [option]: 2 } as Options);
    expect(executor.capacity).toBe(2);
    const study = await makeStudy();
    for (let i = 0; i < 4; i++) await study.queue({ what: "who", x: 0, path: "-" });
    await study.run(executor, { trials: 4 });
    expect(study.counts.complete).toBe(4);
  });
});
