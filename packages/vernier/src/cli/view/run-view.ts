/** What a person sees while a study runs: the live view at a terminal, a line a trial everywhere else. */
import type { TrialRecord } from "../../core/types.ts";
import type { Io } from "../io.ts";
import { drawFrame } from "./live-frame.ts";
import { LiveView } from "./live.ts";
import { plainTrial } from "./plain.ts";
import type { Progress } from "./progress.ts";

export interface RunView {
  /** A trial as it is now. */
  see(trial: TrialRecord): void;
  /** The first Ctrl-C. */
  stopping(): void;
  /** Takes the view away; may be called twice. */
  end(): void;
}

export interface RunViewOptions {
  readonly name: string;
  readonly progress: Progress;
  readonly io: Io;
  /** Standard output belongs to the JSON document: lines go to standard error. */
  readonly json: boolean;
}

const STOPPING = "Stopping: running trials go back to waiting. Ctrl-C again stops at once.\n";

const plainView = ({ progress, io, json }: RunViewOptions): RunView => {
  const print = json ? io.err : io.out;
  return {
    see: trial => {
      if (progress.see(trial)) print(`${plainTrial(trial, progress)}\n`);
    },
    stopping: () => io.err(STOPPING),
    end: () => undefined,
  };
};

const liveView = ({ name, progress, io }: RunViewOptions): RunView => {
  let stopping = false;
  const view = new LiveView(() =>
    drawFrame(progress, {
      name,
      now: Date.now(),
      columns: process.stdout.columns || 80,
      rows: process.stdout.rows || 24,
      style: io.style,
      stopping,
    }),
  );
  return {
    see: trial => void progress.see(trial),
    stopping: () => {
      stopping = true;
      view.draw();
    },
    end: () => view.stop(),
  };
};

export const openRunView = (options: RunViewOptions): RunView =>
  options.io.live && !options.json ? liveView(options) : plainView(options);
