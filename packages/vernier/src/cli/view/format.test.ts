import { describe, expect, it } from "vitest";
import { count, flatten, formatDuration, formatNumber, formatParams, formatValue } from "./format.ts";
import { bar, sparkline } from "./sparkline.ts";
import { clip, makeStyle, oneLine, widthOf } from "./style.ts";
import { renderTable } from "./table.ts";

describe("numbers, values and times", () => {
  it("keeps six significant digits and no trailing zeros", () => {
    const numbers = [
      0,
      1,
      0.1 + 0.2,
      0.00031234567,
      1e-7,
      3.14159265e-9,
      123456.789,
      1e15,
      2.5e20,
      -0.5,
      12345678,
      NaN,
      -Infinity,
    ];
    expect(numbers.map(formatNumber).join("  ")).toMatchInlineSnapshot(
      `"0  1  0.3  0.000312346  1e-7  3.14159e-9  123457  1e15  2.5e20  -0.5  12345678  NaN  -Infinity"`,
    );
  });

  it("writes nested configurations with dotted names", () => {
    const params = {
      lr: 0.001,
      model: { layers: 2, act: "relu" },
      optimizer: { kind: "sgd", momentum: 0.9 },
      order: ["b", "a"],
      text: "be terse",
      on: true,
      none: null,
    };
    expect(formatParams(params)).toMatchInlineSnapshot(
      `"lr=0.001 model.layers=2 model.act=relu optimizer.kind=sgd optimizer.momentum=0.9 order=[b, a] text="be terse" on=true none=null"`,
    );
    expect(flatten(params).map(([name]) => name)).toEqual([
      "lr",
      "model.layers",
      "model.act",
      "optimizer.kind",
      "optimizer.momentum",
      "order",
      "text",
      "on",
      "none",
    ]);
    expect(formatValue([{ width: 3 }])).toBe("[{width: 3}]");
    expect(formatValue("")).toBe('""');
  });

  it("says durations in two units at most", () => {
    const times = [0, 0.4, 999, 1000, 59_949, 59_951, 200_000, 3_599_600, 7_500_000, 86_399_000, 90_000_000 * 3, NaN];
    expect(times.map(formatDuration).join(" | ")).toMatchInlineSnapshot(
      `"0 ms | 0 ms | 999 ms | 1.0 s | 59.9 s | 1 min 00 s | 3 min 20 s | 1 h 00 min | 2 h 05 min | 1 d 0 h | 3 d 3 h | ?"`,
    );
    expect([count(0, "trial"), count(1, "study", "studies"), count(30_000, "trial")]).toEqual([
      "0 trials",
      "1 study",
      "30,000 trials",
    ]);
  });
});

describe("text on a terminal", () => {
  it("measures wide characters, marks and escapes", () => {
    expect([widthOf("abc"), widthOf("日本"), widthOf("é"), widthOf("\u001b[1mab\u001b[22m"), widthOf("🚀")]).toEqual([
      3, 4, 1, 2, 2,
    ]);
    expect(clip("abcdef", 4)).toBe("abc…");
    expect(clip("日本語", 4)).toBe("日…");
    expect(clip("abc", 3)).toBe("abc");
  });

  it("lets no control character of a program reach the terminal", () => {
    expect(oneLine("a\u001b[2Jb\r\nc\u0007\td")).toBe("ab c d");
  });
});

describe("sparkline", () => {
  it("shows the shape, not the outlier", () => {
    expect(sparkline([1e6, 5, 4, 3, 2, 1, 1, 0.5, 0.5, 0.2, 0.1], 20, "minimize")).toMatchInlineSnapshot(
      `"██▇▅▄▂▂▂▂▁▁"`,
    );
    expect(sparkline([0.1, 0.5, 0.7, 0.9], 20, "maximize")).toMatchInlineSnapshot(`"▁▅▆█"`);
  });
  it("cuts long series into runs and shows the best of each", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1000 - i);
    expect(sparkline(values, 8, "minimize")).toBe("█▇▆▅▄▃▂▁");
  });
  it("bears constants, gaps and nothing", () => {
    expect(sparkline([2, 2, 2], 5, "minimize")).toBe("▁▁▁");
    expect(sparkline([NaN, 1, Infinity], 5, "maximize")).toBe("█");
    expect(sparkline([], 5, "minimize")).toBe("");
  });
  it("draws bars in eighths", () => {
    expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(0.28, 4), bar(7, 2)]).toEqual(["", "██", "████", "█▏", "██"]);
  });
});

describe("tables", () => {
  const columns = [{ title: "n", align: "right" as const }, { title: "name" }, { title: "text", least: 6 }];
  const rows = [
    ["1", "a", "short"],
    ["20", "longer name", "a long text that gives way when room is short"],
  ];
  it("aligns", () => {
    expect(`\n${renderTable(columns, rows, { width: 100, style: makeStyle(false) }).join("\n")}\n`)
      .toMatchInlineSnapshot(`
      "
       n  name         text
       1  a            short
      20  longer name  a long text that gives way when room is short
      "
    `);
  });
  it("shrinks the widest column, then cuts at the edge", () => {
    expect(`\n${renderTable(columns, rows, { width: 30, style: makeStyle(false) }).join("\n")}\n`)
      .toMatchInlineSnapshot(`
      "
       n  name         text
       1  a            short
      20  longer name  a long text …
      "
    `);
    for (const width of [6, 12, 20, 40])
      for (const line of renderTable(columns, rows, { width, style: makeStyle(false) }))
        expect(widthOf(line)).toBeLessThanOrEqual(width);
  });
  it("paints without changing widths", () => {
    const painted = renderTable([{ title: "n", paint: () => makeStyle(true).red }], [["1"], ["22"]], {
      width: 10,
      style: makeStyle(true),
    });
    expect(painted.map(widthOf)).toEqual([1, 1, 2].map(n => n));
    expect(painted[1]).toContain("\u001b[31m1\u001b[39m");
  });
});
