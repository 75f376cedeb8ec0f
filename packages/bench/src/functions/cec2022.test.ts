import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dataSet } from "../data-dir.ts";
import { cec2022 } from "./cec2022.ts";

const folder = dataSet("cec2022", process.env["VERNIER_DATA"]);

/** Ten dimensions: at 0, at (1, ..., 1), at (1, 2, ..., 10); twenty dimensions: at 0. */
const VECTORS: readonly (readonly [zero: number, one: number, steps: number, twenty: number])[] = [
  [1.5908045e10, 2.008235009e10, 4.361862109e10, 9.558730232e12],
  [11097.37289, 10796.07866, 8901.45306, 7508.677711],
  [741.7754941, 716.7545249, 755.2151097, 760.3132407],
  [911.9234884, 910.1537813, 934.9521917, 1077.358622],
  [3843.93828, 4639.399757, 4967.235297, 10492.48512],
  [9850054875, 1.018641926e10, 1.233786036e10, 8859205369],
  [2929.254971, 2928.412814, 2558.013877, 2691.878642],
  [87756.64613, 82465.7288, 66904.98331, 225283.5762],
  [4768.752719, 4691.990028, 4199.325896, 6618.138143],
  [6852.88629, 6693.245715, 6277.323698, 10921.29035],
  [5291.30026, 5312.563612, 5650.699959, 10695.51062],
  [4978.888443, 4912.279841, 4644.085938, 9228.009396],
];
const close = (got: number, wanted: number) => expect(Math.abs(got / wanted - 1)).toBeLessThan(1e-7);

describe.skipIf(folder === undefined)(
  `CEC 2022 gives the official numbers${folder ? "" : " (no data set cec2022)"}`,
  () => {
    test.each(VECTORS.map((vector, i) => [i + 1, ...vector] as const))("F%i", (number, zero, one, steps, twenty) => {
      const f = cec2022(folder!, number, 10);
      close(f.evaluate(new Float64Array(10)), zero);
      close(f.evaluate(new Float64Array(10).fill(1)), one);
      close(f.evaluate(Float64Array.from({ length: 10 }, (_, i) => i + 1)), steps);
      close(cec2022(folder!, number, 20).evaluate(new Float64Array(20)), twenty);
    });

    test("each reaches its bias at its first shift", () => {
      for (let number = 1; number <= 12; number++) {
        const line = readFileSync(join(folder!, `shift_data_${number}.txt`), "utf8").split("\n")[0]!;
        const place = line.trim().split(/\s+/).map(Number).slice(0, 10);
        const f = cec2022(folder!, number, 10);
        expect(Math.abs(f.evaluate(place) - f.optimum)).toBeLessThan(1e-6);
      }
    });

    test("what does not exist is refused", () => {
      expect(() => cec2022(folder!, 13, 10)).toThrow(/Functions are 1 to 12/);
      expect(() => cec2022(folder!, 6, 2)).toThrow(/6 to 8 begin at 10/);
      expect(() => cec2022("nowhere", 1, 10)).toThrow(/not in nowhere/);
    });
  },
);
