/** A process that works on a shared study file. Speaks to its parent in lines on stdout, written at once: what is said was done. */
import { writeSync } from "node:fs";
import type { Command, Storage, TimedEvent } from "../../packages/vernier/src/core/types.ts";
import { sqliteStorage } from "../../packages/vernier/src/store/sqlite.ts";

const [task, path = "", ...rest] = process.argv.slice(2);

function say(message: unknown): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

/** Takes every queued trial it can get, then makes `extra` new ones. */
async function drain(storage: Storage, extra: number): Promise<void> {
  const { id } = (await storage.findStudy("chaos"))!;
  const owner = `w${process.pid}`;
  const suggest = (number: number) => ({ params: { a: number / 1e6, b: "x" }, sampler: "random" });
  let cursor: number | string = 0;
  const claimed: number[] = [];
  const made: number[] = [];
  for (let create = false; ;) {
    const started: Awaited<ReturnType<typeof once>> = await once(create);
    cursor = started.revision;
    const { trial } = started.result;
    if (trial === null) {
      create = true;
      continue;
    }
    (trial.fixed === null ? made : claimed).push(trial.number);
    const { number, attempt } = trial;
    const metrics = { loss: number };
    const told = await storage.execute(id, { type: "finish", number, attempt, state: "complete", metrics }, cursor);
    cursor = told.revision;
    if (made.length >= extra) break;
  }
  say({ claimed, made });

  function once(create: boolean) {
    return storage.execute(id, { type: "start", owner, lease: 60_000, create, suggest }, cursor);
  }
}

/** A bit of everything a study's life is made of. Reads where it stands from the file, so that it can follow a killed one. */
async function live(storage: Storage): Promise<void> {
  const study = (await storage.findStudy("chaos")) ?? (await storage.createStudy(JSON.parse(rest[1]!) as never));
  const { id } = study;
  const send = async <C extends Command>(command: C) => {
    const { result, events } = await storage.execute(id, command, (await storage.findStudy("chaos"))!.revision);
    say({ revisions: events.map(event => event.revision), types: events.map(event => event.type) });
    return result;
  };
  const suggest = () => ({ params: { a: 0.5 }, sampler: "random", key: "k" });
  await send({ type: "queue", params: { a: 1 } });
  const { trial } = await send({ type: "start", owner: "me", lease: null, claim: false, retries: 3, suggest });
  const { number } = trial!;
  let attempt = 1;
  await send({ type: "report", number, attempt, step: 1, metrics: { loss: NaN } });
  await send({ type: "report", number, attempt, step: 2, metrics: { loss: 2 } });
  await send({ type: "checkpoint", number, attempt, step: 1, hash: "sha256-1", size: 1 });
  await send({ type: "log", number, attempt, text: "hello" });
  await send({ type: "fail", number, attempt, error: { kind: "throw", message: "boom" } });
  await send({ type: "start", owner: "me", lease: 60_000, only: number });
  attempt++;
  await send({ type: "renew", number, attempt, lease: 90_000 });
  await send({ type: "param", number, attempt, name: "late", value: 1 });
  await send({ type: "artifact", number, artifact: { name: "out", hash: "sha256-2", size: 2 } });
  await send({ type: "pause", number, attempt });
  await send({ type: "resume", number, owner: "me", lease: 60_000 });
  attempt++;
  await send({ type: "finish", number, attempt, state: "complete", metrics: { loss: -0 } });
  await send({ type: "correct", number, metrics: { loss: 1 }, reason: "sign" });
  await send({ type: "annotate", note: "x" });
  await send({ type: "close" });
}

/** A study with a past, in one transaction. */
async function bring(storage: Storage): Promise<void> {
  const events: TimedEvent[] = [];
  for (let number = 0; number < 20; number++) {
    events.push({ type: "trial.started", number, attempt: 1, owner: "w", retries: 0, at: number });
    events.push({ type: "trial.reported", number, attempt: 1, step: 1, metrics: { loss: number }, at: number });
    events.push({
      type: "trial.finished",
      number,
      attempt: 1,
      state: "complete",
      metrics: { loss: number },
      at: number,
    });
  }
  await storage.importStudy(JSON.parse(rest[1]!) as never, events);
  say("imported");
}

if (task === "drain") {
  const storage = await sqliteStorage(path);
  say("ready");
  process.once("message", () => void drain(storage, Number(rest[0])).then(() => process.exit(0)));
} else {
  const killAt = Number(rest[0]);
  let steps = 0;
  const hook = () => {
    if (++steps === killAt) process.kill(process.pid, "SIGKILL");
  };
  const storage = await sqliteStorage(path, { hook });
  await (task === "import" ? bring(storage) : live(storage));
  if (task === "import") say({ steps });
  say("done");
  process.exit(0);
}
