import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { ObjectiveSpec, Storage, StudyInfo } from "../../core/types.ts";
import type { ReadFile, StudyLog, TableOptions } from "../../interop/index.ts";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import type { Params } from "../../space/types.ts";
import { usageError } from "../args.ts";
import type { Command, Flags, Given } from "../command.ts";
import { DEFAULT_STORAGE, intOf, isOn, jsonFlag, storageFlag, textOf } from "../flags.ts";
import { FORMAT_NAMES } from "../formats.ts";
import type { Io } from "../io.ts";
import { printJson, studyJson, trialJson } from "../json.ts";
import { parseConstraints } from "../load/line.ts";
import { openForReading, openForWriting, shellWord, sqlitePath, storageHint } from "../open.ts";
import { bestOf } from "../rank.ts";
import { count, formatNumber } from "../view/format.ts";

/** A study that was imported, or would be. */
interface Arrived {
  readonly info: StudyInfo;
  readonly storage: Storage;
  readonly notes: readonly string[];
}

/** What a table does not say of its study: from the flags, or from a study file. */
const tableOptions = async (file: string, flags: Flags, { all, io }: Given): Promise<TableOptions | undefined> => {
  const objectives: Record<string, ObjectiveSpec> = {};
  for (const direction of ["minimize", "maximize"] as const) {
    for (const name of all[direction] ?? []) {
      if (objectives[name] !== undefined)
        throw usageError(`the objective ${spell(name)} is given twice. Keep one direction of it.`);
      objectives[name] = { direction };
    }
  }
  const like = textOf(flags, "like");
  const space = textOf(flags, "space");
  if (
    like !== undefined &&
    (space !== undefined || Object.keys(objectives).length > 0 || all["constraint"] !== undefined)
  )
    throw usageError(
      `--like ${like} says space, objectives and constraints. Leave --space, --minimize, --maximize and --constraint out.`,
    );
  const common = {
    name: textOf(flags, "as") ?? (basename(file).replace(/\.[^.]+$/, "") || "study"),
    ignore: all["ignore"] ?? [],
    skipBad: isOn(flags, "skip-bad"),
  };
  const seed = intOf(flags, "seed", 0);
  if (like !== undefined) {
    const { loadStudyFile } = await import("../load/file.ts");
    const loaded = await loadStudyFile(like, io.cwd);
    const known = seed ?? loaded.seed;
    return {
      ...common,
      space: loaded.space,
      objectives: loaded.objectives,
      constraints: loaded.constraints,
      ...(known !== undefined && { seed: known }),
    };
  }
  if (Object.keys(objectives).length === 0) return undefined;
  const { spaceFromText } = await import("../load/read-space.ts");
  return {
    ...common,
    objectives,
    constraints: parseConstraints(all["constraint"] ?? []),
    ...(space !== undefined && { space: spaceFromText(space) }),
    ...(seed !== undefined && { seed }),
  };
};

/** Whether FROM names a storage of ours: by URL, or by what the file is. */
const isStorage = async (from: string, path: string): Promise<boolean> => {
  if (/^[a-z][a-z0-9+.-]*:/i.test(from) && !existsSync(path)) return true;
  if (!existsSync(path)) return false;
  const { headOf } = await import("../../interop/files.ts");
  const head = await headOf(path, 100).catch(() => new Uint8Array());
  return (
    Buffer.from(head).toString("latin1", 0, 15) === "SQLite format 3" &&
    Buffer.from(head).toString("latin1", 68, 72) === "VRNR"
  );
};

const fromFile = async (
  path: string,
  flags: Flags,
  given: Given,
  target: () => Promise<Storage>,
): Promise<{ arrived: Arrived[]; format: string }> => {
  const { importLog, readStudies } = await import("../../interop/index.ts");
  const { memoryStorage } = await import("../../core/index.ts");
  const names = given.all["study"] ?? [];
  if (names.length > 1)
    throw usageError("several --study are merged from a storage of vernier. Import the studies of a file one by one.");
  const format = textOf(flags, "format");
  const table = await tableOptions(path, flags, given);
  const read: ReadFile = await readStudies(path, {
    ...(format !== undefined && { format: format as never }),
    ...(table !== undefined && { table }),
    ...(names[0] !== undefined && { study: names[0] }),
  });
  const as = textOf(flags, "as");
  if (as !== undefined && read.studies.length > 1)
    throw usageError(
      `${path} holds ${read.studies.length} studies (${read.studies
        .slice(0, 8)
        .map(({ spec }) => spec.name)
        .join(", ")}), and --as names one. Say which: --study NAME`,
    );
  const into = (storage: Storage, log: StudyLog): Promise<StudyInfo> =>
    importLog(storage, log, { file: path, format: read.format.name, ...(as !== undefined && { as }) });
  const dry = isOn(flags, "dry-run");
  const trial = memoryStorage();
  // Several studies are several transactions: all are tried first, so that a bad one does not leave the others behind.
  const tried: Arrived[] = [];
  if (dry || read.studies.length > 1)
    for (const log of read.studies)
      tried.push({ info: await into(trial, log), storage: trial, notes: log.notes ?? [] });
  if (dry) return { arrived: tried, format: read.format.name };
  const storage = await target();
  for (const { spec } of read.studies) await free(storage, as ?? spec.name);
  const arrived: Arrived[] = [];
  for (const log of read.studies) arrived.push({ info: await into(storage, log), storage, notes: log.notes ?? [] });
  return { arrived, format: read.format.name };
};

