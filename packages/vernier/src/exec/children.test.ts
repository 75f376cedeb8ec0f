/** What is particular to processes; what they share with threads is in isolated.test.ts. */
import { execFileSync, spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createStudy, float, space, text } from "vernier";
import { random } from "vernier/samplers";
import { VernierError } from "../core/errors.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { fakeTrial, type FakeTrialOptions } from "../testing/fake-trial.ts";
import { children, type ChildrenOptions } from "./children.ts";
import type { IsolatedExecutor } from "./workers.ts";

const module = new URL("./fixtures/objective.ts", import.meta.url);
const dir = mkdtempSync(join(tmpdir(), "vernier-children-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const open: IsolatedExecutor[] = [];
afterEach(async () => {
  for (const executor of open.splice(0)) await executor.close();
});
const make = (options: Partial<ChildrenOptions> = {}): IsolatedExecutor => {
  const executor = children({ module, print: false, ...options });
  open.push(executor);
  return executor;
};
const call = (what: string, x = 0, options: FakeTrialOptions = {}, path = "-") => fakeTrial({ what, x, path }, options);
const failure = async (ran: Promise<unknown>): Promise<VernierError> => {
  const error: unknown = await ran.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(VernierError);
  return error as VernierError;
};

/** A FIFO whose reader sees the end when every process that holds it open for writing is gone. */
function lifeline(name: string): { path: string; gone: Promise<void> } {
  const path = join(dir, name);
  execFileSync("mkfifo", [path]);
  return { path, gone: new Promise(resolve => createReadStream(path).on("close", resolve).resume()) };
}

describe("ends", () => {
  test("a crash fails its trial alone, and the process is replaced", async () => {
    const executor = make();
    const before = (await executor.run(call("who"))) as Record<string, number>;
    const error = await failure(executor.run(call("segfault")));
    expect(error.message).toBe(
      "the child process was ended by SIGSEGV before the objective returned. It crashed or was ended from outside; the next trial gets a new one.",
    );
    expect(error.details).toEqual({ kind: "exit", signal: "SIGSEGV" });
    const after = (await executor.run(call("who"))) as Record<string, number>;
    expect(after["calls"]).toBe(1);
    expect(after["pid"]).not.toBe(before["pid"]);
  });

  test("kill -9 in the middle: a retry finds a new process", async () => {
    const study = await createStudy({
      name: "s",
      space: space({ what: text({ seeds: ["-"] }), x: float(0, 1), path: text({ seeds: ["-"] }) }),
      objectives: { loss: "minimize" },
      sampler: random(),
      seed: 1,
    });
    await study.queue({ what: "pid", x: 0, path: "-" });
    const pids = new Set<number>();
    const events = (async () => {
      for await (const event of study.events()) {
        if (event.type === "trial.failed" && event.state === "failed") return;
        if (event.type !== "trial.reported") continue;
        const pid = event.metrics["loss"] ?? NaN;
        pids.add(pid);
        process.kill(pid, "SIGKILL");
      }
    })();
    const summary = await study.run(make(), { trials: 1, retries: 1 });
    await events;
    expect(pids.size).toBe(2);
    expect(summary).toMatchObject({ failed: 1, retried: 1 });
    expect(summary.error).toMatchObject({ kind: "exit", code: "E_WORKER_EXIT" });
    expect(summary.error?.message).toContain("was ended by SIGKILL before the objective returned. SIGKILL most often");
  });

  test("what is killed after its grace takes along what it started", async () => {
    const clock = fakeClock();
    const { path, gone } = lifeline("grace");
    const reason = new VernierError("E_TRIAL_TIMEOUT", "too long", { details: { kind: "timeout" } });
    const trial = call(
      ...(["hold", 0] as const),
      {
        onReport: () => {
          trial.abort(reason);
          clock.tick(4000);
        },
      },
      path,
    );
    expect(await failure(make({ clock }).run(trial))).toBe(reason);
    await gone;
  });

  test("closing takes along what it started", async () => {
    const { path, gone } = lifeline("closed");
    let reported: () => void = () => undefined;
    const begun = new Promise<void>(resolve => (reported = resolve));
    const executor = make();
    const ran = failure(executor.run(call("hold", 0, { onReport: () => reported() }, path)));
    await begun;
    await executor.close();
    expect((await ran).code).toBe("E_EXECUTOR_CLOSED");
    await gone;
  });

  test.each([
    ["ends", "process.exit(7)", 7, "hold"],
    ["is killed", 'process.kill(process.pid, "SIGKILL")', null, "untilAborted"],
  ])("no process outlives the one that started it when that one %s", async (how, end, code, what) => {
    const { path, gone } = lifeline(`orphan-${how.replace(" ", "-")}`);
    const here = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const body =
      what === "hold"
        ? `fakeTrial({ what: "hold", x: 0, path: ${JSON.stringify(path)} }, { onReport: () => ${end} })`
        : `fakeTrial({ what: "holdAndWait", x: 0, path: ${JSON.stringify(path)} }, { onReport: () => ${end} })`;
    const parent = spawn(
      process.execPath,
      [
        ...["--input-type=module", "-e"],
        `import { children } from ${here("./children.ts")};
         import { fakeTrial } from ${here("../testing/fake-trial.ts")};
         await children({ module: ${JSON.stringify(module.href)}, environment: process.env }).run(${body});`,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    expect(await new Promise(resolve => parent.once("exit", resolve))).toBe(code);
    await gone;
  });

  test("a process without its channel is of no use", async () => {
    const executor = make();
    expect((await failure(executor.run(call("disconnect")))).message).toContain(
      "the child process was ended by SIGKILL before the objective returned",
    );
    expect(await executor.run(call("square", 2))).toBe(4);
  });

  test("a full heap", async () => {
    const executor = make({ execArgv: ["--max-old-space-size=24"] });
    const error = await failure(executor.run(call("memory")));
    expect(error.message).toBe(
      "the child process ran out of memory. A process has a heap of its own, and the trial that fills it fails. Raise it by " +
        'execArgv: ["--max-old-space-size=4096"] of children(), in MB, or keep less.',
    );
    expect(error.details?.["kind"]).toBe("exit");
  });

  test("what it printed last stays with an error nobody caught", async () => {
    const error = await failure(make().run(call("callback")));
    expect(error.message).toBe(
      "the child process ended with exit code 1 before the objective returned: Error: thrown in a timer. " +
        "An error in a callback, or a rejected promise that nobody awaits, ends a process. Await it.",
    );
    expect(error.details?.["tail"]).toContain("fixtures/objective.ts");
  });
});

describe("replaced between trials", () => {
  const pid = async (executor: IsolatedExecutor): Promise<unknown> =>
    ((await executor.run(call("who"))) as Record<string, unknown>)["pid"];

  test("after maxCalls", async () => {
    const executor = make({ maxCalls: 2 });
    const pids = [await pid(executor), await pid(executor), await pid(executor), await pid(executor)];
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).toBe(pids[3]);
    expect(pids[1]).not.toBe(pids[2]);
  });

  test("after it grew beyond maxMemory", async () => {
    const executor = make({ maxMemory: 250 });
    const before = await pid(executor);
    expect(await executor.run(call("hog", 0))).toBe(before);
    expect(await executor.run(call("hog", 300))).toBe(before);
    expect(await pid(executor)).not.toBe(before);
  });
});

describe("what it sees", () => {
  const environmentOf = async (
    options: Partial<ChildrenOptions>,
    trial: FakeTrialOptions = {},
  ): Promise<Record<string, string>> => {
    const executor = make(options);
    const seen = call("environment", 0, trial);
    await executor.run(seen);
    return JSON.parse(seen.logs[0] ?? "") as Record<string, string>;
  };
  const environment = {
    PATH: "/bin",
    TOKEN: "secret",
    HF_TOKEN: "t",
    CUDA_VISIBLE_DEVICES: "7",
    HIP_VISIBLE_DEVICES: "7",
  };

  test("the environment's safe part, what is named, and nothing of this process", async () => {
    const seen = await environmentOf({ environment, env: { inherit: ["HF_TOKEN"], set: { OWN: "1" } } });
    expect(seen).toMatchObject({ PATH: "/bin", HF_TOKEN: "t", OWN: "1", CUDA_VISIBLE_DEVICES: "7" });
    expect(seen["TOKEN"]).toBeUndefined();
    expect((await environmentOf({}))["PATH"]).toBeUndefined();
  });

  test("its trial's cards, in a process kept for these cards", async () => {
    const seen = await environmentOf({ environment }, { slots: { gpus: [1, "GPU-a"] } });
    expect(seen).toMatchObject({ CUDA_VISIBLE_DEVICES: "1,GPU-a" });
    expect(seen["HIP_VISIBLE_DEVICES"]).toBeUndefined();
    expect(await environmentOf({ environment }, { slots: { cpus: 1, gpus: [] } })).toMatchObject({
      CUDA_VISIBLE_DEVICES: "",
    });
    const executor = make();
    const who = async (gpus: number[]): Promise<unknown> =>
      ((await executor.run(call("who", 0, { slots: { gpus } }))) as Record<string, unknown>)["pid"];
    const first = await who([0]);
    expect(await who([0])).toBe(first);
    expect(await who([1])).not.toBe(first);
  });

  test("arguments, its own and Node's", async () => {
    const trial = call("argv");
    await make({ args: ["--fast", "a b"], execArgv: ["--max-old-space-size=100"] }).run(trial);
    expect(JSON.parse(trial.logs[0] ?? "")).toEqual([["--fast", "a b"], ["--max-old-space-size=100"]]);
  });
});

test("options", () => {
  expect(() => make({ args: "--fast" as never })).toThrow(
    'children() got args "--fast". They are arguments, each a text.',
  );
  expect(() => make({ print: 1 as never })).toThrow("children() got print 1. It is true or false. Write false.");
  expect(() => make({ maxMemory: -1 })).toThrow("children() got maxMemory -1. It is a number of MB. Write 2000.");
  expect(() => make({ maxCalls: 0 })).toThrow("children() got maxCalls 0. It is how many trials a process evaluates,");
  expect(() => make({ env: { inherit: 3 } as never })).toThrow("children() got env.inherit 3.");
});

test("a directory that is not there", async () => {
  const gone = join(dir, "gone");
  const error = await failure(make({ cwd: gone }).run(call("square")));
  expect(error.code).toBe("E_WORKER_START");
  expect(error.message).toMatch(/^the system cannot start a child process \(ENOENT\)\./);
});
