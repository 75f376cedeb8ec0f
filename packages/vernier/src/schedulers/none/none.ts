import { defineScheduler } from "../../core/define.ts";

/**
 * Lets every trial run to its end. The default.
 *
 * @example createStudy({ scheduler: none(), ... })
 */
export const none = defineScheduler({ name: "none", decide: () => "continue" });
