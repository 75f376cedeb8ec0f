/** Contract: corrections, annotations, edits, deletion, and commands that make no sense. */
import assert from "node:assert/strict";
import { SPEC, type Case } from "./bench.ts";

const finished = { type: "finish", number: 0, attempt: 1, state: "complete", metrics: { loss: 2 } } as const;

export const edits: readonly Case[] = [
  {
    title: "a correction changes a finished trial, keeps what it does not name, and says why",
    async run(bench) {
      await bench.start();
      await bench.refused({ type: "correct", number: 0, metrics: { loss: 1 }, reason: "typo" }, "E_TRIAL_STATE");
      await bench.send({ ...finished, metrics: { loss: 2, memory: 3 } });
      await bench.refused({ type: "correct", number: 0, metrics: { loss: 1 }, reason: "" }, "E_COMMAND", /reason/);
      await bench.refused({ type: "correct", number: 0, reason: "nothing" }, "E_COMMAND", /changes nothing/);
      await bench.send({ type: "correct", number: 0, metrics: { loss: 1 }, reason: "typo" });
      assert.deepEqual((await bench.trial(0)).metrics, { loss: 1, memory: 3 });
      await bench.send({ type: "correct", number: 0, state: "failed", reason: "leak" });
      const trial = await bench.trial(0);
      assert.deepEqual([trial.state, trial.error], ["failed", { kind: "result", message: "leak" }]);
      await bench.send({ type: "correct", number: 0, state: "complete", reason: "no leak after all" });
      assert.deepEqual([(await bench.trial(0)).state, (await bench.trial(0)).error], ["complete", null]);
      const reasons = (await bench.storage.changes(bench.id, 0)).filter(event => event.type === "trial.corrected");
      assert.deepEqual(
        reasons.map(event => event.reason),
        ["typo", "leak", "no leak after all"],
      );
    },
  },
  {
    title: "annotations merge attributes (null removes one), replace tags and notes, and work on finished trials",
    async run(bench) {
      await bench.start();
      await bench.send(finished);
      const attrs = { a: 1, b: { deep: ["é", null] } };
      await bench.send({ type: "annotate", number: 0, attrs, tags: ["x", "y"], note: "first" });
      await bench.send({ type: "annotate", number: 0, attrs: { a: null, c: true }, tags: ["z"] });
      const trial = await bench.trial(0);
      assert.deepEqual([trial.attrs, trial.tags, trial.note], [{ b: { deep: ["é", null] }, c: true }, ["z"], "first"]);
      await bench.send({ type: "annotate", number: 0, note: null });
      assert.equal((await bench.trial(0)).note, null);
      await bench.refused({ type: "annotate", number: 0, attrs: { n: Infinity } }, "E_JSON", /attrs\.n is Infinity/);
    },
  },
  {
    title: "the study itself is annotated and configured",
    async run(bench) {
      await bench.send({ type: "annotate", attrs: { team: "a" }, tags: ["t"], note: "n" });
      await bench.send({ type: "configure", sampler: { name: "tpe", options: { gamma: 0.1 } } });
      const info = await bench.storage.findStudy(SPEC.name);
      assert.deepEqual([info?.attrs, info?.tags, info?.note], [{ team: "a" }, ["t"], "n"]);
      assert.deepEqual(info?.spec.sampler, { name: "tpe", options: { gamma: 0.1 } });
      assert.deepEqual(info?.spec.scheduler, SPEC.scheduler);
    },
  },
  {
    title: "an edited space is the study's space from then on",
    async run(bench) {
      const space = { version: 1, shape: { a: { type: "float", low: 0, high: 2 } } } as const;
      await bench.send({ type: "edit", space });
      assert.deepEqual((await bench.storage.findStudy(SPEC.name))?.spec.space, space);
    },
  },
  {
    title: "a deleted trial is out of sight and takes nothing, until restored as it was",
    async run(bench) {
      await bench.start();
      await bench.finish(0, 4);
      await bench.start();
      const before = [await bench.trial(0), await bench.trial(1)];
      for (const number of [0, 1]) await bench.send({ type: "delete", number });
      await bench.send({ type: "delete", number: 0 });
      assert.deepEqual(await bench.storage.trials(bench.id), []);
      assert.equal((await bench.storage.trials(bench.id, { deleted: true })).length, 2);
      assert.equal((await bench.trial(0)).deleted, true);
      await bench.refused({ ...finished, number: 1 }, "E_TRIAL_DELETED");
      await bench.refused({ type: "annotate", number: 0, note: "x" }, "E_TRIAL_DELETED");
      await bench.refused({ type: "start", owner: "me", lease: null, only: 1 }, "E_TRIAL_DELETED");
      assert.equal((await bench.start()).number, 2, "numbers are not used again");
      for (const number of [0, 1]) await bench.send({ type: "restore", number });
      assert.deepEqual([await bench.trial(0), await bench.trial(1)], before);
      await bench.finish(1, 5);
    },
  },
  {
    title: "an unknown trial is refused by number",
    async run(bench) {
      await bench.refused(finished, "E_TRIAL_UNKNOWN", /no trial 0; study "contract" has no trials yet/);
      await bench.start();
      await bench.refused(
        { ...finished, number: 7 },
        "E_TRIAL_UNKNOWN",
        /no trial 7; study "contract" has only trial 0/,
      );
      for (const number of [-1, 0.5, NaN, "0" as unknown as number]) {
        await bench.refused({ ...finished, number }, "E_TRIAL_UNKNOWN");
      }
      assert.equal(await bench.storage.trial(bench.id, 7), undefined);
      assert.deepEqual(await bench.storage.reports(bench.id, 7), []);
      assert.deepEqual(await bench.storage.logs(bench.id, -1), []);
    },
  },
  {
    title: "commands with nonsense in them are refused at the door",
    async run(bench) {
      await bench.start();
      const held = { number: 0, attempt: 1 };
      const bad = (command: unknown, code = "E_COMMAND") => bench.refused(command as never, code);
      await bad({ type: "begin" });
      await bad({ type: "start", owner: "", lease: null });
      for (const lease of [0, -5, NaN, Infinity, "60s"]) await bad({ type: "start", owner: "me", lease });
      for (const retries of [-1, 0.5, NaN]) await bad({ type: "start", owner: "me", lease: 1, retries });
      await bad({ ...finished, state: "done" });
      await bad({ ...finished, metrics: 3 }, "E_METRICS");
      await bad({ ...finished, metrics: { loss: "3" } }, "E_METRICS");
      await bad({ type: "suggest", ...held, params: [1], basis: 1, sampler: "s" }, "E_PARAMS");
      await bad({ type: "suggest", ...held, params: { f: () => 1 }, basis: 1, sampler: "s" }, "E_PARAMS");
      await bad({ type: "queue", params: { a: new Date(0) } }, "E_PARAMS");
      await bad({ type: "annotate", number: 0, tags: [""] });
      await bad({ type: "log", ...held, text: 5 });
      await bad({ type: "checkpoint", ...held, step: 1, hash: "", size: 1 });
      await bad({ type: "checkpoint", ...held, step: 1, hash: "h", size: -1 });
    },
  },
];
