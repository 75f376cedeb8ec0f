/** A study's file that goes while a run writes to it: results would go on to a file without a name, and be lost in silence. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { VernierError } from "../math/errors.ts";

/** How often a run looks, ms. */
const EVERY = 1000;

const identity = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
};

export interface Place {
  /** Whether the file is the one that was there at first. */
  still(): boolean;
  end(): void;
}

/** Looks after the file of an open storage; `gone` is called once when it is another one, or none. Storages without a file stay. */
export const keepPlace = (url: string, gone: () => void): Place => {
  const named = /^sqlite:([^?]+)/.exec(url)?.[1];
  const path = named === undefined ? undefined : resolve(named); // an objective may change the directory
  const first = path === undefined ? undefined : identity(path);
  const still = (): boolean => path === undefined || first === undefined || identity(path) === first;
  const timer = setInterval(() => {
    if (still()) return;
    clearInterval(timer);
    gone();
  }, EVERY);
  timer.unref();
  return { still, end: () => clearInterval(timer) };
};

export const movedError = (url: string): VernierError =>
  new VernierError(
    "E_STORAGE_MOVED",
    `${url} was moved, deleted or replaced while the run wrote to it. What finished since is not in a file of that name, so the run was stopped. ` +
      "A file that was moved needs its -wal beside it under the new name, then all is there; after a deletion restore a backup.",
  );
