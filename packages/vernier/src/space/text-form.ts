/**
 * The text form of a space, in the builders' spelling: `lr=float(1e-5,1e-1,log) act=choice(relu,gelu)`. What `describe` prints,
 * this reads back to the same space.
 */
import { VernierError } from "../math/errors.ts";
import { kindNames } from "./door-node.ts";
import { admit } from "./door.ts";
import type { Space } from "./infer.ts";
import { caret, didYouMean, spell } from "./spell.ts";
import { textFault, textTokens, wordValue, type TextToken } from "./text-lexer.ts";
import type { Params } from "./types.ts";

/** A node or group not yet through the door. */
type RawMember = Record<string, unknown>;

/** Kinds under their names here, as written; `when` is the optional node's. */
const KINDS = kindNames.map(name => (name === "optional" ? "when" : name));

/** The door allows 40; beyond that the text is an accident, and would exhaust the stack. */
const DEEPEST = 60;

/** Kinds of other tools. */
const FOREIGN: Readonly<Record<string, string>> = {
  uniform: "Write float(low, high).",
  loguniform: "Write float(low, high, log).",
  log_uniform: "Write float(low, high, log).",
  quniform: "Write float(low, high, step=...).",
  randint: "Write int(low, high); high is included.",
  categorical: "Write choice(a, b).",
  enum: "Write choice(a, b).",
  bool: "Write choice(true, false).",
  boolean: "Write choice(true, false).",
  number: "Write float(low, high) or int(low, high).",
  optional: 'Write when("condition", float(0, 1)).',
};

