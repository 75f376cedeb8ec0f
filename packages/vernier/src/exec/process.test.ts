import { expect, test } from "vitest";
import type { Clock } from "../core/types.ts";
import { startProgram, type ProgramEnd, type RunningProgram } from "./process.ts";

/** Timers fire when a test says so. */
class HandClock implements Clock {
  readonly timers: { readonly ms: number; readonly callback: () => void }[] = [];
  now(): number {
    return 0;
  }
  timer(ms: number, callback: () => void): () => void {
    const timer = { ms, callback };
    this.timers.push(timer);
    return () => {
      const at = this.timers.indexOf(timer);
      if (at >= 0) this.timers.splice(at, 1);
    };
  }
  fire(ms: number): void {
    const at = this.timers.findIndex(timer => timer.ms === ms);
    const [timer] = this.timers.splice(at, at < 0 ? 0 : 1);
    if (timer === undefined) throw new Error(`no timer of ${ms} ms`);
    timer.callback();
  }
}

const GRACE = 123;
const LINGER = 1000;

interface Started extends RunningProgram {
  readonly clock: HandClock;
  /** Resolves when stdout holds the text. */
  said(text: string): Promise<void>;
  stdout(): string;
  stderr(): string;
}

function start(argv: string[], env: Record<string, string> = {}): Started {
  const clock = new HandClock();
  let [stdout, stderr] = ["", ""];
  const waiting: { text: string; resolve: () => void }[] = [];
  const program = startProgram({
    ...{ argv, cwd: "/", env, grace: GRACE, clock },
    stdout: chunk => {
      stdout += chunk.toString();
      for (const { text, resolve } of waiting) if (stdout.includes(text)) resolve();
    },
    stderr: chunk => void (stderr += chunk.toString()),
  });
  return {
    ...program,
    clock,
    said: text => new Promise(resolve => void (stdout.includes(text) ? resolve() : waiting.push({ text, resolve }))),
    stdout: () => stdout,
    stderr: () => stderr,
  };
}
const sh = (line: string): Started => start(["/bin/sh", "-c", line]);

test("output and exit code", async () => {
  const program = start(["/bin/sh", "-c", "echo $GREETING; echo oops >&2; exit 3"], { GREETING: "hi" });
  expect(await program.ended).toEqual({ code: 3, signal: null } satisfies ProgramEnd);
  expect([program.stdout(), program.stderr()]).toEqual(["hi\n", "oops\n"]);
  expect(program.clock.timers).toEqual([]);
});

test("standard input is empty", async () => {
  const program = sh("cat; echo end");
  await program.ended;
  expect(program.stdout()).toBe("end\n");
});

test("a program that cannot start rejects", async () => {
  await expect(start(["/no/such/program"]).ended).rejects.toMatchObject({ code: "ENOENT" });
});

test("terminating reaches what the program started", async () => {
  // The inner shell holds the output open: `ended` settles only when it is gone, since no timer of this clock ever fires.
  const program = sh("sh -c 'echo inner; exec sleep 100' & wait");
  await program.said("inner");
  program.terminate();
  expect(await program.ended).toEqual({ code: null, signal: "SIGTERM" });
});

test("who ignores SIGTERM gets SIGKILL after the grace", async () => {
  const program = start([
    process.execPath,
    "-e",
    `process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1e6); console.log("up")`,
  ]);
  await program.said("up");
  program.terminate();
  program.terminate();
  await program.said("no");
  program.clock.fire(GRACE);
  expect(await program.ended).toEqual({ code: null, signal: "SIGKILL" });
  expect(program.stdout()).toBe("up\nno\n");
});

test("what is left running with the output open is ended after a while, and its last words are heard", async () => {
  const child = `process.on("SIGTERM", () => { console.log("bye"); process.exit(); }); setInterval(() => {}, 1e6); console.log("child");`;
  const program = start(["/bin/sh", "-c", '"$0" -e "$1" & exit 0', process.execPath, child]);
  await program.said("child");
  // The exit is noticed at some turn of the event loop; the timer appears then.
  while (!program.clock.timers.some(({ ms }) => ms === LINGER)) await new Promise(resolve => setImmediate(resolve));
  program.clock.fire(LINGER);
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stdout()).toBe("child\nbye\n");
});

test("the program waits while its output is not taken", async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>(resolve => (release = resolve));
  let bytes = 0;
  let first: () => void = () => undefined;
  const begun = new Promise<void>(resolve => (first = resolve));
  const program = startProgram({
    argv: ["/bin/sh", "-c", "head -c 3000000 /dev/zero"],
    ...{ cwd: "/", env: { PATH: "/usr/bin:/bin" }, grace: GRACE, clock: new HandClock() },
    stdout: async chunk => {
      bytes += chunk.length;
      first();
      await gate;
    },
    stderr: () => undefined,
  });
  await begun;
  expect(bytes).toBeLessThan(1_000_000);
  release();
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(bytes).toBe(3_000_000);
});
