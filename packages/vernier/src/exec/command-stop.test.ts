import { execFileSync, spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Pruned } from "../core/result.ts";
import { fakeTrial } from "../testing/fake-trial.ts";
import { command } from "./command.ts";

const dir = mkdtempSync(join(tmpdir(), "vernier-stop-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A FIFO whose reader sees the end when every process that holds it open for writing is gone. */
function lifeline(name: string): { path: string; gone: Promise<void> } {
  const path = join(dir, name);
  execFileSync("mkfifo", [path]);
  return { path, gone: new Promise(resolve => createReadStream(path).on("close", resolve).resume()) };
}
/** Reports once, with a child in the background, and never ends by itself. */
const endless = (fifo: string): string[] => [
  "/bin/sh",
  "-c",
  `exec 3>"$0"; sleep 100 & echo working; echo '{"step": 1, "loss": 2}'; wait`,
  fifo,
];

test("when a report says stop, the program and its children end and the report's word is the outcome", async () => {
  const { path, gone } = lifeline("pruned");
  const pruned = new Pruned();
  const trial = fakeTrial(
    {},
    {
      onReport: () => {
        // As a study does it: both at once.
        trial.abort(pruned);
        throw pruned;
      },
    },
  );
  await expect(command({ argv: endless(path) }).run(trial)).rejects.toBe(pruned);
  await gone;
  expect(trial.reports).toHaveLength(1);
});

test("a report that throws is the outcome, also when the program had ended by then", async () => {
  const pruned = new Pruned();
  const trial = fakeTrial(
    {},
    {
      onReport: () => {
        throw pruned;
      },
    },
  );
  const lines = `echo '{"step": 1, "loss": 2}'; echo '{"step": 2, "loss": 2}'; echo loss: 1`;
  await expect(command({ argv: ["/bin/sh", "-c", lines] }).run(trial)).rejects.toBe(pruned);
  expect(trial.reports).toHaveLength(1);
});

test("an aborted trial ends its program and says why", async () => {
  const { path, gone } = lifeline("aborted");
  const timeout = new Error("the trial took too long");
  const trial = fakeTrial({}, { onReport: () => trial.abort(timeout) });
  await expect(command({ argv: endless(path) }).run(trial)).rejects.toBe(timeout);
  await gone;
  expect(trial.artifacts.get("stdout.txt")).toBe('working\n{"step": 1, "loss": 2}\n');
});

test("a trial that was aborted before starts nothing", async () => {
  const trial = fakeTrial();
  const reason = new Error("over");
  trial.abort(reason);
  await expect(command({ argv: ["/bin/sh", "-c", `touch ${join(dir, "started")}`] }).run(trial)).rejects.toBe(reason);
  expect(trial.artifacts.size).toBe(0);
});

test("closing ends what runs; the executor can be used again", async () => {
  const { path, gone } = lifeline("closed");
  let reported: () => void = () => undefined;
  const started = new Promise<void>(resolve => (reported = resolve));
  const executor = command({ argv: endless(path) });
  const run = executor.run(fakeTrial({}, { onReport: () => reported() }));
  const refused = expect(run).rejects.toMatchInlineSnapshot(
    `[VernierError: the executor was closed while the trial's program ran. Closing ends every program. Let the trials end first.]`,
  );
  await started;
  await executor.close();
  await refused;
  await gone;
  await executor.close();
});

test("no program outlives the process that started it", async () => {
  const { path, gone } = lifeline("orphan");
  const here = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const parent = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { command } from ${here("./command.ts")};
       import { fakeTrial } from ${here("../testing/fake-trial.ts")};
       const trial = fakeTrial({}, { onReport: () => process.exit(7) });
       await command({ argv: ${JSON.stringify(endless(path))} }).run(trial);`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const code = await new Promise(resolve => parent.once("exit", resolve));
  expect(code).toBe(7);
  await gone;
});
