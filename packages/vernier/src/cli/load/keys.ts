/** Every key of a study file with what it says: the loader refuses others, and the published JSON Schema shows these in the editor. */

export const STUDY_KEYS = {
  $schema:
    "The schema of this file, for editors. YAML files name it in a first line: # yaml-language-server: $schema=URL.",
  name: "The study's name; unique in its storage. Default: the file's name without its ending, or the folder's for study.yaml.",
  space:
    'What may vary: a parameter a key, each a text such as "float(1e-5, 0.1, log)", a record with its type, or a group of further parameters. ' +
    "Also one text for all, or the JSON form of a space.",
  where: 'Conditions that every configuration meets, such as "layers * width <= 1024". The search never leaves them.',
  objectives: "Metrics to minimise or maximise, by name. With several the result is a front.",
  constraints: "Bounds on further metrics, by name. Trials that break them are never the best.",
  sampler: "Who suggests configurations: a name, or a name with options. Default: auto, which chooses.",
  scheduler: "Who stops hopeless trials early: a name, or a name with options. Default: none.",
  storage: 'Where the study lives: "sqlite:study.db". Default: sqlite:.vernier/vernier.db in the directory you run in.',
  seed: "The same seed gives the same suggestions. Default: random, and recorded.",
  run: "How long to run and how: defaults of the command line's flags, which win.",
  queue:
    "First guesses: configurations, whole or in part, that are tried before anything is suggested. Each is queued once.",
  command:
    'The program that evaluates a trial: a list of words in which "{name}" becomes a parameter\'s value, or a record with options.',
  executor:
    "What evaluates a trial in place of a program: a module's objective in threads (workers) or processes (children).",
} as const satisfies Record<string, string>;

/** What only a program can hold. */
export const PROGRAM_KEYS = ["objective", "final"] as const;

export const OBJECTIVE_KEYS = {
  direction: "minimize or maximize.",
  target: "Reaching it, with every constraint met, is success; with run.stopAtTarget the run ends there.",
  reference: "The reference point of the hypervolume: a value worse than any of interest.",
  unit: "For people: s, MB, %.",
  description: "For people.",
} as const satisfies Record<string, string>;

export const CONSTRAINT_KEYS = {
  min: "The smallest allowed value.",
  max: "The largest allowed value.",
} as const satisfies Record<string, string>;

export const PART_KEYS = {
  name: "The part's name.",
  options: "Its options; those left out have their defaults.",
} as const satisfies Record<string, string>;

export const RUN_KEYS = {
  trials: "Finished trials the study is to have in total. Default: 30, or the size of a smaller space.",
  concurrency: "Trials at a time. Default: as many as the slots allow, else 1.",
  slots:
    "What of the machine the run may use: cpus, a number, and gpus, a list of cards. A trial starts only when what it needs is free.",
  needs: "Slots that one trial takes: cpus and gpus, both numbers. Default: one of each kind that there is.",
  timeout: 'Stop after this time: "90s", "10m", "2h", or milliseconds.',
  trialTimeout: "Fail an attempt that takes longer.",
  retries: "Failures each trial survives. Default: 0.",
  patience: "Stop after this many finished trials in a row without a better one.",
  stopAtTarget: "Stop once a trial reaches every objective's target and meets every constraint. Default: false.",
  maxConsecutiveFailures: "Stop when this many trials in a row have failed. Default: 0, never.",
  grace: "How long a trial may take to end after it was told to. Default: 5s.",
} as const satisfies Record<string, string>;

const MODULE_KEYS = {
  kind: "workers: threads, for what computes. children: processes, for what may crash or leak.",
  module: "The module of the objective, from this file on: ./objective.ts",
  export: "Name of the export that is the objective. Default: the default export, else the one named objective.",
  killGrace: "From an abort to the end of the thread or process. Default: 4s.",
} as const satisfies Record<string, string>;

export const WORKERS_KEYS = {
  ...MODULE_KEYS,
  threads: "Threads at most. Default: run.concurrency, as far as there are processors.",
} as const satisfies Record<string, string>;

export const CHILDREN_KEYS = {
  ...MODULE_KEYS,
  processes: "Processes at most. Default: run.concurrency, as far as there are processors.",
  args: "Arguments of each process.",
  maxCalls: "Trials after which a process is replaced by a new one. Default: none.",
  maxMemory: "Resident memory in MB above which a process is replaced after its trial. Default: not looked at.",
} as const satisfies Record<string, string>;

export const SLOTS_KEYS = {
  cpus: "How many processors the run may use.",
  gpus: 'The cards the run may use, as CUDA_VISIBLE_DEVICES names them: [0, 1], or texts such as "GPU-8f6a".',
} as const satisfies Record<string, string>;

export const NEEDS_KEYS = {
  cpus: "How many processors one trial takes.",
  gpus: "How many cards one trial takes.",
} as const satisfies Record<string, string>;

export const COMMAND_KEYS = {
  argv: 'The program and its arguments; "{name}" becomes a parameter\'s value. No shell is involved.',
  shell: 'A line for /bin/sh in place of argv. Parameters are variables: "$VERNIER_PARAM_LR".',
  result:
    "Where the result is read: json, names, number, file, { file: path }, or { pattern: regular expression }. Default: tries them all.",
  cwd: "The directory the program runs in. Default: the one vernier runs in.",
  dirPerTrial: "Give every trial a directory of its own: true, or the directory they are made in. Default: false.",
  env: "Names of environment variables that reach the program, or { inherit, set }. Default: a list without secrets.",
  killGrace: "From SIGTERM to SIGKILL. Default: 4s.",
  maxOutput: "Bytes of stdout and of stderr that are kept with the trial. Default: 262144.",
} as const satisfies Record<string, string>;
