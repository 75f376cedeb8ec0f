/** Everything that can take part in a race, by name. Peers need their Python, which --python names. */
import { fileURLToPath } from "node:url";
import { VernierError } from "vernier";
import { auto, cmaes, forest, gp, nsga2, random, sobol, tpe } from "vernier/samplers";
import { peer } from "../subjects/protocol.ts";
import { ours, type Subject } from "../subjects/subject.ts";

const OURS = {
  random: () => random(),
  sobol: () => sobol(),
  tpe: () => tpe(),
  "tpe-univariate": () => tpe({ multivariate: false }),
  cmaes: () => cmaes(),
  "cmaes-separable": () => cmaes({ separable: true }),
  "cmaes-bipop": () => cmaes({ restart: "bipop" }),
  forest: () => forest(),
  gp: () => gp(),
  nsga2: () => nsga2(),
  auto: () => auto(),
} as const;

/** Peers as LIBRARY:SAMPLER. */
const PEERS: Readonly<Record<string, readonly string[]>> = { optuna: ["tpe", "gp", "cmaes", "nsga2", "random"] };

export const SUBJECTS: readonly string[] = [
  ...Object.keys(OURS),
  ...Object.entries(PEERS).flatMap(([library, samplers]) => samplers.map(sampler => `${library}:${sampler}`)),
];

/** @throws VernierError E_BENCH_USAGE for a name that is none of `SUBJECTS`. */
export function subjectOf(name: string, python: string): Subject & { version?: () => string | undefined } {
  if (Object.hasOwn(OURS, name)) return ours(name, OURS[name as keyof typeof OURS]);
  const [library = "", sampler = ""] = name.split(":");
  if (PEERS[library]?.includes(sampler)) {
    const script = fileURLToPath(new URL(`../../peers/${library}/ask_tell.py`, import.meta.url));
    return peer(name, [python, script, sampler]);
  }
  throw new VernierError("E_BENCH_USAGE", `there is no sampler "${name}". There are ${SUBJECTS.join(", ")}.`);
}
