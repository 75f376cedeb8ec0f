import { describe, test } from "vitest";
import { describeStorage } from "../testing/storage.ts";
import { memoryStorage } from "./memory.ts";

describeStorage("memory", async ({ clock }) => ({ storage: memoryStorage({ clock }) }), { describe, test });
