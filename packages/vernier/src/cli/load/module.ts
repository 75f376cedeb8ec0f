/** Study files that are programs: TypeScript (Node strips the types itself) and JavaScript. */
import { spawnSync } from "node:child_process";
import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { lendVernier } from "../../exec/lend.ts";
import { VernierError } from "../../math/errors.ts";
import { isVernierError } from "../errors.ts";
import { oneLine } from "../view/style.ts";

/** "study.ts:3:5", with the path as short as the current directory allows. */
const place = (cwd: string, file: string, line?: string | number, column?: string | number): string => {
  const near = relative(cwd, file);
  const path = near !== "" && !near.startsWith(`..${sep}..`) ? near : file;
  return [path, line, column].filter(part => part !== undefined).join(":");
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? "") : "");
const toPath = (text: string): string => (text.startsWith("file:") ? fileURLToPath(text) : text);

/** `    at name (file:///a/b.ts:1:2)`, `    at async /a/b.js:1:2`; frames of Node begin with `node:` and are passed over. */
const FRAME = /^\s+at (?:.* \()?(?:async )?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*):(\d+):(\d+)\)?$/;

/** The innermost frame of the stack that lies in the user's own files. */
const ownFrame = (cwd: string, error: unknown): string | undefined => {
  for (const line of stackOf(error).split("\n")) {
    const [, path, row, column] = FRAME.exec(line) ?? [];
    if (path === undefined || path.includes("/node_modules/") || isOwn(path)) continue;
    return place(cwd, toPath(path), row, column);
  }
  return undefined;
};
/** Frames of Vernier itself, whether they run from the sources or from the build. */
const HOME = new URL("../../", import.meta.url).href;
const isOwn = (path: string): boolean => (path.startsWith("file:") ? path : pathToFileURL(path).href).startsWith(HOME);

/** The head that Node puts over the stack of a syntax error: the place, lines of source around it and a caret. */
const excerpt = (text: string): { file: string; line: string; shown: string } | undefined => {
  const [head = "", ...rest] = text.split("\n");
  const [, file, line] = /^(\S.*):(\d+)$/.exec(head) ?? [];
  const caret = rest.findIndex(text => /^\s*\^+\s*$/.test(text));
  if (file === undefined || line === undefined || caret < 1) return undefined;
  return { file: toPath(file), line, shown: `\n  ${rest[caret - 1]}\n  ${rest[caret]}` };
};

const syntaxError = (cwd: string, file: string, error: Error): VernierError => {
  const { code } = error as { code?: unknown };
  let found = excerpt(stackOf(error));
  // A plain JavaScript module comes without its place; `node --check` parses it once more and runs nothing.
  if (found === undefined && /\.[cm]?js$/.test(file))
    found = excerpt(spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: 10_000 }).stderr);
  const at = found === undefined ? `${place(cwd, file)} or a file it imports` : place(cwd, found.file, found.line);
  // `npm init -y` writes "type": "commonjs", under which nothing is wrong with the line itself.
  if (
    /^Cannot use 'import\.meta'|^Cannot use import statement outside a module|^Unexpected token 'export'/.test(
      error.message,
    )
  ) {
    return new VernierError(
      "E_STUDY_FILE_MODULE",
      `${at} is read as CommonJS, because the package.json above it says "type": "commonjs". A study file is a module: it imports and exports. ` +
        'Write "type": "module" there (npm pkg set type=module), or put the study into a folder with such a package.json.',
      { cause: error },
    );
  }
  const unsupported = code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX";
  const rule = unsupported
    ? "Node strips types and runs the rest as it stands: write plain constants in place of enums, and no parameter properties or namespaces."
    : "Mend the line and run again.";
  const message = oneLine(error.message);
  return new VernierError(
    "E_STUDY_FILE_SYNTAX",
    `${at} ${unsupported ? "uses TypeScript that cannot be stripped" : "has a syntax error"}: ${message}.${found?.shown ?? ""}${found ? "\n" : " "}${rule}`,
    { cause: error },
  );
};

const missingImport = (cwd: string, error: Error): VernierError => {
  const [, what = "something", from] =
    /Cannot find (?:package|module) '([^']+)' imported from (.+)$/s.exec(error.message) ?? [];
  const by = from === undefined ? "the study file" : place(cwd, toPath(from));
  const isPackage = error.message.includes("Cannot find package");
  return new VernierError(
    "E_STUDY_FILE_IMPORT",
    `${by} imports ${JSON.stringify(isPackage ? what : place(cwd, what))}, which does not exist. ` +
      (isPackage
        ? `A study file may import what is installed beside it. Install it there: npm install ${what}`
        : "Imports name files with their ending, such as ./data.ts. Correct the path."),
    { cause: error },
  );
};

/**
 * Imports `file` and returns what it exports.
 *
 * @throws VernierError E_STUDY_FILE_SYNTAX, E_STUDY_FILE_IMPORT, E_STUDY_FILE_NODE, E_STUDY_FILE_THROWS; a VernierError that the file itself
 * runs into (an empty space, say) keeps its code and gains the place.
 */
export const loadModule = async (file: string, cwd: string): Promise<Readonly<Record<string, unknown>>> => {
  const giveBack = lendVernier();
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const { code } = error as { code?: unknown };
    const at = ownFrame(cwd, error);
    if (isVernierError(error))
      throw new VernierError(error.code, `${at ?? place(cwd, file)}: ${error.message}`, {
        cause: error,
        ...(error.details !== undefined && { details: error.details }),
      });
    if (error instanceof Error && code === "ERR_MODULE_NOT_FOUND") throw missingImport(cwd, error);
    if (code === "ERR_UNKNOWN_FILE_EXTENSION")
      throw new VernierError(
        "E_STUDY_FILE_NODE",
        `Node ${process.versions.node} does not run ${place(cwd, file)} as it is started here. TypeScript study files need Node 22.18 or newer ` +
          "without --no-experimental-strip-types. Update Node, or write the study file in JavaScript (.mjs).",
        { cause: error },
      );
    if (error instanceof SyntaxError && at === undefined) throw syntaxError(cwd, file, error);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new VernierError(
      "E_STUDY_FILE_THROWS",
      `${at ?? place(cwd, file)} throws while it is loaded: ${oneLine(text)}. A study file only says what to tune; the work belongs into its ` +
        "objective. Mend it, or set VERNIER_DEBUG=1 to see the whole stack.",
      { cause: error },
    );
  } finally {
    giveBack();
  }
};
