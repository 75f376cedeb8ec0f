/**
 * Runs every block of the documentation, so that what users copy works: `npm run docs` (after `npm run build`), or with names of pages.
 *
 * - `ts` is type-checked and run. `yaml` and `json` that describe a study are checked by `vernier check`; other ones are parsed.
 * - `sh` runs in bash. `py` is compiled.
 * - "```yaml study.yaml" is written to that file, and stays for the blocks after it, until the next `ts` without a name.
 * - A page with `<!-- same folder -->` keeps one folder for all its blocks.
 * - A block after `<!-- not run: reason -->` is left out, and its reason is printed. Blocks of other languages are shown only.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse as parseYaml } from "yaml";
import { parsePage, type Block, type Page } from "./docs/blocks.ts";
import { has, makeBase, makeFolder, root, runIn, type Ran } from "./docs/folder.ts";

const AT_ONCE = 2;
const PAGES = ["README.md", "docs/*.md", "examples/*/README.md", "packages/*/README.md"];

interface Verdict {
  readonly page: string;
  readonly block: Block;
  readonly kind: "ran" | "shown" | "skipped" | "failed";
  readonly note: string;
}

const python = has("python3");
const { dir: base, bin } = makeBase();

const isStudy = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "space" in value && "objectives" in value;

/** All `ts` blocks at once: one start of the compiler. */
const typeErrors = async (pages: readonly Page[]): Promise<ReadonlyMap<Block, string>> => {
  const dir = join(base, "types");
  mkdirSync(dir);
  const byFile = new Map<string, Block>();
  for (const { blocks } of pages)
    for (const block of blocks)
      if (block.language === "ts" && block.notRun === undefined) {
        const file = `block-${byFile.size}.ts`;
        // A module even without an import, so that blocks do not share their names.
        writeFileSync(join(dir, file), `${block.text}\nexport {};\n`);
        byFile.set(file, block);
      }
  if (byFile.size === 0) return new Map();
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(dir, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        ...{
          target: "es2024",
          lib: ["es2024", "esnext.disposable"],
          module: "nodenext",
          types: ["node"],
          strict: true,
        },
        ...{ noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true },
      },
      include: ["*.ts"],
    }),
  );
  const { output } = await runIn(dir, bin, process.execPath, [
    join(root, "node_modules/ts7/bin/tsc"),
    "-p",
    "tsconfig.json",
    "--pretty",
    "false",
  ]);
  const found = new Map<Block, string>();
  for (const [, file = "", line = "", text = ""] of output.matchAll(
    /^(block-\d+\.ts)\((\d+),\d+\): (.*(?:\n {2}.*)*)/gm,
  )) {
    const block = byFile.get(file);
    // A file beside it is written by another block of the page.
    if (block === undefined || /Cannot find module '\.\.?\//.test(text)) continue;
    found.set(block, `${found.get(block) ?? ""}line ${block.line + Number(line)}: ${text}\n`);
  }
  if (found.size === 0 && /error TS/.test(output) && !/Cannot find module '\.\.?\//.test(output))
    throw new Error(output);
  return found;
};

const runPage = async (page: Page, types: ReadonlyMap<Block, string>): Promise<Verdict[]> => {
  const verdicts: Verdict[] = [];
  let folder = makeFolder(base);
  let named = false;
  for (const [index, block] of page.blocks.entries()) {
    const { language, file, text } = block;
    const say = (kind: Verdict["kind"], note = ""): void => void verdicts.push({ page: page.path, block, kind, note });
    const judge = ({ ok, output }: Ran): void => say(ok ? "ran" : "failed", output);
    if (block.notRun !== undefined) {
      say("skipped", block.notRun);
      continue;
    }
    // A block on its own gets a folder on its own; a named file keeps its folder for what comes after it.
    if (!page.sameFolder && (file === undefined ? !named || language === "ts" : existsSync(join(folder, file)))) {
      folder = makeFolder(base);
      named = false;
    }
    named ||= file !== undefined;
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    switch (language) {
      case "ts": {
        const wrong = types.get(block);
        if (wrong !== undefined) say("failed", wrong);
        else if (file !== undefined && text.includes("export default")) say("ran");
        else {
          const name = file ?? `block-${index}.ts`;
          writeFileSync(join(folder, name), text);
          judge(await runIn(folder, bin, process.execPath, [name]));
        }
        break;
      }
      case "yaml":
      case "yml":
      case "json": {
        try {
          const value: unknown = language === "json" ? JSON.parse(text) : parseYaml(text);
          if (!isStudy(value)) say("ran");
          else {
            const name = file ?? `block-${index}.${language}`;
            writeFileSync(join(folder, name), text);
            judge(await runIn(folder, bin, join(bin, "vernier"), ["check", name]));
          }
        } catch (error) {
          say("failed", String(error));
        }
        break;
      }
      case "sh":
      case "bash":
        if (!python && /\bpython3?\b/.test(text)) say("skipped", "python3 is not installed");
        else judge(await runIn(folder, bin, "bash", ["-euo", "pipefail", "-c", text]));
        break;
      case "py":
      case "python": {
        const name = file ?? `block-${index}.py`;
        writeFileSync(join(folder, name), text);
        if (!python) say("skipped", "python3 is not installed");
        else judge(await runIn(folder, bin, "python3", ["-m", "py_compile", name]));
        break;
      }
      default:
        say("shown");
    }
  }
  return verdicts;
};

const main = async (): Promise<number> => {
  const started = performance.now();
  const wanted = process.argv.slice(2);
  const paths = PAGES.flatMap(pattern => globSync(pattern, { cwd: root })).filter(
    path => !path.includes("node_modules"),
  );
  const pages = [...new Set(paths)]
    .sort()
    .filter(path => wanted.length === 0 || wanted.some(name => path.includes(name)))
    .map(path => parsePage(path, readFileSync(join(root, path), "utf8")))
    .filter(({ blocks }) => blocks.length > 0);
  const types = await typeErrors(pages);
  const waiting = [...pages];
  const verdicts: Verdict[] = [];
  const worker = async (): Promise<void> => {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
      const found = await runPage(page, types);
      verdicts.push(...found);
      const count = (kind: Verdict["kind"]): number => found.filter(verdict => verdict.kind === kind).length;
      console.log(
        `${page.path}: ${count("ran")} ran, ${count("shown")} shown only, ${count("skipped")} not run` +
          (count("failed") > 0 ? `, ${count("failed")} FAILED` : ""),
      );
      for (const { block, kind, note } of found) {
        if (kind === "skipped") console.log(`  ${page.path}:${block.line} not run: ${note}`);
        if (kind === "failed")
          console.log(
            `  ${page.path}:${block.line} FAILED (${block.language})\n${note.trimEnd().replace(/^/gm, "    ")}`,
          );
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const total = (kind: Verdict["kind"]): number => verdicts.filter(verdict => verdict.kind === kind).length;
  console.log(
    `docs: ${pages.length} pages, ${verdicts.length} blocks: ${total("ran")} ran, ${total("shown")} shown only, ` +
      `${total("skipped")} not run, ${total("failed")} failed, in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  return total("failed") === 0 ? 0 : 1;
};

try {
  process.exitCode = await main();
} finally {
  rmSync(base, { recursive: true, force: true });
}
