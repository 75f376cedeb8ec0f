/** Contract: studies, deletion, artifacts. */
import assert from "node:assert/strict";
import { rejects, SPEC, type Case } from "./bench.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

export const studies: readonly Case[] = [
  {
    title: "a created study is found by name, with its spec as given",
    async run(bench) {
      const info = await bench.storage.findStudy(SPEC.name);
      assert.ok(info);
      assert.deepEqual(info.spec, SPEC);
      assert.deepEqual(info.id, bench.id);
      assert.equal(info.createdAt, bench.clock.now());
      assert.deepEqual([info.deleted, info.attrs, info.tags, info.note], [false, {}, [], null]);
      assert.deepEqual(info.revision, (await bench.storage.changes(bench.id, 0))[0]!.revision);
      assert.equal(await bench.storage.findStudy("other"), undefined);
    },
  },
  {
    title: "names are unique and not empty",
    async run(bench) {
      await rejects(bench.storage.createStudy({ ...SPEC, seed: 8 }), "E_STUDY_EXISTS", /"contract" exists already/);
      for (const name of ["", "  ", "x".repeat(201), 5 as unknown as string]) {
        await rejects(bench.storage.createStudy({ ...SPEC, name }), "E_STUDY_NAME");
      }
      assert.equal((await bench.storage.findStudy(SPEC.name))?.spec.seed, 7);
    },
  },
  {
    title: "studies are apart: numbers, feeds, queues and leases",
    async run(bench) {
      const other = await bench.storage.createStudy({ ...SPEC, name: "other" });
      await bench.send({ type: "queue", params: { a: 1 } });
      await bench.start();
      const { result } = await bench.storage.execute(other.id, { type: "start", owner: "me", lease: 100 });
      assert.deepEqual([result.trial?.number, result.trial?.fixed], [0, null]);
      bench.clock.tick(100);
      const next = await bench.storage.execute(other.id, { type: "start", owner: "me", lease: 100, claim: true });
      assert.equal(next.result.trial?.number, 1);
      assert.deepEqual(
        (await bench.storage.changes(other.id, 0)).map(event => event.type),
        ["study.created", "trial.started", "trial.failed", "trial.started"],
      );
      assert.equal((await bench.trial(0)).state, "running");
      assert.equal((await bench.storage.snapshot(bench.id)).trials.length, 1);
    },
  },
  {
    title: "counts follow states and leave deleted trials out",
    async run(bench) {
      await bench.send({ type: "queue", params: {} });
      for (let i = 0; i < 7; i++) await bench.start();
      await bench.finish(0, 1);
      await bench.finish(1, 1);
      await bench.send({ type: "finish", number: 2, attempt: 1, state: "pruned" });
      await bench.send({ type: "pause", number: 3, attempt: 1 });
      await bench.send({ type: "release", number: 4, attempt: 1 });
      await bench.send({ type: "delete", number: 1 });
      const [info] = await bench.storage.listStudies();
      assert.deepEqual(info?.counts, { waiting: 1, running: 2, paused: 1, complete: 1, pruned: 1, failed: 0 });
      assert.deepEqual(info, await bench.storage.findStudy(SPEC.name));
    },
  },
  {
    title: "a deleted study is out of sight, keeps its name and takes no commands, until restored whole",
    async run(bench) {
      await bench.start();
      await bench.storage.deleteStudy(bench.id);
      await bench.storage.deleteStudy(bench.id);
      assert.equal(await bench.storage.findStudy(SPEC.name), undefined);
      assert.deepEqual(await bench.storage.listStudies(), []);
      assert.equal((await bench.storage.findStudy(SPEC.name, { deleted: true }))?.deleted, true);
      assert.equal((await bench.storage.listStudies({ deleted: true })).length, 1);
      await rejects(bench.storage.createStudy(SPEC), "E_STUDY_EXISTS", /is deleted/);
      await bench.refused({ type: "start", owner: "me", lease: null }, "E_STUDY_DELETED");
      assert.equal((await bench.storage.snapshot(bench.id)).trials.length, 1, "it can still be read");
      await bench.storage.restoreStudy(bench.id);
      await bench.finish(0, 1);
      const types = (await bench.storage.changes(bench.id, 0)).map(event => event.type);
      assert.deepEqual(types, ["study.created", "trial.started", "study.deleted", "study.restored", "trial.finished"]);
    },
  },
  {
    title: "only a deleted study is purged; then it is gone and its name is free, its id is not used again",
    async run(bench) {
      await bench.start();
      await bench.send({ type: "report", number: 0, attempt: 1, step: 1, metrics: { loss: 1 } });
      await bench.send({ type: "log", number: 0, attempt: 1, text: "x" });
      await rejects(bench.storage.purgeStudy(bench.id), "E_STUDY_NOT_DELETED");
      await bench.storage.deleteStudy(bench.id);
      await bench.storage.purgeStudy(bench.id);
      assert.equal(await bench.storage.findStudy(SPEC.name, { deleted: true }), undefined);
      for (const attempt of [
        () => bench.storage.execute(bench.id, { type: "close" }),
        () => bench.storage.snapshot(bench.id),
        () => bench.storage.changes(bench.id, 0),
        () => bench.storage.trial(bench.id, 0),
        () => bench.storage.trials(bench.id),
        () => bench.storage.reports(bench.id, 0),
        () => bench.storage.logs(bench.id, 0),
        () => bench.storage.deleteStudy(bench.id),
        () => bench.storage.purgeStudy(bench.id),
      ]) {
        await rejects(attempt(), "E_STUDY_UNKNOWN");
      }
      const again = await bench.storage.createStudy(SPEC);
      assert.notDeepEqual(again.id, bench.id);
      assert.deepEqual((await bench.storage.snapshot(again.id)).trials, []);
    },
  },
  {
    title: "artifacts are addressed by content: put twice is one, and what comes back is what was put",
    async run(bench) {
      const { artifacts } = bench.storage;
      const first = await artifacts.put(bytes("hello"));
      assert.deepEqual(first, {
        hash: "sha256-2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        size: 5,
      });
      assert.deepEqual(await artifacts.put(bytes("hello")), first);
      assert.equal(text(await artifacts.get(first.hash)), "hello");
      const empty = await artifacts.put(new Uint8Array(0));
      assert.equal((await artifacts.get(empty.hash)).length, 0);
      const large = new Uint8Array(300_000).map((_, i) => i * 7);
      assert.deepEqual(new Uint8Array(await artifacts.get((await artifacts.put(large)).hash)), large);
    },
  },
  {
    title: "what is put is copied: changing it afterwards changes nothing",
    async run(bench) {
      const given = bytes("abc");
      const { hash } = await bench.storage.artifacts.put(given);
      given[0] = 0;
      const got = await bench.storage.artifacts.get(hash);
      assert.equal(text(got), "abc");
      got[0] = 0;
      assert.equal(text(await bench.storage.artifacts.get(hash)), "abc");
    },
  },
  {
    title: "an unknown artifact is refused, and an address cannot walk elsewhere",
    async run(bench) {
      for (const hash of [`sha256-${"0".repeat(64)}`, "sha256-../../etc/passwd", "", "x"]) {
        await rejects(bench.storage.artifacts.get(hash), "E_ARTIFACT_UNKNOWN");
      }
    },
  },
  {
    title: "a purge removes the study's artifacts and checkpoints, but none that another study refers to",
    async run(bench) {
      const { artifacts } = bench.storage;
      const own = await artifacts.put(bytes("own"));
      const shared = await artifacts.put(bytes("shared"));
      const checkpoint = await artifacts.put(bytes("checkpoint"));
      const other = await bench.storage.createStudy({ ...SPEC, name: "other" });
      await bench.storage.execute(other.id, { type: "start", owner: "me", lease: null });
      await bench.storage.execute(other.id, {
        type: "artifact",
        number: 0,
        artifact: { name: "f", ...shared },
      });
      await bench.start();
      await bench.send({ type: "artifact", number: 0, artifact: { name: "f", ...own } });
      await bench.send({ type: "artifact", number: 0, artifact: { name: "g", ...shared } });
      await bench.send({ type: "checkpoint", number: 0, attempt: 1, step: 1, ...checkpoint });
      await bench.storage.deleteStudy(bench.id);
      assert.equal(text(await artifacts.get(own.hash)), "own", "deleting is undoable");
      await bench.storage.purgeStudy(bench.id);
      await rejects(artifacts.get(own.hash), "E_ARTIFACT_UNKNOWN");
      await rejects(artifacts.get(checkpoint.hash), "E_ARTIFACT_UNKNOWN");
      assert.equal(text(await artifacts.get(shared.hash)), "shared");
    },
  },
  {
    title: "what storages hand out cannot be used to change them",
    async run(bench) {
      const params = { a: 1, deep: { list: [1] } };
      const given = await bench.start({ suggest: () => ({ params, sampler: "s" }) });
      params.deep.list.push(2);
      const spoil = (change: () => void) => {
        // Frozen or a copy: either is fine.
        try {
          change();
        } catch (error) {
          assert.ok(error instanceof TypeError);
        }
      };
      spoil(() => ((given as { state: string }).state = "complete"));
      spoil(() => ((given.params as Record<string, unknown>)["a"] = 2));
      const snapshot = await bench.storage.snapshot(bench.id);
      spoil(() => (snapshot.trials as unknown[]).pop());
      spoil(() => (snapshot.reports as Map<number, unknown>).set(0, [1]));
      const events = await bench.storage.changes(bench.id, 0);
      spoil(() => ((events[1] as { number: number }).number = 9));
      const stored = await bench.trial(0);
      assert.deepEqual([stored.state, stored.params], ["running", { a: 1, deep: { list: [1] } }]);
      assert.equal((await bench.storage.snapshot(bench.id)).trials.length, 1);
      assert.equal(((await bench.storage.changes(bench.id, 0))[1] as { number: number }).number, 0);
    },
  },
  {
    title: "a closed storage says so; closing twice is fine",
    async run(bench) {
      await bench.storage.close();
      await bench.storage.close();
      await rejects(bench.storage.findStudy("x"), "E_STORAGE_CLOSED");
      await rejects(bench.storage.execute(bench.id, { type: "close" }), "E_STORAGE_CLOSED");
    },
  },
  {
    title: "two handles on the same data: studies and artifacts are shared",
    shared: true,
    async run(bench) {
      const other = await bench.again();
      assert.deepEqual(await other.findStudy(SPEC.name), await bench.storage.findStudy(SPEC.name));
      await rejects(other.createStudy(SPEC), "E_STUDY_EXISTS");
      const { hash } = await bench.storage.artifacts.put(bytes("x"));
      assert.equal(text(await other.artifacts.get(hash)), "x");
      await other.deleteStudy(bench.id);
      await bench.refused({ type: "close" }, "E_STUDY_DELETED");
      await other.close();
    },
  },
];
