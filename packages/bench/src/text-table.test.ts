import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("the first column stands left, the others right, nothing trails", () => {
  const text = textTable(
    ["what", "ms", "note"],
    [
      ["random", "1.25", ""],
      ["a longer name", "10", "x"],
    ],
  );
  expect(text).toBe(
    ["what             ms  note", "-------------  ----  ----", "random         1.25", "a longer name    10     x"].join(
      "\n",
    ),
  );
});