const free = async (storage: Storage, name: string): Promise<void> => {
  if ((await storage.findStudy(name, { deleted: true })) === undefined) return;
  throw new VernierError(
    "E_STUDY_EXISTS",
    `study ${spell(name)} exists already. Names are unique in a storage. Nothing was imported. Name the new one: --as NAME`,
  );
};

const fromStorage = async (
  from: string,
  flags: Flags,
  { io, all }: Given,
  target: () => Promise<Storage>,
): Promise<Arrived[]> => {
  const { copyStudy, mergeStudies } = await import("../../interop/index.ts");
  const { memoryStorage } = await import("../../core/index.ts");
  const { findStudy } = await import("../open.ts");
  const url = sqlitePath(from, io.cwd) === undefined && !/^[a-z]+:/i.test(from) ? `sqlite:${from}` : from;
  const source = await openForReading({ ...flags, storage: url }, io);
  try {
    const as = textOf(flags, "as");
    const names = all["study"] ?? [];
    const studies: StudyInfo[] = [];
    for (const study of names.length === 0 ? [undefined] : names) {
      const wanted = study === undefined ? { storage: url } : { storage: url, study };
      studies.push(await findStudy(source, wanted));
    }
    const to = isOn(flags, "dry-run") ? memoryStorage() : await target();
    const [only] = studies;
    const name = as ?? (studies.length === 1 ? only?.spec.name : undefined);
    if (name !== undefined) await free(to, name);
    if (only !== undefined && studies.length === 1) {
      const { info, files, missing } = await copyStudy(
        { storage: source, id: only.id },
        to,
        as === undefined ? {} : { as },
      );
      const notes = [
        ...(files > 0 ? [`${count(files, "artifact file")} went along`] : []),
        ...(missing > 0
          ? [`${count(missing, "artifact file")} of the log ${missing === 1 ? "is" : "are"} missing in ${from}`]
          : []),
      ];
      return [{ info, storage: to, notes }];
    }
    if (as === undefined) throw usageError("several studies are merged into a new one, which needs a name: --as NAME");
    const fill = await fillOf(all["fill"] ?? [], studies);
    const { info, taken } = await mergeStudies(
      studies.map(({ id }) => ({ storage: source, id })),
      to,
      { as, ...(fill && { fill }) },
    );
    const notes = taken.map(
      ({ study, trials, left }) =>
        `${count(trials, "trial")} of ${study}${left === 0 ? "" : `; ${left} that run or pause are left out`}`,
    );
    return [{ info, storage: to, notes }];
  } finally {
    await source.close();
  }
};

/** `dropout=0` by the kind of the parameter in whichever study has it. */
const fillOf = async (words: readonly string[], studies: readonly StudyInfo[]): Promise<Params | undefined> => {
  if (words.length === 0) return undefined;
  const { guessFromWords } = await import("../guess.ts");
  const shape = Object.assign(
    {},
    ...studies.map(({ spec }) => spec.space.shape),
  ) as StudyInfo["spec"]["space"]["shape"];
  return guessFromWords(words, { version: 1, shape });
};

const told = async (
  { info, storage, notes }: Arrived,
  dry: boolean,
  from: string,
  url: string,
  io: Io,
): Promise<void> => {
  const { spec, counts } = info;
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const states = Object.entries(counts).flatMap(([state, n]) => (n > 0 ? [`${n} ${state}`] : []));
  io.out(
    `${dry ? "Would import" : "Imported"} ${from} as ${spec.name}: ${count(total, "trial")}${states.length > 0 ? ` (${states.join(", ")})` : ""}.\n`,
  );
  const [first, ...others] = bestOf(spec, await storage.trials(info.id));
  if (first !== undefined) {
    const values = Object.keys(spec.objectives).map(name => `${name} ${formatNumber(first.metrics?.[name] ?? NaN)}`);
    io.out(
      `${others.length > 0 ? `The front has ${others.length + 1} trials; first` : "Best"}: ${values.join(", ")} in trial ${first.number}.\n`,
    );
  }
  for (const note of notes) io.out(io.style.dim(`${note}\n`));
  io.out(
    dry ? "Nothing was stored.\n" : io.style.dim(`vernier trials --study ${shellWord(spec.name)}${storageHint(url)}\n`),
  );
};

