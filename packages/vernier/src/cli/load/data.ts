/** Study files that are data: YAML and JSON, with the line and column of everything in them. */
import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import { VernierError } from "../../math/errors.ts";
import { oneLine } from "../view/style.ts";

export interface DataFile {
  readonly value: unknown;
  /** "study.yaml:3:5": where the key (or the element) at a path stands; the nearest known place above it otherwise. */
  at(path: readonly (string | number)[]): string;
}

type PathNode = { readonly range?: readonly [number, number, number] | null } | null | undefined;

const offsetOf = (document: Document, path: readonly (string | number)[]): number => {
  let node: unknown = document.contents;
  let offset = (node as PathNode)?.range?.[0] ?? 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    const item: unknown = isMap(node)
      ? node.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(step))
      : node.items[Number(step)];
    if (item === undefined) break;
    const [key, value] = isPair(item) ? [item.key, item.value] : [item, item];
    offset = (key as PathNode)?.range?.[0] ?? offset;
    node = value;
  }
  return offset;
};

const syntax = (name: string, place: string, message: string, cause: unknown): VernierError =>
  new VernierError(
    "E_STUDY_FILE_SYNTAX",
    `${name}:${place} is not valid ${name.endsWith(".json") ? "JSON" : "YAML"}: ${oneLine(message)}. Mend the line and run again.`,
    { cause },
  );

/**
 * Parses `text`. JSON is held to JSON's own rules.
 *
 * @throws VernierError E_STUDY_FILE_SYNTAX with line and column.
 */
export const parseData = (name: string, text: string): DataFile => {
  const counter = new LineCounter();
  const where = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${line}:${col}`;
  };
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (path: readonly (string | number)[]): string => `${name}:${where(offsetOf(document, path))}`;
  if (name.endsWith(".json")) {
    try {
      return { value: JSON.parse(text), at };
    } catch (error) {
      const message = (error as Error).message;
      const offset = /at position (\d+)/.exec(message)?.[1];
      const place = where(offset === undefined ? text.length : Number(offset));
      throw syntax(
        name,
        place,
        message
          .replace(/ in JSON at position .*$/s, "")
          .replace(/^(Unexpected end of JSON input)$/, "the text ends too early"),
        error,
      );
    }
  }
  const [first] = document.errors;
  if (first !== undefined) throw syntax(name, where(first.pos[0]), first.message, first);
  try {
    return { value: document.toJS(), at };
  } catch (error) {
    throw syntax(name, "1:1", (error as Error).message, error);
  }
};
