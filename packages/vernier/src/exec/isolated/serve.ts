/** Runs the objective for one trial, on the isolated side. */
import { VernierError } from "../../core/errors.ts";
import { spell } from "../../space/spell.ts";
import type { Objective } from "./load.ts";
import { isCloneable, toWire, type ResultMessage } from "./protocol.ts";
import type { RemoteTrial } from "./remote-trial.ts";

/** Never rejects. */
export async function serve(load: () => Promise<Objective> | Objective, trial: RemoteTrial): Promise<ResultMessage> {
  const { id } = trial;
  try {
    const objective = load();
    const call = objective instanceof Promise ? await objective : objective;
    const outcome = sendable(await call(trial.params, trial));
    await trial.finish();
    return { type: "result", id, sent: trial.sent, outcome };
  } catch (error) {
    await trial.finish();
    return { type: "result", id, sent: trial.sent, error: toWire(error) };
  }
}

/** What is no record of numbers is for the study to refuse; here it only has to survive the journey. */
function sendable(outcome: unknown): unknown {
  if (typeof outcome === "number" || outcome === undefined || outcome === null) return outcome;
  if (typeof outcome === "object" && Object.values(outcome).every(value => typeof value === "number"))
    return Array.isArray(outcome) ? outcome : { ...outcome };
  if (isCloneable(outcome)) return outcome;
  const entry = Object.entries(outcome as object).find(([, value]) => !isCloneable(value));
  const what = entry === undefined ? spell(outcome) : `${spell(entry[0])}: ${spell(entry[1])}`;
  throw new VernierError(
    "E_WORKER_RESULT",
    `the result holds ${what}, which cannot leave the worker. A result is a number, or an object of numbers. Return only those.`,
    { details: { kind: "result" } },
  );
}
