import { describe, expect, test } from "vitest";
import { bandAxis, durationAxis, numberAxis, valueRange } from "./axis.ts";
import { fit, formatDuration, formatNumber, textWidth } from "./format.ts";

const texts = (axis: { ticks(most: number): { text: string }[] }, most = 6): string =>
  axis
    .ticks(most)
    .map(tick => tick.text)
    .join(" ");

describe("ticks", () => {
  test("linear", () => {
    expect(texts(numberAxis(0, 1))).toBe("0.0 0.2 0.4 0.6 0.8 1.0");
    expect(texts(numberAxis(-3, 17))).toBe("0 5 10 15");
    expect(texts(numberAxis(0.12345, 0.12389))).toBe("0.1235 0.1236 0.1237 0.1238");
    expect(texts(numberAxis(0, 3, "linear", true), 10)).toBe("0 1 2 3");
    expect(texts(numberAxis(-2e-7, 9e-7))).toBe("−2e−7 0 2e−7 4e−7 6e−7 8e−7");
    expect(texts(numberAxis(1e6, 9e6))).toBe("2e6 4e6 6e6 8e6");
  });
  test("log", () => {
    expect(texts(numberAxis(1e-5, 1, "log"))).toBe("1e−5 1e−4 0.001 0.01 0.1 1");
    expect(texts(numberAxis(1, 100, "log"), 7)).toBe("1 2 5 10 20 50 100");
    expect(texts(numberAxis(1, 1e12, "log"), 4)).toBe("1 1000 1e6 1e9 1e12");
    expect(texts(numberAxis(8, 12, "log"))).toBe("8 9 10 11 12");
    expect(numberAxis(0, 1, "log").scale).toBe("linear");
  });
  test("logit and reverse-log are dense where the scale is", () => {
    expect(texts(numberAxis(0.9, 0.9999, "logit"))).toBe("0.9 0.96 0.99 0.999 0.9999");
    expect(texts(numberAxis(0.5, 0.999, "reverse-log"), 4).split(" ").length).toBeGreaterThan(2);
  });
  test("durations and categories", () => {
    expect(texts(durationAxis(58_000))).toBe("0 10 s 20 s 30 s 40 s 50 s");
    expect(texts(durationAxis(3 * 3_600_000), 4)).toBe("0 1 h 2 h 3 h");
    expect(texts(bandAxis(["a", "b", "c"]))).toBe("a b c");
  });
  test("are never too many, always inside, and never NaN", () => {
    const ends = [0, 1, -1, 1e-300, 1e300, 5e-324, 1.7e308, -1.7e308, 123.456, NaN, Infinity];
    for (const low of ends)
      for (const high of ends)
        for (const scale of ["linear", "log", "logit", "reverse-log"] as const) {
          const ticks = numberAxis(low, high, scale).ticks(6);
          expect(ticks.length).toBeLessThanOrEqual(13);
          for (const { at, text } of ticks) {
            expect(at >= -1e-5 && at <= 1 + 1e-5, `${low} ${high} ${scale} ${at}`).toBe(true);
            expect(text).not.toMatch(/NaN|none/);
          }
        }
  });
});

test("a position and its value go both ways", () => {
  for (const axis of [
    numberAxis(2, 8),
    numberAxis(1e-4, 1, "log"),
    numberAxis(0.1, 0.99, "logit"),
    numberAxis(1, 9, "reverse-log"),
  ])
    for (const u of [0, 0.2, 0.7, 1]) expect(axis.at(axis.from(u))).toBeCloseTo(u, 9);
});

test("the range of values leaves bad outliers to the edge, on the bad side only", () => {
  const body = Array.from({ length: 50 }, (_, i) => i / 50);
  expect(valueRange([...body, -1e6], false)).toMatchObject({ low: -1e6, beyond: 0 });
  expect(valueRange([...body, -0.1, 1e6], false)).toMatchObject({ high: 0.98, scale: "linear", beyond: 1 });
  expect(valueRange([...body, -1e6], true)).toMatchObject({ low: 0, beyond: 1 });
  expect(valueRange([1, 10, 1000], false)).toMatchObject({ scale: "log", beyond: 0 });
});

test("numbers, durations and texts read short", () => {
  expect([0, 0.1 + 0.2, 123456, 1e7, 1.5e-9, -2, NaN, Infinity].map(x => formatNumber(x))).toEqual([
    "0",
    "0.3",
    "123456",
    "1e7",
    "1.5e−9",
    "−2",
    "none",
    "∞",
  ]);
  expect([0, 12.3, 850, 4200, 200_000, 7.5e6, 2e8].map(formatDuration)).toEqual([
    "0 ms",
    "12.3 ms",
    "850 ms",
    "4.2 s",
    "3 min 20 s",
    "2 h 5 min",
    "2 d 8 h",
  ]);
  const cut = fit("optimizer.sgd.momentum", 80, 12);
  expect(cut).toMatch(/^opti.*….*um$/);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(80);
  // A prompt of megabytes takes no longer than a name.
  expect(fit("ab ".repeat(1e6), 80, 12)).toMatch(/^ab ab.*….*ab $/);
  expect(fit("iiiiiiiiiiiiiiii", 80, 12)).toBe("iiiiiiiiiiiiiiii");
});
