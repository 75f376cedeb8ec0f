/** Study files that are data: YAML 1.2 and JSON, with the line and column of everything in them. */
import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Pair } from "yaml";
import { VernierError } from "../../math/errors.ts";
import { oneLine } from "../view/style.ts";
import { decodeText } from "./decode.ts";
import { quoteLine } from "./place.ts";
import type { Path, Place, Spot } from "./place.ts";

export interface DataFile {
  readonly value: unknown;
  readonly place: Place;
}

/** How many aliases a file may have, and how many nodes they may repeat: a few shared anchors, no bomb. */
const MOST_ALIASED = 100;

type Range = readonly [start: number, end: number, after: number];
const rangeOf = (node: unknown): Range | undefined =>
  (node as { readonly range?: Range | null } | null | undefined)?.range ?? undefined;

class Source {
  readonly name: string;
  readonly text: string;
  readonly counter = new LineCounter();

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  spot(offset: number): Spot {
    const { line, col } = this.counter.linePos(offset);
    const start = this.counter.lineStarts[line - 1] ?? 0;
    const end = this.text.indexOf("\n", start);
    const source = this.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
    return { text: `${this.name}:${line}:${col}`, line, column: col, quote: quoteLine(source, line, col) };
  }

  fault(offset: number, fact: string, rule: string, code: `E_${string}`, cause?: unknown): VernierError {
    const { text, quote, line, column } = this.spot(Math.min(offset, this.text.length));
    return new VernierError(code, `${text}: ${fact}. ${rule}${quote}`, {
      details: { line, column },
      ...(cause !== undefined && { cause }),
    });
  }

  syntax(offset: number, message: string, cause: unknown): VernierError {
    const kind = this.name.endsWith(".json") ? "JSON" : "YAML";
    return this.fault(
      offset,
      `this is not valid ${kind}: ${oneLine(message)}`,
      "Mend the line and run again.",
      "E_STUDY_FILE_SYNTAX",
      cause,
    );
  }
}

/** What stands under a key of a record, merge keys included. */
const pairOf = (document: Document, node: unknown, step: string | number): Pair | undefined => {
  if (!isMap(node)) return undefined;
  const own = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (own !== undefined) return own;
  for (const { key, value } of node.items) {
    if (!isScalar(key) || !isMergeKey(key.value)) continue;
    for (const from of isSeq(value) ? value.items : [value]) {
      const found = pairOf(document, resolved(document, from), step);
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

const resolved = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

/** The key and the value at a path; the nearest ones above it where it leads nowhere. */
const find = (document: Document, path: Path): { key: unknown; value: unknown; whole: boolean } => {
  let key: unknown = document.contents;
  let value: unknown = document.contents;
  for (const step of path) {
    const inside = resolved(document, value);
    if (!isCollection(inside)) return { key, value, whole: false };
    const item: unknown = isMap(inside) ? pairOf(document, inside, step) : inside.items[Number(step)];
    if (item === undefined) return { key, value, whole: false };
    [key, value] = isPair(item) ? [item.key, item.value] : [item, item];
  }
  return { key, value, whole: true };
};

/**
 * Where character `at` of a scalar's value is written: quotes, escapes, folded lines and indentation are stepped over by
 * finding each character in turn.
 */
const insideScalar = (text: string, node: unknown, at: number): number | undefined => {
  const range = rangeOf(node);
  if (range === undefined || !isScalar(node) || typeof node.value !== "string") return undefined;
  let next: number = range[0];
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") next = text.indexOf("\n", next) + 1;
  else if (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE") next++;
  for (let i = 0; i < at && i < node.value.length; i++) {
    const wanted = node.value[i] ?? "";
    if (/\s/.test(wanted)) {
      if (/\s/.test(text[next] ?? "")) next++;
      continue;
    }
    while (next < range[1] && text[next] !== wanted) next++;
    next++;
  }
  while (/\s/.test(text[next] ?? "") && !/\s/.test(node.value[at] ?? " ")) next++;
  return Math.min(next, range[1]);
};

/** YAML says more than a study file may: what would be read differently than it looks is refused. */
const checkYaml = (source: Source, document: Document): void => {
  const refuse = (node: unknown, fact: string, rule: string): never => {
    throw source.fault(rangeOf(node)?.[0] ?? 0, fact, rule, "E_STUDY_FILE_YAML");
  };
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit === true && yaml.version !== "1.2")
    refuse(
      undefined,
      `the file asks for YAML ${yaml.version}`,
      "Study files are YAML 1.2, where only true and false are booleans. Remove the %YAML line.",
    );
  let aliases = 0;
  // Before any is resolved, which takes a walk over the whole file.
  visit(document, {
    Alias(_, node) {
      if (++aliases > MOST_ALIASED)
        refuse(
          node,
          `this is alias ${aliases} of the file`,
          `A study file has at most ${MOST_ALIASED}. Write the parts out.`,
        );
    },
  });
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && (typeof key.value === "string" || isMergeKey(key.value))) return;
      const range = rangeOf(key);
      const shown = range === undefined ? "" : oneLine(source.text.slice(range[0], range[1])).slice(0, 40);
      refuse(
        key,
        isScalar(key) ? `the key ${shown === "" ? "here" : shown} is no text` : "a record or list is used as a key",
        isScalar(key)
          ? `Names are texts. Write it in quotes: "${shown}".`
          : 'Placeholders and names with braces need quotes: "{lr}".',
      );
    },
    Alias(_, node, path) {
      const target = node.resolve(document);
      if (target === undefined)
        refuse(node, `there is no anchor &${node.source} before this alias`, "Name an anchor that stands above.");
      if (path.includes(target as never))
        refuse(node, "this alias stands inside its own anchor", "Write the part out.");
    },
    Node(_, node) {
      const tag = (node as { tag?: string }).tag;
      if (tag !== undefined && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge)$/.test(tag))
        refuse(node, `the tag ${tag.slice(0, 60)} means nothing in a study file`, "Remove it.");
    },
  });
};

