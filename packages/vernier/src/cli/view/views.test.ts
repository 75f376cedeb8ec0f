import { describe, expect, it } from "vitest";
import type { StudySpec } from "../../core/types.ts";
import { record } from "../fixtures.ts";
import { drawFrame } from "./live-frame.ts";
import { LiveView } from "./live.ts";
import { plainTrial } from "./plain.ts";
import { Progress } from "./progress.ts";
import { makeStyle, widthOf } from "./style.ts";
import { renderSummary } from "./summary.ts";
import type { Summary } from "./summary.ts";
import { trialPage } from "./trial-page.ts";
import { trialTable } from "./trial-table.ts";

const plain = makeStyle(false);
const SPEC: StudySpec = {
  version: 1,
  name: "digits",
  space: { version: 1, shape: {} },
  objectives: { loss: { direction: "minimize" } },
  constraints: { memory: { max: 512 } },
  sampler: { name: "auto" },
  scheduler: { name: "none" },
  seed: 7,
  owner: "client",
};
const exit = {
  kind: "exit" as const,
  message: '"python train.py" ended with exit code 3: ValueError: bad shape. Read the trial\'s stderr.',
  tail: "Traceback\nValueError: bad shape\n",
};
const TRIALS = [
  record(0, { state: "complete", params: { lr: 0.1, model: { act: "relu" } }, metrics: { loss: 0.9, memory: 100 } }),
  record(1, { state: "failed", params: { lr: 0.05, model: { act: "relu" } }, error: exit }),
  record(2, { state: "complete", params: { lr: 0.02, model: { act: "gelu" } }, metrics: { loss: 0.25, memory: 200 } }),
  record(3, { state: "complete", params: { lr: 0.03, model: { act: "gelu" } }, metrics: { loss: 0.1, memory: 900 } }),
  record(4, {
    state: "pruned",
    params: { lr: 0.9, model: { act: "relu" } },
    last: { step: 3, metrics: { loss: 2.5 } },
  }),
  record(5, {
    state: "running",
    params: { lr: 0.01, model: { act: "gelu" } },
    last: { step: 2, metrics: { loss: 0.4 } },
  }),
];
const progressOf = (trials: number): Progress => {
  const progress = new Progress({ objectives: SPEC.objectives, constraints: SPEC.constraints, trials, startedAt: 0 });
  for (const trial of TRIALS) progress.see(trial);
  return progress;
};
const page = (lines: readonly string[]): string => `\n${lines.join("\n")}\n`;

describe("progress", () => {
  it("counts each trial once and ranks only feasible ones", () => {
    const progress = progressOf(10);
    expect(TRIALS.map(trial => progress.see(trial))).toEqual([false, false, false, false, false, false]);
    expect(progress.counts).toEqual({ complete: 3, pruned: 1, failed: 1 });
    expect(progress.best.get("loss")?.trial.number).toBe(2);
    expect(progress.values).toEqual([0.9, 0.25, 0.1]);
    expect([...progress.running.keys()]).toEqual([5]);
    expect(progress.rate(10_000)).toBe(0.5);
    expect(progress.eta(10_000)).toBe(10_000);
  });
  it("takes trials of an earlier run into the counts but not into the rate", () => {
    const progress = new Progress({ objectives: SPEC.objectives, constraints: {}, trials: Infinity, startedAt: 0 });
    for (const trial of TRIALS) progress.see(trial, true);
    expect(progress.finished).toBe(5);
    expect(progress.finishedNow).toBe(0);
    expect(progress.failures).toEqual([]);
    expect([progress.rate(1000), progress.eta(1000)]).toEqual([NaN, NaN]);
  });
});

