import { expect, test } from "vitest";
import type { SpaceJson } from "../space/types.ts";
import { leaves, placeholderNamesOf, sharedVariables, valueAt, valueText, variableName } from "./names.ts";

const unit = { type: "float", low: 0, high: 1 } as const;
const space: SpaceJson = {
  version: 1,
  shape: {
    lr: unit,
    model: { layers: { type: "int", low: 1, high: 4 } },
    optimizer: { type: "oneOf", branches: { sgd: { momentum: unit }, adam: { beta: unit } } },
    net: { type: "oneOf", tag: "name", branches: { deep: { depth: unit } } },
    slope: { type: "optional", cond: "lr > 0", p: unit },
    mixture: { type: "simplex", parts: ["web", "code"] },
    blocks: { type: "list", item: { width: unit }, max: 2 },
  },
};

test("every name a configuration may have, parameters first", () => {
  expect(placeholderNamesOf(space)).toEqual([
    ...["lr", "model.layers", "optimizer.kind", "optimizer.momentum", "optimizer.beta", "net.name", "net.depth"],
    ...["slope", "mixture.web", "mixture.code", "blocks"],
    ...[
      "model",
      "optimizer",
      "net",
      "mixture",
      "blocks.length",
      "blocks.0",
      "blocks.0.width",
      "blocks.1",
      "blocks.1.width",
    ],
  ]);
});

test("values are found by name and written so that they read back", () => {
  const params = { lr: 1e-7, model: { layers: 3 }, blocks: [{ width: 0.1 + 0.2 }], flag: true, none: null };
  const text = (name: string): string => valueText(valueAt(params, name));
  expect(text("lr")).toBe("1e-7");
  expect(text("model")).toBe('{"layers":3}');
  expect(text("blocks.0.width")).toBe("0.30000000000000004");
  expect(text("blocks.length")).toBe("1");
  expect(text("flag")).toBe("true");
  expect(text("none")).toBe("null");
  expect(valueAt(params, "model.width")).toBeUndefined();
  expect(valueAt(params, "model.toString")).toBeUndefined();
  expect(valueAt(params, "lr.x")).toBeUndefined();
});

test("leaves by dotted name, lists whole", () => {
  expect(leaves({ a: 1, b: { c: [1, 2], d: { e: null } } })).toEqual([
    ["a", 1],
    ["b.c", [1, 2]],
    ["b.d.e", null],
  ]);
});

test("variables are upper snake", () => {
  expect(["lr", "model.hiddenSize", "drop-out", "tête", "L2"].map(variableName)).toEqual([
    "VERNIER_PARAM_LR",
    "VERNIER_PARAM_MODEL_HIDDEN_SIZE",
    "VERNIER_PARAM_DROP_OUT",
    "VERNIER_PARAM_T_TE",
    "VERNIER_PARAM_L2",
  ]);
  expect([...sharedVariables(["a.b", "a_b", "c"])]).toEqual(["VERNIER_PARAM_A_B"]);
});
