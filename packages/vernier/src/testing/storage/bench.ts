/** What every case of the storage contract works with. */
import assert from "node:assert/strict";
import type { Command, Executed, ResultOf, Storage, StudyInfo, StudySpec, TrialRecord } from "../../core/types.ts";
import type { FakeClock } from "../fake-clock.ts";

/** One rule of the contract, as a test. */
export interface Case {
  readonly title: string;
  run(bench: Bench): Promise<void>;
  /** Needs a second handle on the same data. */
  readonly shared?: true;
}

export const SPEC: StudySpec = {
  version: 1,
  name: "contract",
  space: { version: 1, shape: { a: { type: "float", low: 0, high: 1 }, b: { type: "choice", choices: ["x", "y"] } } },
  objectives: { loss: { direction: "minimize" } },
  constraints: { memory: { max: 10 } },
  sampler: { name: "random", options: { deep: [1, null, "é"] } },
  scheduler: { name: "none" },
  seed: 7,
  owner: "client",
};

export const THROWN = { kind: "throw", message: "boom" } as const;

/** A study in a fresh storage, with short names for what cases do most. */
export class Bench {
  readonly storage: Storage;
  readonly clock: FakeClock;
  readonly id: StudyInfo["id"];
  /** Opens another handle on the same data. */
  readonly again: () => Promise<Storage>;

  constructor(storage: Storage, clock: FakeClock, id: StudyInfo["id"], again: () => Promise<Storage>) {
    this.storage = storage;
    this.clock = clock;
    this.id = id;
    this.again = again;
  }

  async send<C extends Command>(command: C): Promise<ResultOf<C>> {
    return (await this.storage.execute(this.id, command)).result;
  }

  /** Hands out a trial under a 100 ms lease and returns it. */
  async start(more: Partial<Extract<Command, { type: "start" }>> = {}): Promise<TrialRecord> {
    const { trial } = await this.send({ type: "start", owner: "me", lease: 100, ...more });
    assert.ok(trial, "a trial is handed out");
    return trial;
  }

  finish(number: number, loss: number, attempt = 1): Promise<null> {
    return this.send({ type: "finish", number, attempt, state: "complete", metrics: { loss } });
  }

  async trial(number: number): Promise<TrialRecord> {
    const record = await this.storage.trial(this.id, number);
    assert.ok(record, `trial ${number} exists`);
    return record;
  }

  /** A command that must be refused with this code, in words that match, and must change nothing. */
  async refused(command: Command, code: string, words?: RegExp): Promise<void> {
    const before = await this.storage.snapshot(this.id);
    await rejects(this.storage.execute(this.id, command), code, words);
    assert.deepEqual(await this.storage.snapshot(this.id), before, "a refused command changes nothing");
  }

  /** Runs a command with a cursor. */
  execute<C extends Command>(command: C, since: number | string): Promise<Executed<ResultOf<C>>> {
    return this.storage.execute(this.id, command, since);
  }
}

/** The promise must be rejected by an error with this code that says the fact, the rule and the next step. */
export async function rejects(promise: Promise<unknown>, code: string, words?: RegExp): Promise<void> {
  const error: unknown = await promise.then(
    () => assert.fail(`expected ${code}, but nothing was thrown`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Error, `expected ${code}, got ${String(error)}`);
  assert.equal((error as { code?: unknown }).code, code, error.stack ?? error.message);
  const sentences = error.message.split(/[.!?:](?:\s|$)/).filter(part => part.trim() !== "");
  assert.ok(sentences.length >= 3, `says fact, rule and next step: ${error.message}`);
  if (words) assert.match(error.message, words);
}
