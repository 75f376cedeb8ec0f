/** Records and a stand-in for the process, for the tests of this folder only. */
import type { TrialRecord } from "../core/types.ts";
import { blankTrial } from "../core/fold.ts";
import type { Io } from "./io.ts";
import { makeStyle } from "./view/style.ts";

/** A trial that started at second `number` and took 1.5 s. */
export const record = (number: number, change: Partial<TrialRecord>): TrialRecord => {
  const finished = change.state === "complete" || change.state === "pruned" || change.state === "failed";
  return {
    ...blankTrial(number, number * 1000),
    attempt: 1,
    sampler: "auto",
    startedAt: number * 1000,
    finishedAt: finished ? number * 1000 + 1500 : null,
    ...change,
  };
};

export interface FakeIo extends Io {
  readonly stdout: () => string;
  readonly stderr: () => string;
}
export const fakeIo = (change: Partial<Io> = {}): FakeIo => {
  let [stdout, stderr] = ["", ""];
  return {
    cwd: "/nowhere",
    env: {},
    out: text => void (stdout += typeof text === "string" ? text : new TextDecoder().decode(text)),
    err: text => void (stderr += text),
    flushed: () => Promise.resolve(),
    live: false,
    columns: () => 80,
    style: makeStyle(false),
    ...change,
    stdout: () => stdout,
    stderr: () => stderr,
  };
};
