import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StudySpec } from "../core/types.ts";
import { fakeTrial } from "../testing/fake-trial.ts";
import { command } from "./command.ts";
import { checkCommand, type CommandOptions } from "./options.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "vernier-errors-")));
const bin = join(dir, "bin");
beforeAll(() => {
  mkdirSync(bin);
  mkdirSync(join(dir, "data"));
  const script = (name: string, text: string, mode = 0o755): void => writeFileSync(join(dir, name), text, { mode });
  script("bin/python3", "#!/bin/sh\n");
  symlinkSync("/bin/sh", join(bin, "sh"));
  script("train.py", "print(1)\n", 0o644);
  script("train.sh", "#!/bin/sh\necho 1\n");
  script("dos.sh", "#!/bin/sh\r\necho 1\n");
  script("garbage", "\0\x01\x02");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const unit = { type: "float", low: 0, high: 1 } as const;
const spec = (over: Partial<StudySpec> = {}): StudySpec => ({
  version: 1,
  name: "digits",
  space: { version: 1, shape: { lr: unit, model: { layers: unit, width: unit } } },
  objectives: { loss: { direction: "minimize" } },
  constraints: {},
  sampler: { name: "random" },
  scheduler: { name: "none" },
  seed: 7,
  owner: "client",
  ...over,
});
const params = { lr: 0.5, model: { layers: 1, width: 2 } };

/** The error's code and text, with this machine's paths taken out. */
function text(error: unknown): string {
  const { code, message } = error as { code: string; message: string };
  return `${code}: ${message
    .replaceAll(dir, "DIR")
    .replaceAll(process.execPath, "NODE")
    .replace(/(?<=").*(trial-0-1-)/g, "$1")}`;
}
const thrown = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return text(error);
  }
  return "nothing";
};
const make = (options: object) => thrown(() => command(options as CommandOptions));
const bind = (options: CommandOptions, over?: Partial<StudySpec>) =>
  thrown(() => command({ cwd: dir, environment: { PATH: bin }, ...options }).bind(spec(over)));
const run = (options: CommandOptions, over?: Partial<StudySpec>): Promise<string> =>
  command({ cwd: dir, environment: { PATH: bin }, ...options })
    .bind(spec(over))
    .run(fakeTrial(params))
    .then(() => "nothing", text);
const sh = (line: string, more: Partial<CommandOptions> = {}, over?: Partial<StudySpec>) =>
  run({ argv: ["sh", "-c", line], ...more } as CommandOptions, over);

