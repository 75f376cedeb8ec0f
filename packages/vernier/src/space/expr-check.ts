/**
 * Type check of an expression against the names it may use. Also resolves each name to the record it belongs to: the innermost
 * one that has it.
 */
import { FUNCTIONS } from "./expr-functions.ts";
import { exprFault, type Expression, type ExprTree, type ScopeType, type ScopeTypes } from "./expr-types.ts";
import { didYouMean, spell, spellList } from "./spell.ts";
import type { Scalar } from "./types.ts";

interface Typed {
  readonly tree: ExprTree;
  readonly type: ScopeType;
}

type Tag = "number" | "string" | "boolean" | "null" | "any" | "list" | "record";

const tagOf = (value: Scalar): Tag => (value === null ? "null" : (typeof value as Tag));

function tags(type: ScopeType): ReadonlySet<Tag> {
  if (typeof type === "string") return new Set([type]);
  if ("values" in type) return new Set(type.values.map(tagOf));
  return new Set(["list" in type ? "list" : "record"]);
}

/** May the type hold nothing but `tag`? "any" may. */
function is(type: ScopeType, tag: Tag): boolean {
  const found = tags(type);
  return found.has("any") || (found.size === 1 && found.has(tag));
}

function describe(type: ScopeType): string {
  if (typeof type === "string") return type === "any" ? "anything" : `a ${type}`;
  if ("values" in type) return type.values.length === 1 ? spell(type.values[0]) : `one of ${spellList(type.values)}`;
  return "list" in type ? "a list" : "a group";
}

/** The narrowest type that holds both. */
export function mergeTypes(a: ScopeType, b: ScopeType): ScopeType {
  if (a === b) return a;
  if (typeof a === "object" && typeof b === "object") {
    if ("values" in a && "values" in b) return { values: [...new Set([...a.values, ...b.values])] };
    if ("list" in a && "list" in b) return { list: mergeTypes(a.list, b.list) };
    if ("record" in a && "record" in b) {
      const record: Record<string, ScopeType> = { ...a.record };
      for (const [name, type] of Object.entries(b.record)) {
        const known = Object.hasOwn(record, name) ? record[name] : undefined;
        record[name] = known === undefined ? type : mergeTypes(known, type);
      }
      return { record, ...((a.open ?? b.open) && { open: true }) };
    }
  }
  const both = new Set([...tags(a), ...tags(b)]);
  const [only] = both;
  return both.size === 1 && only !== undefined && only !== "list" && only !== "record" ? only : "any";
}

/** Every dotted path of the names in scope, for hints; lists and depth are cut short. */
function paths(types: ScopeTypes, prefix = "", depth = 0): string[] {
  return Object.entries(types).flatMap(([name, type]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const inner = typeof type === "object" && "record" in type && depth < 4 ? paths(type.record, path, depth + 1) : [];
    return [path, ...inner];
  });
}

class Checker {
  readonly #text: string;
  readonly #scopes: readonly ScopeTypes[];

  constructor(text: string, scopes: readonly ScopeTypes[]) {
    this.#text = text;
    this.#scopes = scopes;
  }

  fail(at: number, sentence: string, next: string): never {
    return exprFault("E_EXPRESSION_TYPE", this.#text, at, sentence, next);
  }

  check(tree: ExprTree): Typed {
    switch (tree.op) {
      case "literal":
        return { tree, type: { values: [tree.value] } };
      case "list": {
        const items = tree.items.map(item => this.check(item));
        const type: ScopeType = { list: items.map(i => i.type).reduce<ScopeType>(mergeTypes, { values: [] }) };
        return { tree: { ...tree, items: items.map(i => i.tree) }, type };
      }
      case "path":
        return this.#path(tree);
      case "unary": {
        const of = this.check(tree.of);
        const tag = tree.sign === "not" ? "boolean" : "number";
        this.#need(of, tag, tree.sign);
        return { tree: { ...tree, of: of.tree }, type: tag };
      }
      case "if": {
        const test = this.check(tree.test);
        this.#need(test, "boolean", "?");
        const then = this.check(tree.then);
        const other = this.check(tree.else);
        const type = mergeTypes(then.type, other.type);
        return { tree: { ...tree, test: test.tree, then: then.tree, else: other.tree }, type };
      }
      case "call":
        return this.#call(tree);
      case "binary":
        return this.#binary(tree);
    }
  }

  #need(typed: Typed, tag: "boolean" | "number", sign: string): void {
    if (is(typed.type, tag)) return;
    const next =
      tag === "boolean"
        ? 'Compare it: x == "a", x > 0.'
        : tags(typed.type).has("number")
          ? "Some of its values are no numbers."
          : "Use a number here.";
    this.fail(typed.tree.at, `"${sign}" needs a ${tag}, but this is ${describe(typed.type)}`, next);
  }

