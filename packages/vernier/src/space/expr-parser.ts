/**
 * Tokens to a tree, by recursive descent. From weak to strong: `a ? b : c`, `or`, `and`, `not`, comparisons and `in`,
 * `+ -`, `* / %`, unary `-`, `**` (to the right: 2 ** 3 ** 2 is 512, and -2 ** 2 is -4).
 */
import { FUNCTIONS } from "./expr-functions.ts";
import { tokens, type Token } from "./expr-lexer.ts";
import { exprFault, type BinarySign, type Expression, type ExprTree } from "./expr-types.ts";
import { didYouMean, spell } from "./spell.ts";

const DEEPEST = 60;
const MOST_NODES = 2_000;
const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);
const KEYWORDS = new Set(["and", "or", "not", "in", "true", "false", "null"]);

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokens(text);
  }

  parse(): ExprTree {
    if (this.#peek().kind === "end")
      this.#fail(this.#peek(), "the expression is empty", 'Write a condition: "a <= b".');
    const tree = this.#ternary();
    const rest = this.#peek();
    if (rest.kind !== "end") this.#stray(rest);
    return tree;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "", at: this.#text.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #is(token: Token, word: string): boolean {
    return (token.kind === "sign" || (token.kind === "name" && token.quoted === undefined)) && token.text === word;
  }

  #accept(...words: string[]): Token | undefined {
    const token = this.#peek();
    return words.some(word => this.#is(token, word)) ? this.#take() : undefined;
  }

  #expect(word: string, after: string): void {
    if (this.#accept(word) === undefined) {
      this.#fail(this.#peek(), `"${word}" is missing ${after}`, `Add "${word}" here.`);
    }
  }

  #fail(token: Token, sentence: string, next: string): never {
    return exprFault("E_EXPRESSION_SYNTAX", this.#text, token.at, sentence, next);
  }

  #stray(token: Token): never {
    const what = token.kind === "end" ? "the expression ends too early" : `${spell(token.text)} does not belong here`;
    const next =
      token.kind === "end"
        ? "A value is missing here."
        : token.kind === "name"
          ? 'Join conditions with "and" or "or"; texts go in quotes.'
          : "Remove it, or add what is missing before it.";
    return this.#fail(token, what, next);
  }

  #make<T extends ExprTree>(tree: T): T {
    if (++this.#nodes > MOST_NODES) {
      exprFault("E_EXPRESSION_LIMIT", this.#text, tree.at, `the expression has over ${MOST_NODES} parts`, "Split it.");
    }
    return tree;
  }

  /** Every level of nesting passes here, so that no text overflows the stack. */
  #deeper(parse: () => ExprTree): ExprTree {
    if (++this.#depth > DEEPEST) {
      const { at } = this.#peek();
      exprFault(
        "E_EXPRESSION_LIMIT",
        this.#text,
        at,
        `the expression nests deeper than ${DEEPEST} levels`,
        "Split it.",
      );
    }
    const tree = parse();
    this.#depth--;
    return tree;
  }

  #ternary(): ExprTree {
    return this.#deeper(() => {
      const test = this.#or();
      const mark = this.#accept("?");
      if (mark === undefined) return test;
      const then = this.#ternary();
      this.#expect(":", 'between the two outcomes of "?"');
      return this.#make({ op: "if", at: mark.at, test, then, else: this.#ternary() });
    });
  }

  #chain(operand: () => ExprTree, words: readonly string[], sign: (word: string) => BinarySign): ExprTree {
    let left = operand();
    for (let token = this.#accept(...words); token !== undefined; token = this.#accept(...words)) {
      left = this.#make({ op: "binary", at: token.at, sign: sign(token.text), left, right: operand() });
    }
    return left;
  }

  #or(): ExprTree {
    return this.#chain(
      () => this.#and(),
      ["or", "||"],
      () => "or",
    );
  }

  #and(): ExprTree {
    return this.#chain(
      () => this.#not(),
      ["and", "&&"],
      () => "and",
    );
  }

  #not(): ExprTree {
    const token = this.#accept("not", "!");
    if (token === undefined) return this.#comparison();
    const of = this.#deeper(() => this.#not());
    return this.#make({ op: "unary", at: token.at, sign: "not", of });
  }

  #comparison(): ExprTree {
    const left = this.#sum();
    const token = this.#peek();
    if (token.kind === "sign" && COMPARISONS.has(token.text)) {
      this.#take();
      const right = this.#sum();
      const another = this.#peek();
      if (another.kind === "sign" && COMPARISONS.has(another.text)) {
        this.#fail(another, "comparisons cannot be chained", 'Write "a < x and x < b".');
      }
      return this.#make({ op: "binary", at: token.at, sign: token.text as BinarySign, left, right });
    }
    const negated = this.#is(token, "not") ? this.#take() : undefined;
    const within = this.#accept("in");
    if (within === undefined) return negated === undefined ? left : this.#stray(negated);
    const tree = this.#make({ op: "binary", at: within.at, sign: "in", left, right: this.#sum() } as const);
    return negated === undefined ? tree : this.#make({ op: "unary", at: negated.at, sign: "not", of: tree });
  }

  #sum(): ExprTree {
    return this.#chain(
      () => this.#product(),
      ["+", "-"],
      word => word as BinarySign,
    );
  }

  #product(): ExprTree {
    return this.#chain(
      () => this.#negation(),
      ["*", "/", "%"],
      word => word as BinarySign,
    );
  }

  #negation(): ExprTree {
    const token = this.#accept("-", "+");
    if (token === undefined) return this.#power();
    const of = this.#deeper(() => this.#negation());
    if (token.text === "+") return of;
    // A negative literal is one literal, so that `[-1]` and `x == -1` are checked as values.
    if (of.op === "literal" && typeof of.value === "number") return { op: "literal", at: token.at, value: -of.value };
    return this.#make({ op: "unary", at: token.at, sign: "-", of });
  }

  #power(): ExprTree {
    const left = this.#primary();
    const token = this.#accept("**");
    if (token === undefined) return left;
    const right = this.#deeper(() => this.#negation());
    return this.#make({ op: "binary", at: token.at, sign: "**", left, right });
  }

  #primary(): ExprTree {
    const token = this.#take();
    if (token.kind === "number") return this.#make({ op: "literal", at: token.at, value: Number(token.text) });
    if (token.kind === "string") return this.#make({ op: "literal", at: token.at, value: token.text });
    if (this.#is(token, "(")) {
      const inside = this.#ternary();
      this.#expect(")", "after the parenthesis");
      return inside;
    }
    if (this.#is(token, "[")) return this.#make({ op: "list", at: token.at, items: this.#items("]") });
    if (token.kind !== "name") return this.#stray(token);
    if (token.quoted === undefined) {
      if (token.text === "true" || token.text === "false") {
        return this.#make({ op: "literal", at: token.at, value: token.text === "true" });
      }
      if (token.text === "null") return this.#make({ op: "literal", at: token.at, value: null });
      if (this.#is(this.#peek(), "(")) return this.#call(token);
      if (KEYWORDS.has(token.text)) {
        this.#fail(token, `"${token.text}" has no left side`, `A parameter of that name is written \`${token.text}\`.`);
      }
    }
    return this.#path(token);
  }

  #items(close: string): ExprTree[] {
    const items: ExprTree[] = [];
    if (this.#accept(close) !== undefined) return items;
    do items.push(this.#ternary());
    while (this.#accept(",") !== undefined);
    this.#expect(close, "after the list");
    return items;
  }

  #call(name: Token): ExprTree {
    this.#take();
    if (!FUNCTIONS.has(name.text)) {
      const known = [...FUNCTIONS.keys()];
      exprFault(
        "E_EXPRESSION_NAME",
        this.#text,
        name.at,
        `there is no function ${spell(name.text)}`,
        `Functions are ${known.join(", ")}.${didYouMean(name.text, known)}`,
      );
    }
    return this.#make({ op: "call", at: name.at, name: name.text, args: this.#items(")") });
  }

  #path(first: Token): ExprTree {
    const path: (string | number)[] = [first.text];
    for (;;) {
      if (this.#accept(".") !== undefined) {
        const name = this.#take();
        if (name.kind !== "name") this.#fail(name, "a name is missing after the dot", "Write group.name.");
        path.push(name.text);
      } else if (this.#accept("[") !== undefined) {
        const minus = this.#accept("-") === undefined ? 1 : -1;
        const index = this.#take();
        const position = minus * Number(index.text);
        if (index.kind === "string") path.push(index.text);
        else if (index.kind === "number" && Number.isSafeInteger(position)) path.push(position === 0 ? 0 : position);
        else
          this.#fail(index, "an index is a whole number or a name in quotes", 'Write blocks[0] or group["my name"].');
        this.#expect("]", "after the index");
      } else return this.#make({ op: "path", at: first.at, path });
    }
  }
}

/** Parses only. @throws VernierError E_EXPRESSION_SYNTAX, E_EXPRESSION_NAME (a function), E_EXPRESSION_LIMIT */
export function parseTree(text: string): Expression {
  if (typeof text !== "string") {
    return exprFault("E_EXPRESSION_SYNTAX", spell(text), 0, "an expression is a text", 'Write "a <= b".');
  }
  return { text, tree: new Parser(text).parse() };
}
