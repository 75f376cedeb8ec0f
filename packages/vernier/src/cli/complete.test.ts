/** The completion scripts in the shells they are made for. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completed } from "./complete.ts";
import { fakeIo } from "./fixtures.ts";
import { allCommands, program } from "./program.ts";

const script = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = fakeIo();
  const code = await program(["completion", ...argv], io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
};
const installed = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-complete-"));
  // Stands for vernier: names as `studies --names` prints them, other ones for another storage.
  writeFileSync(
    join(dir, "vernier"),
    `#!/bin/sh
case "$*" in
  "studies --names") printf 'digits\\ndense net\\ncake\\n' ;;
  "studies --names --storage sqlite:x.db") printf 'elsewhere\\n' ;;
  *) exit 2 ;;
esac
`,
  );
  chmodSync(join(dir, "vernier"), 0o755);
  for (const name of ["study.ts", "story.txt"]) writeFileSync(join(dir, name), "");
  mkdirSync(join(dir, "storage"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A line's words, the last one to be completed, with the candidates a shell has to offer. */
const CASES: readonly (readonly [words: readonly string[], candidates: readonly string[]])[] = [
  [["tr"], ["trials"]],
  [["und"], ["undo"]],
  [
    ["trials", "--s"],
    ["--sort", "--storage", "--study"],
  ],
  [["best", "--jso"], ["--json"]],
  [["run", "--scheduler", "m"], ["median"]],
  [
    ["init", "--for", ""],
    ["command", "python", "typescript"],
  ],
  [
    ["completion", ""],
    ["bash", "fish", "zsh"],
  ],
  [["watch", "--until", ""], ["finished"]],
  [["rm", "c"], ["cake"]],
  [["best", "--study", "di"], ["digits"]],
  [["help", "pur"], ["purge"]],
];

describe("vernier completion", () => {
  it.skipIf(!installed("bash"))("completes in bash (skipped where there is none)", async () => {
    const { stdout } = await script("bash");
    writeFileSync(join(dir, "c.bash"), stdout);
    const ask = (words: readonly string[]): string[] => {
      const quoted = ["vernier", ...words].map(word => `'${word}'`).join(" ");
      const line = `source ./c.bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _vernier; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", line], {
        cwd: dir,
        encoding: "utf8",
        env: { PATH: process.env["PATH"] ?? "", VERNIER: join(dir, "vernier") },
      });
      expect(stderr).toBe("");
      return stdout.split("\n").filter(Boolean).sort();
    };
    for (const [words, candidates] of CASES) expect(ask(words), words.join(" ")).toEqual(candidates);
    // bash breaks words at "=" and ":".
    expect(ask(["init", "--for", "=", "py"])).toEqual(["python"]);
    expect(ask(["rm", "--storage", "sqlite", ":", "x.db", ""])).toEqual(["elsewhere"]);
    expect(ask(["rm", "den"])).toEqual(["dense\\ net"]);
    expect(ask(["run", "stu"])).toEqual(["study.ts"]);
    expect(ask(["run", "--cwd", "st"])).toEqual(["storage"]);
    expect(ask(["run", "--minimize", "loss", "--", "sto"])).toEqual(["storage", "story.txt"]);
    expect(ask(["run", "--trials", "s"])).toEqual([]);
  });

  it.skipIf(!installed("fish"))("completes in fish (skipped where there is none)", async () => {
    const { stdout } = await script("fish");
    writeFileSync(join(dir, "c.fish"), stdout);
    for (const [words, candidates] of CASES) {
      const line = `set fish_complete_path; source ./c.fish; complete -C 'vernier ${words.join(" ")}'`;
      const done = spawnSync("fish", ["-N", "-c", line], {
        cwd: dir,
        encoding: "utf8",
        env: { PATH: process.env["PATH"] ?? "", HOME: dir, VERNIER: join(dir, "vernier") },
      });
      const found = done.stdout.split("\n").filter(Boolean);
      expect(found.map(text => text.split("\t")[0]).sort(), words.join(" ")).toEqual(candidates);
    }
  });

  it.skipIf(!installed("zsh"))("is a script that zsh reads (skipped where there is none)", async () => {
    const { stdout } = await script("zsh");
    writeFileSync(join(dir, "c.zsh"), stdout);
    expect(spawnSync("zsh", ["-f", "-n", join(dir, "c.zsh")], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it("knows every command and every flag in every shell", async () => {
    const parts = { samplers: ["auto"], schedulers: ["none"] };
    const scripts = { bash: await script("bash"), zsh: await script("zsh"), fish: await script("fish") };
    for (const command of await allCommands())
      for (const { name } of completed(command, parts).flags) {
        expect(scripts.bash.stdout).toMatch(new RegExp(`^ +${command.name}\\) _vernier_words '[^']*--${name}\\b`, "m"));
        expect(scripts.zsh.stdout.split(`\n    ${command.name})\n`)[1]?.split(" ;;\n")[0]).toContain(`--${name}`);
        expect(scripts.fish.stdout).toMatch(new RegExp(`__fish_seen_subcommand_from ${command.name}' -l ${name}\\b`));
      }
  });

  it("refuses other shells", async () => {
    expect((await script("bsh")).stderr).toContain('Did you mean "bash"?');
    expect((await script()).stderr).toContain("say for which shell");
    expect((await script("bash", "--shell")).stderr).toContain("has no flag --shell");
    expect(JSON.parse((await script("bash", "--json")).stdout)).toMatchObject({
      vernier: 1,
      command: "completion",
      shell: "bash",
    });
  });
});
