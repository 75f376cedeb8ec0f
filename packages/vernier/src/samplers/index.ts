/** The door of the samplers: one function each. */
export { random } from "./random/random.ts";
export type { RandomOptions } from "./random/random.ts";
