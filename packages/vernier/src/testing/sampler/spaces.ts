/** Small spaces that between them hold every kind of parameter. All but the finite ones have more grid cells than any case asks for. */
import {
  choice,
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
} from "../../space/index.ts";
import type { SpaceJson } from "../../space/types.ts";

export const SPACES: Readonly<Record<string, SpaceJson>> = {
  "floats on every scale": space({
    linear: float(-3, 7),
    log: float(1e-5, 1e-1, { scale: "log" }),
    logit: float(0.01, 0.99, { scale: "logit" }),
    late: float(0.5, 0.999, { scale: "reverse-log" }),
    step: float(0, 0.5, { step: 0.1, default: 0.1 }),
  }),
  "ints, ordinal and choice": space({
    units: int(8, 512, { scale: "log" }),
    size: int(32, 256, { step: 32 }),
    batch: ordinal([16, 32, 64, 128]),
    act: choice(["relu", "gelu", null, 3, false], { prior: [3, 1, 1, 1, 1] }),
  }),
  permutation: space({ order: permutation(["a", "b", "c", "d", "e"], { length: 3 }), x: float(0, 1) }),
  subset: space({ features: subset(["f1", "f2", "f3", "f4"], { min: 1, max: 3 }), x: float(0, 1) }),
  simplex: space({ mixture: simplex(["web", "code", "books"]), flip: choice([true, false]) }),
  list: space({ blocks: list({ width: int(8, 64), drop: float(0, 0.5) }, { min: 1, max: 2 }) }),
  text: space({ prompt: text({ seeds: ["Be terse.", "Be kind.", "Think."] }), x: float(0, 1), y: float(0, 1) }),
  "fixed and groups": space({ epochs: fixed(10), model: { depth: int(1, 9), inner: { x: float(0, 1) } } }),
  "nested branches and when": space({
    opt: oneOf({
      sgd: { lr: float(1e-4, 1, { scale: "log" }), nesterov: oneOf({ on: { m: float(0, 0.99) }, off: {} }) },
      adamw: { lr: float(1e-5, 1e-1, { scale: "log" }), beta2: float(0.9, 0.9999) },
    }),
    act: choice(["relu", "leaky"]),
    slope: when('act == "leaky"', float(0, 1)),
  }),
  where: space(
    { layers: int(1, 16), batch: ordinal([16, 32, 64]), x: float(0, 1) },
    { where: ["layers * batch <= 256", "x <= 0.8"] },
  ),
};

/** Every kind at once; what the cases about histories use. */
export const MIXED: SpaceJson = space(
  {
    lr: float(1e-5, 1e-1, { scale: "log" }),
    layers: int(1, 6),
    act: choice(["relu", "gelu", "tanh"]),
    opt: oneOf({ sgd: { momentum: float(0, 0.99) }, adamw: {} }),
    features: subset(["a", "b", "c"]),
    order: permutation(["x", "y", "z"]),
  },
  { where: ["layers <= 5 or lr < 0.01"] },
);

/** 24 configurations. */
export const FINITE: SpaceJson = space({
  a: int(0, 3),
  b: choice(["x", "y", "z"]),
  c: choice([true, false]),
});

/** 24 configurations, of which `where` leaves 14. */
export const FINITE_WHERE: SpaceJson = space(
  { a: int(0, 3), b: ordinal([1, 2, 3]), c: choice([true, false]) },
  { where: ["a + b <= 3 or c and a > 1"] },
);

/** 3 + 3 * 3 = 12 configurations. */
export const FINITE_WHEN: SpaceJson = space({
  size: int(1, 3),
  mode: choice(["plain", "deep"]),
  depth: when('mode == "deep"', int(1, 3)),
});

/** Parameters of one value beside two free ones. */
export const NARROW: SpaceJson = space({
  only: choice(["a"]),
  rank: ordinal([1]),
  order: permutation(["a"]),
  features: subset(["a"], { min: 1 }),
  opt: oneOf({ sgd: {} }),
  blocks: list(choice(["q"]), { min: 1, max: 1 }),
  epochs: fixed(3),
  k: int(1, 9),
  free: float(0, 1),
});

/** A single configuration, with columns and without. */
export const SINGLE: readonly SpaceJson[] = [
  space({ k: choice(["a"]), order: permutation(["b"]) }),
  space({ epochs: fixed(3) }),
];

export const BEFORE_EDIT: SpaceJson = space({
  x: float(0, 1),
  act: choice(["relu", "gelu", "tanh"]),
  layers: int(1, 8),
});
/** Bounds moved, "tanh" retired, "silu" added: some of the older trials are outside. */
export const AFTER_EDIT: SpaceJson = {
  version: 1,
  shape: {
    x: { type: "float", low: 0.25, high: 2 },
    act: { type: "choice", choices: ["relu", "gelu", "silu"], retired: ["tanh"] },
    layers: { type: "int", low: 2, high: 12 },
  },
};
