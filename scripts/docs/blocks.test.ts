import { expect, test } from "vitest";
import { parsePage } from "./blocks.ts";

test("blocks come with their language, file and mark", () => {
  const page = parsePage(
    "a.md",
    "# A\n<!-- same folder -->\n```ts\nconst a = 1;\n```\n\n<!-- not run: needs a GPU -->\n\n```sh\nnvidia-smi\n```\n" +
      "1. A list\n   ```yaml study.yaml\n   space: x\n     y\n   ```\n````\n```ts\nshown\n```\n````\n```\nplain\n```\n",
  );
  expect(page).toEqual({
    path: "a.md",
    sameFolder: true,
    blocks: [
      { line: 3, language: "ts", file: undefined, text: "const a = 1;\n", notRun: undefined },
      { line: 9, language: "sh", file: undefined, text: "nvidia-smi\n", notRun: "needs a GPU" },
      { line: 13, language: "yaml", file: "study.yaml", text: "space: x\n  y\n", notRun: undefined },
      { line: 17, language: "", file: undefined, text: "```ts\nshown\n```\n", notRun: undefined },
      { line: 22, language: "", file: undefined, text: "plain\n", notRun: undefined },
    ],
  });
});

test("an open block and a mark without a reason are mistakes of the page", () => {
  expect(() => parsePage("a.md", "```ts\nconst a = 1;\n")).toThrow("a.md:1: the block is not closed");
  expect(() => parsePage("a.md", "<!-- not run: -->\n```ts\n```\n")).toThrow('"not run" needs a reason');
});
