import { expect, test } from "vitest";
import { isoTime, parseTime, sqlTime } from "./times.ts";

test("times with a zone, in any spelling", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 679);
  expect(parseTime("2026-01-02T03:04:05.678901+00:00", "local")).toBe(at);
  expect(parseTime("2026-01-02T05:34:05.678901+02:30", "local")).toBe(at);
  expect(parseTime("2026-01-01 22:04:05.679Z", "local")).toBe(at - 5 * 3600_000);
  expect(parseTime("2026-01-02 03:04", "utc")).toBe(Date.UTC(2026, 0, 2, 3, 4));
});

test("what is written is read back", () => {
  for (const at of [0, 1, Date.UTC(2026, 6, 1, 12, 0, 0, 5), Date.UTC(2024, 1, 29), -1]) {
    expect(parseTime(isoTime(at), "local")).toBe(at);
    for (const naive of ["utc", "local"] as const) expect(parseTime(sqlTime(at, naive), naive)).toBe(at);
  }
  expect(isoTime(5)).toBe("1970-01-01T00:00:00.005000+00:00");
  expect(sqlTime(5, "utc")).toBe("1970-01-01 00:00:00.005000");
});

test.each(["", "now", "2026-13-01 00:00:00", "2026-02-30 00:00:00", "2026-01-01 24:00:00", "2026-01-01", null, 5])(
  "%j is no time",
  text => {
    expect(() => parseTime(text, "utc")).toThrow(/is no time/);
  },
);
