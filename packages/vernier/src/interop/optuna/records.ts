/** An Optuna study as both of its file formats hold it: what the readers make and the writers take. */
import type { Distribution } from "./distribution.ts";
import type { PyJson } from "./python-json.ts";

/** Codes of the journal; the database stores the names. */
export const STATES = ["RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING"] as const;
export type OptunaState = (typeof STATES)[number];
/** Codes 0, 1, 2 of the journal. */
export const DIRECTIONS = ["NOT_SET", "MINIMIZE", "MAXIMIZE"] as const;
export type OptunaDirection = (typeof DIRECTIONS)[number];

export interface OptunaParam {
  /** A number, or the index of a choice. */
  readonly internal: number;
  readonly distribution: Distribution;
}

export interface OptunaTrial {
  readonly number: number;
  state: OptunaState;
  /** In the order they were asked for. */
  params: Map<string, OptunaParam>;
  values: readonly number[] | null;
  /** By step. */
  intermediate: Map<number, number>;
  user: Map<string, PyJson>;
  system: Map<string, PyJson>;
  /** ms since 1970 UTC. */
  start: number | null;
  complete: number | null;
}

export interface OptunaStudy {
  readonly name: string;
  readonly directions: readonly OptunaDirection[];
  readonly user: Map<string, PyJson>;
  readonly system: Map<string, PyJson>;
  readonly trials: OptunaTrial[];
}

/** A file as read: its studies, and what a person should know about the reading. */
export interface OptunaFile {
  readonly studies: readonly OptunaStudy[];
  readonly notes: readonly string[];
}

export function isFinished(state: OptunaState): boolean {
  return state === "COMPLETE" || state === "PRUNED" || state === "FAIL";
}

/** Attribute of a trial with the parameters that `enqueue_trial` fixed. */
export const FIXED_PARAMS = "fixed_params";
/** Attribute of a study with the names of its objectives. */
export const METRIC_NAMES = "study:metric_names";
/** Constraint values of a trial up to Optuna 4: a list. From Optuna 5: an attribute each, "constraints:NAME". */
export const CONSTRAINTS = "constraints";
/** Why a trial failed, where Optuna itself failed it. */
export const FAIL_REASON = "fail_reason";

/** Who an imported trial's log names as its worker and sampler. */
export const IMPORTER = "optuna";
