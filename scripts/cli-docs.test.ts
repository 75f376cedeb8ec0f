import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PAGE, renewed } from "./cli-docs.ts";

it("docs/cli.md has the reference that the commands' definitions make; if not: npm run docs:cli", async () => {
  const page = readFileSync(PAGE, "utf8");
  expect(await renewed(page)).toBe(page);
});
