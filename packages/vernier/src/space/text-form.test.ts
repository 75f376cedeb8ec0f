import fc from "fast-check";
import { expect, test } from "vitest";
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
import { describe as describeSpace, describeNode } from "./describe.ts";
import { learn } from "./learn.ts";
import { parseSpaceText } from "./text-form.ts";
import type { Node } from "./types.ts";

function refused(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof VernierError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

const WHOLE = `
  lr=float(1e-5,1e-1,log) act=choice(relu,gelu); layers = int( 1, 6 ),
  batch=ordinal(16,32,64) epochs=fixed(10) drop=float(0,0.5,step=0.1,default=0.1)
  model.width=int(8,512,log) model."my depth"=int(1,3)
  optimizer=oneOf(sgd(momentum=float(0,0.99), inner.k=int(1,2)),adamw(beta2=float(0.9,0.999)),none,default=none,tag=is)
  features=subset(a,b,c,min=1) order=permutation(a,b,"c d",length=2) mix=simplex(a,b,default=[0.25,0.75])
  slope=when('act == "relu"', float(0,1,prior=[0.5,0.2])) odd=choice("16", 16, true, "true", null, 'it"s', prior=[1,2,3,4,5,6])
  blocks=list({width=int(8,64) act=choice(x,y)}, min=1, max=4) dims=list(int(1,9),max=3)
  system=text("You are terse.", "Be brief.\\n") config=fixed({"a": [1, {"b": null}], "c": ")"}, unit="ms") name=fixed(adam)
  where("model.width * batch <= 4096") where('act == "gelu" or lr < 0.1')
`;

test("the builders' spelling gives the builders' space", () => {
  expect(parseSpaceText(WHOLE)).toEqual(
    space(
      {
        lr: float(1e-5, 1e-1, { scale: "log" }),
        act: choice(["relu", "gelu"]),
        layers: int(1, 6),
        batch: ordinal([16, 32, 64]),
        epochs: fixed(10),
        drop: float(0, 0.5, { step: 0.1, default: 0.1 }),
        model: { width: int(8, 512, { scale: "log" }), "my depth": int(1, 3) },
        optimizer: oneOf(
          { sgd: { momentum: float(0, 0.99), inner: { k: int(1, 2) } }, adamw: { beta2: float(0.9, 0.999) }, none: {} },
          { default: "none", tag: "is" },
        ),
        features: subset(["a", "b", "c"], { min: 1 }),
        order: permutation(["a", "b", "c d"], { length: 2 }),
        mix: simplex(["a", "b"], { default: { a: 0.25, b: 0.75 } }),
        slope: when('act == "relu"', float(0, 1, { prior: { mean: 0.5, sd: 0.2 } })),
        odd: choice(["16", 16, true, "true", null, 'it"s'], { prior: [1, 2, 3, 4, 5, 6] }),
        blocks: list({ width: int(8, 64), act: choice(["x", "y"]) }, { min: 1, max: 4 }),
        dims: list(int(1, 9), { max: 3 }),
        system: text({ seeds: ["You are terse.", "Be brief.\n"] }),
        config: fixed({ a: [1, { b: null }], c: ")" }, { unit: "ms" }),
        name: fixed("adam"),
      },
      { where: ["model.width * batch <= 4096", 'act == "gelu" or lr < 0.1'] },
    ),
  );
});

test("a space is described one line a parameter", () => {
  expect(describeSpace(parseSpaceText(WHOLE)).join("\n")).toMatchInlineSnapshot(`
    "lr = float(1e-5, 0.1, log)
    act = choice(relu, gelu)
    layers = int(1, 6)
    batch = ordinal(16, 32, 64)
    epochs = fixed(10)
    drop = float(0, 0.5, step=0.1, default=0.1)
    model.width = int(8, 512, log)
    model."my depth" = int(1, 3)
    optimizer = oneOf(sgd(momentum=float(0, 0.99), inner.k=int(1, 2)), adamw(beta2=float(0.9, 0.999)), none(), tag=is, default=none)
    features = subset(a, b, c, min=1)
    order = permutation(a, b, "c d", length=2)
    mix = simplex(a, b, default=[0.25, 0.75])
    slope = when('act == "relu"', float(0, 1, prior=[0.5, 0.2]))
    odd = choice("16", 16, true, "true", null, 'it"s', prior=[1, 2, 3, 4, 5, 6])
    blocks = list({width=int(8, 64), act=choice(x, y)}, min=1, max=4)
    dims = list(int(1, 9), max=3)
    system = text("You are terse.", "Be brief.\\n")
    config = fixed({"a":[1,{"b":null}],"c":")"}, unit=ms)
    name = fixed("adam")
    where("model.width * batch <= 4096")
    where('act == "gelu" or lr < 0.1')"
  `);
  expect(describeNode(float(1e-5, 0.1, { scale: "log" }) as unknown as Node)).toBe("float(1e-5, 0.1, log)");
});

test("numbers are spelled as people write them", () => {
  const s = space({
    a: float(1e-3, 1e6),
    b: float(-2.5e-7, 123456789),
    c: int(-5, 1_000_000),
    d: float(0.000123, 3e300),
  });
  expect(describeSpace(s)).toEqual([
    "a = float(0.001, 1e6)",
    "b = float(-2.5e-7, 123456789)",
    "c = int(-5, 1e6)",
    "d = float(1.23e-4, 3e300)",
  ]);
});

test("mistakes get a caret and the next step", () => {
  const texts = [
    "",
    "lr",
    "lr=",
    "lr=3",
    "lr='a'",
    "lr=float",
    "lr float(0,1)",
    "float(0,1)",
    "lr=flot(0,1)",
    "lr=loguniform(1e-5,1)",
    "use=bool()",
    "lr=float(0,1",
    "lr=float(0,1,log,log)",
    "lr=float(0,1,7)",
    "lr=float(1,0)",
    "a=int(1,2) lr=float(0,1,log)",
    "lr=float(0,1,stepp=0.1)",
    "lr=float(0,1,step=)",
    "lr=float(0,1,step=1,step=1)",
    "act=choice()",
    "act=choice(a,a)",
    "act=choice(a,(b))",
    "act=choice([a,b])",
    "a=int(1,2) a=int(1,3)",
    "a=int(1,2) a.b=int(1,3)",
    "a.b=int(1,2) a=int(1,3)",
    ".a=int(1,2)",
    "a='open",
    "slope=when(x>1,float(0,1))",
    "slope=when('x > 1')",
    "x=int(1,3) slope=when('y > 1',float(0,1))",
    "l=list(max=3)",
    "l=list(int(1,2))",
    "l=list({a=int(2,1)},max=3)",
    "l=list(int(1,2),int(1,2),max=3)",
    "o=oneOf(a(x=int(1,2)),a)",
    "o=oneOf(a(kind=int(1,2)))",
    "o=oneOf(a(x=int(2,1)))",
    "o=oneOf((x))",
    "f=fixed()",
    "f=fixed({a})",
    "f=fixed(1,2)",
    "x=int(1,3) where(x<2)",
    "x=int(1,3) where('x<2'",
    "x=int(1,3) where('z<2')",
    "x=int(1,3)}",
  ];
  expect(texts.map(t => refused(() => parseSpaceText(t))).join("\n\n")).toMatchInlineSnapshot(`
    "E_SPACE_EMPTY: the text holds no parameters. Write at least one: lr=float(1e-5, 0.1, log).

    E_SPACE_TEXT: "=" is missing after "lr"
      lr
        ^
    Write lr=float(0, 1), say.

    E_SPACE_TEXT: "lr" has no kind
      lr=
         ^
    Kinds are float, int, ordinal, choice, permutation, subset, simplex, list, oneOf, when, text, fixed.

    E_SPACE_TEXT: "3" is not a parameter
      lr=3
         ^
    For a constant write fixed(3).

    E_SPACE_TEXT: "a" is not a parameter
      lr='a'
         ^
    For a constant write fixed(a).

    E_SPACE_TEXT: "float" is not a parameter
      lr=float
         ^
    Write float(...).

    E_SPACE_TEXT: "=" is missing after "lr"
      lr float(0,1)
         ^
    Write lr=float(0, 1), say.

    E_SPACE_TEXT: "=" is missing after "float"
      float(0,1)
           ^
    Write name=float(...).

    E_SPACE_TEXT: there is no kind "flot"
      lr=flot(0,1)
         ^
    Kinds are float, int, ordinal, choice, permutation, subset, simplex, list, oneOf, when, text, fixed. Did you mean "float"?

    E_SPACE_TEXT: there is no kind "loguniform"
      lr=loguniform(1e-5,1)
         ^
    Write float(low, high, log).

    E_SPACE_TEXT: there is no kind "bool"
      use=bool()
          ^
    Write choice(true, false).

    E_SPACE_TEXT: ")" is missing at the end
      lr=float(0,1
                  ^
    Write ")" here.

    E_SPACE_TEXT: "log" does not belong here
      lr=float(0,1,log,log)
                       ^
    Write float(low, high, log, step=...).

    E_SPACE_TEXT: 7 does not belong here
      lr=float(0,1,7)
                   ^
    Write float(low, high, log, step=...).

    E_SPACE_RANGE: float "lr" needs low < high; got low=1, high=0. Swap them.
      lr=float(1,0)
      ^

    E_SPACE_SCALE: float "lr" needs low > 0 on a log scale; got low=0, high=1. Raise low (1e-6, say), or leave out the scale.
      a=int(1,2) lr=float(0,1,log)
                 ^

    E_SPACE_OPTION: float "lr" has no option "stepp". It has description, unit, scale, step, default, prior. Did you mean "step"?
      lr=float(0,1,stepp=0.1)
      ^

    E_SPACE_TEXT: a value is missing
      lr=float(0,1,step=)
                        ^
    Write a number, a word, or a text in quotes.

    E_SPACE_TEXT: "step" is given twice
      lr=float(0,1,step=1,step=1)
                          ^
    Remove one.

    E_SPACE_CHOICES: choice "act" needs at least one value; got none. List them in an array.
      act=choice()
      ^

    E_SPACE_CHOICES: choice "act" lists "a" twice. Remove one.
      act=choice(a,a)
      ^

    E_SPACE_TEXT: a value is missing
      act=choice(a,(b))
                   ^
    Write a number, a word, or a text in quotes.

    E_SPACE_CHOICES: choice "act" takes values of type string, number, boolean or null; got ["a","b"] at position 0.
      act=choice([a,b])
      ^

    E_SPACE_TEXT: "a" is already a parameter
      a=int(1,2) a=int(1,3)
                 ^
    Each name is given once. Rename one of them.

    E_SPACE_TEXT: "a" is already a parameter
      a=int(1,2) a.b=int(1,3)
                 ^
    Each name is given once. Rename one of them.

    E_SPACE_TEXT: "a" is already a group
      a.b=int(1,2) a=int(1,3)
                   ^
    Each name is given once. Rename one of them.

    E_SPACE_NAME: the parameter name "" is empty. Give it a name.
      .a=int(1,2)
      ^

    E_SPACE_TEXT: a quote is not closed
      a='open
        ^
    Add ' at its end.

    E_SPACE_TEXT: when takes its condition in quotes
      slope=when(x>1,float(0,1))
                 ^
    Write when('act == "relu"', float(0, 1)).

    E_SPACE_TEXT: when has no parameter
      slope=when('x > 1')
                        ^
    Write when('act == "relu"', float(0, 1)).

    E_EXPRESSION_NAME: when of "slope": unknown name "y"
      y > 1
      ^
    Known names: x, slope.

    E_SPACE_TEXT: list has no item
      l=list(max=3)
                  ^
    Write list(int(1, 9), max=3) or list({width=int(8, 64)}, max=4).

    E_SPACE_RANGE: list "l" needs a whole max from 1 to 20000; got max=undefined. Say how long it may get: max 4, for example.
      l=list(int(1,2))
      ^

    E_SPACE_RANGE: int "l[*].a" needs low < high; got low=2, high=1. Swap them.
      l=list({a=int(2,1)},max=3)
              ^

    E_SPACE_TEXT: list takes one kind of item
      l=list(int(1,2),int(1,2),max=3)
                      ^
    Join several in a record: list({a=..., b=...}).

    E_SPACE_TEXT: branch "a" is given twice
      o=oneOf(a(x=int(1,2)),a)
                            ^
    Remove one.

    E_SPACE_TAG: oneOf "o" has a parameter "kind" in branch "a", but that is the tag. Rename it, or pass { tag: "..." }.
      o=oneOf(a(kind=int(1,2)))
      ^

    E_SPACE_RANGE: int "o.a.x" needs low < high; got low=2, high=1. Swap them.
      o=oneOf(a(x=int(2,1)))
                ^

    E_SPACE_TEXT: a branch needs a name
      o=oneOf((x))
              ^
    Write oneOf(sgd(momentum=float(0, 1)), adam()).

    E_SPACE_TEXT: this is no JSON value
      f=fixed()
              ^
    Write fixed(10), fixed("a text") or fixed({"a": 1}).

    E_SPACE_TEXT: this is no JSON value
      f=fixed({a})
              ^
    Write fixed(10), fixed("a text") or fixed({"a": 1}).

    E_SPACE_TEXT: fixed takes one value
      f=fixed(1,2)
                ^
    Use an array for several: fixed([1, 2]).

    E_SPACE_TEXT: where takes its condition in quotes
      x=int(1,3) where(x<2)
                       ^
    Write where("layers * batch <= 256").

    E_SPACE_TEXT: ")" is missing after the condition
      x=int(1,3) where('x<2'
                            ^
    Write ")" here.

    E_EXPRESSION_NAME: where[0]: unknown name "z"
      z<2
      ^
    Known names: x.

    E_SPACE_TEXT: a parameter cannot start with "}"
      x=int(1,3)}
                ^
    Write name=kind(...): lr=float(1e-5, 0.1, log)."
  `);
});

test("hostile texts end in an error with a code", () => {
  const deep = (n: number): string => `a=${"list(".repeat(n)}int(1,2)${",max=2)".repeat(n)}`;
  expect(refused(() => parseSpaceText(deep(10_000)))).toMatch(/^E_SPACE_TEXT: the text nests deeper than 60 levels/);
  expect(refused(() => parseSpaceText(deep(50)))).toMatch(/^E_SPACE_DEPTH/);
  expect(refused(() => parseSpaceText("__proto__=int(1,2)"))).toMatch(/^E_SPACE_NAME/);
  expect(refused(() => parseSpaceText("a=oneOf(__proto__(x=int(1,2)))"))).toMatch(/^E_SPACE_NAME/);
  expect(refused(() => parseSpaceText("a=float(0,1,__proto__=3)"))).toMatch(/^E_SPACE_OPTION/);
  const word = fc.constantFrom(
    "a",
    "=",
    "float",
    "(",
    ")",
    ",",
    "0",
    "1",
    "choice",
    "list",
    "{",
    "}",
    "[",
    "]",
    "oneOf",
    "when",
    "'x'",
    '"',
    ";",
    ".",
    "where",
    "fixed",
    "max=2",
    "\\",
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 14 }), words => {
      try {
        parseSpaceText(words.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(VernierError);
      }
    }),
    { seed: 1, numRuns: 3000 },
  );
});