class Reader {
  readonly #source: string;
  readonly #tokens: readonly TextToken[];
  /** Where each path was written, so that the door's errors get a caret too. */
  readonly places = new Map<string, number>();
  /** Where each `when`'s condition was written, by the place of its value (no branch names). */
  readonly conditions = new Map<string, number>();
  #next = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = textTokens(source);
  }

  #peek(ahead = 0): TextToken {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as TextToken;
  }

  #take(): TextToken {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #is(sign: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === "sign" && token.text === sign;
  }

  #fault(token: TextToken, sentence: string, next: string): never {
    return textFault(this.#source, token.at, sentence, next);
  }

  #expect(sign: string, where: string): void {
    if (this.#is(sign)) this.#next++;
    else this.#fault(this.#peek(), `"${sign}" is missing ${where}`, `Write "${sign}" here.`);
  }

  space(): { shape: RawMember; where: string[] } {
    const where: string[] = [];
    const shape = this.#members("", "end", where);
    return { shape, where };
  }

  /** One `kind(...)` and nothing else. */
  alone(path: string): RawMember {
    const node = this.#node(path);
    const rest = this.#peek();
    if (rest.kind !== "end") {
      this.#fault(rest, `${spell(rest.text)} is too much: one parameter stands here`, "Remove it.");
    }
    return node;
  }

  /** `name=node` items up to the closing sign (or the end), separated by spaces, commas, semicolons or new lines. */
  #members(parent: string, close: ")" | "}" | "end", where?: string[]): RawMember {
    const shape: RawMember = {};
    for (;;) {
      while (this.#is(",") || this.#is(";")) this.#next++;
      const token = this.#peek();
      if (close === "end" ? token.kind === "end" : this.#is(close)) {
        this.#next++;
        return shape;
      }
      if (token.kind === "end") this.#fault(token, `"${close}" is missing at the end`, `Write "${close}" here.`);
      if (where !== undefined && token.text === "where" && token.kind === "word" && this.#is("(", 1)) {
        where.push(this.#where());
      } else this.#member(shape, parent);
    }
  }

  #where(): string {
    this.#next += 2;
    const condition = this.#take();
    if (condition.kind !== "quoted") {
      this.#fault(condition, "where takes its condition in quotes", 'Write where("layers * batch <= 256").');
    }
    this.#expect(")", "after the condition");
    return condition.text;
  }

  /** Dotted names make groups; quotes hold names with other signs: `model."my layers"`. */
  #name(): { segments: string[]; first: TextToken } {
    const first = this.#peek();
    const segments = [""];
    let end = first.at;
    while (this.#peek().at === end && (this.#peek().kind === "word" || this.#peek().kind === "quoted")) {
      const token = this.#take();
      end = token.end;
      const [head = "", ...rest] = token.kind === "word" ? token.text.split(".") : [token.text];
      segments[segments.length - 1] += head;
      segments.push(...rest);
    }
    if (end === first.at) {
      this.#fault(
        first,
        `a parameter cannot start with ${spell(first.text)}`,
        "Write name=kind(...): lr=float(1e-5, 0.1, log).",
      );
    }
    return { segments, first };
  }

  #member(shape: RawMember, parent: string): void {
    const { segments, first } = this.#name();
    const written = segments.join(".");
    if (!this.#is("=")) {
      const call = this.#is("(") && KINDS.includes(written);
      const next = call ? `Write name=${written}(...).` : `Write ${written}=float(0, 1), say.`;
      this.#fault(this.#peek(), `"=" is missing after ${spell(written)}`, next);
    }
    this.#next++;
    let group = shape;
    let path = parent;
    for (const [i, name] of segments.entries()) {
      path = path === "" ? name : `${path}.${name}`;
      const last = i === segments.length - 1;
      const known = Object.hasOwn(group, name) ? (group[name] as RawMember) : undefined;
      if (known !== undefined && (last || typeof known["type"] === "string")) {
        const what = typeof known["type"] === "string" ? "is already a parameter" : "is already a group";
        this.#fault(first, `${spell(path)} ${what}`, "Each name is given once. Rename one of them.");
      }
      if (!this.places.has(path)) this.places.set(path, first.at);
      if (last) define(group, name, this.#node(path));
      else if (known === undefined) {
        const inner: RawMember = {};
        define(group, name, inner);
        group = inner;
      } else group = known;
    }
  }

  /** `kind(...)` */
  #node(path: string): RawMember {
    const kind = this.#take();
    if (kind.kind === "end" || kind.kind === "sign") {
      this.#fault(kind, `${spell(path)} has no kind`, `Kinds are ${KINDS.join(", ")}.`);
    }
    if (!this.#is("(")) {
      const constant = kind.kind === "quoted" || !KINDS.includes(kind.text);
      const next = constant ? `For a constant write fixed(${kind.text}).` : `Write ${kind.text}(...).`;
      this.#fault(kind, `${spell(kind.text)} is not a parameter`, next);
    }
    if (kind.kind !== "word" || !KINDS.includes(kind.text)) {
      const foreign = Object.hasOwn(FOREIGN, kind.text) ? FOREIGN[kind.text] : undefined;
      const next = foreign ?? `Kinds are ${KINDS.join(", ")}.${didYouMean(kind.text, KINDS)}`;
      this.#fault(kind, `there is no kind ${spell(kind.text)}`, next);
    }
    this.#next++;
    if (++this.#depth > DEEPEST) this.#fault(kind, `the text nests deeper than ${DEEPEST} levels`, "Flatten it.");
    const node = this.#body(kind, path);
    this.#depth--;
    return node;
  }

  #body(kind: TextToken, path: string): RawMember {
    switch (kind.text) {
      case "float":
      case "int":
        return this.#number(kind);
      case "fixed":
        return this.#fixed(kind);
      case "when":
        return this.#when(path);
      case "list":
        return this.#list(path);
      case "oneOf":
        return this.#oneOf(path);
      default:
        return this.#values(kind);
    }
  }

  /** One argument after the other up to ")": options `name=value` are collected, others handed to `positional`. */
  #arguments(positional: (index: number) => void): RawMember {
    const options: RawMember = {};
    for (let index = 0; ;) {
      while (this.#is(",")) this.#next++;
      if (this.#is(")")) {
        this.#next++;
        return options;
      }
      const token = this.#peek();
      if (token.kind === "end") this.#fault(token, '")" is missing at the end', 'Write ")" here.');
      if (token.kind === "word" && this.#is("=", 1)) {
        if (Object.hasOwn(options, token.text))
          this.#fault(token, `${spell(token.text)} is given twice`, "Remove one.");
        this.#next += 2;
        define(options, token.text, this.#value());
      } else positional(index++);
    }
  }

  /** A word, a quoted text, or `[...]` of them. */
  #value(): unknown {
    const token = this.#take();
    if (token.kind === "quoted") return token.text;
    if (token.kind === "word") return wordValue(token.text);
    if (token.text !== "[") this.#fault(token, "a value is missing", "Write a number, a word, or a text in quotes.");
    const items: unknown[] = [];
    for (;;) {
      while (this.#is(",")) this.#next++;
      if (this.#is("]")) {
        this.#next++;
        return items;
      }
      if (this.#peek().kind === "end") this.#fault(this.#peek(), '"]" is missing at the end', 'Write "]" here.');
      items.push(this.#value());
    }
  }

  #number(kind: TextToken): RawMember {
    const node: RawMember = { type: kind.text };
    const options = this.#arguments(index => {
      const token = this.#peek();
      const value = this.#value();
      if (index < 2) node[index === 0 ? "low" : "high"] = value;
      else if (typeof value === "string" && node["scale"] === undefined) node["scale"] = value;
      else this.#fault(token, `${spell(value)} does not belong here`, `Write ${kind.text}(low, high, log, step=...).`);
    });
    const { prior } = options;
    if (Array.isArray(prior)) options["prior"] = { mean: prior[0] as unknown, sd: prior[1] as unknown };
    return { ...node, ...options };
  }

  #values(kind: TextToken): RawMember {
    const values: unknown[] = [];
    const options = this.#arguments(() => values.push(this.#value()));
    const fields: Readonly<Record<string, string>> = {
      simplex: "parts",
      text: "seeds",
      choice: "choices",
      ordinal: "choices",
    };
    if (kind.text === "simplex" && Array.isArray(options["default"])) {
      const shares = options["default"] as unknown[];
      const record: RawMember = {};
      for (const [i, part] of values.entries()) define(record, String(part), shares[i]);
      options["default"] = record;
    }
    return { type: kind.text, [fields[kind.text] ?? "items"]: values, ...options };
  }

  #when(path: string): RawMember {
    const node: RawMember = { type: "optional" };
    const options = this.#arguments(index => {
      const token = this.#peek();
      if (index === 0) {
        if (token.kind !== "quoted") {
          this.#fault(token, "when takes its condition in quotes", `Write when('act == "relu"', float(0, 1)).`);
        }
        // Inside the quote.
        this.conditions.set(path, token.at + 1);
        node["cond"] = this.#take().text;
      } else if (index === 1) node["p"] = this.#node(path);
      else this.#fault(token, "when takes a condition and one parameter", "Remove the rest.");
    });
    if (node["p"] === undefined) {
      this.#fault(this.#peek(-1), "when has no parameter", `Write when('act == "relu"', float(0, 1)).`);
    }
    return { ...node, ...options };
  }

  #list(path: string): RawMember {
    const node: RawMember = { type: "list" };
    const options = this.#arguments(index => {
      const token = this.#peek();
      if (index > 0)
        this.#fault(token, "list takes one kind of item", "Join several in a record: list({a=..., b=...}).");
      if (this.#is("{")) {
        this.#next++;
        node["item"] = this.#members(`${path}[*]`, "}");
      } else node["item"] = this.#node(`${path}[*]`);
    });
    if (node["item"] === undefined) {
      this.#fault(
        this.#peek(-1),
        "list has no item",
        "Write list(int(1, 9), max=3) or list({width=int(8, 64)}, max=4).",
      );
    }
    return { ...node, ...options };
  }

  #oneOf(path: string): RawMember {
    const branches: RawMember = {};
    const options = this.#arguments(() => {
      const name = this.#take();
      if (name.kind === "sign")
        this.#fault(name, "a branch needs a name", "Write oneOf(sgd(momentum=float(0, 1)), adam()).");
      if (Object.hasOwn(branches, name.text))
        this.#fault(name, `branch ${spell(name.text)} is given twice`, "Remove one.");
      this.places.set(`${path}.${name.text}`, name.at);
      const filled = this.#is("(");
      if (filled) this.#next++;
      define(branches, name.text, filled ? this.#members(`${path}.${name.text}`, ")") : {});
    });
    return { type: "oneOf", branches, ...options };
  }

  /** Any JSON value, or a bare word. */
  #fixed(kind: TextToken): RawMember {
    const start = this.#peek();
    let depth = 0;
    while (this.#peek().kind !== "end") {
      if (depth === 0 && (this.#is(")") || this.#is(","))) break;
      if (this.#is("(") || this.#is("[") || this.#is("{")) depth++;
      if (this.#is(")") || this.#is("]") || this.#is("}")) depth--;
      this.#next++;
    }
    const count = this.#tokens.indexOf(this.#peek()) - this.#tokens.indexOf(start);
    const source = this.#source.slice(start.at, this.#peek(-1).end);
    let value: unknown;
    try {
      value = JSON.parse(source);
    } catch {
      if (count !== 1)
        this.#fault(start, "this is no JSON value", `Write ${kind.text}(10), fixed("a text") or fixed({"a": 1}).`);
      value = start.kind === "quoted" ? start.text : wordValue(start.text);
    }
    const options = this.#arguments(() =>
      this.#fault(this.#peek(), "fixed takes one value", "Use an array for several: fixed([1, 2])."),
    );
    return { type: "fixed", value, ...options };
  }
}

/** Plain assignment would call a setter for "__proto__"; the door must see it to refuse it. */
function define(record: RawMember, name: string, value: unknown): void {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
}

/**
 * One parameter from its text (`float(0, 1)`), not yet through the door: for files whose parameters stand one by one.
 * The maps lead from a path of the space (or the place of a condition) to where it is written in `source`.
 *
 * @throws VernierError E_SPACE_TEXT with the offset in `details.at`.
 */
export function readNodeText(
  source: string,
  path: string,
): {
  readonly node: Record<string, unknown>;
  readonly places: ReadonlyMap<string, number>;
  readonly conditions: ReadonlyMap<string, number>;
} {
  const reader = new Reader(source);
  return { node: reader.alone(path), places: reader.places, conditions: reader.conditions };
}

/**
 * A space from its text form: the builders' spelling with bare words for texts, `name=value` for options, dotted names for
 * groups, `{...}` for the record of a list. Parameters are separated by spaces, commas, semicolons or new lines.
 *
 * @example
 * parseSpaceText('lr=float(1e-5,1e-1,log) act=choice(relu,gelu) model.width=int(8,512,log) drop=float(0,0.5,step=0.1,default=0.1)');
 * parseSpaceText('optimizer=oneOf(sgd(momentum=float(0,0.99)),adamw(beta2=float(0.9,0.999))) where("lr < 1")');
 * parseSpaceText(`act=choice(relu,gelu) slope=when('act == "relu"', float(0,1))`);
 * @throws VernierError E_SPACE_TEXT with a caret under the place, and every E_SPACE_* and E_EXPRESSION_* of the builders.
 */
export function parseSpaceText(source: string): Space<Params> {
  const reader = new Reader(source);
  const { shape, where } = reader.space();
  if (Object.keys(shape).length === 0) {
    throw new VernierError(
      "E_SPACE_EMPTY",
      "the text holds no parameters. Write at least one: lr=float(1e-5, 0.1, log).",
    );
  }
  try {
    return admit({ version: 1, shape, ...(where.length > 0 && { where }) }, "json") as Space<Params>;
  } catch (error) {
    if (!(error instanceof VernierError)) throw error;
    const path = error.details?.["path"];
    const at = typeof path === "string" ? reader.places.get(path) : undefined;
    if (at === undefined) throw error;
    throw new VernierError(error.code, `${error.message}${caret(source, at)}`.trimEnd(), {
      cause: error,
      details: { ...error.details, at },
    });
  }
}
