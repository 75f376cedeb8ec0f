import { describe, expect, test } from "vitest";
import { loadDigits, split } from "./data.ts";
import { Network, type NetworkOptions } from "./network.ts";
import { optimizer } from "./optimizers.ts";
import { seeded } from "./random.ts";
import { train, type TrainParams } from "./train.ts";

const random = seeded(5);
const rows = Float64Array.from({ length: 4 * 6 }, () => random());
const labels = [0, 2, 1, 2];

function network(options: Partial<NetworkOptions>): Network {
  return new Network({ inputs: 6, hidden: [5, 4], classes: 3, activation: "tanh", seed: 3, ...options });
}

/** Largest difference between the backward pass and central differences of `lossAt`. */
function gradientError(net: Network, gradient: Float64Array, lossAt: () => number): number {
  let worst = 0;
  const step = 1e-5;
  net.parameters.forEach((kept, i) => {
    net.parameters[i] = kept + step;
    const above = lossAt();
    net.parameters[i] = kept - step;
    const below = lossAt();
    net.parameters[i] = kept;
    worst = Math.max(worst, Math.abs((above - below) / (2 * step) - (gradient[i] ?? NaN)));
  });
  return worst;
}

describe("the gradient agrees with finite differences", () => {
  for (const activation of ["relu", "tanh"] as const) {
    for (const hidden of [[], [5], [5, 4], [4, 4, 4]]) {
      test(`${activation}, hidden layers [${hidden}]`, () => {
        const net = network({ activation, hidden });
        net.loss(rows, labels, 4);
        const gradient = net.gradient.slice();
        expect(gradient.some(g => Math.abs(g) > 1e-3)).toBe(true);
        expect(gradientError(net, gradient, () => net.evaluate(rows, labels, 4).loss)).toBeLessThan(1e-8);
      });
    }

    test(`${activation} with dropout: the same mask forwards and backwards`, () => {
      // A network built anew from the seed draws the same mask, so its loss is a function of the parameters alone.
      const options = { activation, hidden: [8, 8], dropout: 0.4, seed: 11 };
      const net = network(options);
      net.loss(rows, labels, 4);
      const lossAt = () => {
        const twin = network(options);
        twin.parameters.set(net.parameters);
        return twin.loss(rows, labels, 4);
      };
      const gradient = net.gradient.slice();
      expect(gradientError(net, gradient, lossAt)).toBeLessThan(1e-8);
      expect(lossAt()).not.toBe(net.evaluate(rows, labels, 4).loss);
    });
  }
});

test("Adam's first step moves every parameter by the rate against its gradient's sign", () => {
  const parameters = new Float64Array([1, -1, 0]);
  optimizer({ kind: "adam", beta2: 0.99 }, 3, 0)(parameters, new Float64Array([4, -0.5, 0]), 0.1);
  expect([...parameters].map(p => Number(p.toFixed(6)))).toEqual([0.9, -0.9, 0]);
});

test("SGD adds momentum, and decay pulls to zero", () => {
  const parameters = new Float64Array([1]);
  const step = optimizer({ kind: "sgd", momentum: 0.5 }, 1, 0.1);
  step(parameters, new Float64Array([2]), 0.1); // 1 - 0.1 * (2 + 0.1)
  expect(parameters[0]).toBeCloseTo(0.79, 12);
  step(parameters, new Float64Array([2]), 0.1); // 0.79 - 0.1 * (3 + 0.079)
  expect(parameters[0]).toBeCloseTo(0.4821, 12);
});

test("the split is stratified, disjoint and complete", () => {
  const images = loadDigits();
  expect(images.size).toBe(1797);
  const parts = split(images, 1);
  expect(parts.train.size + parts.validation.size + parts.test.size).toBe(images.size);
  for (const part of [parts.train, parts.validation, parts.test]) {
    const counts = Array.from({ length: 10 }, (_, digit) => part.labels.filter(label => label === digit).length);
    expect(Math.min(...counts) / part.size).toBeGreaterThan(0.09);
  }
  const hash = (pixels: Float64Array, row: number) => pixels.subarray(row * 64, row * 64 + 64).join();
  const all = (part: { size: number; pixels: Float64Array }) =>
    Array.from({ length: part.size }, (_, i) => hash(part.pixels, i));
  const whole = all(images).sort();
  expect([...all(parts.train), ...all(parts.validation), ...all(parts.test)].sort()).toEqual(whole);
});

test("training learns, and the same seed gives the same network", () => {
  const { train: images, validation } = split(loadDigits(), 1);
  const params: TrainParams = {
    lr: 0.01,
    batch: 32,
    model: { layers: 1, units: 16, activation: "relu", dropout: 0.1 },
    optimizer: { kind: "sgd", momentum: 0.9 },
    decay: 1e-4,
  };
  const accuracies = [1, 2].map(() => {
    const last = [...train(params, images, 5, 7)].at(-1);
    return last?.network.evaluate(validation.pixels, validation.labels, validation.size).accuracy;
  });
  expect(accuracies[0]).toBeGreaterThan(0.85);
  expect(accuracies[1]).toBe(accuracies[0]);
});