describe("plain lines", () => {
  it("says one trial a line", () => {
    const progress = new Progress({
      objectives: SPEC.objectives,
      constraints: SPEC.constraints,
      trials: 10,
      startedAt: 0,
    });
    const lines = TRIALS.flatMap(trial => (progress.see(trial) ? [plainTrial(trial, progress)] : []));
    expect(page(lines)).toMatchInlineSnapshot(`
      "
      [ 1/10] trial 0   complete  loss=0.9 (best so far)  1.5 s  lr=0.1 model.act=relu
      [ 2/10] trial 1   failed    exit code 3: ValueError: bad shape  1.5 s  lr=0.05 model.act=relu
      [ 3/10] trial 2   complete  loss=0.25 (best so far)  1.5 s  lr=0.02 model.act=gelu
      [ 4/10] trial 3   complete  loss=0.1  1.5 s  lr=0.03 model.act=gelu
      [ 5/10] trial 4   pruned    loss=2.5 at step 3  1.5 s  lr=0.9 model.act=relu
      "
    `);
  });
});

describe("the live frame", () => {
  const frame = { name: "digits", now: 9000, columns: 80, rows: 24, style: plain, stopping: false };
  it("shows best, curve, rate, what runs and what failed", () => {
    expect(page(drawFrame(progressOf(10), frame))).toMatchInlineSnapshot(`
      "
      digits  ██████████            5/10  1.8 s a trial  ETA 9.0 s  9.0 s so far
      best     loss 0.25  trial 2  lr=0.02 model.act=gelu
      loss     █▂▁
      running  5     4.0 s    step 2 loss=0.4  lr=0.01 model.act=gelu
      failed   trial 1: exit code 3: ValueError: bad shape
      Ctrl-C stops; what is finished is kept.
      "
    `);
  });
  it("has no meter without a number of trials, and says that it stops", () => {
    expect(page(drawFrame(progressOf(Infinity), { ...frame, stopping: true }))).toMatchInlineSnapshot(`
      "
      digits  5 trials  1.8 s a trial  9.0 s so far
      best     loss 0.25  trial 2  lr=0.02 model.act=gelu
      loss     █▂▁
      running  5     4.0 s    step 2 loss=0.4  lr=0.01 model.act=gelu
      failed   trial 1: exit code 3: ValueError: bad shape
      Stopping: running trials go back to waiting. Ctrl-C again stops at once.
      "
    `);
  });
  it("of a study that others run says who and how many, and how to leave", () => {
    const progress = progressOf(10);
    progress.see(record(6, { state: "running", params: { lr: 0.5 } }));
    const owners = new Map([
      [5, "a1b2c3d4"],
      [6, "ffff0000"],
    ]);
    const watch = { owners, waiting: undefined, queued: 2 };
    expect(page(drawFrame(progress, { ...frame, watch }))).toMatchInlineSnapshot(`
      "
      digits  ██████        5/10  2 running  2 queued  1.8 s a trial  ETA 9.0 s
      best     loss 0.25  trial 2  lr=0.02 model.act=gelu
      loss     █▂▁
      running  5     4.0 s    a1b2  step 2 loss=0.4  lr=0.01 model.act=gelu
               6     3.0 s    ffff  lr=0.5
      failed   trial 1: exit code 3: ValueError: bad shape
      Ctrl-C ends the watch; the study goes on.
      "
    `);
    expect(
      page(
        drawFrame(progressOf(Infinity), { ...frame, watch: { ...watch, owners: new Map(), waiting: "s.db is gone" } }),
      ),
    ).toMatchInlineSnapshot(`
      "
      digits  5 trials  1 running  2 queued  1.8 s a trial
      best     loss 0.25  trial 2  lr=0.02 model.act=gelu
      loss     █▂▁
      running  5     4.0 s    step 2 loss=0.4  lr=0.01 model.act=gelu
      failed   trial 1: exit code 3: ValueError: bad shape
      Waiting: s.db is gone.
      "
    `);
  });
  it("never leaves the screen", () => {
    const progress = progressOf(100);
    for (let i = 10; i < 60; i++) progress.see(record(i, { state: "running", params: { text: "x".repeat(200) } }));
    for (const columns of [20, 40, 80, 200])
      for (const rows of [10, 24]) {
        const lines = drawFrame(progress, { ...frame, columns, rows, style: makeStyle(true) });
        expect(lines.length).toBeLessThan(rows);
        for (const line of lines) expect(widthOf(line)).toBeLessThan(Math.max(columns, 22));
      }
  });
});