const isMergeKey = (value: unknown): boolean =>
  value === "<<" || (typeof value === "symbol" && value.description === "<<");

/** The parser's words, where they would leave a newcomer puzzled. */
const plainly = (message: string): string =>
  message
    .replace(/^Map keys must be unique.*$/s, "this key stands twice in one record")
    .replace(/^Source contains multiple documents.*$/s, 'a second document begins at "---", and a study file holds one')
    .replace(
      /^Nested mappings are not allowed in compact mappings$/,
      '": " stands twice on this line; a text that holds it needs quotes',
    )
    .replace(/^Maximum call stack size exceeded$/, "it nests too deeply")
    .replace(/^Implicit keys need to be on a single line$/, 'a key and its ":" must stand on one line')
    .replace(/\.$/, "");

/**
 * Parses the bytes of a file. JSON is held to JSON's own rules.
 *
 * @throws VernierError E_STUDY_FILE_ENCODING, E_STUDY_FILE_SYNTAX, E_STUDY_FILE_YAML (what YAML allows and a study file does not), all but
 * the first with line and column.
 */
export const parseData = (name: string, bytes: Uint8Array | string): DataFile => {
  const text = decodeText(name, bytes);
  const source = new Source(name, text);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: source.counter,
      prettyErrors: false,
      version: "1.2",
      merge: !name.endsWith(".json"),
      logLevel: "error",
    });
  } catch (error) {
    // The stack's end: brackets in brackets, thousands deep.
    throw source.syntax(0, error instanceof RangeError ? "it nests too deeply" : (error as Error).message, error);
  }
  const place: Place = (path, part = "value", at) => {
    const { key, value, whole } = find(document, path);
    const node = whole && part === "value" && rangeOf(value) !== undefined ? value : key;
    const offset = rangeOf(node)?.[0] ?? 0;
    return source.spot((at === undefined ? undefined : insideScalar(text, resolved(document, value), at)) ?? offset);
  };
  if (name.endsWith(".json")) return { value: parseJson(source, document), place };
  const [first] = document.errors;
  if (first !== undefined) throw source.syntax(first.pos[0], plainly(first.message), first);
  checkYaml(source, document);
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASED }), place };
  } catch (error) {
    const bomb = error instanceof ReferenceError && error.message.startsWith("Excessive alias count");
    throw source.fault(
      0,
      bomb ? `its aliases repeat more than ${MOST_ALIASED} things` : oneLine((error as Error).message),
      bomb ? "Aliases of aliases grow without bound. Write the parts out." : "Mend it and run again.",
      "E_STUDY_FILE_YAML",
      error,
    );
  }
};

const parseJson = (source: Source, document: Document.Parsed): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch (error) {
    const message = (error as Error).message;
    const offset = /at position (\d+)/.exec(message)?.[1];
    const plain = message
      .replace(/ in JSON at position .*$/s, "")
      .replace(/, "?\.\.\..* is not valid JSON$/s, "")
      .replace(/^(Unexpected end of JSON input)$/, "the text ends too early");
    throw source.syntax(offset === undefined ? source.text.length : Number(offset), plain, error);
  }
  // JSON.parse keeps the last of two equal keys without a word.
  const twice = document.errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice !== undefined) throw source.syntax(twice.pos[0], plainly(twice.message), twice);
  return value;
};
