/** First guesses as people write them: words, JSON, a file with one a line. */
import type { Params } from "../core/types.ts";
import { VernierError } from "../math/errors.ts";
import { spell } from "../space/spell.ts";
import type { Node, Shape, SpaceJson } from "../space/types.ts";
import { usageError } from "./args.ts";
import { isVernierError } from "./errors.ts";

const isNode = (member: Node | Shape): member is Node => typeof (member as { type?: unknown }).type === "string";

/** Every member that a path may mean: the branches of a `oneOf` may share names. */
const membersAt = (members: readonly (Node | Shape)[], step: string): (Node | Shape)[] =>
  members.flatMap(member => {
    const inside = isNode(member) && member.type === "optional" ? member.p : member;
    if (!isNode(inside)) return Object.hasOwn(inside, step) ? [inside[step] as Node | Shape] : [];
    if (inside.type !== "oneOf") return [];
    if (step === (inside.tag ?? "kind")) return [{ type: "choice", choices: Object.keys(inside.branches) } as Node];
    return Object.values(inside.branches).flatMap(branch =>
      Object.hasOwn(branch, step) ? [branch[step] as Node | Shape] : [],
    );
  });

const jsonOf = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

/** A word's value: a text that is one of the parameter's texts stays a text ("1" among ["1", "2"]); else JSON; else text. */
const valueOf = (text: string, members: readonly (Node | Shape)[]): unknown => {
  const texts = members.some(member => {
    if (!isNode(member)) return false;
    const node = member.type === "optional" ? member.p : member;
    if (node.type === "text") return true;
    return (node.type === "choice" || node.type === "ordinal") && node.choices.includes(text);
  });
  return texts ? text : (jsonOf(text)?.value ?? (text === "null" ? null : text));
};

/** `lr=0.01 optimizer.kind=adamw layers=3` @throws VernierError E_CLI_USAGE */
export const guessFromWords = (words: readonly string[], space: SpaceJson): Params => {
  const params: Params = {};
  for (const word of words) {
    const [, name, text = ""] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined)
      throw usageError(`${spell(word)} is no parameter. A guess reads name=value: vernier queue lr=0.01 layers=3`);
    const path = name.split(".");
    let members: readonly (Node | Shape)[] = [space.shape];
    for (const step of path) members = membersAt(members, step);
    let group = params;
    for (const step of path.slice(0, -1)) {
      const inner = Object.hasOwn(group, step) ? group[step] : undefined;
      if (inner !== undefined && (typeof inner !== "object" || inner === null || Array.isArray(inner)))
        throw usageError(`${name} is within ${spell(step)}, which is given as a whole. Keep one of them.`);
      group = (inner ?? (group[step] = {})) as Params;
    }
    const last = path.at(-1) ?? name;
    if (Object.hasOwn(group, last)) throw usageError(`${name} is given twice. Keep one of them.`);
    // A name such as __proto__ becomes an own key, which the space then refuses.
    Object.defineProperty(group, last, {
      value: valueOf(text, members),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return params;
};

const asGuess = (value: unknown, from: string): Params => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Params;
  throw usageError(`${from} is ${spell(value)}. A guess is a JSON object: {"lr":0.01}`);
};

/** @throws VernierError E_CLI_USAGE */
export const guessFromJson = (text: string, from: string): Params => {
  const parsed = jsonOf(text);
  if (parsed === undefined)
    throw usageError(`${from} is ${spell(text)}, which is not JSON. A guess is a JSON object: '{"lr":0.01}'`);
  return asGuess(parsed.value, from);
};

export interface Guess {
  readonly params: Params;
  /** "guesses.jsonl:3"; undefined for the command line. */
  readonly place: string | undefined;
}

/** One guess a line; empty lines are skipped. @throws VernierError E_CLI_USAGE with the line */
export const guessesFromFile = (text: string, file: string): Guess[] =>
  text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .flatMap((line, i) => {
      const place = `${file}:${i + 1}`;
      return line.trim() === "" ? [] : [{ params: guessFromJson(line, place), place }];
    });

/** Runs `check`; what it throws about a guess of a file begins with its line. */
export const atPlace = (place: string | undefined, check: () => void): void => {
  try {
    check();
  } catch (error) {
    if (place === undefined || !isVernierError(error)) throw error;
    throw new VernierError(error.code, `${place}: ${error.message}`, { cause: error });
  }
};
