import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StudySpec } from "../core/types.ts";
import type { Shape } from "../space/types.ts";
import { fakeTrial } from "../testing/fake-trial.ts";
import { command } from "./command.ts";
import type { CommandOptions } from "./options.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "vernier-test-")));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const environment = { PATH: process.env["PATH"] };

const unit = { type: "float", low: 0, high: 1 } as const;
const shape: Shape = {
  lr: unit,
  optimizer: { type: "oneOf", branches: { sgd: { momentum: unit }, adam: { beta: unit } } },
};
const spec = (over: Partial<StudySpec> = {}): StudySpec => ({
  version: 1,
  name: "digits",
  space: { version: 1, shape },
  objectives: { loss: { direction: "minimize" } },
  constraints: {},
  sampler: { name: "random" },
  scheduler: { name: "none" },
  seed: 7,
  owner: "client",
  ...over,
});
const params = { lr: 0.1 + 0.2, optimizer: { kind: "sgd", momentum: 0.9 } };
const bound = (options: CommandOptions) => command({ environment, cwd: dir, ...options }).bind(spec());

/** A Node program that prints what `expression` is. */
const node = (expression: string): string[] => [process.execPath, "-e", `console.log(JSON.stringify(${expression}))`];
const said = (trial: ReturnType<typeof fakeTrial>): unknown => JSON.parse(trial.artifacts.get("stdout.txt") ?? "null");

