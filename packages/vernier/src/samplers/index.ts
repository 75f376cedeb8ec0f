/**
 * The door of the samplers: one factory each, and the registry for stored specs.
 *
 * @module
 */
export { auto } from "./auto/auto.ts";
export { cmaes } from "./cmaes/cmaes.ts";
export { forest } from "./forest/forest.ts";
export { gp } from "./gp/gp.ts";
export { grid } from "./grid/grid.ts";
export { nsga2 } from "./nsga2/nsga2.ts";
export { random } from "./random/random.ts";
export { sobol } from "./sobol/sobol.ts";
export { tpe } from "./tpe/tpe.ts";
export { SAMPLER_NAMES, samplerByName } from "./registry.ts";