describe("the live view", () => {
  /** A stream that remembers, in place of a terminal. */
  const terminal = (): { stream: NodeJS.WriteStream; text: () => string } => {
    let text = "";
    const stream = { isTTY: true, write: (chunk: string) => ((text += chunk), true) } as unknown as NodeJS.WriteStream;
    return { stream, text: () => text };
  };
  it("prints what the objective says above the frame, whole lines at a time", () => {
    const { stream, text } = terminal();
    const view = new LiveView(() => ["FRAME"], stream, []);
    stream.write("epoch ");
    stream.write("1 done\nnext");
    view.stop();
    view.stop();
    const visible = text().replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]|\r/g, "");
    expect(visible).toBe("FRAME\nepoch 1 done\nFRAME\nnext\n");
    stream.write("after");
    expect(text().endsWith("after")).toBe(true);
  });
  it("hides the cursor once and always gives it back", () => {
    const { stream, text } = terminal();
    new LiveView(() => ["a", "b"], stream, []).stop();
    expect(text().startsWith("\u001b[?25l")).toBe(true);
    expect(text().endsWith("\u001b[?25h")).toBe(true);
    expect(text()).toContain("\u001b[2A");
  });
  it("does not draw the same frame twice", () => {
    const { stream, text } = terminal();
    const view = new LiveView(() => ["same"], stream, []);
    const before = text();
    view.draw();
    expect(text()).toBe(before);
    view.stop();
  });
});

const SUMMARY: Summary = {
  name: "digits",
  objectives: SPEC.objectives,
  counts: { complete: 27, pruned: 2, failed: 1 },
  ran: { elapsed: 83_000, finished: 30 },
  interrupted: false,
  note: null,
  best: [TRIALS[2] ?? record(2, {})],
  defaults: { lr: 0.01, model: { act: "relu", dropout: 0.1 } },
  defaultTrial: null,
  final: { best: { testAccuracy: 0.98125 }, defaults: { testAccuracy: 0.91 }, error: null },
  importance: {
    bars: [
      { name: "lr", share: 0.72, better: "less is better" },
      { name: "model.act", share: 0.21, better: "" },
      { name: "batch", share: 0.01, better: "" },
    ],
    note: "One parameter at a time: interactions are not seen.",
  },
  failure: TRIALS[1] ?? null,
  next: [
    { line: "vernier run study.ts --trials 60", what: "30 trials more" },
    { line: "vernier show 2", what: "everything about the best trial" },
  ],
};

describe("the closing summary", () => {
  it("compares the best with the defaults", () => {
    expect(page(renderSummary(SUMMARY, 80, plain))).toMatchInlineSnapshot(`
      "
      digits  30 trials (27 complete, 2 pruned, 1 failed), in 1 min 23 s

        best: trial 2, loss=0.25

                               best  default
        lr                     0.02     0.01
        model.act              gelu     relu
        model.dropout             -      0.1

        loss                   0.25        -
        memory                  200        -
        final testAccuracy  0.98125     0.91

      What mattered
        lr          72 % ██████████████████████████████  less is better
        model.act   21 % ████████▊
        batch        1 % ▍
        One parameter at a time: interactions are not seen.

      Next
        vernier run study.ts --trials 60  30 trials more
        vernier show 2                    everything about the best trial
      "
    `);
  });
  it("says why nothing is best", () => {
    const nothing = {
      ...SUMMARY,
      best: [],
      final: null,
      importance: null,
      counts: { complete: 0, pruned: 0, failed: 3 },
      ran: { elapsed: 500, finished: 2 },
      next: [],
    };
    expect(page(renderSummary(nothing, 80, plain))).toMatchInlineSnapshot(`
      "
      digits  3 trials (3 failed), 2 of them now, in 500 ms

        No trial is complete.
        trial 1: exit code 3: ValueError: bad shape
      "
    `);
    expect(
      renderSummary(
        { ...nothing, counts: { complete: 1, pruned: 0, failed: 0 }, failure: null, interrupted: true },
        80,
        plain,
      ),
    ).toMatchInlineSnapshot(`
      [
        "digits  interrupted after 1 trial (1 complete), 2 of them now, in 500 ms",
        "",
        "  No complete trial holds every constraint with finite objectives.",
      ]
    `);
  });
  it("lists a front", () => {
    const best = [0, 1].map(i =>
      record(i, {
        state: "complete",
        params: { lr: 0.1 + i, text: "y".repeat(90) },
        metrics: { loss: i, latency: 5 - i },
      }),
    );
    const two = {
      ...SUMMARY,
      objectives: { loss: { direction: "minimize" as const }, latency: { direction: "minimize" as const } },
      best,
      importance: null,
      next: [],
    };
    expect(page(renderSummary(two, 80, plain))).toMatchInlineSnapshot(`
      "
      digits  30 trials (27 complete, 2 pruned, 1 failed), in 1 min 23 s

        front: 2 trials that no other beats in every objective

        trial  loss  latency  parameters
            0     0        5  lr=0.1 text=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
            1     1        4  lr=1.1 text=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
      "
    `);
  });
  it("keeps its figures when `final` fails", () => {
    const text = page(
      renderSummary({ ...SUMMARY, final: { best: {}, defaults: null, error: "no test file" } }, 80, plain),
    );
    expect(text).toContain("final failed: no test file");
    expect(text).toContain("0.25");
  });
  it("stays within 80 columns on any terminal, painted or not", () => {
    const long = { ...SUMMARY, defaults: { text: "z".repeat(100) } };
    for (const style of [plain, makeStyle(true)])
      for (const columns of [70, 80, 300])
        for (const line of renderSummary(long, columns, style))
          expect(widthOf(line)).toBeLessThanOrEqual(Math.min(columns, 80));
  });
});

