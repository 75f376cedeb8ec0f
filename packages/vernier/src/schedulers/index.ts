/**
 * The door of the schedulers: one factory each, and the registry for stored specs.
 *
 * @module
 */
export { median } from "./median/median.ts";
export { none } from "./none/none.ts";
export { SCHEDULER_NAMES, schedulerByName } from "./registry.ts";
