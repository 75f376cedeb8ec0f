import { describe, test } from "vitest";
import { SAMPLER_CASES } from "../../testing/sampler/cases.ts";
import { describeSampler } from "../../testing/sampler.ts";
import { gp } from "./gp.ts";

const skip = Object.fromEntries(
  SAMPLER_CASES.several.map(({ title }) => [title, "the Gaussian process is of one objective"]),
);
// Small searches: what is checked does not depend on how well the acquisition is maximised.
const small = { candidates: 64, starts: 3, fantasies: 8 };
describeSampler("gp", () => gp({ ...small, startup: 5 }), { describe, test, skip });