describe("trials", () => {
  it("are a table with a column a parameter where there is room", () => {
    expect(page(trialTable(SPEC, TRIALS.slice(0, 1).concat(TRIALS.slice(2)), 100, plain))).toMatchInlineSnapshot(`
      "
      trial  state     loss  memory   time    lr  model.act
          0  complete   0.9     100  1.5 s   0.1  relu
          2  complete  0.25     200  1.5 s  0.02  gelu
          3  complete   0.1     900  1.5 s  0.03  gelu
          4  pruned     2.5       -  1.5 s   0.9  relu
          5  running    0.4       -         0.01  gelu
      "
    `);
    expect(page(trialTable(SPEC, TRIALS, 80, plain))).toMatchInlineSnapshot(`
      "
      trial  state     loss  memory   time    lr  model.act  error
          0  complete   0.9     100  1.5 s   0.1  relu
          1  failed       -       -  1.5 s  0.05  relu       exit code 3: ValueError:…
          2  complete  0.25     200  1.5 s  0.02  gelu
          3  complete   0.1     900  1.5 s  0.03  gelu
          4  pruned     2.5       -  1.5 s   0.9  relu
          5  running    0.4       -         0.01  gelu
      "
    `);
  });
  it("have a page each", () => {
    const reports = [1, 2, 3].map(step => ({ attempt: 1, step, metrics: { loss: 1 / step } }));
    const logs = [{ at: 0, attempt: 1, text: "warming up" }];
    const trial = {
      ...(TRIALS[1] ?? record(1, {})),
      attempt: 2,
      failures: 1,
      why: "TPE: 12 good of 40",
      artifacts: [{ name: "stderr", hash: "sha256-00", size: 2048 }],
      note: "odd",
    };
    expect(page(trialPage(SPEC, trial, { reports, logs, defaults: { lr: 0.01, model: { act: "relu" } } }, 80, plain)))
      .toMatchInlineSnapshot(`
        "
        trial 1 of digits  failed

        Parameters
                     value  default
          lr          0.05     0.01
          model.act   relu     relu

        Facts
          started 1970-01-01T00:00:01.000Z, took 1.5 s
          attempt 2, 1 failed attempt
          suggested by auto: TPE: 12 good of 40
          note: odd

        Reports
          loss  █▃▁  1 to 0.333333 in 3 reports

        Artifacts
          stderr  2.0 KiB

        Log
          warming up

        Error
          "python train.py" ended with exit code 3: ValueError: bad shape. Read the
          trial's stderr.
          | Traceback
          | ValueError: bad shape
        "
      `);
  });
});
