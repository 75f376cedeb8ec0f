import { describe, expect, test } from "vitest";
import { VernierError } from "../math/errors.ts";
import {
  choice,
  dynamic,
  fixed,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  space,
  subset,
  text,
  when,
} from "./builders.ts";
import { compile } from "./codec.ts";
import { diffSpaces } from "./diff.ts";
import { editSpace } from "./edit.ts";
import type { SpaceJson } from "./types.ts";

const before = space(
  {
    lr: float(1e-5, 0.1, { scale: "log" }),
    act: choice(["relu", "gelu", "tanh"]),
    model: { layers: int(1, 6) },
    opt: oneOf({ sgd: { m: float(0, 1) }, adam: {} }),
    some: subset(["a", "b"]),
    order: permutation(["a", "b"]),
    mix: simplex(["a", "b"]),
    blocks: list({ width: int(1, 8) }, { max: 3 }),
    slope: when('act == "relu"', float(0, 1)),
    batch: ordinal([16, 32]),
    prompt: text({ seeds: ["x"] }),
  },
  { where: ["lr < 1", "model.layers < 9"] },
);
const old = compile(before).defaults();
/** `before` with some members changed, or taken out where undefined. */
function changed(change: Record<string, unknown>, where: readonly string[] = before.where ?? []): SpaceJson {
  const shape = Object.fromEntries(Object.entries({ ...before.shape, ...change }).filter(([, m]) => m !== undefined));
  return space(shape as never, { where: where as never });
}
function refused(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof VernierError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("differences are readable, and documentation is none", () => {
  const after = changed(
    {
      lr: float(1e-6, 0.1, { default: 0.01 }),
      act: choice(["relu", "swish", "tanh"], { prior: [1, 2, 1] }),
      model: { layers: int(1, 6, { description: "depth" }), width: int(1, 8) },
      opt: oneOf({ sgd: { m: float(0, 0.9) }, lion: {} }),
      order: undefined,
      blocks: list({ width: int(1, 9) }, { min: 1, max: 3 }),
      slope: when('act == "swish"', float(0, 2)),
      batch: choice([16, 32]),
      mix: simplex(["b", "a"]),
    },
    ["lr < 1", "model.width < 3"],
  );
  expect(diffSpaces(before, after).join("\n")).toMatchInlineSnapshot(`
    "lr: low 1e-5 -> 1e-6
    lr: scale log -> linear
    lr: default none -> 0.01
    act: choices added swish; removed gelu
    act: prior none -> [1,2,1]
    model.width: added int(1, 8)
    opt.sgd.m: high 1 -> 0.9
    opt.adam: removed (was a branch)
    opt.lion: added a branch
    order: removed (was permutation(a, b))
    mix: parts ["a","b"] -> ["b","a"]
    blocks: min 0 -> 1
    blocks[*].width: high 8 -> 9
    slope: cond act == "relu" -> act == "swish"
    slope: high 1 -> 2
    batch: ordinal(16, 32) -> choice(16, 32)
    where: removed "model.layers < 9"
    where: added "model.width < 3""
  `);
  expect(diffSpaces(before, changed({ lr: float(1e-5, 0.1, { scale: "log", unit: "1/step" }) }))).toEqual([]);
  expect(diffSpaces(dynamic(), space({ a: int(1, 2) }))).toEqual([
    "a: added int(1, 2)",
    "the space: dynamic -> declared",
  ]);
});

describe("allowed edits", () => {
  test("bounds: values inside stay, others are outside", () => {
    const edit = editSpace(before, changed({ lr: float(1e-3, 1), model: { layers: int(2, 3) } }));
    expect(edit.changes.map(c => c.message)).toEqual([
      "lr: low 1e-5 -> 0.001",
      "lr: high 0.1 -> 1",
      "lr: scale log -> linear",
      "model.layers: low 1 -> 2",
      "model.layers: high 6 -> 3",
    ]);
    expect(edit.migrate({ ...old, model: { layers: 3 } })).toEqual({
      params: { ...old, model: { layers: 3 } },
      inside: true,
      issues: [],
    });
    const outside = edit.migrate({ ...old, lr: 1e-4 });
    expect(outside.inside).toBe(false);
    expect(outside.params).toEqual({ ...old, lr: 1e-4 });
    expect(outside.issues.map(i => i.path)).toEqual(["lr", "model.layers"]);
  });

  test("choices: removed ones are retired, and come back", () => {
    const edit = editSpace(before, changed({ act: choice(["relu", "swish"]) }));
    expect(edit.space.shape["act"]).toEqual({ type: "choice", choices: ["relu", "swish"], retired: ["gelu", "tanh"] });
    expect(edit.migrate({ ...old, act: "relu" }).inside).toBe(true);
    const { slope: _, ...gelu } = { ...old, act: "gelu" as const };
    expect(edit.migrate(gelu)).toMatchObject({ inside: false, issues: [{ path: "act" }] });
    const again = editSpace(edit.space, changed({ act: choice(["relu", "gelu"]) }));
    expect(again.space.shape["act"]).toEqual({ type: "choice", choices: ["relu", "gelu"], retired: ["swish", "tanh"] });
    expect(again.migrate(gelu).inside).toBe(true);
  });

  test("new parameters take the default the objective used so far", () => {
    const edit = editSpace(
      before,
      changed({
        seedling: float(0, 1, { default: 0.25 }),
        model: { layers: int(1, 6), norm: oneOf({ none: {}, rms: { eps: float(0, 1) } }, { default: "none" }) },
        opt: oneOf({
          sgd: { m: float(0, 1), nesterov: choice([true, false], { default: false }) },
          adam: {},
          lion: { b: float(0, 1) },
        }),
        extra: list(int(1, 2), { max: 2 }),
        epochs: fixed(10),
      }),
    );
    const { params, inside } = edit.migrate(old);
    expect(inside).toBe(true);
    expect(params).toEqual({
      ...old,
      seedling: 0.25,
      model: { ...old.model, norm: { kind: "none" } },
      opt: { kind: "sgd", m: 0.5, nesterov: false },
      extra: [],
      epochs: 10,
    });
  });

  test("constants, conditions, lists, branches and where", () => {
    const frozen = editSpace(before, changed({ batch: fixed(16) }));
    expect(frozen.migrate({ ...old, batch: 16 }).inside).toBe(true);
    expect(frozen.migrate({ ...old, batch: 32 }).inside).toBe(false);
    const thawed = editSpace(frozen.space, changed({ batch: int(1, 64) }));
    expect(thawed.migrate({ ...old, batch: 16 }).inside).toBe(true);
    const always = editSpace(before, changed({ slope: float(0, 1) }));
    expect(always.migrate(old).inside).toBe(true);
    const { slope: _, ...gelu } = { ...old, act: "gelu" as const };
    expect(always.migrate(gelu)).toMatchObject({ inside: false, issues: [{ path: "slope", message: "is missing" }] });
    const longer = editSpace(
      before,
      changed({ blocks: list({ width: int(1, 8, { default: 1 }) }, { min: 1, max: 3 }) }),
    );
    expect(longer.migrate(old).issues).toEqual([{ path: "blocks", message: "must hold 1 to 3 items; got 0" }]);
    const shorter = editSpace(
      before,
      changed({ blocks: list({ width: int(1, 8) }, { max: 1 }), opt: oneOf({ adam: {} }) }),
    );
    expect(shorter.migrate(old).issues.map(i => i.path)).toEqual(["opt.kind"]);
    expect(
      editSpace(before, changed({}, ["model.layers < 2"]))
        .migrate(old)
        .issues.map(i => i.path),
    ).toEqual(["where[0]"]);
  });
});

test("refused edits name the parameter and what to do", () => {
  const wanted: [string, () => SpaceJson][] = [
    ["removed", () => changed({ lr: undefined }, [])],
    ["removed in a group", () => changed({ model: { other: int(1, 2, { default: 1 }) } }, [])],
    ["kind", () => changed({ lr: int(1, 3) })],
    ["kind under when", () => changed({ slope: when('act == "relu"', int(0, 1)) })],
    ["group", () => changed({ model: int(1, 2) }, [])],
    ["new without default", () => changed({ width: int(1, 2) })],
    [
      "new branch parameter without default",
      () => changed({ opt: oneOf({ sgd: { m: float(0, 1), n: int(1, 2) }, adam: {} }) }),
    ],
    ["items", () => changed({ order: permutation(["a", "b", "c"]) })],
    ["parts", () => changed({ mix: simplex(["a", "b", "c"]) })],
    ["tag", () => changed({ opt: oneOf({ sgd: { m: float(0, 1) }, adam: {} }, { tag: "is" }) })],
    ["list item", () => changed({ blocks: list(int(1, 2), { max: 3 }) })],
    ["dynamic", () => dynamic()],
    ["function", () => space({ a: int(1, 2) }, { where: [() => true] })],
  ];
  const lines = wanted.map(([what, make]) => `${what} -> ${refused(() => editSpace(before, make()))}`);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "removed -> E_SPACE_EDIT: "lr" was removed, and the history would lose it. Fix it instead: fixed(value).
    removed in a group -> E_SPACE_EDIT: "model.layers" was removed, and the history would lose it. Fix it instead: fixed(value).
    kind -> E_SPACE_EDIT: "lr" is a float and cannot become an int. Add a new name, or start a new study.
    kind under when -> E_SPACE_EDIT: "slope" is a float and cannot become an int. Add a new name, or start a new study.
    group -> E_SPACE_EDIT: "model" is a group and cannot become an int. Add a new name instead.
    new without default -> E_SPACE_EDIT: "width" is new and has no default, so nothing is known of it in older trials. Give it the default that the objective used so far.
    new branch parameter without default -> E_SPACE_EDIT: "opt.sgd.n" is new and has no default, so nothing is known of it in older trials. Give it the default that the objective used so far.
    items -> E_SPACE_EDIT: "order" has other items, and no order of the old ones is an order of the new. Start a new study.
    parts -> E_SPACE_EDIT: "mix" has other parts, and no old mixture is a mixture of the new ones. Start a new study.
    tag -> E_SPACE_EDIT: "opt" has the tag "kind", and every old trial holds it. Keep the tag.
    list item -> E_SPACE_EDIT: "blocks[*]" is a group and cannot become an int. Add a new name instead.
    dynamic -> E_SPACE_EDIT: a dynamic space cannot become a declared one, or back. Start a new study.
    function -> E_SPACE_LOCAL: the space of a study is edited as JSON, and a function under where has none. Write the condition as text."
  `);
});
