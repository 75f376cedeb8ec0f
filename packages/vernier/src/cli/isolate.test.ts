/** Objectives in threads and processes, and slots, by study files and flags, in real processes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { json, start } from "./process.fixture.ts";
import type { Result } from "./process.fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-isolate-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const vernier = (...argv: string[]): Promise<Result> => start(dir, argv).done;
const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);

interface Trials {
  readonly trials: readonly { readonly metrics: Readonly<Record<string, number>> }[];
}
const metrics = async (study: string): Promise<readonly Readonly<Record<string, number>>[]> =>
  (json(await vernier("trials", "--study", study, "--json")) as unknown as Trials).trials.map(trial => trial.metrics);

const STUDY = `import { defineStudy, float, space } from "vernier";
import { threadId } from "node:worker_threads";
export default defineStudy({
  name: "s", space: space({ x: float(0, 1) }), objectives: { loss: "minimize" }, run: { trials: 3 },
  objective: ({ x }, trial) =>
    ({ loss: x, thread: threadId, parent: process.ppid, gpu: Number(trial.slots?.gpus?.[0] ?? -1) }),
});`;

it("--isolate moves a study file's own objective; --gpus names its card", async () => {
  write("study.ts", STUDY);
  const run = ["run", "study.ts", "--gpus", "5"];
  const threads = await vernier(...run, "--isolate", "threads", "--name", "threads");
  expect(threads.stderr).toBe("");
  expect(threads.stdout).toContain("vernier run study.ts --isolate threads --gpus 5 --name threads --trials 6");
  for (const told of await metrics("threads")) {
    expect(told["thread"]).toBeGreaterThan(0);
    expect(told["gpu"]).toBe(5);
  }
  expect((await vernier(...run, "--isolate", "process", "--name", "process")).code).toBe(0);
  const [told] = await metrics("process");
  expect(told).toMatchObject({ thread: 0, gpu: 5 });
  expect(told?.["parent"]).not.toBe(process.pid);
});

it("a YAML file names a module from where it stands, and its slots", async () => {
  write("objective.mjs", "export default ({ x }) => ({ loss: x, gpu: Number(process.env.CUDA_VISIBLE_DEVICES) });");
  write(
    "study.yaml",
    `name: y
space: { x: "float(0, 1)" }
objectives: { loss: minimize }
executor: { kind: children, module: ./objective.mjs }
run: { trials: 2, slots: { cpus: 2, gpus: [7] }, needs: { cpus: 2 } }
`,
  );
  const { code, stderr } = await vernier("run", "study.yaml");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect((await metrics("y")).map(told => told["gpu"])).toEqual([7, 7]);
});

it("what cannot be is refused before anything is stored", async () => {
  write("study.ts", STUDY);
  write("throws.mjs", 'throw new Error("no data");');
  const yaml = (executor: string): void =>
    write("study.yaml", `space: { x: "float(0, 1)" }\nobjectives: { loss: minimize }\nexecutor: ${executor}\n`);
  const refused = async (...argv: string[]): Promise<string> => {
    const { code, stderr } = await vernier("run", ...argv);
    expect(code).toBe(2);
    return stderr.replaceAll(dir, "DIR").trim();
  };
  expect(await refused("study.ts", "--isolate", "thread")).toBe(
    'error E_CLI_USAGE: --isolate is "thread". It is threads, or process for processes of their own.',
  );
  const line = ["--space", "x=float(0,1)", "--minimize", "loss"];
  expect(await refused(...line, "--isolate", "threads", "--", "echo", "loss: {x}")).toBe(
    "error E_CLI_USAGE: --isolate has no use for a program: it runs in a process of its own already.",
  );
  expect(await refused("study.ts", "--gpus", "0", "--needs", "gpus=2")).toMatch(
    /^error E_RUN_SLOTS: a trial needs gpus=2, but the run has only 1\./,
  );
  expect(await refused("study.ts", "--gpus", "0,,1")).toMatch(/^error E_CLI_USAGE: --gpus is "0,,1"\. It lists cards/);
  expect(await refused("study.ts", "--needs", "gpu=1")).toMatch(/^error E_CLI_USAGE: --needs is "gpu=1"\. It says how/);
  yaml("{ kind: worker, module: a.ts }");
  expect(await refused("study.yaml")).toMatch(/study\.yaml:3:19: executor\.kind is "worker"\. It is workers/);
  yaml("{ kind: workers }");
  expect(await refused("study.yaml")).toMatch(/study\.yaml:3.*executor has no module\. It names the module/);
  yaml("{ kind: workers, module: throws.mjs }");
  expect(await refused("study.yaml")).toMatch(
    /^error E_WORKER_LOAD: the module "DIR\/throws\.mjs" does not load: Error: no data\./,
  );
  yaml("{ kind: workers, module: throws.mjs }\ncommand: [echo, 1]");
  expect(await refused("study.yaml")).toMatch(/the study has both an executor and a command\. One of them evaluates/);
  expect((await vernier("studies")).stdout).not.toContain("study");
});
