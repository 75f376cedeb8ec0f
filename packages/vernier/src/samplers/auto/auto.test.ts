/** What auto picks and how it says so. */
import { expect, test } from "vitest";
import { float, int, space } from "../../space/index.ts";
import { SamplerStudy, type SamplerStudyOptions } from "../../testing/sampler-study.ts";
import { auto } from "./auto.ts";

const ONE = {};
const TWO: SamplerStudyOptions = { objectives: { a: { direction: "minimize" }, b: { direction: "maximize" } } };

async function whys(options: SamplerStudyOptions, asks: readonly number[]): Promise<(string | undefined)[]> {
  const study = new SamplerStudy(space({ x: float(0, 1), y: float(0, 1) }), { seed: 1, ...options });
  const sampler = auto();
  const said: (string | undefined)[] = [];
  for (let number = 0; number <= Math.max(...asks); number++) {
    const { params, why } = await study.ask(sampler);
    if (asks.includes(number)) said.push(why);
    const { x, y } = params[0] as { x: number; y: number };
    study.complete(study.start({ x, y }), { value: x, a: x, b: x * y, c: y });
  }
  return said;
}

test("quasi-random first, then TPE", async () => {
  expect(await whys(ONE, [0, 9, 10])).toEqual([
    "quasi-random start: 0 of 10 trials finished",
    "quasi-random start: 9 of 10 trials finished",
    "TPE: 10 trials have finished",
  ]);
});

test("several objectives and constraints go to TPE, too", async () => {
  expect(await whys(TWO, [3, 12])).toEqual([
    "quasi-random start: 3 of 10 trials finished",
    "TPE for 2 objectives: 12 trials have finished",
  ]);
  const constraints = { c: { max: 0.5 } };
  expect(await whys({ constraints }, [11])).toEqual(["TPE under 1 constraint: 11 trials have finished"]);
  expect(await whys({ ...TWO, constraints: { ...constraints, a: { min: 0.1 } } }, [11])).toEqual([
    "TPE for 2 objectives under 2 constraints: 11 trials have finished",
  ]);
});

test("a handful of configurations is tried whole", async () => {
  const study = new SamplerStudy(space({ k: int(1, 20) }), TWO);
  expect((await study.ask(auto())).why).toBe("quasi-random: the space has only 20 configurations");
});
