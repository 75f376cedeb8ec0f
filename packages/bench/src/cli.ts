/** npm run bench -- list | run --suite NAME [--out FILE] [--quick] [--seeds N] [--samplers a,b] [--only TEXT] */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { VernierError } from "vernier";
import { dataSet } from "./data-dir.ts";
import { reportExec } from "./exec/report.ts";
import { runExec } from "./exec/suite.ts";
import { PROBLEMS } from "./multi/problems.ts";
import { reportMulti, summariseMulti } from "./multi/report.ts";
import { MULTI_SAMPLERS, runMulti, USUAL } from "./multi/suite.ts";
import { isRace, runRace } from "./race/cli.ts";
import { SUITES } from "./race/problems.ts";
import { reportOverhead } from "./overhead/report.ts";
import { FIGURES, passes, runOverhead } from "./overhead/suite.ts";
import { peerMulti, peerOverhead, peerPareto, peerTables } from "./peers.ts";
import { reportPareto } from "./pareto/report.ts";
import { PARETO_FIGURES, runPareto } from "./pareto/suite.ts";
import { reportTables, summarise } from "./tables/report.ts";
import { runTables, SAMPLERS } from "./tables/suite.ts";
import { readTables } from "./tables/table.ts";

const HELP = `Measures Vernier.

  npm run bench -- list                            what can be measured, and which data is there
  npm run bench -- run --suite overhead            CPU time and memory against their bars
  npm run bench -- run --suite exec                what a trial costs in a thread, a process, a program
  npm run bench -- run --suite hpo-tables          samplers on seven tables of trained networks, beside Optuna
  npm run bench -- run --suite pareto              sorting and hypervolume of several objectives, beside Optuna
  npm run bench -- run --suite multi               samplers on problems with several objectives and constraints, beside Optuna

  npm run bench -- run --suite bbob:5,tables       samplers against each other; suites are ${Object.keys(SUITES).join(", ")}

  --trials N         races: trials a study; 100 when left out
  --workers N        races: processes; 2 when left out
  --baseline NAME    races: whom the others are compared with
  --python FILE      races: the Python that has the peers (optuna:tpe, optuna:cmaes, ...); python3 when left out
  --out FILE         also write the results as JSON
  --quick            3 runs instead of 10 (overhead, pareto), 3 seeds instead of 10
  --seeds N          hpo-tables, multi: seeds for each table or problem
  --samplers a,b     hpo-tables: some of ${Object.keys(SAMPLERS).join(", ")}
                     multi: some of ${Object.keys(MULTI_SAMPLERS).join(", ")}
  --only TEXT        overhead, pareto: figures whose id contains TEXT; hpo-tables, multi: tables or problems whose id does
  VERNIER_DATA       folder of the data sets; ../shared/data beside the project when unset
`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      suite: { type: "string" },
      out: { type: "string" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      seeds: { type: "string" },
      samplers: { type: "string" },
      trials: { type: "string" },
      workers: { type: "string" },
      baseline: { type: "string" },
      python: { type: "string", default: "python3" },
      help: { type: "boolean", default: false },
    },
  });
  const tables = dataSet("hpo-tables", process.env["VERNIER_DATA"]);
  const [verb] = positionals;
  if (values.help || verb === undefined) return void process.stdout.write(HELP);
  if (verb === "list") return void process.stdout.write(list(tables));
  if (verb !== "run") throw usage(`Unknown command "${verb}". The commands are list and run.`);

  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const only = values.only === undefined ? {} : { only: values.only };
  if (isRace(values.suite)) {
    const { suite = "", samplers, out, baseline, python } = values;
    const seeds = wholeNumber(values.seeds) ?? (values.quick ? 3 : 10);
    const trials = wholeNumber(values.trials) ?? 100;
    const workers = wholeNumber(values.workers) ?? 2;
    const data = process.env["VERNIER_DATA"];
    const flags = { suite, samplers, seeds, trials, workers, out, ...only, baseline, python, data };
    process.stdout.write(`\n${await runRace(flags, progress)}\n`);
    return;
  }
  if (values.suite === "overhead") {
    const figures = await runOverhead({ runs: values.quick ? 3 : 10, ...only, progress });
    save(values.out, { suite: "overhead", figures: figures.map(f => ({ ...f, pass: passes(f) ?? null })) });
    process.stdout.write(`\n${reportOverhead(figures, peerOverhead())}\n`);
    return;
  }
  if (values.suite === "exec") {
    const figures = await runExec({ rounds: values.quick ? 20 : 100, trials: 200 });
    save(values.out, { suite: "exec", figures });
    process.stdout.write(`\n${reportExec(figures)}\n`);
    return;
  }
  if (values.suite === "pareto") {
    const figures = await runPareto({ runs: values.quick ? 3 : 10, ...only, progress });
    save(values.out, { suite: "pareto", figures });
    process.stdout.write(`\n${reportPareto(figures, peerPareto())}\n`);
    return;
  }
  if (values.suite === "hpo-tables") {
    if (tables === undefined)
      throw usage(
        "The folder hpo-tables was not found. It is read from VERNIER_DATA or ../shared/data. Point VERNIER_DATA at it.",
      );
    const samplers = values.samplers?.split(",") ?? Object.keys(SAMPLERS);
    const unknown = samplers.find(name => !(name in SAMPLERS));
    if (unknown !== undefined) throw usage(`Unknown sampler "${unknown}". Known: ${Object.keys(SAMPLERS).join(", ")}.`);
    const chosen = readTables(tables).filter(t => t.id.includes(values.only ?? ""));
    const regret = await runTables(chosen, {
      samplers,
      seeds: wholeNumber(values.seeds) ?? (values.quick ? 3 : 10),
      progress,
    });
    save(values.out, { suite: "hpo-tables", regret });
    process.stdout.write(`\n${reportTables(summarise(regret, peerTables()))}\n`);
    return;
  }
  if (values.suite === "multi") {
    const samplers = values.samplers?.split(",") ?? USUAL;
    const unknown = samplers.find(name => !(name in MULTI_SAMPLERS));
    if (unknown !== undefined)
      throw usage(`Unknown sampler "${unknown}". Known: ${Object.keys(MULTI_SAMPLERS).join(", ")}.`);
    const result = await runMulti({
      samplers,
      problems: Object.keys(PROBLEMS).filter(id => id.includes(values.only ?? "")),
      seeds: wholeNumber(values.seeds) ?? (values.quick ? 3 : 10),
      progress,
    });
    save(values.out, { suite: "multi", ...result });
    process.stdout.write(`\n${reportMulti(summariseMulti(result, peerMulti()))}\n`);
    return;
  }
  throw usage(
    `Unknown suite "${values.suite ?? ""}". The suites are overhead, exec, pareto, hpo-tables and multi. See npm run bench -- list.`,
  );
}

function list(tables: string | undefined): string {
  return [
    `overhead     ${FIGURES.join(", ")}`,
    "exec         inline, piscina alone, workers, children, command",
    `pareto       ${PARETO_FIGURES.join(", ")}`,
    `hpo-tables   ${
      tables === undefined
        ? "absent (set VERNIER_DATA)"
        : readTables(tables)
            .map(t => t.id)
            .join(", ")
    }`,
    `multi        ${Object.keys(PROBLEMS).join(", ")}`,
    "",
  ].join("\n");
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw usage(`--seeds ${text} is not a whole number above 0. Write for example --seeds 10.`);
  return n;
}

function usage(message: string): VernierError {
  return new VernierError("E_BENCH_USAGE", message);
}

function save(file: string | undefined, result: object): void {
  if (file === undefined) return;
  const machine = `${availableParallelism()} cores, ${process.arch}, ${process.platform}`;
  const header = { version: 1, date: new Date().toISOString().slice(0, 10), node: process.versions.node, machine };
  writeFileSync(file, `${JSON.stringify({ ...header, ...result }, null, 2)}\n`);
}

try {
  await main();
} catch (error) {
  const known = error instanceof VernierError || (error instanceof TypeError && "code" in error);
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
