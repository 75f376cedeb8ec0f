import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createHash } from "node:crypto";
import type { StudyInfo, Storage } from "../../core/types.ts";
import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import type { Command } from "../command.ts";
import { defaultsOf, defaultTrial } from "../defaults.ts";
import { openStored, recordsOf } from "../engine.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf } from "../flags.ts";
import { printJson, studyJson } from "../json.ts";
import { withPlace, withStudy } from "../open.ts";
import { version } from "../version.ts";
import { oneLine } from "../view/style.ts";

/** `vernier report` */
export const report: Command = {
  name: "report",
  about: "Write a study as one HTML file to look at and to pass on.",
  usage: ["vernier report [STUDY] [--out FILE] [flags]"],
  args: {
    ...studyPlace,
    out: {
      type: "string",
      valueHint: "FILE",
      description: "The file to write; an older one is replaced (default: report.html).",
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  values: { place: "study", out: "file" },
  notes: [
    "The file needs no network, no server and no other file: it holds the data, the charts and their script. Names, parameters, metrics, notes and " +
      "error messages of the study are in it for everybody who gets it. With --json the data are printed, and a file is written only with --out.",
  ],
  examples: [
    ["vernier report", "report.html in this directory"],
    ["vernier report digits --out digits.html", "One of several studies"],
    ["vernier report --json", "The data of the page, as columns"],
  ],
  run: (given, { io, positionals }) => {
    const flags = withPlace(given, positionals[0]);
    const json = isOn(flags, "json");
    const out = textOf(flags, "out") ?? (json ? undefined : "report.html");
    return withStudy(flags, io, async (storage, info) => {
      const made = await makeReport(storage, info);
      const bytes = out === undefined ? 0 : replaceFile(resolve(io.cwd, out), await made.html());
      if (json) {
        const { vernier: _, ...data } = made.data;
        return printJson(io, "report", { study: studyJson(info), out: out ?? null, data });
      }
      const trials = made.data.numbers.length;
      io.out(
        `${out}: ${trials.toLocaleString("en-US")} trial${trials === 1 ? "" : "s"} of ${oneLine(info.spec.name)}, ${sizeText(bytes)}\n`,
      );
    });
  },
};

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

async function makeReport(storage: Storage, info: StudyInfo) {
  const study = await openStored(info.spec.name, storage);
  const { reportData, reportPage } = await import("../../plot/index.ts");
  const data = reportData(study);
  const html = async (): Promise<string> => {
    const defaults = await defaultsOf(info.spec);
    const tried = defaultTrial(defaults, recordsOf(study));
    const { clientScript } = await import("../report-client.ts");
    const text = await clientScript();
    const facts = {
      version: version(),
      madeAt: Date.now(),
      sampler: info.spec.sampler.name,
      scheduler: info.spec.scheduler.name,
      seed: info.spec.seed,
      note: info.note,
      tags: info.tags,
      defaults: defaults?.params ?? null,
      defaultTrial: tried === null ? null : data.numbers.indexOf(tried.number),
    };
    return reportPage(study, data, facts, {
      text,
      hash: `sha256-${createHash("sha256").update(text).digest("base64")}`,
    });
  };
  return { data, html };
}

/** Written beside and renamed, so that a reader never sees half a page. Gives the number of bytes. */
function replaceFile(path: string, text: string): number {
  const bytes = Buffer.from(text);
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      throw Object.assign(new Error("EISDIR"), { code: "EISDIR" });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, bytes);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new VernierError(
      "E_REPORT_WRITE",
      `${spell(path)} cannot be written (${code}). The report is one file in a folder you may write to. Name another one: --out PATH.html`,
      { cause },
    );
  }
  return bytes.length;
}