test("a dynamic space learns names, and holds each to its distribution", () => {
  const one = learn(dynamic(), "lr", float(0, 1));
  const two = learn(one, "model.layers", int(1, 3));
  expect(describeSpace(two)).toEqual(["lr = float(0, 1)", "model.layers = int(1, 3)"]);
  expect(two.dynamic).toBe(true);
  expect(learn(two, "lr", float(0, 1, { description: "rate" }))).toBe(two);
  const wrong = [
    () => learn(two, "lr", float(0, 2)),
    () => learn(two, "lr", choice(["a"])),
    () => learn(two, "model", int(1, 3)),
    () => learn(two, "lr.x", int(1, 3)),
    () => learn(two, "act", when("true", int(1, 3))),
    () => learn(two, "x", float(1, 0)),
    () => learn(two, "3", float(0, 1)),
    () => learn(two, "__proto__", float(0, 1)),
    () => learn(space({ a: int(1, 2) }), "lr", float(0, 1)),
  ];
  expect(wrong.map(refused).join("\n")).toMatchInlineSnapshot(`
    "E_SPACE_DYNAMIC: "lr" is known as float(0, 1), but now comes as float(0, 2). A name keeps its distribution for the whole study; give the new one another name.
    E_SPACE_DYNAMIC: "lr" is known as float(0, 1), but now comes as choice(a). A name keeps its distribution for the whole study; give the new one another name.
    E_SPACE_DYNAMIC: "model" cannot be added: "model" is a group already. Choose another name.
    E_SPACE_DYNAMIC: "lr.x" cannot be added: "lr" is a parameter already. Choose another name.
    E_SPACE_DYNAMIC: "act" has a condition, but a define-by-run trial decides itself what it asks for. Use an if statement.
    E_SPACE_RANGE: float "x" needs low < high; got low=1, high=0. Swap them.
    E_SPACE_NAME: the parameter name "3" looks like an array index, and JavaScript would reorder it. Write "p3" or the like.
    E_SPACE_NAME: the parameter name "__proto__" is reserved by JavaScript objects. Choose another name.
    E_SPACE_DYNAMIC: "lr" was asked of a space that is declared in full. Add it to space({...}), or use space: dynamic()."
  `);
});
