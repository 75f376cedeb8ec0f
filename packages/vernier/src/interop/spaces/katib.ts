/** An Experiment of Kubeflow Katib (kubeflow.org/v1beta1). */
import type { ObjectiveSpec } from "../../core/types.ts";
import { spell } from "../../space/spell.ts";
import type { Node } from "../../space/types.ts";
import { choiceNode, numberNode, ordinalNode, renamed, spaceOf } from "./nodes.ts";
import type { Spot } from "./spot.ts";
import type { ForeignSpace } from "./types.ts";

/** Ours by algorithmName; undefined: the default. */
const ALGORITHMS: Readonly<Record<string, string | undefined>> = {
  random: "random",
  grid: "grid",
  tpe: "tpe",
  "multivariate-tpe": "tpe",
  sobol: "sobol",
};

/** @throws VernierError E_CONVERT with path, line and column. */
export function fromKatib(root: Spot): ForeignSpace {
  const spec = root.get("spec");
  const parameters = spec.get("parameters").items();
  const names = renamed(
    spec.get("parameters"),
    parameters.map(p => p.get("name").text()),
  );
  if (names.size < parameters.length)
    throw spec.get("parameters").fault("a name stands there twice", "Each is one parameter's.");
  const shape = Object.fromEntries(parameters.map(p => [names.get(p.get("name").text()) as string, parameter(p)]));
  const sampler = algorithm(spec.get("algorithm"));
  const [trials, parallel] = [spec.get("maxTrialCount"), spec.get("parallelTrialCount")];
  const name = root.get("metadata").get("name");
  if (spec.get("trialTemplate").present) {
    spec.get("trialTemplate").note("it is not converted: name the program that a trial runs");
  }
  for (const key of ["earlyStopping", "metricsCollectorSpec", "nasConfig", "resumePolicy", "maxFailedTrialCount"]) {
    const hint = key === "earlyStopping" ? ': add scheduler: "median"' : "";
    if (spec.get(key).present) spec.get(key).note(`it is not converted${hint}`);
  }
  return {
    space: spaceOf(spec.get("parameters"), shape),
    ...(typeof name.value === "string" && { name: name.value }),
    ...(spec.get("objective").present && { objectives: objective(spec.get("objective")) }),
    ...(sampler !== undefined && { sampler }),
    ...(trials.present && { trials: trials.number() }),
    ...(parallel.present && { concurrency: parallel.number() }),
    notes: root.source.notes,
  };
}

function objective(spot: Spot): Record<string, ObjectiveSpec> {
  const type = spot.get("type");
  if (type.value !== "minimize" && type.value !== "maximize") {
    throw type.fault(`it is ${spell(type.value)}`, "It is minimize or maximize.");
  }
  if (spot.get("additionalMetricNames").present) {
    spot.get("additionalMetricNames").note("they need no mention here: every metric that a program prints is kept");
  }
  const goal = spot.get("goal");
  return {
    [spot.get("objectiveMetricName").text()]: {
      direction: type.value,
      ...(goal.present && { target: goal.number("texts too") }),
    },
  };
}

function algorithm(spot: Spot): string | undefined {
  const name = spot.get("algorithmName");
  if (!name.present) return undefined;
  if (spot.get("algorithmSettings").present) spot.get("algorithmSettings").note("they are not converted");
  const text = name.text();
  if (Object.hasOwn(ALGORITHMS, text)) return ALGORITHMS[text];
  name.note(`${text} has no counterpart here: the default sampler is used`);
  return undefined;
}

function parameter(spot: Spot): Node {
  const type = spot.get("parameterType").text();
  const feasible = spot.get("feasibleSpace");
  const list = feasible.get("list");
  switch (type) {
    case "double":
    case "int": {
      if (!feasible.get("min").present && list.present)
        return ordinalNode(
          spot,
          list.items().map(i => i.number("texts too")),
        );
      const [low, high] = [feasible.get("min").number("texts too"), feasible.get("max").number("texts too")];
      const step = feasible.get("step").present ? feasible.get("step").number("texts too") : null;
      return number(spot, feasible.get("distribution"), { type: type === "int" ? "int" : "float", low, high, step });
    }
    case "discrete":
      return ordinalNode(
        spot,
        list
          .items()
          .map(item => item.number("texts too"))
          .sort((a, b) => a - b),
      );
    case "categorical":
      return choiceNode(
        spot,
        list.items().map(item => (typeof item.value === "object" ? item.text() : item.value) ?? null),
      );
    default:
      throw spot.get("parameterType").fault(`it is ${spell(type)}`, "Known are double, int, discrete and categorical.");
  }
}

function number(
  spot: Spot,
  distribution: Spot,
  range: { readonly type: "float" | "int"; readonly low: number; readonly high: number; readonly step: number | null },
): Node {
  const { low, high } = range;
  const name = distribution.present ? distribution.text() : "uniform";
  // Katib's normals are centred in the range, whose ends are three standard deviations away.
  const sd = 1 / 6;
  switch (name) {
    case "uniform":
      return numberNode(spot, range);
    case "logUniform":
      return numberNode(spot, { ...range, log: true });
    case "normal":
      return numberNode(spot, { ...range, prior: { mean: (low + high) / 2, sd } });
    case "logNormal":
      return numberNode(spot, { ...range, log: true, prior: { mean: Math.sqrt(low * high), sd } });
    default:
      throw distribution.fault(`it is ${spell(name)}`, "Known are uniform, logUniform, normal and logNormal.");
  }
}
