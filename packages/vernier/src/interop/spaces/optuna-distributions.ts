/** Optuna's distributions by name: the texts of `distribution_to_json`, the objects in them, or the short form of its command line. */
import { isPyRecord, type PyJson } from "../optuna/python-json.ts";
import { distributionFrom, nodeOf, parseDistribution, type Distribution } from "../optuna/distribution.ts";
import { admitted, numberNode, renamed, spaceOf } from "./nodes.ts";
import { located, type Spot } from "./spot.ts";
import type { ForeignSpace } from "./types.ts";

/** @throws VernierError E_CONVERT with the path. */
export function fromOptunaDistributions(root: Spot): ForeignSpace {
  const entries = root.entries();
  const names = renamed(
    root,
    entries.map(([name]) => name),
  );
  const shape = Object.fromEntries(
    entries.map(([name, spot]) => {
      const distribution = located(spot, () => read(spot.value));
      if (distribution.kind === "categorical") return [names.get(name), admitted(spot, nodeOf(distribution))];
      return [names.get(name), numberNode(spot, { ...distribution, type: distribution.kind })];
    }),
  );
  return { space: spaceOf(root, shape), notes: root.source.notes };
}

const read = (value: PyJson | undefined): Distribution =>
  typeof value === "string" ? parseDistribution(value) : distributionFrom(value ?? null);

/** Whether every value is one. */
export function areDistributions(value: PyJson | undefined): boolean {
  if (!isPyRecord(value) || Object.keys(value).length === 0) return false;
  return Object.values(value).every(
    inner =>
      (typeof inner === "string" && inner.includes("Distribution") && inner.trimStart().startsWith("{")) ||
      (isPyRecord(inner) &&
        (typeof inner["attributes"] === "object" || ["float", "int", "categorical"].includes(inner["type"] as string))),
  );
}
