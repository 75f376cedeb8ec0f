import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auto, random } from "vernier/samplers";
import { measure, type Sample } from "./sample.ts";
import { askTell, askTellTwo, autoInName, tenFloats, tpeAfter, twoObjectives } from "./study.ts";

/** Trials of the study that has to open quickly. */
export const LONG = 100_000;

/** Each runs in a process of its own (child.ts), so that no run warms another. `file` is used by those that take one. */
export const MEASURES: Readonly<Record<string, (file: string) => Promise<Sample>>> = {
  "random-memory": async () => {
    const study = await tenFloats("memory:", random());
    await askTell(study, 1000);
    return measure(10_000, () => askTell(study, 10_000));
  },
  "tpe-1000": () => tpeAt(1000, 50),
  "tpe-10000": () => tpeAt(10_000, 20),
  "tpe-two-1000": () => tpeTwoAt(1000, 50),
  "tpe-two-10000": () => tpeTwoAt(10_000, 20),
  "sqlite-normal": () => sqlite("normal"),
  "sqlite-full": () => sqlite("full"),
  "sqlite-worker": async file => {
    const study = await tenFloats(`sqlite:${file}`, random());
    await askTell(study, 50);
    await startSignal();
    return measure(1, () => askTell(study, 500));
  },
  "make-long": async file => {
    const study = await tenFloats(`sqlite:${file}`, autoInName());
    const sample = await measure(LONG, () => askTell(study, LONG));
    await study.close();
    return sample;
  },
  "open-long": async file => {
    const sample = await measure(1, async () => {
      const study = await tenFloats(`sqlite:${file}`, auto());
      const trial = await study.ask({ claim: false }); // a suggestion, whatever an interrupted run may have left waiting
      await trial.tell({ value: trial.params["x0"] ?? NaN });
      await study.close();
    });
    return { ...sample, rssMb: process.resourceUsage().maxRSS / 1024 };
  },
};

/** The marginal cost of one more trial at a history of `history`. */
async function tpeAt(history: number, count: number): Promise<Sample> {
  const study = await tenFloats("memory:", tpeAfter(history));
  await askTell(study, history + 30); // the last with the model, as in a study that came here by itself: caches and compiler are warm
  return measure(count, () => askTell(study, count));
}

/** As tpeAt, with two objectives. */
async function tpeTwoAt(history: number, count: number): Promise<Sample> {
  const study = await twoObjectives("memory:", tpeAfter(history));
  await askTellTwo(study, history + 30);
  return measure(count, () => askTellTwo(study, count));
}

async function sqlite(synchronous: "normal" | "full"): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), "vernier-bench-"));
  try {
    const study = await tenFloats(`sqlite:${join(folder, "study.db")}?synchronous=${synchronous}`, random());
    await askTell(study, 200);
    const sample = await measure(2000, () => askTell(study, 2000));
    await study.close();
    return sample;
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  }
}

/** Says "ready" and waits for a line, so that the workers on one file start together. */
function startSignal(): Promise<void> {
  process.stdout.write("ready\n");
  return new Promise(resolve => {
    process.stdin.once("data", () => {
      process.stdin.pause();
      resolve();
    });
  });
}
