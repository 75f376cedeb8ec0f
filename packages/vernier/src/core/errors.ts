/** The error class lives in math/ because every folder may import from there; users meet it here. */
export { VernierError, type ErrorCode } from "../math/errors.ts";
