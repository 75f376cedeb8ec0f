/**
 * Compiles a snippet the way a user's editor does, and returns what the compiler says. For tests of types only: it needs the
 * `typescript` package (its API, version 6) and reads the repository's sources.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** One message of the compiler, its lines joined by "\n". `line` counts from 1. */
export interface Diagnosis {
  readonly line: number;
  readonly message: string;
}

// Inside the package, so that "vernier", "vernier/space" and relative paths from src/testing/ resolve to the sources.
const FILE = resolve(dirname(fileURLToPath(import.meta.url)), "snippet.virtual.ts");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts", "lib.esnext.iterator.d.ts", "lib.esnext.collection.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ["source"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"],
};

// Parsed files and the last program are kept: a second snippet costs a fraction of the first.
const parsed = new Map<string, ts.SourceFile | undefined>();
let last: ts.Program | undefined;

function program(source: string): ts.Program {
  const host = ts.createCompilerHost(OPTIONS);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, options, ...rest) => {
    if (resolve(name) === FILE) return ts.createSourceFile(name, source, options);
    if (!parsed.has(name)) parsed.set(name, read(name, options, ...rest));
    return parsed.get(name);
  };
  const exists = host.fileExists.bind(host);
  host.fileExists = name => resolve(name) === FILE || exists(name);
  last = ts.createProgram([FILE], OPTIONS, host, last);
  return last;
}

/**
 * What the compiler says about a TypeScript module, in order; [] when it is fine. Only the snippet is judged, not what it imports.
 *
 * @example diagnose('import { float } from "vernier/space"; float(0, 1, { log: true });')
 */
export function diagnose(source: string): readonly Diagnosis[] {
  const made = program(source);
  const file = made.getSourceFile(FILE);
  if (file === undefined) throw new Error("the snippet was not compiled");
  return [...made.getSyntacticDiagnostics(file), ...made.getSemanticDiagnostics(file)]
    .sort((a, b) => (a.start ?? 0) - (b.start ?? 0))
    .map(({ start, messageText }) => ({
      line: file.getLineAndCharacterOfPosition(start ?? 0).line + 1,
      message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    }));
}

/**
 * The type of a name as an editor's hover shows it.
 *
 * @example hover('const x = 1 as number', "x") // "const x: number"
 */
export function hover(source: string, name: string): string {
  const made = program(source);
  const file = made.getSourceFile(FILE);
  const checker = made.getTypeChecker();
  let found: string | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name && found === undefined) {
      const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
      found = checker.typeToString(checker.getTypeAtLocation(node), undefined, flags);
    }
    ts.forEachChild(node, visit);
  };
  if (file !== undefined) visit(file);
  if (found === undefined) throw new Error(`the snippet has no name "${name}"`);
  return found;
}

/** What it costs to check a snippet, counted from nothing: type instantiations (the same on every machine), and what the compiler says. */
export function compileCost(source: string): {
  readonly instantiations: number;
  readonly milliseconds: number;
  readonly messages: readonly string[];
} {
  last = undefined;
  const made = program(source);
  const file = made.getSourceFile(FILE);
  if (file === undefined) throw new Error("the snippet was not compiled");
  const started = performance.now();
  const messages = [...made.getSyntacticDiagnostics(file), ...made.getSemanticDiagnostics(file)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
  const milliseconds = performance.now() - started;
  // Not in the published types, as `tsc --extendedDiagnostics` alone uses it.
  const { getInstantiationCount } = made as unknown as { getInstantiationCount(): number };
  return { instantiations: getInstantiationCount.call(made), milliseconds, messages };
}
