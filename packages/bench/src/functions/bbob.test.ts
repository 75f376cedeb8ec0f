import { describe, expect, test } from "vitest";
import { VernierError } from "vernier";
import { bbob } from "./bbob.ts";

/** Instance 1, five dimensions, from COCO: optimum, value at 0, value at (1, ..., 1). */
const VECTORS: readonly (readonly [optimum: number, zero: number, one: number])[] = [
  [79.48, 92.30397568, 102.06877568],
  [-209.88, 3674431.69135, 603568.779872],
  [-462.09, -335.003114319, -357.893505666],
  [-462.09, -343.899034297, -358.986049446],
  [-9.21, 98.6098516106, 97.0458812884],
  [35.9, 55101.9010983, 66530.4563918],
  [92.94, 106.055139875, 167.657912756],
  [149.15, 1476.20725735, 5468.19299397],
  [123.83, 149.83, 1168.71001169],
  [-54.94, 6036865.92198, 8005914.37071],
  [76.27, 5445766.04644, 10665579.4127],
  [-621.11, 32757629.628, 43445621.5776],
  [29.97, 1078.08646542, 1345.78939057],
  [-52.35, 11.3067881395, 64.9584063381],
  [1000, 1383.32977385, 1227.3767859],
  [71.35, 191.91748549, 128.175844796],
  [-16.94, 9.74714155215, -2.77173549102],
  [-16.94, 77.7612398618, 43.6349949919],
  [-102.55, -102.299626257, -93.1460242443],
  [-546.5, 6046.15447276, 4840.71088906],
  [40.78, 75.3247729576, 105.961116277],
  [-1000, -919.42830133, -926.271572011],
  [6.87, 13.5869392446, 20.9920696364],
  [102.61, 171.464845365, 174.596039748],
];

function close(got: number, wanted: number): void {
  expect(Math.abs(got - wanted) / Math.max(1, Math.abs(wanted))).toBeLessThan(1e-8);
}

describe("BBOB gives COCO's numbers", () => {
  test.each(VECTORS.map((vector, i) => [i + 1, ...vector] as const))("f%i", (number, optimum, zero, one) => {
    const f = bbob(number, 5);
    expect(f.optimum).toBe(optimum);
    close(f.evaluate([0, 0, 0, 0, 0]), zero);
    close(f.evaluate([1, 1, 1, 1, 1]), one);
  });

  test.each([
    [4, 1901.22640089],
    [7, 1693.25442092],
    [16, 246.190676724],
    [20, 28122.6495403],
    [24, 10363.114315],
  ])("f%i outside its box", (number, wanted) => close(bbob(number, 5).evaluate([6, 5, 4, 3, 2]), wanted));
});

test("no point of the box is below the optimum, whatever the instance and dimension", () => {
  for (let number = 1; number <= 24; number++) {
    for (const dimension of [2, 3, 10]) {
      for (const instance of [1, 2, 15]) {
        const f = bbob(number, dimension, instance);
        for (let i = 0; i < 20; i++) {
          const x = Array.from({ length: dimension }, (_, j) => -5 + 10 * (((i + 1) * (j + 1) * 0.6180339887) % 1));
          expect(f.evaluate(x)).toBeGreaterThanOrEqual(f.optimum);
        }
      }
    }
  }
});

test("what does not exist is refused", () => {
  for (const [number, dimension, instance] of [
    [0, 5, 1],
    [25, 5, 1],
    [1, 1, 1],
    [1, 2.5, 1],
    [1, 5, 0],
  ] as const) {
    expect(() => bbob(number, dimension, instance)).toThrow(VernierError);
  }
  expect(() => bbob(25, 5)).toThrow(/Functions are 1 to 24/);
});
