/** Tokens of the text form: signs, quoted texts, and words (everything between). */
import { VernierError } from "../math/errors.ts";
import { caret } from "./spell.ts";

export interface TextToken {
  readonly kind: "sign" | "quoted" | "word" | "end";
  readonly text: string;
  readonly at: number;
  /** Offset after the token. */
  readonly end: number;
}

const SIGNS = "()[]{},=;";
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/" };

/** The error of a text that cannot be read: the sentence, the line with a caret, the next step. */
export function textFault(source: string, at: number, sentence: string, next: string): never {
  throw new VernierError("E_SPACE_TEXT", `${sentence}${caret(source, at)}${next}`.trimEnd(), { details: { at } });
}

function quoted(source: string, start: number): TextToken {
  const quote = source[start];
  let text = "";
  let at = start + 1;
  for (; at < source.length && source[at] !== quote; at++) {
    if (source[at] !== "\\") {
      text += source[at];
      continue;
    }
    const escape = source[++at] ?? "";
    const code = escape === "u" ? /^[0-9a-fA-F]{4}/.exec(source.slice(at + 1))?.[0] : undefined;
    if (code !== undefined) {
      text += String.fromCharCode(Number.parseInt(code, 16));
      at += 4;
    } else text += ESCAPES[escape] ?? escape;
  }
  if (at >= source.length) textFault(source, start, "a quote is not closed", `Add ${quote} at its end.`);
  return { kind: "quoted", text, at: start, end: at + 1 };
}

/** @throws VernierError E_SPACE_TEXT for an open quote. */
export function textTokens(source: string): TextToken[] {
  const tokens: TextToken[] = [];
  let at = 0;
  while (at < source.length) {
    const c = source[at] as string;
    if (/\s/.test(c)) {
      at++;
      continue;
    }
    let token: TextToken;
    if (SIGNS.includes(c)) token = { kind: "sign", text: c, at, end: at + 1 };
    else if (c === '"' || c === "'") token = quoted(source, at);
    else {
      const text = /^[^\s()[\]{},=;"']+/.exec(source.slice(at))?.[0] ?? c;
      token = { kind: "word", text, at, end: at + text.length };
    }
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", at: source.length, end: source.length });
  return tokens;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** What a bare word stands for: a number, true, false, null, or itself. */
export function wordValue(word: string): string | number | boolean | null {
  if (NUMBER.test(word)) return Number(word);
  if (word === "true" || word === "false") return word === "true";
  return word === "null" ? null : word;
}
