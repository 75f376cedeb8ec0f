import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createEngine, defineScheduler, type Engine } from "../core/index.ts";
import type { Scheduler } from "../core/types.ts";
import { random } from "../samplers/random/random.ts";
import { none } from "../schedulers/none/none.ts";
import { float, space } from "../space/index.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { command } from "./index.ts";

const newEngine = (clock = fakeClock()): Engine =>
  createEngine({ sampler: () => random(), scheduler: () => none(), clock });
const study = (engine: Engine, scheduler: Scheduler = none()) =>
  engine.create({ name: "s", space: space({ x: float(0, 1) }), objectives: { loss: "minimize" }, seed: 7, scheduler });
const environment = { PATH: process.env["PATH"] };
const sh = (line: string) => command({ argv: ["sh", "-c", line, "sh", "{x}"], environment });

test("a program is tuned", async () => {
  const s = await study(newEngine());
  await s.run(sh(`awk -v x="$1" 'BEGIN { print "loss: " (x - 0.5) ^ 2 }'`), { trials: 6, concurrency: 2 });
  expect(s.counts.complete).toBe(6);
  for (const { params, metrics } of s.trials) expect(metrics?.loss).toBeCloseTo(((params?.x ?? NaN) - 0.5) ** 2, 5);
});

test("a failing program fails its trials, with its last lines and its output in the record", async () => {
  const engine = newEngine();
  const s = await study(engine);
  const summary = await s.run(sh("echo oops >&2; exit 3"), { trials: 1, retries: 1 });
  expect(summary).toMatchObject({ failed: 1, retried: 1 });
  const record = await engine.storage.trial(s.id, 0);
  expect(record).toMatchObject({
    state: "failed",
    failures: 2,
    error: { kind: "exit", code: "E_COMMAND_EXIT", tail: "oops" },
  });
  expect(record?.artifacts.map(({ name }) => name)).toEqual(["stderr.txt", "stderr.2.txt"]);
});

test("a wrong placeholder and a missing program are told before the first trial", async () => {
  const s = await study(newEngine());
  await expect(s.run(command({ argv: ["sh", "{y}"], environment }), { trials: 1 })).rejects.toThrow(/no parameter/);
  await expect(s.run(command({ argv: ["no-such-program"], environment }), { trials: 1 })).rejects.toThrow(/no program/);
  expect(s.trials).toHaveLength(0);
});

test("the scheduler's word ends the program", async () => {
  const atTwo = defineScheduler({ name: "at-two", decide: ({ step }) => (step >= 2 ? "stop" : "continue") });
  const s = await study(newEngine(), atTwo());
  const summary = await s.run(sh(`for i in 1 2 3; do echo "{\\"step\\": $i, \\"loss\\": $i}"; done; exec sleep 100`), {
    trials: 1,
  });
  expect(summary.pruned).toBe(1);
  expect(s.reports(0).map(({ step }) => step)).toEqual([1, 2]);
});

test("a paused trial goes on from its checkpoint", async () => {
  const halving = defineScheduler({
    name: "halving",
    decide: ({ step }) => (step === 1 ? "pause" : "continue"),
    next: ({ history }) => (history.states[0] === 3 ? { resume: 0, until: 2 } : { start: { until: 1 } }),
  });
  const s = await study(newEngine(), halving());
  const line = `if [ -n "$VERNIER_CHECKPOINT" ]; then read -r was < "$VERNIER_CHECKPOINT"; echo "loss: $was$VERNIER_UNTIL"; exit; fi
    echo 4 > "$VERNIER_RESULT.state"; echo '{"step": 1, "loss": 9, "checkpoint": "'"$VERNIER_RESULT.state"'"}'; exec sleep 100`;
  await s.run(sh(line), { trials: 2 });
  expect(s.trial(0)).toMatchObject({ state: "complete", attempt: 2, metrics: { loss: 42 } });
});

test("a trial that runs too long ends, and the record says how far it came", async () => {
  const clock = fakeClock();
  const engine = newEngine(clock);
  const s = await study(engine);
  const running = s.run(sh(`echo stuck >&2; echo '{"step": 1, "loss": 1}'; exec sleep 100`), {
    trials: 1,
    trialTimeout: "1m",
  });
  while (s.reports(0).length === 0) await turn();
  clock.tick(60_000);
  expect(await running).toMatchObject({ failed: 1 });
  expect((await engine.storage.trial(s.id, 0))?.error).toMatchObject({
    ...{ kind: "timeout", code: "E_TRIAL_TIMEOUT", tail: "stuck" },
  });
});

test("an aborted run gives its trials back", async () => {
  const s = await study(newEngine());
  const controller = new AbortController();
  const running = s.run(sh(`echo '{"step": 1, "loss": 1}'; exec sleep 100`), { trials: 1, signal: controller.signal });
  while (s.reports(0).length === 0) await turn();
  controller.abort();
  expect(await running).toMatchObject({ released: 1, failed: 0 });
  expect(s.counts).toMatchObject({ waiting: 1, running: 0 });
});
