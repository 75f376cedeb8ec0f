/** What a person sees of a study that other processes run. */
import type { TrialRecord } from "../../core/types.ts";
import type { Io } from "../io.ts";
import { drawFrame } from "./live-frame.ts";
import { LiveView } from "./live.ts";
import { plainTrial } from "./plain.ts";
import type { Progress } from "./progress.ts";

export interface WatchView {
  /** A trial as it is now. */
  see(trial: TrialRecord): void;
  /** The storage was read from its start again: the progress is another one. */
  anew(): void;
  /** Nothing can be read, and why; undefined when it can. */
  waiting(why: string | undefined): void;
  end(): void;
}

export interface WatchViewOptions {
  readonly name: string;
  readonly io: Io;
  /** Standard output belongs to the JSON document. */
  readonly json: boolean;
  readonly progress: () => Progress;
  readonly owners: () => ReadonlyMap<number, string>;
  readonly waiting: () => string | undefined;
  /** Trials in the queue. */
  readonly queued: () => number;
}

const plainView = ({ name, progress, io, json }: WatchViewOptions): WatchView => {
  const print = json ? io.err : io.out;
  let said: string | undefined;
  print(`Watching ${name}: ${progress().finished} trials are finished, ${progress().running.size} running.\n`);
  return {
    see: trial => {
      if (progress().see(trial)) print(`${plainTrial(trial, progress())}\n`);
    },
    anew: () =>
      print(
        `The study was read again: ${progress().finished} trials are finished, ${progress().running.size} running.\n`,
      ),
    waiting: why => {
      if (why !== undefined && why !== said) io.err(`Waiting: ${why}.\n`);
      said = why;
    },
    end: () => undefined,
  };
};

const liveView = ({ name, progress, owners, waiting, queued, io }: WatchViewOptions): WatchView => {
  const view = new LiveView(() =>
    drawFrame(progress(), {
      name,
      now: Date.now(),
      columns: process.stdout.columns || 80,
      rows: process.stdout.rows || 24,
      style: io.style,
      stopping: false,
      watch: { owners: owners(), waiting: waiting(), queued: queued() },
    }),
  );
  return {
    see: trial => void progress().see(trial),
    anew: () => view.draw(),
    waiting: () => view.draw(),
    end: () => view.stop(),
  };
};

export const openWatchView = (options: WatchViewOptions): WatchView =>
  options.io.live && !options.json ? liveView(options) : plainView(options);