  #binary(tree: Extract<ExprTree, { op: "binary" }>): Typed {
    const left = this.check(tree.left);
    const right = this.check(tree.right);
    const done = (type: ScopeType): Typed => ({ tree: { ...tree, left: left.tree, right: right.tree }, type });
    switch (tree.sign) {
      case "and":
      case "or":
        this.#need(left, "boolean", tree.sign);
        this.#need(right, "boolean", tree.sign);
        return done("boolean");
      case "==":
      case "!=":
        this.#equal(left.type, right.type, right.tree.at, left.tree.at);
        return done("boolean");
      case "in": {
        const list = right.type;
        if (list === "any") return done("boolean");
        if (typeof list !== "object" || !("list" in list)) {
          return this.fail(right.tree.at, `"in" needs a list, but this is ${describe(list)}`, 'Write x in ["a", "b"].');
        }
        if (tree.right.op === "list") {
          for (const item of tree.right.items) {
            this.#equal(left.type, this.check(item).type, item.at, left.tree.at);
          }
        } else this.#equal(left.type, list.list, right.tree.at, left.tree.at);
        return done("boolean");
      }
      case "<":
      case "<=":
      case ">":
      case ">=": {
        const fine = (["number", "string"] as const).some(tag => is(left.type, tag) && is(right.type, tag));
        if (!fine) {
          this.fail(
            tree.at,
            `"${tree.sign}" compares two numbers or two texts, but here are ${describe(left.type)} and ${describe(right.type)}`,
            "Compare like with like.",
          );
        }
        return done("boolean");
      }
      case "+":
        if (is(left.type, "string") && is(right.type, "string") && left.type !== "any") return done("string");
        this.#need(left, "number", "+");
        this.#need(right, "number", "+");
        return done(left.type === "any" && right.type === "any" ? "any" : "number");
      default:
        this.#need(left, "number", tree.sign);
        this.#need(right, "number", tree.sign);
        return done("number");
    }
  }

  /** Refuses comparisons that can never hold: another type, or a value outside the known ones. */
  #equal(a: ScopeType, b: ScopeType, atB: number, atA: number): void {
    const [ta, tb] = [tags(a), tags(b)];
    for (const [found, type, at] of [
      [ta, a, atA],
      [tb, b, atB],
    ] as const) {
      if (found.has("list") || found.has("record")) {
        this.fail(
          at,
          `${describe(type)} cannot be compared as a whole`,
          "Compare one of its members, or use len or in.",
        );
      }
    }
    if (ta.has("any") || tb.has("any") || ta.size === 0 || tb.size === 0) return;
    const values = (type: ScopeType): readonly Scalar[] | undefined =>
      typeof type === "object" && "values" in type ? type.values : undefined;
    const [va, vb] = [values(a), values(b)];
    if (va !== undefined && vb !== undefined) {
      if (va.some(v => vb.includes(v))) return;
      // Of a parameter and a literal, the literal is the mistake.
      const [known, odd, at] = va.length >= vb.length ? [va, vb, atB] : [vb, va, atA];
      const hint =
        typeof odd[0] === "string"
          ? didYouMean(
              odd[0],
              known.filter(k => typeof k === "string"),
            )
          : "";
      this.fail(at, `${spellList(odd)} is never ${spellList(known)}`, hint.trim() || "Use one of these values.");
    }
    if (![...ta].some(tag => tb.has(tag))) {
      this.fail(atB, `${describe(a)} is never equal to ${describe(b)}`, "Compare like with like.");
    }
  }

  #call(tree: Extract<ExprTree, { op: "call" }>): Typed {
    const args = tree.args.map(arg => this.check(arg));
    const takes = FUNCTIONS.get(tree.name)?.takes;
    const [first] = args;
    const isList = first !== undefined && typeof first.type === "object" && "list" in first.type;
    if (takes === "any list") {
      const fine = args.length === 1 && first !== undefined && (isList || is(first.type, "string"));
      if (!fine) this.fail(tree.at, `${tree.name}(...) takes one list or text`, `Write ${tree.name}(blocks).`);
    } else if (takes === "many" && args.length === 1 && first !== undefined && isList) {
      const { list } = first.type as { list: ScopeType };
      if (!is(list, "number")) {
        this.fail(
          tree.at,
          `${tree.name}(...) needs numbers, but the list holds ${describe(list)}`,
          "Name a number in it.",
        );
      }
    } else {
      if (takes === "one" ? args.length !== 1 : args.length === 0) {
        const what = takes === "one" ? "one number" : "numbers, or one list of numbers";
        this.fail(tree.at, `${tree.name}(...) takes ${what}; got ${args.length} arguments`, "Change the arguments.");
      }
      for (const arg of args) this.#need(arg, "number", tree.name);
    }
    return { tree: { ...tree, args: args.map(a => a.tree) }, type: "number" };
  }

  #path(tree: Extract<ExprTree, { op: "path" }>): Typed {
    const [name = ""] = tree.path;
    const up = this.#scopes.findIndex(scope => Object.hasOwn(scope, name));
    if (up < 0) return this.#unknown(tree.at, String(name));
    let type = this.#scopes[up]?.[name] ?? "any";
    type = this.#follow(type, tree.path, 1, tree.at);
    return { tree: { ...tree, up }, type };
  }

  #follow(type: ScopeType, path: readonly (string | number)[], from: number, at: number): ScopeType {
    const step = path[from];
    if (step === undefined || type === "any") return type;
    const here = path.slice(0, from).join(".");
    if (typeof type === "object" && "list" in type) {
      if (typeof step === "number") return this.#follow(type.list, path, from + 1, at);
      return { list: this.#follow(type.list, path, from, at) };
    }
    if (typeof type === "object" && "record" in type) {
      if (typeof step === "number")
        return this.fail(at, `"${here}" is a group, not a list`, "Use a name, not an index.");
      const inner = Object.hasOwn(type.record, step) ? type.record[step] : undefined;
      if (inner !== undefined) return this.#follow(inner, path, from + 1, at);
      if (type.open) return "any";
      const known = Object.keys(type.record);
      return exprFault(
        "E_EXPRESSION_NAME",
        this.#text,
        at,
        `"${here}" has no member ${spell(step)}`,
        `It has ${known.join(", ")}.${didYouMean(step, known)}`,
      );
    }
    return this.fail(at, `"${here}" is ${describe(type)} and has no members`, "Remove what follows it.");
  }

  #unknown(at: number, name: string): never {
    const known = this.#scopes.flatMap(scope => paths(scope));
    const nested = known.filter(path => path.endsWith(`.${name}`));
    const hint = nested.length > 0 ? ` Did you mean ${spellList(nested)}?` : didYouMean(name, known);
    const names = this.#scopes.flatMap(scope => Object.keys(scope));
    const list = names.length === 0 ? "There are none." : `Known names: ${names.slice(0, 12).join(", ")}.`;
    return exprFault("E_EXPRESSION_NAME", this.#text, at, `unknown name ${spell(name)}`, (hint || ` ${list}`).trim());
  }
}

/**
 * Checks an expression against records of names, innermost first, and returns it with every name resolved.
 *
 * @throws VernierError E_EXPRESSION_NAME, E_EXPRESSION_TYPE
 */
export function checkExpression(
  expression: Expression,
  scopes: readonly ScopeTypes[],
  result: "boolean" | "any",
): Expression {
  const checker = new Checker(expression.text, scopes);
  const { tree, type } = checker.check(expression.tree);
  if (result === "boolean" && !is(type, "boolean")) {
    checker.fail(tree.at, `a condition is true or false, but this is ${describe(type)}`, 'Compare it: "a <= b".');
  }
  return { text: expression.text, tree };
}