describe("options", () => {
  test("a program, and only one", () => {
    expect(make({})).toMatchInlineSnapshot(
      `"E_OPTION: command() got neither argv nor shell. It runs one program. Pass argv: ["python3", "train.py", "--lr", "{lr}"], or shell with a line for /bin/sh."`,
    );
    expect(make({ argv: ["a"], shell: "b" })).toMatchInlineSnapshot(
      `"E_OPTION: command() got both argv and shell. It runs one program. Pass argv: ["python3", "train.py", "--lr", "{lr}"], or shell with a line for /bin/sh."`,
    );
    expect(make({ argv: "python3 train.py" })).toMatchInlineSnapshot(
      `"E_OPTION: command() got argv "python3 train.py". It is the program and its arguments, each a text of its own. Pass argv: ["python3", "train.py", "--lr", "{lr}"]."`,
    );
    expect(make({ argv: [] })).toMatchInlineSnapshot(
      `"E_OPTION: command() got argv []. It is the program and its arguments, each a text of its own. Pass argv: ["python3", "train.py", "--lr", "{lr}"]."`,
    );
    expect(make({ shell: " " })).toMatchInlineSnapshot(
      `"E_OPTION: command() got shell " ". It is a line for /bin/sh. Write one, or pass argv."`,
    );
  });

  test("names and values", () => {
    expect(make({ argv: ["a"], timeout: 3 })).toMatchInlineSnapshot(
      `"E_OPTION: command() has no option "timeout". Its options are argv, shell, result, metrics, cwd, dirPerTrial, env, environment, killGrace, maxOutput, needs, clock. Remove it."`,
    );
    expect(make({ argv: ["a"], dirperTrial: true })).toMatchInlineSnapshot(
      `"E_OPTION: command() has no option "dirperTrial". Its options are argv, shell, result, metrics, cwd, dirPerTrial, env, environment, killGrace, maxOutput, needs, clock. Did you mean "dirPerTrial"?"`,
    );
    expect(make({ argv: ["a"], killGrace: "5 minutes" })).toMatchInlineSnapshot(
      `"E_DURATION: command()'s killGrace is "5 minutes". A duration is a positive number of milliseconds, or a text such as "90s", "10m" or "2h". Leave it out for no limit."`,
    );
    expect(make({ argv: ["a"], maxOutput: -1 })).toMatchInlineSnapshot(
      `"E_OPTION: command() got maxOutput -1. It is a number of bytes, 0 or more. Write 262144."`,
    );
    expect(make({ argv: ["a"], dirPerTrial: "" })).toMatchInlineSnapshot(
      `"E_OPTION: command() got dirPerTrial "". It is true or a directory. Write true."`,
    );
    expect(make({ argv: ["a"], metrics: "loss" })).toMatchInlineSnapshot(
      `"E_OPTION: command() got metrics "loss". They are names. Write metrics: ["loss"]."`,
    );
    expect(make({ argv: ["a"], env: { inherit: "PATH" } })).toMatchInlineSnapshot(
      `"E_OPTION: command() got env.inherit "PATH". It is true, false or names of variables. Write ["HF_TOKEN"], say."`,
    );
    expect(make({ argv: ["a"], env: { set: { N: 3 } } })).toMatchInlineSnapshot(
      `"E_OPTION: command() got 3 for the variable N. Variables are texts. Write "3"."`,
    );
  });
});

describe("placeholders", () => {
  test("that name no parameter, before the first trial", () => {
    expect(bind({ argv: ["sh", "--lr", "{learning_rate}"] })).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the argument "{learning_rate}" asks for {learning_rate}, which is no parameter. Known are {lr}, {model.layers}, {model.width}, {model}, {trial}, {attempt}, {seed}, {params}, {dir}, {cwd}, {result}, {until}, {checkpoint}, {resume}, {cpus}, {gpus}. Correct the name, or write {{ and }} for braces that are meant as such."`,
    );
    expect(bind({ argv: ["sh", "--n={model.layer}"] })).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the argument "--n={model.layer}" asks for {model.layer}, which is no parameter. Did you mean "model.layers"? Known are {lr}, {model.layers}, {model.width}, {model}, {trial}, {attempt}, {seed}, {params}, {dir}, {cwd}, {result}, {until}, {checkpoint}, {resume}, {cpus}, {gpus}. Correct the name, or write {{ and }} for braces that are meant as such."`,
    );
    expect(bind({ argv: ["sh"], result: { file: "{tiral}.json" } })).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the argument "{tiral}.json" asks for {tiral}, which is no parameter. Did you mean "trial"? Known are {lr}, {model.layers}, {model.width}, {model}, {trial}, {attempt}, {seed}, {params}, {dir}, {cwd}, {result}, {until}, {checkpoint}, {resume}, {cpus}, {gpus}. Correct the name, or write {{ and }} for braces that are meant as such."`,
    );
  });

  test("can be checked alone", () => {
    expect(thrown(() => checkCommand({ argv: ["a", "{lr}", "{trial}"] }, ["lr"]))).toBe("nothing");
    expect(thrown(() => checkCommand({ argv: ["a", "{lrr}"] }, ["lr"]))).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the argument "{lrr}" asks for {lrr}, which is no parameter. Did you mean "lr"? Known are {lr}, {trial}, {attempt}, {seed}, {params}, {dir}, {cwd}, {result}, {until}, {checkpoint}, {resume}, {cpus}, {gpus}. Correct the name, or write {{ and }} for braces that are meant as such."`,
    );
  });

  test("without a study, at the trial", async () => {
    const error = await command({ argv: ["/bin/sh", "{lrr}"] })
      .run(fakeTrial(params))
      .catch(text);
    expect(error).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the argument "{lrr}" asks for {lrr}, which is no parameter. Did you mean "lr"? Known are {lr}, {model.layers}, {model.width}, {trial}, {attempt}, {params}, {dir}, {cwd}, {result}, {until}, {checkpoint}, {resume}, {cpus}, {gpus}. Correct the name, or write {{ and }} for braces that are meant as such."`,
    );
  });

  test("in a shell line", () => {
    expect(bind({ shell: "python3 train.py --lr {lr}" })).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the shell line "python3 train.py --lr {lr}" holds {lr}. Values are not pasted into shell lines, where they would be read as code. Write "$VERNIER_PARAM_LR" with its quotes, or pass argv."`,
    );
    expect(bind({ shell: "echo '{trial}'" })).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the shell line "echo '{trial}'" holds {trial}. Values are not pasted into shell lines, where they would be read as code. Write "$VERNIER_TRIAL" with its quotes, or pass argv."`,
    );
    expect(bind({ shell: "echo ${lr} {a,b} | awk '{ print $1 }'; f() { true; }" })).toBe("nothing");
    const space = { version: 1, shape: { a_b: unit, a: { b: unit } } } as const;
    expect(bind({ shell: "echo {a_b}" }, { space })).toMatchInlineSnapshot(
      `"E_COMMAND_PLACEHOLDER: the shell line holds {a_b}, and "a_b" or "a.b" would share the variable VERNIER_PARAM_A_B. Values reach a shell line as variables. Rename one parameter, or pass argv."`,
    );
  });
});

