import { expect, test } from "vitest";
import { PROBLEMS } from "./problems.ts";
import { reportMulti, summariseMulti } from "./report.ts";

const flat = (...values: (number | null)[]) => values.map(value => [1, 1, 1, value]);

test("the welded beam: the published optimum is inside, and its score is 0", () => {
  const beam = PROBLEMS["beam"]!;
  const metrics = beam.evaluate({ x1: 0.20573, x2: 3.470489, x3: 9.036624, x4: 0.20573 });
  for (const name of ["c0", "c1", "c2", "c3", "c4", "c5"]) expect(metrics[name]).toBeLessThan(1e-4);
  expect(beam.score([[metrics["cost"]!], [2]])).toBeCloseTo(0, 4);
  expect(beam.score([])).toBeNaN();
});

test("a whole front scores 0, nothing scores 1", () => {
  const zdt1 = PROBLEMS["zdt1"]!;
  const front = Array.from({ length: 20_001 }, (_, i) => [i / 20_000, 1 - Math.sqrt(i / 20_000)]);
  expect(zdt1.score(front)).toBeCloseTo(0, 4);
  expect(zdt1.score([])).toBe(1);
});

test("rivals are random and the peer's TPE; a seed without a feasible trial is worse than any", () => {
  const ours = {
    regret: { random: { beam: flat(1, 1, 1, 1, 1, 1, 1, 1) }, tpe: { beam: flat(...Array<number>(8).fill(0.1)) } },
    feasible: { random: { beam: [0.5] }, tpe: { beam: [1] } },
  };
  const peer = {
    name: "Peer",
    regret: { tpe: { beam: flat(...Array<null>(8).fill(null)) } },
    feasible: { tpe: { beam: [0] } },
  };
  const [group] = summariseMulti(ours, peer);
  const tpe = group?.rows.find(({ who }) => who === "tpe");
  expect(tpe?.against["random"]).toMatchObject({ wins: 8, pairs: 8 });
  expect(tpe?.against["Peer tpe"]).toMatchObject({ wins: 8, pairs: 8 });
  expect(tpe?.against["random"]?.p).toBeLessThan(0.02);
  expect(reportMulti(summariseMulti(ours, peer))).toContain("Peer tpe");
});
