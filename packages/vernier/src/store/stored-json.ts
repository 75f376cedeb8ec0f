import { VernierError } from "../core/errors.ts";

/** Parses JSON that this storage wrote. Throws E_STORAGE_CORRUPT when the text is not what was written. */
export function storedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VernierError(
      "E_STORAGE_CORRUPT",
      `a stored row holds text that is not JSON (${error instanceof Error ? error.message : String(error)}). ` +
        `Only vernier writes these rows, so the file was damaged or edited. Restore a backup.`,
      { cause: error },
    );
  }
}
