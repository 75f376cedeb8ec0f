import { VernierError } from "./errors.ts";
import type { ArtifactStore } from "./types.ts";

/** The address of bytes: "sha256-" and 64 hexadecimal digits. */
export async function contentHash(bytes: Uint8Array): Promise<string> {
  // Web Crypto, which Node and browsers share. The copy is for views on shared memory, which it refuses.
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return `sha256-${Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("")}`;
}

export function unknownArtifact(hash: string): VernierError {
  return new VernierError(
    "E_ARTIFACT_UNKNOWN",
    `there is no artifact ${hash}. Artifacts live beside the storage that wrote them and go with a purged study. ` +
      `Check that the storage's artifacts were copied with it.`,
  );
}

/** Artifacts of a memory storage: copies in a map. */
export class MemoryArtifacts implements ArtifactStore {
  readonly #bytes = new Map<string, Uint8Array>();

  async put(bytes: Uint8Array): Promise<{ hash: string; size: number }> {
    const copy = new Uint8Array(bytes);
    const hash = await contentHash(copy);
    if (!this.#bytes.has(hash)) this.#bytes.set(hash, copy);
    return { hash, size: copy.length };
  }

  async get(hash: string): Promise<Uint8Array> {
    const bytes = this.#bytes.get(hash);
    if (bytes === undefined) throw unknownArtifact(hash);
    return new Uint8Array(bytes);
  }

  remove(hash: string): void {
    this.#bytes.delete(hash);
  }
}
