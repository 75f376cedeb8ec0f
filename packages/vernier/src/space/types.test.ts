import { describe, expect, test } from "vitest";
import { diagnose, hover } from "../testing/typecheck.ts";

const HEAD = `import {
  space, float, int, ordinal, choice, oneOf, permutation, subset, simplex, list, when, text, fixed, dynamic, compile, type Infer,
} from "vernier/space";
`;
const HEAD_LINES = HEAD.split("\n").length - 1;

/** `line: message` for each mistake; lines count from the first after the imports. */
function mistakes(lines: readonly string[]): string {
  return diagnose(HEAD + lines.join("\n"))
    .map(({ line, message }) => `${line - HEAD_LINES}: ${message}`)
    .join("\n\n");
}

const WHOLE = `
export const s = space({
  lr: float(1e-5, 1e-1, { scale: "log" }), layers: int(1, 6), batch: ordinal([16, 32, 64]), act: choice(["relu", "gelu", null]),
  model: { width: int(1, 2), deep: { act: choice([true, false]) } },
  optimizer: oneOf({
    sgd: { momentum: float(0, 0.99), nest: oneOf({ on: { k: int(1, 3) }, off: {} }, { tag: "is" }) },
    adamw: { beta2: float(0.9, 0.9999) },
  }),
  slope: when('act == "relu"', float(0, 1)),
  order: permutation(["a", "b"]), features: subset(["f1", "f2"], { min: 1 }), mixture: simplex(["web", "code"]),
  blocks: list({ width: int(8, 64), act: choice(["x", "y"]) }, { min: 1, max: 4 }), dims: list(int(1, 9), { max: 3 }),
  system: text({ seeds: ["Be terse."] }), epochs: fixed(10),
}, { where: ["layers * batch <= 256", p => p.layers * p.batch <= 256 && p.optimizer.kind === "sgd"] });
export type P = Infer<typeof s>;
`;

describe("inference", () => {
  test("hovers show plain records", () => {
    expect(hover(`${HEAD}${WHOLE}`, "P")).toMatchInlineSnapshot(
      `"{ lr: number; layers: number; batch: 16 | 32 | 64; act: "relu" | "gelu" | null; model: { width: number; deep: { act: boolean; }; }; optimizer: { kind: "sgd"; momentum: number; nest: { is: "on"; k: number; } | { is: "off"; }; } | { kind: "adamw"; beta2: number; }; order: ("a" | "b")[]; features: ("f1" | "f2")[]; mixture: { web: number; code: number; }; blocks: { width: number; act: "x" | "y"; }[]; dims: number[]; system: string; epochs: 10; slope?: number; }"`,
    );
    expect(hover(`${HEAD}const s = space({ lr: float(0, 1), act: choice(["a", "b"]) });`, "s")).toMatchInlineSnapshot(
      `"Space<{ lr: number; act: "a" | "b"; }>"`,
    );
  });

  test("values, narrowing, conditional keys and codecs have the right types", () => {
    const source = `${HEAD}${WHOLE}
      type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
      const sure = <T extends true>(): T => true as T;
      sure<Same<P["slope"], number | undefined>>();
      sure<Same<P["batch"], 16 | 32 | 64>>();
      sure<Same<P["act"], "relu" | "gelu" | null>>();
      sure<Same<P["mixture"], { web: number; code: number }>>();
      sure<Same<P["features"], ("f1" | "f2")[]>>();
      sure<Same<P["blocks"], { width: number; act: "x" | "y" }[]>>();
      sure<Same<P["epochs"], 10>>();
      declare const p: P;
      if (p.optimizer.kind === "sgd") {
        const m: number = p.optimizer.momentum;
        if (p.optimizer.nest.is === "on") { const k: number = p.optimizer.nest.k; void [m, k]; }
      }
      const sampled: P = compile(s).defaults();
      const without: Omit<P, "slope"> = p;
      const names: string[] = ["a"];
      const open = space({ c: choice(names), x: simplex(names), o: ordinal([1, 2] as number[]), d: permutation(names) });
      sure<Same<Infer<typeof open>, { c: string; x: { [name: string]: number }; o: number; d: string[] }>>();
      sure<Same<Infer<ReturnType<typeof dynamic>>[string], unknown>>();
      const optional = { step: 0.1, default: 0.2, unit: "s" } as const;
      export const fine = [float(0, 1, optional), sampled, without, fixed({ a: [1] }), compile({ version: 1, shape: {} }).columns];
    `;
    expect(diagnose(source)).toEqual([]);
  });
});

