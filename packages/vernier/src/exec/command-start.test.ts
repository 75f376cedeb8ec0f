/** Errors of `command` that depend on the system: programs it does not start, and what only one platform has. */
import { closeSync, copyFileSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { VernierError } from "../core/errors.ts";
import { fakeTrial } from "../testing/fake-trial.ts";
import { command } from "./command.ts";
import { startError } from "./program.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "vernier-start-")));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const platform = Object.getOwnPropertyDescriptor(process, "platform");
afterEach(() => Object.defineProperty(process, "platform", platform ?? {}));

const text = (error: unknown): string => {
  const { code, message } = error as VernierError;
  return `${code}: ${message.replaceAll(dir, "DIR")}`;
};
const thrown = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    return text(error);
  }
  return "nothing";
};
const run = (program: string): Promise<string> =>
  command({ argv: [program], cwd: dir })
    .run(fakeTrial())
    .then(() => "nothing", text);

test.skipIf(process.platform !== "linux")("a script that is its own interpreter (Linux answers ELOOP)", async () => {
  const path = join(dir, "loop.sh");
  writeFileSync(path, `#!${path}\n`, { mode: 0o755 });
  expect(await run("./loop.sh")).toMatchInlineSnapshot(
    `"E_COMMAND_START: "./loop.sh" cannot be started: spawn ELOOP. It must be a program for this machine, or a script whose first line names its interpreter (#!/usr/bin/env python3). Try it by hand."`,
  );
});

test.skipIf(process.platform !== "linux")("a program that is being written (Linux answers ETXTBSY)", async () => {
  const path = join(dir, "busy");
  copyFileSync("/bin/sh", path);
  const file = openSync(path, "a");
  try {
    expect(await run("./busy")).toMatchInlineSnapshot(
      `"E_COMMAND_START: "./busy" cannot be started: spawn ETXTBSY. It must be a program for this machine, or a script whose first line names its interpreter (#!/usr/bin/env python3). Try it by hand."`,
    );
  } finally {
    closeSync(file);
  }
});

test("no room for another process", () => {
  for (const code of ["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]) {
    const cause = Object.assign(new Error(`spawn python3 ${code}`), { code });
    const error = startError(cause, ["python3"], dir, {});
    expect(error.cause).toBe(cause);
    expect(text(error).replace(code, "CODE")).toMatchInlineSnapshot(
      `"E_COMMAND_START: the system cannot start "python3" now (CODE): too many processes or open files, or no memory. Every running trial needs some. Lower the concurrency."`,
    );
  }
});

test("a program that was there at the first trial and is not any more", async () => {
  const path = join(dir, "vanishing");
  copyFileSync("/bin/true", path);
  const executor = command({ argv: ["./vanishing"], cwd: dir, result: "number" });
  rmSync(path);
  expect(await executor.run(fakeTrial()).then(() => "nothing", text)).toMatchInlineSnapshot(
    `"E_COMMAND_NOT_FOUND: there is no program "./vanishing" in "DIR". Correct the path."`,
  );
});

test("a shell line on Windows", () => {
  Object.defineProperty(process, "platform", { value: "win32", configurable: true });
  expect(thrown(() => command({ shell: "echo loss: 1" }))).toMatchInlineSnapshot(
    `"E_COMMAND_SHELL: command() got a shell line, but there is no /bin/sh on Windows. Only POSIX shells are used. Pass argv: ["powershell", "-Command", ...]."`,
  );
});

test("patterns that are no regular expressions", () => {
  expect(thrown(() => command({ argv: ["a"], result: { pattern: "loss (" } }))).toMatchInlineSnapshot(
    `"E_COMMAND_PATTERN: the result's pattern is not a regular expression: /loss (/u: Unterminated group. It is written as in JavaScript, with the value in a group: "loss is (\\S+)". Correct "loss ("."`,
  );
  expect(thrown(() => command({ argv: ["a"], result: { pattern: { loss: "[" } } }))).toMatchInlineSnapshot(
    `"E_COMMAND_PATTERN: the pattern of the metric "loss" is not a regular expression: /[/u: Unterminated character class. It is written as in JavaScript, with the value in a group: "loss is (\\S+)". Correct "["."`,
  );
  expect(thrown(() => command({ argv: ["a"], result: { pattern: "" } }))).toMatchInlineSnapshot(
    `"E_COMMAND_PATTERN: the result's pattern is not a regular expression: it is no text. It is written as in JavaScript, with the value in a group: "loss is (\\S+)". Correct ""."`,
  );
});

test("needs", () => {
  expect(thrown(() => command({ argv: ["a"], needs: { gpus: -1 } }))).toMatchInlineSnapshot(
    `"E_RUN_SLOTS: needs.gpus is -1. It is how many of them one trial takes, a whole number. Write 1, or 0 for none."`,
  );
  expect(command({ argv: ["a"], needs: { gpus: 1 } }).needs).toEqual({ gpus: 1 });
});

test("a program sees its trial's slots: as variables, as placeholders, and CUDA's way", async () => {
  const environment = { PATH: "/bin:/usr/bin", HIP_VISIBLE_DEVICES: "9", CUDA_VISIBLE_DEVICES: "9" };
  const line = 'echo "$0 $1 $VERNIER_CPUS $VERNIER_GPUS [$CUDA_VISIBLE_DEVICES] [$HIP_VISIBLE_DEVICES]"; echo loss: 1';
  const seen = async (slots: object | undefined): Promise<string | undefined> => {
    const trial = fakeTrial({}, { ...(slots && { slots }) });
    const argv = ["sh", "-c", line, "--cpus={cpus}", "--gpus={gpus}"];
    await command({ argv, environment, metrics: ["loss"] }).run(trial);
    return trial.artifacts.get("stdout.txt")?.split("\n")[0];
  };
  expect(await seen({ cpus: 2, gpus: [0, 3] })).toBe("--cpus=2 --gpus=0,3 2 0,3 [0,3] []");
  expect(await seen({ gpus: [] })).toBe("sh    [] []");
  expect(await seen({ cpus: 2 })).toBe("--cpus=2  2  [9] [9]");
  expect(await seen(undefined)).toBe("sh    [9] [9]");
});
