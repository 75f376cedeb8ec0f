import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { describeStorage } from "../testing/storage.ts";
import { sqliteStorage } from "./sqlite.ts";

describeStorage(
  "sqlite",
  async ({ clock }) => {
    const folder = mkdtempSync(join(tmpdir(), "vernier-"));
    const again = () => sqliteStorage(join(folder, "study.db"), { clock });
    return { storage: await again(), again, cleanup: () => rmSync(folder, { recursive: true }) };
  },
  { describe, test },
);
