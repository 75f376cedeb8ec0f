/** Follows one running program: keeps what it prints, sends its reports, and collects its result. */
import { join } from "node:path";
import type { TrialContext } from "../core/types.ts";
import { cleanText, Keep } from "./keep.ts";
import { LineSplitter } from "./lines.ts";
import { OutputFile } from "./places.ts";
import { readJsonObject } from "./read-line.ts";
import { readReport, sendReport } from "./reports.ts";
import type { ResultPlan } from "./result-options.ts";
import { ResultReader, type WantedMetrics } from "./results.ts";

type StreamName = "stdout" | "stderr";

export interface WatchOptions {
  readonly trial: TrialContext;
  readonly plan: ResultPlan;
  readonly wanted: WantedMetrics | undefined;
  /** Where the program runs. */
  readonly dir: string;
  /** The directory is the trial's own: output is kept there, whole. */
  readonly kept: boolean;
  readonly maxOutput: number;
  /** The program must end: a report was answered with Pruned, say. */
  onFailure(reason: unknown): void;
}

/** Errors quote this much of the output even where nothing is stored. */
const QUOTED = 16 * 1024;

export class Watch {
  readonly result: ResultReader;
  readonly stdout: Keep;
  readonly stderr: Keep;
  readonly #options: WatchOptions;
  readonly #lines: Readonly<Record<StreamName, LineSplitter>> = {
    stdout: new LineSplitter(),
    stderr: new LineSplitter(),
  };
  readonly #readsStderr: boolean;
  #files: Readonly<Record<StreamName, OutputFile>> | undefined;
  #stopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.result = new ResultReader(options.plan, options.wanted);
    const bytes = Math.max(QUOTED, options.kept ? 0 : options.maxOutput);
    this.stdout = new Keep(bytes);
    this.stderr = new Keep(bytes);
    this.#readsStderr = options.plan.read === "pattern" && options.plan.from === "stderr";
  }

  /** Begins the files of a kept directory. */
  async open(): Promise<void> {
    if (!this.#options.kept) return;
    const [stdout, stderr] = await Promise.all(
      (["stdout", "stderr"] as const).map(name => OutputFile.create(join(this.#options.dir, this.#fileName(name)))),
    );
    if (stdout !== undefined && stderr !== undefined) this.#files = { stdout, stderr };
  }

  /** Later attempts do not hide what the first one said. */
  #fileName(name: StreamName): string {
    const { attempt } = this.#options.trial;
    return attempt > 1 ? `${name}.${attempt}.txt` : `${name}.txt`;
  }

  async take(name: StreamName, chunk: Buffer): Promise<void> {
    this[name].push(chunk);
    await this.#files?.[name].write(chunk);
    if (name === "stderr" && !this.#readsStderr) return;
    for (const line of this.#lines[name].push(chunk)) {
      const busy = this.#line(name, line);
      if (busy !== undefined) await busy;
    }
  }

  /** The program has ended: reads last lines that nothing ended. */
  async finish(): Promise<void> {
    for (const name of ["stdout", "stderr"] as const) {
      const line = this.#lines[name].end();
      if (line !== undefined) await this.#line(name, line);
    }
  }

  #line(name: StreamName, raw: string): Promise<void> | undefined {
    const line = cleanText(raw);
    const object = name === "stdout" ? readJsonObject(line) : undefined;
    this.result.line(line, name, object !== undefined);
    if (object === undefined) return undefined;
    const report = readReport(object, this.#options.wanted?.all);
    if (report === undefined) {
      this.result.json(object);
      return undefined;
    }
    this.result.report(report.metrics);
    return this.#stopped ? undefined : this.#send(report);
  }

  async #send(report: Parameters<typeof sendReport>[1]): Promise<void> {
    const { trial, dir, onFailure } = this.#options;
    try {
      await sendReport(trial, report, dir);
    } catch (reason) {
      this.stop();
      onFailure(reason);
    }
  }

  /** No more reports; output is still kept, since a program that is being ended may say why. */
  stop(): void {
    this.#stopped = true;
  }

  /** The last lines of stderr, or of stdout where stderr is empty. */
  lastWords(count: number): { readonly lines: readonly string[]; readonly from: StreamName } {
    const lines = this.stderr.lastLines(count);
    return lines.length > 0 ? { lines, from: "stderr" } : { lines: this.stdout.lastLines(count), from: "stdout" };
  }

  /** Stores the output with the trial. What cannot be stored is noted, and never changes how the trial ends. */
  async store(): Promise<void> {
    const { trial, maxOutput } = this.#options;
    for (const name of ["stdout", "stderr"] as const) {
      let fault: unknown;
      const file = this.#files?.[name];
      if (file !== undefined) {
        await file.close();
        ({ fault } = file);
      } else if (this[name].total > 0 && maxOutput > 0) {
        fault = await trial
          .artifact(this.#fileName(name), this[name].bytes(), "text/plain")
          .then(() => undefined, asFault);
      }
      if (fault !== undefined) trial.log(`${name} could not be stored: ${(fault as Error).message}`);
    }
  }
}

const asFault = (error: unknown): unknown => error ?? new Error("unknown");
