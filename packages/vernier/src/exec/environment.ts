/**
 * What a program sees of the environment: little of ours, so that tokens do not leak into every trial, and the trial itself.
 * This folder never reads the process's own environment; whoever composes passes it in.
 */
import type { TrialContext } from "../core/types.ts";
import { slotFacts } from "./devices.ts";
import { leaves, sharedVariables, valueText, variableName } from "./names.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which variables a program inherits. */
export interface EnvironmentOptions {
  /** Names to pass on besides `SAFE_VARIABLES` ("*" at the end matches the rest). true: everything; false: nothing at all. */
  readonly inherit?: boolean | readonly string[];
  /** Variables to set; undefined takes one away. */
  readonly set?: Environment;
}

/** Passed on by default: where things are and how text and devices are meant. Nothing that usually holds a secret. */
export const SAFE_VARIABLES: readonly string[] = Object.freeze([
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ", "LANG", "LANGUAGE", "LC_*", "TMPDIR", "TMP", "TEMP"],
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PKG_CONFIG_PATH"],
  ...[
    "CUDA_*",
    "NVIDIA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "OMP_*",
    "MKL_*",
    "OPENBLAS_*",
  ],
  ...["PYTHON*", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_EXE", "PYENV_*", "HF_HOME", "TORCH_HOME"],
  ...["NODE_PATH", "NODE_OPTIONS", "NODE_ENV", "NODE_EXTRA_CA_CERTS", "JAVA_HOME", "R_HOME", "R_LIBS*"],
  ...["GOPATH", "GOROOT", "CARGO_HOME", "RUSTUP_HOME", "JULIA_DEPOT_PATH", "JULIA_PROJECT", "JULIA_NUM_THREADS"],
  // Windows starts little without these.
  ...["SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"],
  ...["PROGRAMFILES*", "NUMBER_OF_PROCESSORS", "PROCESSOR_*"],
]);

/** The part of `environment` that a program inherits, with `set` over it. */
export function inherited(environment: Environment, options: EnvironmentOptions = {}): Record<string, string> {
  const { inherit = [], set = {} } = options;
  const patterns = Array.isArray(inherit) ? [...SAFE_VARIABLES, ...(inherit as string[])] : SAFE_VARIABLES;
  const exact = new Set(patterns.filter(name => !name.endsWith("*")));
  const prefixes = patterns.filter(name => name.endsWith("*")).map(name => name.slice(0, -1));
  const passes = (name: string): boolean => exact.has(name) || prefixes.some(prefix => name.startsWith(prefix));
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || inherit === false) continue;
    // Windows does not care about case and writes "Path".
    if (inherit === true || passes(name) || (WINDOWS && passes(name.toUpperCase()))) chosen[name] = value;
  }
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined) delete chosen[name];
    else chosen[name] = value;
  }
  return chosen;
}

const WINDOWS = process.platform === "win32";

/** Linux refuses to start a program with a longer variable (MAX_ARG_STRLEN, 128 kB with name and end). */
const LONGEST = 120_000;

/** Where a trial's files are. */
export interface TrialPaths {
  readonly cwd: string;
  readonly dir: string;
  readonly params: string;
  readonly result: string;
  /** Only when there is something to continue from. */
  readonly checkpoint: string | undefined;
}

/**
 * What a program is told besides its parameters, by placeholder name. `seed`: this trial's own, the same at every attempt. `params`: path of
 * a JSON file. `dir`: where the program runs; `cwd`: where the study does. `result`: file the result may be written to. `until`: the
 * resource to reach. `checkpoint`: file to continue from, at the step `resume`. `cpus`, `gpus`: the slots the trial holds, "2" and "0,1".
 */
export const FACT_NAMES = [
  "trial",
  "attempt",
  "seed",
  "params",
  "dir",
  "cwd",
  "result",
  "until",
  "checkpoint",
  "resume",
  "cpus",
  "gpus",
] as const;
export type FactName = (typeof FACT_NAMES)[number];
/** undefined where there is nothing to tell. */
export type Facts = Readonly<Record<FactName, string | undefined>>;

export function trialFacts(trial: TrialContext, paths: TrialPaths, seed: number | undefined): Facts {
  return {
    trial: String(trial.number),
    attempt: String(trial.attempt),
    seed: seed === undefined ? undefined : String(seed),
    params: paths.params,
    dir: paths.dir,
    cwd: paths.cwd,
    result: paths.result,
    until: trial.until === undefined ? undefined : String(trial.until),
    checkpoint: paths.checkpoint,
    resume: trial.resumed === undefined ? undefined : String(trial.resumed.step),
    ...slotFacts(trial.slots),
  };
}

/** The variable of each fact. VERNIER_PARAMS is the JSON itself; the placeholder {params} is the file. */
export const FACT_VARIABLES = {
  trial: "VERNIER_TRIAL",
  attempt: "VERNIER_ATTEMPT",
  seed: "VERNIER_SEED",
  params: "VERNIER_PARAMS_FILE",
  dir: "VERNIER_DIR",
  cwd: "VERNIER_CWD",
  result: "VERNIER_RESULT",
  until: "VERNIER_UNTIL",
  checkpoint: "VERNIER_CHECKPOINT",
  resume: "VERNIER_RESUME",
  cpus: "VERNIER_CPUS",
  gpus: "VERNIER_GPUS",
} as const satisfies Record<FactName, string>;

/**
 * The variables of one trial. Values longer than an operating system takes are left out; the file at VERNIER_PARAMS_FILE has
 * everything.
 */
export function trialVariables(
  trial: TrialContext,
  facts: Facts,
  study: string | undefined,
  shared: ReadonlySet<string> | undefined,
): Record<string, string> {
  const variables: Record<string, string> = { VERNIER_PARAMS: JSON.stringify(trial.params) };
  if (study !== undefined) variables["VERNIER_STUDY"] = study;
  for (const name of FACT_NAMES) {
    const value = facts[name];
    if (value !== undefined) variables[FACT_VARIABLES[name]] = value;
  }
  const own = leaves(trial.params);
  const unclear = shared ?? sharedVariables(own.map(([name]) => name));
  for (const [name, value] of own) {
    const variable = variableName(name);
    if (!unclear.has(variable)) variables[variable] = valueText(value);
  }
  for (const [name, value] of Object.entries(variables)) {
    // A byte of zero would end the value early; Node refuses to start the program at all.
    if (Buffer.byteLength(value) > LONGEST || value.includes("\0")) delete variables[name];
  }
  return variables;
}
