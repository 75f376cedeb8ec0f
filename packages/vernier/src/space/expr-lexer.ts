/** Text of an expression to tokens. */
import { exprFault } from "./expr-types.ts";
import { spell } from "./spell.ts";

export interface Token {
  readonly kind: "number" | "string" | "name" | "sign" | "end";
  /** The name, the decoded string, the sign, or the number's text. */
  readonly text: string;
  readonly at: number;
  /** A name in backticks is never a keyword. */
  readonly quoted?: true;
}

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const SIGN = /\*\*|===|!==|<=|>=|==|!=|&&|\|\||[-+*/%<>!()[\],.?:=^&|]/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "`": "`",
};
/** Signs of other languages, by what they are called here. */
const FOREIGN: Readonly<Record<string, string>> = {
  "=": 'Write "==" to compare.',
  "===": 'Write "==".',
  "!==": 'Write "!=".',
  "^": 'Write "**" for powers.',
  "&": 'Write "and".',
  "|": 'Write "or".',
};

/** Longest text that is read at all. */
export const LONGEST = 10_000;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function quotedText(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  let value = "";
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (text[at] === "\\") {
      const escaped = ESCAPES[text[at + 1] ?? ""];
      if (escaped === undefined) {
        exprFault(
          "E_EXPRESSION_SYNTAX",
          text,
          at,
          "unknown escape in a string",
          "Known are \\n, \\t, \\\\ and quotes.",
        );
      }
      value += escaped;
      at += 2;
    } else value += text[at++];
  }
  if (at >= text.length) {
    exprFault("E_EXPRESSION_SYNTAX", text, start, "a quote is not closed", `Add ${quote} at its end.`);
  }
  return { value, end: at + 1 };
}

/** @throws VernierError E_EXPRESSION_SYNTAX, E_EXPRESSION_LIMIT */
export function tokens(text: string): Token[] {
  if (text.length > LONGEST) {
    exprFault(
      "E_EXPRESSION_LIMIT",
      text.slice(0, 80),
      0,
      `the expression has ${text.length} characters; at most ${LONGEST} are read`,
      "Shorten it.",
    );
  }
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const first = text[at];
    if (first === '"' || first === "'" || first === "`") {
      const { value, end } = quotedText(text, at);
      found.push(first === "`" ? { kind: "name", text: value, at, quoted: true } : { kind: "string", text: value, at });
      at = end;
      continue;
    }
    const number = match(NUMBER, text, at);
    const name = number === undefined ? match(NAME, text, at) : undefined;
    const sign = number === undefined && name === undefined ? match(SIGN, text, at) : undefined;
    const token = number ?? name ?? sign;
    if (token === undefined) {
      return exprFault(
        "E_EXPRESSION_SYNTAX",
        text,
        at,
        `${spell(first)} has no meaning in an expression`,
        "Names that hold it go in backticks: `my name`.",
      );
    }
    if (sign !== undefined && Object.hasOwn(FOREIGN, sign)) {
      exprFault("E_EXPRESSION_SYNTAX", text, at, `"${sign}" has no meaning in an expression`, FOREIGN[sign] ?? "");
    }
    if (number !== undefined && match(NAME, text, at + number.length) !== undefined) {
      exprFault(
        "E_EXPRESSION_SYNTAX",
        text,
        at,
        "a number runs into a name",
        "Names that start with a digit go in backticks.",
      );
    }
    found.push({ kind: number !== undefined ? "number" : name !== undefined ? "name" : "sign", text: token, at });
    at += token.length;
  }
  found.push({ kind: "end", text: "", at: text.length });
  return found;
}
