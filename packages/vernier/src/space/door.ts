/**
 * The door: whatever comes in (builders, JSON, the text form) leaves as a checked, normalised, deeply frozen `SpaceJson`, or as
 * one error. Normalised means: options that change nothing are dropped, so that equal searches have equal JSON.
 */
import { VernierError } from "../math/errors.ts";
import { analyse, register } from "./analysis.ts";
import { admitShape, MOST_COLUMNS } from "./door-node.ts";
import { isNode, isPlain } from "./names.ts";
import { didYouMean, spell } from "./spell.ts";
import type { Node, Shape, SpaceJson } from "./types.ts";

/** Columns of a member when every list is unrolled: what a mistyped `max` would blow up. */
function columns(member: Node | Shape): number {
  if (!isNode(member)) return Object.values(member).reduce((sum, m) => sum + columns(m), 0);
  switch (member.type) {
    case "list":
      return 1 + member.max * Math.max(1, columns(member.item));
    case "oneOf":
      return 1 + Object.values(member.branches).reduce((sum, b) => sum + columns(b), 0);
    case "optional":
      return columns(member.p);
    case "permutation":
    case "subset":
      return member.items.length;
    case "simplex":
      return member.parts.length - 1;
    case "fixed":
      return 0;
    default:
      return 1;
  }
}

const TOP = ["version", "shape", "where", "dynamic"];

/**
 * A whole space, checked. Functions under `where` are allowed from the builder only.
 *
 * @throws VernierError E_SPACE_* or E_EXPRESSION_*
 */
export function admit(value: unknown, from: "space" | "json"): SpaceJson {
  if (!isPlain(value)) {
    throw new VernierError(
      "E_SPACE_JSON",
      `a space is an object { version, shape }; got ${spell(value)}. Pass space({...}).`,
    );
  }
  if (value["version"] === undefined) {
    throw new VernierError(
      "E_SPACE_JSON",
      `a space is an object { version, shape }; this one has no version. Pass space({...}), or what JSON.stringify made of it.`,
    );
  }
  if (value["version"] !== 1) {
    const got = spell(value["version"]);
    throw new VernierError(
      "E_SPACE_VERSION",
      `this space has version ${got}; this release reads version 1. Update vernier, or write the space anew with space({...}).`,
    );
  }
  for (const name of Object.keys(value)) {
    if (!TOP.includes(name)) {
      throw new VernierError(
        "E_SPACE_OPTION",
        `a space has no option ${spell(name)}. It has shape and where.${didYouMean(name, TOP)}`,
      );
    }
  }
  const dynamic = value["dynamic"];
  if (dynamic !== undefined && dynamic !== true) {
    throw new VernierError("E_SPACE_OPTION", `dynamic is true or left out; got ${spell(dynamic)}.`);
  }
  const where: unknown = value["where"] ?? [];
  if (!Array.isArray(where)) {
    throw new VernierError(
      "E_SPACE_WHERE",
      `where is an array of conditions; got ${spell(where)}. Write where: ["a <= b"].`,
    );
  }
  const texts: string[] = [];
  const functions: ((params: never) => unknown)[] = [];
  for (const condition of where as unknown[]) {
    if (typeof condition === "string") texts.push(condition);
    else if (typeof condition === "function" && from === "space")
      functions.push(condition as (params: never) => unknown);
    else {
      throw new VernierError(
        "E_SPACE_WHERE",
        `a where condition is ${from === "space" ? "a text or a function" : "a text"}; got ${spell(condition)}. Write "a <= b".`,
      );
    }
  }
  const shape = admitShape(value["shape"], "", 0, dynamic === true ? "empty allowed" : "not empty");
  const width = columns(shape);
  if (width > MOST_COLUMNS) {
    throw new VernierError(
      "E_SPACE_SIZE",
      `the space has ${width} encoded columns; at most ${MOST_COLUMNS} are possible. Lower the max of its lists.`,
    );
  }
  const json: SpaceJson = {
    version: 1,
    shape,
    ...(texts.length > 0 && { where: Object.freeze(texts) }),
    ...(dynamic === true && { dynamic }),
  };
  const analysis = analyse(json, functions);
  if (functions.length > 0) {
    // Not enumerable: the space still looks like its JSON, but it cannot be mistaken for it.
    Object.defineProperty(json, "local", { value: true });
    Object.defineProperty(json, "toJSON", {
      value: () => {
        throw localError();
      },
    });
  }
  Object.freeze(json);
  register(json, analysis);
  return json;
}

/** The error of everything that would have to store or send a function. */
export function localError(): VernierError {
  return new VernierError(
    "E_SPACE_LOCAL",
    'the space has a function under where, which cannot be stored or sent. Write the condition as text, for example "layers * batch <= 256".',
  );
}
