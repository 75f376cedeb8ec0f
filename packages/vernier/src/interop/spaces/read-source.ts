/** The text of a foreign file as data: JSON with Python's NaN, or YAML with the place of everything in it. */
import type { Document } from "yaml";
import { VernierError } from "../../math/errors.ts";
import { parsePythonJson, type PyJson } from "../optuna/python-json.ts";
import { Spot, type Path } from "./spot.ts";

/** Longest text that is read, in characters. YAML takes more time and memory per character than JSON. */
const LONGEST = { json: 16 * 2 ** 20, yaml: 2 ** 20 };
/** Aliases that are followed: an anchor used in every parameter is fine, a bomb is not. */
const MOST_ALIASES = 100;
const DEEPEST = 60;

/** @throws VernierError E_CONVERT_SYNTAX with line and column. */
export async function readSource(file: string, text: string): Promise<Spot> {
  const json = /^\uFEFF?\s*[[{]/.test(text);
  const longest = json ? LONGEST.json : LONGEST.yaml;
  if (text.length > longest) {
    throw new VernierError(
      "E_CONVERT_SIZE",
      `${file} has ${text.length} characters; at most ${longest} of ${json ? "JSON" : "YAML"} are read. A description of a search is short. Check that it is the right file.`,
    );
  }
  const plain = text.replace(/^\uFEFF/, "");
  if (json) {
    try {
      return new Spot(parsePythonJson(plain), { file, place: () => undefined, notes: [] });
    } catch (error) {
      // A flow mapping of YAML begins with a brace, too.
      if (!looksLikeYaml(plain)) throw jsonError(file, plain, error);
    }
  }
  return readYaml(file, plain);
}

/** `{a: 1}`: a key without quotes. */
const looksLikeYaml = (text: string): boolean => /^\s*\{\s*[A-Za-z_][\w-]*\s*:\s/.test(text);

function jsonError(file: string, text: string, error: unknown): unknown {
  if (!(error instanceof VernierError)) return error;
  const at = Number(/at column (\d+)/.exec(error.message)?.[1] ?? 1) - 1;
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  const fact = error.message.replace(/ at column.*$/s, "");
  return new VernierError(
    "E_CONVERT_SYNTAX",
    `${file}:${line}:${column} is not valid JSON: ${fact}. Mend it and convert again.`,
    { cause: error },
  );
}

async function readYaml(file: string, text: string): Promise<Spot> {
  const { LineCounter, parseAllDocuments, isCollection, isMap, isPair, isScalar, visit } = await import("yaml");
  const counter = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${line}:${col}`;
  };
  const fault = (offset: number, fact: string, cause?: unknown): VernierError =>
    new VernierError("E_CONVERT_SYNTAX", `${file}:${place(offset)} ${fact}. Mend it and convert again.`, { cause });
  let documents: readonly Document[];
  try {
    documents = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false }) as readonly Document[];
  } catch (error) {
    throw fault(
      0,
      `is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
      error,
    );
  }
  const [document, second] = documents;
  if (document === undefined) throw fault(0, "is empty");
  if (second !== undefined) throw fault(second.range?.[0] ?? 0, "begins a second document; one is read");
  const [error] = document.errors;
  if (error !== undefined) throw fault(error.pos[0], `is not valid YAML: ${error.message.split("\n")[0]}`, error);
  visit(document, {
    Node: (_, node, path) => {
      if (path.length > 2 * DEEPEST) throw fault(node.range?.[0] ?? 0, `nests deeper than ${DEEPEST} levels`);
    },
  });
  let value: PyJson;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES }) as PyJson;
  } catch (cause) {
    throw fault(0, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const placeOf = (path: Path): string => {
    let node: unknown = document.contents;
    let offset = document.contents?.range?.[0] ?? 0;
    for (const step of path) {
      if (!isCollection(node)) break;
      const item: unknown = isMap(node)
        ? node.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(step))
        : node.items[Number(step)];
      if (item === undefined) break;
      const [key, inner] = isPair(item) ? [item.key, item.value] : [item, item];
      offset = (key as { range?: readonly number[] } | null)?.range?.[0] ?? offset;
      node = inner;
    }
    return place(offset);
  };
  return new Spot(value, { file, place: placeOf, notes: [] });
}