describe("mistakes are sentences", () => {
  test("of the space", () => {
    const lines = [
      /* 1 */ 'space({ act: oneOf(["relu", "gelu"]) });',
      /* 2 */ "space({ lr: float(0, 1), epochs: 10 });",
      /* 3 */ 'choice(["relu", "gelu"], { default: "tanh" });',
      /* 4 */ 'float(0, 1, { scale: "logg" });',
      /* 5 */ "float(0, 1, { log: true });",
      /* 6 */ "oneOf({ none: {}, drop: float(0, 1) });",
      /* 7: fine, a plain group */ "space({ model: { width: int(1, 2) } });",
      /* 8: a raw constant in a group */ 'space({ model: { width: int(1, 2), name: "mlp" } });',
      /* 9: an array for a choice */ 'space({ act: ["relu", "gelu"] });',
      /* 10 */ "list(int(1, 2), { min: 1 });",
      /* 11: fine, known at run time */ 'const names: string[] = ["a"]; choice(names); simplex(names);',
      /* 12: fine, two kinds of x */ 'oneOf({ a: { x: int(1, 2) }, b: { x: choice(["q"]) } });',
      /* 13 */ "oneOf({ a: { kind: int(1, 2) } });",
      /* 14 */ "choice([]);",
      /* 15: builder not called */ "space({ lr: float });",
      /* 16 */ "const s = space({ lr: float(0, 1), opt: oneOf({ sgd: { m: float(0, 1) }, adam: {} }) });",
      /* 17: unknown parameter */ "compile(s).defaults().lrr;",
      /* 18: not narrowed */ "compile(s).defaults().opt.m;",
      /* 19: where on an unknown parameter */ "space({ lr: float(0, 1) }, { where: [p => p.lrr > 0] });",
      /* 20: a shape for a space */ "compile({ lr: float(0, 1) });",
      /* 21: conditions take text */ "when(() => true, float(0, 1));",
      /* 22: fine */ 'oneOf({ a: { kind: int(1, 2) } }, { tag: "is" });',
      /* 23: a raw constant in a branch */ "oneOf({ a: { x: 3 } });",
      /* 24 */ 'oneOf({ a: {}, b: {} }, { default: "c" });',
    ];
    expect(mistakes(lines)).toMatchInlineSnapshot(`
      "1: Argument of type '["relu", "gelu"]' is not assignable to parameter of type 'readonly ["relu", "gelu"] & Mistake<"oneOf takes named branches, oneOf({ a: {...}, b: {...} }); for plain values use choice([...])">'.
        Property '__vernier' is missing in type '["relu", "gelu"]' but required in type 'Mistake<"oneOf takes named branches, oneOf({ a: {...}, b: {...} }); for plain values use choice([...])">'.

      2: Type '10' is not assignable to type '10 & Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">'.
        Type 'number' is not assignable to type 'Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">'.

      3: Type '"tanh"' is not assignable to type '"relu" | "gelu" | undefined'.

      4: Type '"logg"' is not assignable to type 'Scale | undefined'. Did you mean '"log"'?

      5: Object literal may only specify known properties, and 'log' does not exist in type 'NumberOptions'.

      6: Type 'Param<number, "float">' is not assignable to type 'Param<number, "float"> & Mistake<"a branch is a record of parameters: write { value: float(...) } instead of float(...)">' with 'exactOptionalPropertyTypes: true'. Consider adding 'undefined' to the types of the target's properties.
        Property '__vernier' is missing in type 'Param<number, "float">' but required in type 'Mistake<"a branch is a record of parameters: write { value: float(...) } instead of float(...)">'.

      8: Type '"mlp"' is not assignable to type '"mlp" & Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">'.
        Type 'string' is not assignable to type 'Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">'.

      9: Type '["relu", "gelu"]' is not assignable to type 'readonly ["relu", "gelu"] & Mistake<"not a parameter: for one of several values use choice([...]); for a constant array use fixed([...])">'.
        Property '__vernier' is missing in type '["relu", "gelu"]' but required in type 'Mistake<"not a parameter: for one of several values use choice([...]); for a constant array use fixed([...])">'.

      10: Argument of type '{ min: number; }' is not assignable to parameter of type 'Doc & { min?: number; max: number; }'.
        Property 'max' is missing in type '{ min: number; }' but required in type '{ min?: number; max: number; }'.

      13: Type '{ kind: Param<number, "int">; }' is not assignable to type '{ readonly kind: Param<number, "int">; } & Mistake<"a branch may not own a parameter named \\"kind\\" (it is the tag); rename it or pass { tag: \\"...\\" }">'.
        Property '__vernier' is missing in type '{ kind: Param<number, "int">; }' but required in type 'Mistake<"a branch may not own a parameter named \\"kind\\" (it is the tag); rename it or pass { tag: \\"...\\" }">'.

      14: Argument of type '[]' is not assignable to parameter of type 'readonly [] & Mistake<"at least one value is needed: an empty array leaves nothing to choose from">'.
        Property '__vernier' is missing in type '[]' but required in type 'Mistake<"at least one value is needed: an empty array leaves nothing to choose from">'.

      15: Type '(low: number, high: number, options?: NumberOptions) => Param<number, "float">' is not assignable to type '((low: number, high: number, options?: NumberOptions) => Param<number, "float">) & Mistake<"not a parameter: call the builder, for example float(0, 1)">'.
        Type '(low: number, high: number, options?: NumberOptions) => Param<number, "float">' is not assignable to type 'Mistake<"not a parameter: call the builder, for example float(0, 1)">'.

      17: Property 'lrr' does not exist on type '{ lr: number; opt: { kind: "sgd"; m: number; } | { kind: "adam"; }; }'.

      18: Property 'm' does not exist on type '{ kind: "sgd"; m: number; } | { kind: "adam"; }'.
        Property 'm' does not exist on type '{ kind: "adam"; }'.

      19: Property 'lrr' does not exist on type '{ lr: number; }'.

      20: Object literal may only specify known properties, and 'lr' does not exist in type 'Space<Params>'.

      21: Argument of type '() => boolean' is not assignable to parameter of type 'string'.

      23: Type '3' is not assignable to type '3 & Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">'.
        Type 'number' is not assignable to type 'Mistake<"not a parameter: use float, int, choice, ...; for a constant use fixed(value)">'.

      24: Type '"c"' is not assignable to type '"a" | "b" | undefined'."
    `);
  });
});
