/** What the compiler says to the commonest mistakes with studies, and that it says nothing to what is right. */
import { describe, expect, test } from "vitest";
import { diagnose, hover } from "../testing/typecheck.ts";

const HEAD = `
import { createStudy, dynamic, float, int, oneOf, ordinal, space, when, defineStudy, type Infer } from "vernier";
const s = space({ lr: float(0, 1), layers: int(1, 6), optimizer: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }) });
const st = await createStudy({ name: "d", space: s, objectives: { accuracy: "maximize", latencyMs: "minimize" }, constraints: { memoryMb: { max: 512 } } });
const one = await createStudy({ name: "o", space: s, objectives: { loss: "minimize" } });
`;
const say = (source: string): string =>
  diagnose(HEAD + source)
    .map(({ message }) => message)
    .join("\n---\n");

describe("mistakes", () => {
  test.each([
    ["8 a missing constraint", `await st.run(async () => ({ accuracy: 1, latencyMs: 2 }), { trials: 1 });`],
    ["9 a bare number for several metrics", `await st.run(async () => 1, { trials: 1 });`],
    ["10 an unknown parameter", `await one.run(p => p.lrr, { trials: 1 });`],
    ["11 a branch's parameter without narrowing", `await one.run(p => p.optimizer.momentum, { trials: 1 });`],
    ["12 a direction's typo", `await createStudy({ name: "d", space: s, objectives: { accuracy: "max" } });`],
    ["13 the best of several objectives", `const b = st.best.params;`],
    ["14 a duration in words", `await one.run(() => 1, { timeout: "10 minutes" });`],
    [
      "15 a constraint that is an objective",
      `await createStudy({ name: "d", space: s, objectives: { a: "maximize" }, constraints: { a: { max: 1 } } });`,
    ],
    [
      "16 space() forgotten",
      `await createStudy({ name: "d", space: { lr: float(0, 1) }, objectives: { a: "maximize" } });`,
    ],
    [
      "17 a report of an unknown metric",
      `await st.run(async (p, t) => { await t.report(1, { acc: 1 }); return { accuracy: 1, latencyMs: 2, memoryMb: 3 }; }, { trials: 1 });`,
    ],
    ["24 the space forgotten", `await createStudy({ name: "d", objectives: { a: "maximize" } });`],
    ["define-by-run on a declared space", `await one.run((_, t) => t.float("x", 0, 1), { trials: 1 });`],
    ["telling a metric's typo", `await (await one.ask()).tell({ los: 1 });`],
    ["an option's typo", `await one.run(() => 1, { trails: 1 });`],
    ["queueing a value of the wrong kind", `await one.queue({ layers: "3" });`],
    [
      "a study file whose objective forgets a metric",
      `export default defineStudy({ space: s, objectives: { a: "maximize", b: "minimize" }, objective: p => ({ a: p.lr }) });`,
    ],
  ])("%s", (_, source) => {
    const said = say(source);
    expect(said).not.toBe("");
    expect(said).toMatchSnapshot();
  });
});

test("what is right compiles", () => {
  expect(
    say(`
await st.run(async (p, trial) => {
  await trial.report(1, { accuracy: 1 });
  if (p.optimizer.kind === "sgd") { const m: number = p.optimizer.momentum; }
  return { accuracy: p.lr, latencyMs: 1, memoryMb: 2, extra: 3 };
}, { trials: 10, timeout: "10m", concurrency: 2 });
await one.run(p => p.lr, { trials: 3 });
await one.run(async p => ({ loss: p.lr, epochs: 3 }), { trials: 3 });
const best = one.best; const lr: number | undefined = best?.params.lr; const loss: number | undefined = best?.metrics.loss;
const front: number[] = st.front.map(t => t.metrics.memoryMb + t.params.layers);
const trial = await one.ask({ retries: 1, lease: "5m" });
await trial.tell(0.5); await trial.tell({ loss: trial.params.lr });
await one.queue({ layers: 3 }); await one.queue({ optimizer: { kind: "sgd" } });
for await (const event of one.events()) { if (event.type === "trial.reported") { const step: number = event.step; } }
const dyn = await createStudy({ name: "x", space: dynamic(), objectives: { loss: "minimize" } });
await dyn.run((_, t) => { const a = t.choice("act", ["relu", "gelu"]); return a === "relu" ? t.float("lr", 0, 1) : 0; }, { trials: 1 });
const names: Record<string, "minimize"> = { a: "minimize" };
const loose = await createStudy({ name: "x", space: s, objectives: names, constraints: { c: { max: 1 } } });
await loose.run(p => ({ a: p.lr, c: 1 }), { trials: 1 });
const optional = await createStudy({ name: "x", space: space({ act: ordinal([1, 2]), slope: when("act == 1", float(0, 1)) }), objectives: { loss: "minimize" } });
await optional.run(p => p.slope ?? p.act, { trials: 1 });
export default defineStudy({ space: s, objectives: { loss: "minimize" }, objective: async (p, t) => { await t.report(1, { loss: 1 }); return p.lr; }, final: p => ({ test: p.lr }) });
await using disposed = await createStudy({ name: "x", space: s, objectives: { loss: { direction: "minimize", target: 0.1, unit: "nats" } } });
`),
  ).toBe("");
});

test("hovers read well", () => {
  expect(hover(`${HEAD} const best = one.best;`, "best")).toMatchInlineSnapshot(
    `"FinishedTrial<{ lr: number; layers: number; optimizer: { kind: "sgd"; momentum: number; } | { kind: "adam"; }; }, "loss"> | undefined"`,
  );
  expect(hover(`${HEAD} const trial = await st.ask();`, "trial")).toMatchInlineSnapshot(
    `"Asked<{ lr: number; layers: number; optimizer: { kind: "sgd"; momentum: number; } | { kind: "adam"; }; }, "accuracy" | "latencyMs" | "memoryMb">"`,
  );
  expect(hover(`${HEAD} const params = (await one.ask()).params;`, "params")).toMatchInlineSnapshot(
    `"{ lr: number; layers: number; optimizer: { kind: "sgd"; momentum: number; } | { kind: "adam"; }; }"`,
  );
});
