/**
 * A stranger's first five minutes: packs the built package, installs it in an empty folder, and follows docs/getting-started.md to the
 * letter: every file it shows is written, every command it shows is run by the real npm and npx, and what it promises is checked.
 * `npm run stranger`, after `npm run build`.
 *
 * `npm install vernier` becomes `npm install <the packed file>`. Where its dependencies cannot be fetched they are taken from the
 * repository, and that is said.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parsePage } from "./docs/blocks.ts";

const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "vernier-stranger-"));
const home = join(work, "home");
mkdirSync(home);
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
  CI: "1",
  NO_COLOR: "1",
};

const run = (command: string, cwd = home): string => {
  const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", command], {
    ...{ cwd, env, encoding: "utf8" as const, timeout: 180_000 },
  });
  if (status !== 0) throw new Error(`exit code ${status}: ${command}\n${stdout}${stderr}`);
  return stdout;
};

const promise = (what: string, kept: boolean): void => {
  if (!kept) throw new Error(`the guide promises: ${what}`);
  console.log(`  ok: ${what}`);
};

interface Shown {
  readonly best: { readonly metrics: Readonly<Record<string, number>> };
  readonly trials: readonly { readonly params: Readonly<Record<string, number>> }[];
}
const shown = (command: string): Shown => JSON.parse(run(`${command} --json`)) as Shown;

const install = (tarball: string): void => {
  try {
    run(`npm install --no-audit --no-fund ${tarball}`);
  } catch (error) {
    if (!/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|network|offline/i.test(String(error))) throw error;
    // Without a network: the package unpacked, its dependencies as the repository has them.
    console.log("  the registry is out of reach: dependencies are the repository's");
    run(
      `mkdir -p node_modules/.bin && tar -xzf ${tarball} -C node_modules && mv node_modules/package node_modules/vernier`,
    );
    run("ln -s ../vernier/bin/vernier.js node_modules/.bin/vernier && chmod +x node_modules/vernier/bin/vernier.js");
    const manifest = JSON.parse(readFileSync(join(home, "node_modules/vernier/package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(manifest.dependencies)) {
      const from = join(root, "node_modules", name);
      if (existsSync(from)) cpSync(from, join(home, "node_modules", name), { recursive: true, dereference: true });
    }
  }
};

try {
  const page = parsePage("docs/getting-started.md", readFileSync(join(root, "docs/getting-started.md"), "utf8"));
  run(`npm pack --silent --pack-destination ${work}`, join(root, "packages/vernier"));
  const tarball = run("ls *.tgz", work).trim();
  let followed = 0;
  for (const { language, file, text } of page.blocks) {
    if (file !== undefined) writeFileSync(join(home, file), text);
    if (language !== "sh") continue;
    console.log(`$ ${text.trim().replaceAll("\n", "\n  ")}`);
    if (text.trim() === "npm install vernier") install(join(work, tarball));
    else run(text);
    followed++;
  }
  console.log("what the guide promises");
  promise(`every command works (${followed} blocks)`, followed >= 6);
  promise(
    "the package brings the schema for editors",
    existsSync(join(home, "node_modules/vernier/schema/study.schema.json")),
  );
  promise("everything is kept in .vernier/vernier.db", existsSync(join(home, ".vernier/vernier.db")));
  const cake = shown("npx vernier best --study cake");
  promise(
    `the program is tuned (taste ${cake.best.metrics["taste"]?.toFixed(3)})`,
    (cake.best.metrics["taste"] ?? 0) > 9,
  );
  promise("the same line with a larger number goes on", shown("npx vernier trials --study cake").trials.length === 40);
  const file = shown("npx vernier trials --study cake-from-a-file");
  promise("the file's study has its 20 trials", file.trials.length === 20);
  promise("grandmother's way is tried first", file.trials[0]?.params["degrees"] === 200);
  promise("a function is tuned, with types", /degrees/.test(run("node tune.ts")));
  const bread = shown("npx vernier best --storage sqlite:bread.db");
  promise("what was told by hand is the best", bread.best.metrics["taste"] === 7);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