describe("programs", () => {
  test("that are not there, before the first trial", () => {
    expect(bind({ argv: ["python"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "python" on the PATH. Did you mean "python3"?"`,
    );
    expect(bind({ argv: ["octave"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "octave" on the PATH. Correct the name, or install it."`,
    );
    expect(bind({ argv: ["train.py", "--lr", "{lr}"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "train.py" on the PATH. It is a file here: write "python3", "train.py"."`,
    );
    expect(bind({ argv: ["train.sh"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "train.sh" on the PATH. It is a file here: write "./train.sh"."`,
    );
    expect(bind({ argv: ["./tarin.sh"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "./tarin.sh" in "DIR". Correct the path."`,
    );
    expect(bind({ argv: ["/no/such/program"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "/no/such/program". Correct the path."`,
    );
    expect(bind({ argv: ["python3 train.py"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "python3 train.py" on the PATH. Write program and arguments as separate strings: ["python3","train.py"]."`,
    );
    expect(bind({ argv: ["python3"], environment: {} })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "python3": the command was given no PATH to search. Pass command({ environment: process.env }), or write the program's whole path."`,
    );
  });

  test("that cannot be executed", () => {
    expect(bind({ argv: ["./train.py"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_EXECUTABLE: "./train.py" may not be executed. A program needs the execute permission, or an interpreter before it. Write "python3", "train.py", or run: chmod +x ./train.py"`,
    );
    expect(bind({ argv: ["./data"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_EXECUTABLE: "./data" is a directory. A command names a program. Write the program inside it."`,
    );
  });

  test("in a directory that is none", () => {
    expect(bind({ argv: ["sh"], cwd: join(dir, "nowhere") })).toMatchInlineSnapshot(
      `"E_COMMAND_CWD: the working directory "DIR/nowhere" does not exist. A command runs in a directory. Create it, or pass another cwd."`,
    );
    expect(bind({ argv: ["sh"], cwd: join(dir, "train.py") })).toMatchInlineSnapshot(
      `"E_COMMAND_CWD: the working directory "DIR/train.py" is a file. A command runs in a directory. Create it, or pass another cwd."`,
    );
  });

  test("that the system refuses", async () => {
    expect(await run({ argv: ["{lr}"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: there is no program "0.5" on the PATH. Correct the name, or install it."`,
    );
    expect(await run({ argv: ["./dos.sh"] })).toMatchInlineSnapshot(
      `"E_COMMAND_NOT_FOUND: "./dos.sh" asks for an interpreter that does not exist: "#!/bin/sh\\r". A script's first line names a program by its whole path and ends without a carriage return. Correct the line."`,
    );
    expect(await run({ argv: ["sh", "-c", ":", "a\0b"] })).toMatchInlineSnapshot(
      `"E_COMMAND_ARGUMENT: the system does not take the arguments of "sh": one holds a byte of zero. Long or odd values travel by file. Write {params} in place of them: it is the path of a JSON file with all parameters."`,
    );
    expect(await run({ argv: ["sh", "-c", ":", "x".repeat(3_000_000)] })).toMatchInlineSnapshot(
      `"E_COMMAND_ARGUMENT: the system does not take the arguments of "sh": they are too long. Long or odd values travel by file. Write {params} in place of them: it is the path of a JSON file with all parameters."`,
    );
  });
});

describe("ends", () => {
  test("other than 0", async () => {
    expect(
      await sh("echo Traceback >&2; echo 'ZeroDivisionError: division by zero' >&2; exit 1"),
    ).toMatchInlineSnapshot(
      `"E_COMMAND_EXIT: "sh" ended with exit code 1: ZeroDivisionError: division by zero. A program that succeeds ends with 0; any other end fails the attempt. Read the trial's stderr."`,
    );
    expect(await sh("echo usage; exit 2")).toMatchInlineSnapshot(
      `"E_COMMAND_EXIT: "sh" ended with exit code 2: usage. A program that succeeds ends with 0; any other end fails the attempt. Read the trial's stdout."`,
    );
    expect(await sh("exit 3")).toMatchInlineSnapshot(
      `"E_COMMAND_EXIT: "sh" ended with exit code 3. A program that succeeds ends with 0; any other end fails the attempt. It said nothing; try it by hand with the trial's parameters."`,
    );
  });

  test("by a signal", async () => {
    expect(await sh("kill -KILL $$")).toMatchInlineSnapshot(
      `"E_COMMAND_EXIT: "sh" was ended by SIGKILL. A program that succeeds ends with 0; any other end fails the attempt. SIGKILL most often means that memory ran out."`,
    );
    expect(await sh("kill -SEGV $$")).toMatchInlineSnapshot(
      `"E_COMMAND_EXIT: "sh" was ended by SIGSEGV. A program that succeeds ends with 0; any other end fails the attempt. It crashed or was ended from outside; try it by hand with the trial's parameters."`,
    );
    // What a shell says itself differs from one to the next.
    expect(await run({ shell: "no-such-program" })).toMatch(
      /exit code 127: .*127 is the shell's word for a program that it/,
    );
  });

  test("with the kind, the code and the last lines for the record", async () => {
    const executor = command({ argv: ["/bin/sh", "-c", "for i in $(seq 30); do echo line $i >&2; done; exit 4"] });
    const error = await executor.run(fakeTrial(params)).catch((error: unknown) => error);
    const tail = Array.from({ length: 20 }, (_, i) => `line ${i + 11}`).join("\n");
    expect(error).toMatchObject({ details: { kind: "exit", exitCode: 4, tail } });
  });

  test("because the program does not stand in the trial's own directory", async () => {
    expect(await run({ argv: ["sh", "train.sh"], dirPerTrial: join(dir, "runs") })).toMatch(
      /It ran in the trial's own directory, where there is no "train.sh": write {cwd}\/train.sh\.$/,
    );
  });
});

describe("results", () => {
  test("that are missing", async () => {
    expect(await sh(":")).toMatchInlineSnapshot(
      `"E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. It printed nothing at all."`,
    );
    expect(await sh("echo hello; echo world")).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. Its last lines were:
        hello
        world"
    `);
    expect(await sh("echo problem >&2")).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. It printed nothing on stdout; its last lines on stderr were:
        problem"
    `);
    expect(await sh("echo Loss: 3")).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. It told "Loss". Did you mean "loss"? Its last lines were:
        Loss: 3"
    `);
    expect(await sh("echo accuracy: 3")).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. It told "accuracy". Its last lines were:
        accuracy: 3"
    `);
    expect(await sh(`echo '{"loss": null}'`)).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. It told "loss" as null, as JavaScript writes NaN; write "NaN" instead. Its last lines were:
        {"loss": null}"
    `);
    expect(await sh("echo the loss is 3")).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. A line names "loss" among other words; a pattern can pick it out. Its last lines were:
        the loss is 3"
    `);
    expect(await sh("echo done; echo loss: 3 >&2")).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. It names "loss" on stderr; results are read from stdout unless a pattern says otherwise. Its last lines were:
        done"
    `);
  });

  test("that are told only in part", async () => {
    const objectives = { loss: { direction: "minimize" }, accuracy: { direction: "maximize" } } as const;
    const over = { objectives, constraints: { mb: { max: 9 } } };
    expect(await sh(`echo '{"loss": 1, "acuracy": 2}'`, {}, over)).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "accuracy" or "mb". A result is a line such as {"accuracy": 0.5} or accuracy: 0.5, or the file at VERNIER_RESULT. Print one at the end. It told "acuracy". Did you mean "accuracy"? Its last lines were:
        {"loss": 1, "acuracy": 2}"
    `);
    expect(await sh("echo 3", {}, { objectives })).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss" or "accuracy". A result is a line such as {"loss": 0.5} or loss: 0.5, or the file at VERNIER_RESULT. Print one at the end. Its last lines were:
        3"
    `);
  });

  test("that are not where they are looked for", async () => {
    expect(await sh("echo 1", { result: "json" })).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". The result is read from JSON lines. Print {"loss": 0.5} on a line of its own. Its last lines were:
        1"
    `);
    expect(await sh("echo 1", { result: "names" })).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". The result is read from lines of names and values. Print loss: 0.5 on a line of its own. Its last lines were:
        1"
    `);
    expect(await sh("echo a", { result: "number" })).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". The result is the last line, a number alone. Print it at the end. Its last lines were:
        a"
    `);
    expect(await sh("echo loss 1", { result: { pattern: "loss: (.*)" } })).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". The result is what /loss: (.*)/u finds in a line of stdout. Correct the pattern. Its last lines were:
        loss 1"
    `);
    expect(await sh("echo 1", { result: { file: "out.json" } })).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "sh" ended well but did not tell "loss". The result is read from "DIR/out.json", which the program did not write. Write {"loss": 0.5} there. Its last lines were:
        1"
    `);
    expect(await sh("echo x > out.json", { result: { file: "out.json" } })).toMatchInlineSnapshot(
      `"E_RESULT_MISSING: "sh" ended well but did not tell "loss". The result is read from "DIR/out.json", which does not hold it. Write {"loss": 0.5} there. It printed nothing at all."`,
    );
    expect(await sh("/bin/mkdir $VERNIER_RESULT")).toMatchInlineSnapshot(
      `"E_COMMAND_RESULT_FILE: the result file "trial-0-1-result.json" cannot be read: EISDIR: illegal operation on a directory, read. It is a small text file with JSON, lines of names and values, or a number. Correct what the program writes."`,
    );
  });

  test("without a study", async () => {
    const error = await command({ argv: ["/bin/echo", "hello"] })
      .run(fakeTrial())
      .catch(text);
    expect(error).toMatchInlineSnapshot(`
      "E_RESULT_MISSING: "/bin/echo hello" ended well but did not tell a result. A result is a line such as {"loss": 0.5} or loss: 0.5, a number alone as the last line, or the file at VERNIER_RESULT. Print one at the end. Its last lines were:
        hello"
    `);
  });

  test("a checkpoint that is not there", async () => {
    expect(await sh(`echo '{"step": 3, "loss": 1, "checkpoint": "ckpt"}'`)).toMatchInlineSnapshot(
      `"E_COMMAND_CHECKPOINT: the program reported the checkpoint "ckpt" at step 3, but it cannot be read: ENOENT: no such file or directory, open 'DIR/ckpt'. A checkpoint is a file that is complete when its line is printed. Write it first, then print the line."`,
    );
  });
});

test("a place that cannot be written", async () => {
  expect(await sh("echo 1", { dirPerTrial: join(dir, "train.py") })).toMatchInlineSnapshot(
    `"E_COMMAND_DIRECTORY: the trial's files cannot be written to "DIR/train.py/0": ENOTDIR: not a directory, mkdir 'DIR/train.py/0'. Programs read their parameters from there. Make it writable, free some space, or choose another place."`,
  );
});
