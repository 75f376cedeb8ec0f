import { expect, test } from "vitest";
import { passedOn } from "./exec-argv.ts";

test("what is about the main program stays behind", () => {
  expect(passedOn(["--conditions=source", "--input-type=module", "-e", "main()", "--max-old-space-size=100"])).toEqual([
    "--conditions=source",
    "--max-old-space-size=100",
  ]);
  expect(passedOn(["--inspect-brk=9229", "--watch", "--watch-path=src", "--test", "--no-warnings"])).toEqual([
    "--no-warnings",
  ]);
});
