import { describe, test } from "vitest";
import { describeSampler } from "../testing/sampler.ts";
import { auto, grid, nsga2, random, sobol, tpe } from "./index.ts";

describeSampler("random", () => random(), { describe, test });
describeSampler("sobol", () => sobol(), { describe, test });
describeSampler("grid", () => grid(), { describe, test });
describeSampler("nsga2", () => nsga2({ population: 8 }), { describe, test });
describeSampler("tpe", () => tpe(), { describe, test });
describeSampler("auto", () => auto(), { describe, test });