describe("parameters", () => {
  test("in the arguments, those of branches not taken left out", async () => {
    const trial = fakeTrial(params);
    const args = [
      "--",
      "--lr",
      "{lr}",
      "--{optimizer.kind}",
      "-m={optimizer.momentum}",
      "--beta",
      "{optimizer.beta}",
      "{trial}/{attempt}",
    ];
    const argv = [...node("{loss: 1, args: process.argv.slice(1)}"), ...args];
    expect(await bound({ argv }).run(trial)).toEqual({ loss: 1 });
    expect(said(trial)).toEqual({ loss: 1, args: ["--lr", "0.30000000000000004", "--sgd", "-m=0.9", "0/1"] });
  });

  test("as variables and as a file; nothing else of ours but what is harmless", async () => {
    const trial = fakeTrial(params, { number: 3, attempt: 2, until: 9 });
    writeFileSync(
      join(dir, "env.mjs"),
      `import { readFileSync } from "node:fs";
       const { PATH, VERNIER_PARAMS, VERNIER_PARAMS_FILE, VERNIER_RESULT, VERNIER_SEED, ...rest } = process.env;
       const same = readFileSync(VERNIER_PARAMS_FILE, "utf8") === JSON.stringify(JSON.parse(VERNIER_PARAMS), undefined, 2) + "\\n";
       console.log(JSON.stringify({ loss: 1, same, argument: process.argv[2] === VERNIER_PARAMS_FILE, seed: Number(VERNIER_SEED) > 0, rest }));`,
    );
    const environment = { ...process.env, SECRET_TOKEN: "x", NODE_OPTIONS: undefined };
    const options = {
      argv: [process.execPath, "env.mjs", "{params}"],
      environment: { PATH: "/bin", SECRET_TOKEN: environment.SECRET_TOKEN },
    };
    await bound({ ...options, env: { set: { MINE: "1" } } }).run(trial);
    expect(JSON.parse(trial.artifacts.get("stdout.2.txt") ?? "null")).toEqual({
      ...{ loss: 1, same: true, argument: true, seed: true },
      rest: {
        VERNIER_STUDY: "digits",
        VERNIER_TRIAL: "3",
        VERNIER_ATTEMPT: "2",
        VERNIER_UNTIL: "9",
        VERNIER_DIR: dir,
        VERNIER_CWD: dir,
        VERNIER_PARAM_LR: "0.30000000000000004",
        VERNIER_PARAM_OPTIMIZER_KIND: "sgd",
        VERNIER_PARAM_OPTIMIZER_MOMENTUM: "0.9",
        MINE: "1",
      },
    });
  });

  test("the seed is the trial's own, and the same at every attempt", async () => {
    const executor = bound({ argv: ["/bin/echo", '{"loss": {seed}}'] });
    const run = (number: number, attempt: number) => executor.run(fakeTrial(params, { number, attempt }));
    const [a, b, c] = [await run(1, 1), await run(1, 2), await run(2, 1)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test("a parameter goes before a fact of the same name", async () => {
    const executor = command({ argv: ["/bin/echo", "{trial}"] });
    expect(await executor.run(fakeTrial({ trial: 0.5 }, { number: 3 }))).toBe(0.5);
  });

  test("no shell reads the arguments", async () => {
    const trial = fakeTrial({ text: "$(touch hacked); `touch hacked` \"'" });
    await command({ argv: ["/bin/echo", "{text}\n1"], cwd: dir }).run(trial);
    expect(trial.artifacts.get("stdout.txt")).toBe(`$(touch hacked); \`touch hacked\` "'\n1\n`);
    expect(existsSync(join(dir, "hacked"))).toBe(false);
  });

  test("a shell line gets them as variables", async () => {
    const options = {
      shell: `awk 'BEGIN {print "loss: " ENVIRON["VERNIER_PARAM_LR"] * 2}' | cat; for i in 1 2; do :; done`,
    };
    expect(await bound(options).run(fakeTrial({ ...params, lr: 0.25 }))).toEqual({ loss: 0.5 });
  });
});

describe("results", () => {
  const sh = (line: string, more: object = {}) =>
    bound({ argv: ["/bin/sh", "-c", line], ...more }).run(fakeTrial(params));

  test("a line, a number, a file, a file of the program's own", async () => {
    expect(await sh("echo loss: 0.5")).toEqual({ loss: 0.5 });
    expect(await sh("echo hello; printf 0.25")).toEqual({ loss: 0.25 });
    expect(await sh("echo loss: 9; echo 0.125 > $VERNIER_RESULT")).toEqual({ loss: 0.125 });
    expect(await sh('echo "loss = nan" > out-7.txt', { result: { file: "out-7.txt" } })).toEqual({ loss: NaN });
    expect(await sh("echo loss is 3 >&2", { result: { pattern: "loss is (.*)", from: "stderr" } })).toEqual({
      loss: 3,
    });
  });

  test("a file that lay there before is not this trial's result", async () => {
    writeFileSync(join(dir, "stale.json"), '{"loss": 1}');
    await expect(sh("true", { result: { file: "stale.json" } })).rejects.toThrow(/did not write/);
    expect(await sh("echo 2 > stale.json", { result: { file: "stale.json" } })).toEqual({ loss: 2 });
  });

  test("colours and progress bars do not hide them", async () => {
    expect(await sh(`printf '10%%\\r50%%\\rloss: \\033[32m0.5\\033[0m\\n'`)).toEqual({ loss: 0.5 });
  });

  test("outside of a study: what there is, or the metrics named", async () => {
    const options = { argv: ["/bin/echo", "a: 1, b: 2"] };
    expect(await command(options).run(fakeTrial())).toEqual({ a: 1, b: 2 });
    expect(await command({ ...options, metrics: ["b"] }).run(fakeTrial())).toEqual({ b: 2 });
  });
});

describe("reports", () => {
  test("come in order, before the result", async () => {
    const trial = fakeTrial(params);
    const lines = `echo '{"step": 1, "loss": 3, "note": "x"}'; echo '{"step": 2, "loss": Infinity}'; echo '{"step": 3, "host": 3}'; echo loss: 1`;
    expect(await bound({ argv: ["/bin/sh", "-c", lines] }).run(trial)).toEqual({ loss: 1 });
    expect(trial.reports).toEqual([
      { step: 1, metrics: { loss: 3 } },
      { step: 2, metrics: { loss: Infinity } },
    ]);
  });

  test("with a checkpoint the file is stored; a resumed trial gets it back", async () => {
    const first = fakeTrial(params);
    const write = `printf state > ckpt; echo '{"step": 4, "loss": 1, "checkpoint": "ckpt"}'`;
    await bound({ argv: ["/bin/sh", "-c", write] }).run(first);
    expect(first.checkpoints).toEqual([{ step: 4, text: "state" }]);

    const again = fakeTrial(params, { resumed: { step: 4, checkpoint: new TextEncoder().encode("state") } });
    const read = `cat "$1"; echo " $VERNIER_RESUME $2"; echo 1`;
    await bound({ argv: ["/bin/sh", "-c", read, "sh", "{checkpoint}", "{resume}"] }).run(again);
    expect(again.artifacts.get("stdout.txt")).toBe("state 4 4\n1\n");
  });
});

describe("output", () => {
  test("is stored with the trial, also when it fails", async () => {
    const trial = fakeTrial(params);
    await expect(bound({ argv: ["/bin/sh", "-c", "echo out; echo err >&2; exit 1"] }).run(trial)).rejects.toThrow();
    expect(Object.fromEntries(trial.artifacts)).toEqual({ "stdout.txt": "out\n", "stderr.txt": "err\n" });
  });

  test("of any size takes bounded memory", async () => {
    const trial = fakeTrial(params);
    const line = "echo begin; head -c 30000000 /dev/zero; echo; yes '{\"x\": 1}' | head -c 3000000; echo; echo loss: 1";
    expect(await bound({ argv: ["/bin/sh", "-c", line], maxOutput: 1000 }).run(trial)).toEqual({ loss: 1 });
    const stdout = trial.artifacts.get("stdout.txt") ?? "";
    expect(stdout).toMatch(/^begin\n/);
    expect(stdout).toMatch(/\[\.\.\. \d+ bytes left out \.\.\.\]/);
    expect(stdout).toMatch(/loss: 1\n$/);
    // What errors quote is kept at the least.
    expect(stdout.length).toBeLessThan(17_000);
  });

  test("that cannot be stored is noted and costs no result", async () => {
    const trial = fakeTrial(params, { artifactError: new Error("no space left") });
    expect(await bound({ argv: ["/bin/echo", "loss: 1"] }).run(trial)).toEqual({ loss: 1 });
    expect(trial.logs).toEqual(["stdout could not be stored: no space left"]);
  });

  test("is not stored when nobody wants it", async () => {
    const trial = fakeTrial(params);
    await bound({ argv: ["/bin/echo", "loss: 1"], maxOutput: 0 }).run(trial);
    expect(trial.artifacts.size).toBe(0);
  });
});

describe("a directory per trial", () => {
  test("is where the program runs, and is kept with everything in it", async () => {
    mkdirSync(join(dir, "project"), { recursive: true });
    writeFileSync(
      join(dir, "project", "train.sh"),
      "#!/bin/sh\necho model > model.bin; pwd; echo 1 > $VERNIER_RESULT\n",
      { mode: 0o755 },
    );
    const executor = command({
      argv: ["./train.sh", "{cwd}", "{dir}"],
      cwd: join(dir, "project"),
      dirPerTrial: true,
    }).bind(spec({ name: "../a study" }));
    const trial = fakeTrial(params, { number: 12 });
    expect(await executor.run(trial)).toEqual({ loss: 1 });
    const own = join(dir, "project", "vernier-trials", "__a_study", "12");
    expect(readdirSync(own).sort()).toEqual(["model.bin", "params.json", "result.json", "stderr.txt", "stdout.txt"]);
    expect(readFileSync(join(own, "stdout.txt"), "utf8")).toBe(`${own}\n`);
    expect(JSON.parse(readFileSync(join(own, "params.json"), "utf8"))).toEqual(params);
    expect(trial.artifacts.size).toBe(0);
  });

  test("an earlier attempt's result does not count", async () => {
    const runs = join(dir, "runs");
    const run = (line: string, attempt: number) =>
      bound({ argv: ["/bin/sh", "-c", line], dirPerTrial: runs }).run(fakeTrial(params, { number: 4, attempt }));
    await run("echo 1 > $VERNIER_RESULT", 1);
    await expect(run("echo again", 2)).rejects.toThrow(/did not tell "loss"/);
    expect(readFileSync(join(runs, "4", "stdout.2.txt"), "utf8")).toBe("again\n");
  });
});

test("nothing temporary is left", async () => {
  const line = "dirname $VERNIER_RESULT; ls $(dirname $VERNIER_RESULT) | wc -l; echo 1 > $VERNIER_RESULT";
  const executor = bound({ argv: ["/bin/sh", "-c", line] });
  const trials = [fakeTrial(params, { number: 1 }), fakeTrial(params, { number: 2 })];
  await Promise.all(trials.map(trial => executor.run(trial)));
  for (const trial of trials) {
    const [scratch = "", files] = trial.artifacts.get("stdout.txt")?.split("\n") ?? [];
    expect(Number(files)).toBeGreaterThan(0);
    expect(existsSync(scratch)).toBe(false);
  }
});

const python = spawnSync("python3", ["--version"]).status === 0;
describe.skipIf(!python)("Python", () => {
  beforeAll(() => {
    writeFileSync(
      join(dir, "train.py"),
      `import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
for step in range(1, 4):
    print(json.dumps({"step": step, "loss": float("inf") if step == 1 else args.lr / step}))
print({"loss": args.lr, "nan": float("nan")})
`,
    );
  });

  test("writes what json.dumps and print write, and that is understood", async () => {
    const trial = fakeTrial({ ...params, lr: 0.3 });
    const executor = bound({
      argv: [execFileSync("which", ["python3"]).toString().trim(), "train.py", "--lr", "{lr}"],
    });
    expect(await executor.run(trial)).toEqual({ loss: 0.3 });
    expect(trial.reports.map(({ metrics }) => metrics["loss"])).toEqual([Infinity, 0.15, 0.3 / 3]);
  });
});
