import { expect, test } from "vitest";
import { logAddExp, logSumExp } from "./log-sum-exp.ts";

test("equals the plain formula where that works", () => {
  const values = [0.1, -2, 3, 1.5];
  const plain = Math.log(values.reduce((sum, v) => sum + Math.exp(v), 0));
  expect(logSumExp(values)).toBeCloseTo(plain, 14);
  expect(logSumExp(Float64Array.from(values), 2)).toBeCloseTo(Math.log(Math.exp(0.1) + Math.exp(-2)), 14);
  expect(logAddExp(0.1, -2)).toBeCloseTo(Math.log(Math.exp(0.1) + Math.exp(-2)), 14);
});

test("works where exp overflows or underflows", () => {
  expect(logSumExp([1e4, 1e4])).toBe(1e4 + Math.LN2);
  expect(logSumExp([-1e4, -1e4, -Infinity])).toBe(-1e4 + Math.LN2);
  expect(logAddExp(-1e4, -1e4)).toBe(-1e4 + Math.LN2);
  expect(logAddExp(1e4, -1e4)).toBe(1e4);
});

test("infinities, NaN and nothing", () => {
  expect(logSumExp([])).toBe(-Infinity);
  expect([logSumExp([-Infinity, -Infinity]), logAddExp(-Infinity, -Infinity)]).toEqual([-Infinity, -Infinity]);
  expect([logSumExp([1, Infinity]), logAddExp(1, Infinity), logAddExp(Infinity, Infinity)]).toEqual([
    Infinity,
    Infinity,
    Infinity,
  ]);
  expect([logSumExp([NaN, 1]), logSumExp([Infinity, NaN]), logAddExp(NaN, 1)]).toEqual([NaN, NaN, NaN]);
  expect(logAddExp(2, -Infinity)).toBe(2);
});
