import { outcomeMetrics } from "../../core/result.ts";
import type { Metrics, TrialRecord } from "../../core/types.ts";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { intOf, isOn, jsonFlag, storageFlag, studyFlag, textOf, trialNumber } from "../flags.ts";
import { printJson, studyJson, trialJson } from "../json.ts";
import { withStudy } from "../open.ts";
import { formatMetrics } from "../view/plain.ts";

/** `loss=0.3 accuracy=0.9` @throws VernierError E_CLI_USAGE, E_METRICS */
export const parseMetrics = (words: readonly string[]): Metrics => {
  const metrics: Record<string, number> = {};
  for (const word of words) {
    const [, name, text = ""] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined)
      throw usageError(`${spell(word)} is no result. Results read name=number: vernier tell 3 loss=0.3`);
    const value = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(value))
      throw new VernierError(
        "E_METRICS",
        `${name} is ${spell(text)}. A metric is a finite number; a trial that gave none has failed: vernier tell N --fail "why"`,
      );
    if (metrics[name] !== undefined) throw usageError(`${name} is given twice. Keep one of them.`);
    metrics[name] = value;
  }
  return metrics;
};

/** `vernier tell N loss=0.3` */
export const tell: Command = {
  name: "tell",
  about: "Tell the result of a trial that you asked for.",
  usage: ["vernier tell N NAME=VALUE... [flags]", "vernier tell N --fail MESSAGE", "vernier tell N --prune"],
  args: {
    n: { type: "positional", required: false, description: "The trial's number." },
    metrics: { type: "positional", required: false, description: "Each metric with its value: loss=0.3" },
    fail: { type: "string", valueHint: "MESSAGE", description: "The trial failed, and why." },
    prune: { type: "boolean", description: "The trial was stopped early because it was hopeless." },
    attempt: {
      type: "string",
      valueHint: "K",
      description: "Only if the trial is still in this attempt, as `ask` printed it.",
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  examples: [
    ["vernier tell 3 loss=0.31 accuracy=0.9", "The trial is complete"],
    ['vernier tell 3 --fail "out of memory"', "It failed"],
  ],
  run: (flags, { io, positionals }) => {
    const [n, ...words] = positionals;
    const number = trialNumber(n);
    const fail = textOf(flags, "fail");
    const prune = isOn(flags, "prune");
    const metrics = parseMetrics(words);
    if (fail !== undefined && prune) throw usageError("--fail and --prune exclude each other. Keep one of them.");
    if (fail === undefined && !prune && words.length === 0)
      throw usageError(`there is no result. vernier tell ${number} loss=0.3, or --fail "why", or --prune`);
    const given = intOf(flags, "attempt", 1);
    return withStudy(flags, io, async (storage, info) => {
      if (fail === undefined && !prune) outcomeMetrics(metrics, info.spec);
      const attempt = given ?? (await storage.trial(info.id, number))?.attempt ?? 0;
      const told = words.length === 0 ? {} : { metrics };
      if (fail === undefined)
        await storage.execute(info.id, {
          type: "finish",
          number,
          attempt,
          state: prune ? "pruned" : "complete",
          ...told,
        });
      else
        await storage.execute(info.id, {
          type: "fail",
          number,
          attempt,
          error: { kind: "throw", message: fail },
          ...told,
        });
      const after = (await storage.trial(info.id, number)) as TrialRecord;
      if (isOn(flags, "json")) return printJson(io, "tell", { study: studyJson(info), trial: trialJson(after) });
      const detail =
        after.metrics === null ? "" : `: ${formatMetrics(after.metrics, Object.keys(info.spec.objectives))}`;
      io.out(
        after.state === "waiting"
          ? `trial ${number} failed and waits for its next attempt (${after.failures} of ${after.retries + 1} failed)\n`
          : `trial ${number} is ${after.state}${detail}\n`,
      );
    });
  },
};
