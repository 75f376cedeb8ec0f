import { describe, expect, test } from "vitest";
import { choice, float, int, ordinal, simplex, space } from "vernier";
import { peer, wireSpace } from "./protocol.ts";
import { run, type Problem } from "./subject.ts";

/** A peer in a few lines: suggests its n-th number, and says how many values it was told. */
const SCRIPT = `
  const lines = require("node:readline").createInterface({ input: process.stdin });
  let n = 0, told = 0;
  const say = message => console.log(JSON.stringify(message));
  lines.on("line", line => {
    const message = JSON.parse(line);
    if (message.type === "begin") { n = told = 0; say({ type: "ready", peer: "counter", version: message.parameters.length + ".0" }); }
    else if (message.type === "tell") told++;
    else if (n === 3) say({ type: "error", message: "is tired after " + told });
    else say({ type: "params", params: { x: n++ / 10, k: told, c: 1 } });
  });
`;

const problem: Problem = {
  id: "p",
  space: space({ x: float(0, 1), k: ordinal(["no", "one", "two"]), c: choice(["a", "b"]) }),
  direction: "minimize",
  optimum: 0,
  scale: "log",
  evaluate: ({ x, k, c }) => (x as number) + ["no", "one", "two"].indexOf(k as string) + (c === "b" ? 100 : 0),
};

describe("a peer over JSON lines", () => {
  test("is asked and told, one study after another, and ends with its input", async () => {
    const counter = peer("counter", [process.execPath, "--eval", SCRIPT]);
    for (let study = 0; study < 2; study++) expect(await run(counter, problem, 0, 3)).toEqual([100, 101.1, 102.2]);
    expect(counter.version()).toBe("3.0");
    await expect(run(counter, problem, 0, 4)).rejects.toThrow(
      /the peer counter .* is tired after 3\. It speaks JSON lines/,
    );
    await counter.close();
  });

  test("one that says something else is refused with what it said", async () => {
    const babbler = peer("babbler", [process.execPath, "--eval", "console.log('hello')"]);
    await expect(babbler.open(problem, 0)).rejects.toThrow(/wrote a line that is not JSON: hello/);
    await babbler.close();
  });

  test("the space travels as floats, ints and codes", () => {
    const { parameters } = wireSpace(
      space({ a: float(1e-3, 1, { scale: "log" }), b: int(2, 9), c: choice(["p", "q"]) }),
    );
    expect(parameters).toEqual([
      { name: "a", type: "float", low: 1e-3, high: 1, log: true },
      { name: "b", type: "int", low: 2, high: 9 },
      { name: "c", type: "choice", count: 2 },
    ]);
    expect(() => wireSpace(space({ s: simplex(["u", "v"]) }))).toThrow(
      /parameter s \(simplex\) cannot be told to a peer/,
    );
  });
});
