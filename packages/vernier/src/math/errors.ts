/**
 * The one error users meet. Lives in math/ only because every folder may import from here; `core` re-exports it.
 */

/** Stable code of an error, e.g. "E_SPACE_RANGE". Programs match on it; people read the message. */
export type ErrorCode = `E_${string}`;

/**
 * An error at the door: the fact with its values, the rule, the next step. `code` never changes between releases.
 *
 * @example new VernierError("E_SPACE_RANGE", 'float "lr" needs low < high; got low=1, high=0.1. Swap them.')
 */
export class VernierError extends Error {
  override readonly name = "VernierError";
  readonly code: ErrorCode;
  /** Machine-readable facts (JSON), for the HTTP body and `--json`. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }

  /** The form sent over HTTP and printed by `--json`. */
  toJSON(): { code: ErrorCode; message: string; details?: Readonly<Record<string, unknown>> } {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) };
  }
}