/** `vernier import FILE --as NAME` */
export const importCommand: Command = {
  name: "import",
  about: "Make a study of a file or of studies elsewhere; copy and merge studies.",
  usage: [
    "vernier import FILE [--as NAME] [flags]",
    "vernier import TABLE --minimize COLUMN [--space SPACE | --like FILE] [flags]",
    "vernier import STORAGE --study NAME [--study NAME...] --as NAME [flags]",
  ],
  args: {
    from: {
      type: "positional",
      required: false,
      valueHint: "FROM",
      description:
        "A file (.jsonl, .json, .csv, .parquet, an Optuna journal or SQLite file) or another storage: sqlite:old.db.",
    },
    as: {
      type: "string",
      valueHint: "NAME",
      description: "The new study's name (default: the old one; after the file, for tables).",
    },
    study: {
      type: "string",
      valueHint: "NAME",
      description: "Which study of a file or storage; several are merged into one.",
    },
    format: {
      type: "string",
      valueHint: "NAME",
      description: `What the file is (default: found out): ${FORMAT_NAMES.join(", ")}.`,
    },
    "dry-run": { type: "boolean", description: "Read and check everything, say what would come of it, store nothing." },
    ...storageFlag,
    ...jsonFlag,
    minimize: { type: "string", valueHint: "COLUMN", description: "A metric to make small; may repeat." },
    maximize: { type: "string", valueHint: "COLUMN", description: "A metric to make large; may repeat." },
    constraint: {
      type: "string",
      valueHint: "BOUND",
      description: "A bound on another metric, such as 'memory<=512'; may repeat.",
    },
    space: {
      type: "string",
      valueHint: "SPACE",
      description: "What may vary, as for `vernier run` (default: inferred from the values seen).",
    },
    like: {
      type: "string",
      valueHint: "FILE",
      description: "A study file that says space, objectives and constraints.",
    },
    ignore: { type: "string", valueHint: "COLUMN", description: "A column to leave out; may repeat." },
    "skip-bad": { type: "boolean", description: "Leave rows out that are wrong, and name them." },
    seed: { type: "string", valueHint: "N", description: "The new study's seed (default: random)." },
    fill: {
      type: "string",
      valueHint: "NAME=VALUE",
      description: "Merging: a parameter's value in studies that had it not; may repeat.",
    },
  },
  repeat: ["study", "minimize", "maximize", "constraint", "ignore", "fill"],
  groups: { minimize: "Flags for tables (CSV, Parquet)", fill: "Flags for merging" },
  values: { from: "file", like: "file", format: FORMAT_NAMES },
  notes: [
    "An import is one transaction: all of it or nothing. Errors name the file and the line. A study is never added to: every import makes a new one.",
  ],
  examples: [
    ["vernier import study.jsonl --as copy", "What `vernier export` wrote"],
    ["vernier import runs.csv --minimize loss --dry-run", "A spreadsheet; look at the space it infers first"],
    ["vernier import sqlite:old.db --study a --study b --as both", "Two studies as one"],
  ],
  run: async (flags, given) => {
    const { io } = given;
    const [from] = given.positionals;
    if (from === undefined)
      throw usageError("there is nothing to import. Name a file or a storage: vernier import study.jsonl");
    const path = io.cwd === process.cwd() ? from : resolve(io.cwd, from);
    const url = textOf(flags, "storage") ?? DEFAULT_STORAGE;
    const dry = isOn(flags, "dry-run");
    let opened: Storage | undefined;
    const target = async (): Promise<Storage> => (opened ??= await openForWriting(url, io));
    try {
      const storage = await isStorage(from, path);
      const { arrived, format } = storage
        ? { arrived: await fromStorage(from, flags, given, target), format: "storage" }
        : await fromFile(path, flags, given, target);
      if (isOn(flags, "json")) {
        const imported = [];
        for (const { info, storage: at, notes } of arrived) {
          const best = bestOf(info.spec, await at.trials(info.id)).map(trialJson);
          imported.push({ study: studyJson(info), best: best[0] ?? null, front: best, notes });
        }
        return printJson(io, "import", { from, format, dryRun: dry, imported });
      }
      for (const each of arrived) await told(each, dry, from, url, io);
    } finally {
      await opened?.close();
    }
  },
};
