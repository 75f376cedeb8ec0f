/** Writing a journal: every study with its attributes, every trial as one operation that creates it as it stands. */
import { pythonFloat, writeDistribution } from "./distribution.ts";
import { writePythonJson, type PyJson } from "./python-json.ts";
import { DIRECTIONS, STATES, type OptunaStudy, type OptunaTrial } from "./records.ts";
import { isoTime } from "./times.ts";

const WORKER = "vernier";

/** The lines of a journal, newlines included. */
export function* journalLines(studies: Iterable<OptunaStudy>): Generator<string> {
  let id = 0;
  for (const study of studies) {
    const directions = study.directions.map(name => DIRECTIONS.indexOf(name));
    yield line(0, [field("study_name", study.name), field("directions", directions)]);
    for (const attr of study.user) yield line(2, [field("study_id", id), record("user_attr", [attr])]);
    for (const attr of study.system) yield line(3, [field("study_id", id), record("system_attr", [attr])]);
    for (const trial of study.trials) yield line(4, [field("study_id", id), ...template(trial)]);
    id++;
  }
}

/** Fields of an operation that creates a trial as it stands (`create_new_trial` with a template). */
function template(trial: OptunaTrial): string[] {
  const { values } = trial;
  const floats = values?.map(pythonFloat) ?? [];
  const single = floats.length <= 1;
  const params = [...trial.params];
  return [
    field("datetime_start", trial.start === null ? null : isoTime(trial.start)),
    ...(trial.complete === null ? [] : [field("datetime_complete", isoTime(trial.complete))]),
    field("state", STATES.indexOf(trial.state)),
    `"value":${single ? (floats[0] ?? "null") : "null"}`,
    `"values":${single ? "null" : `[${floats.join(",")}]`}`,
    record(
      "distributions",
      params.map(([name, { distribution }]) => [name, writeDistribution(distribution)]),
    ),
    record("params", params, ({ internal, distribution }) =>
      distribution.kind === "float" ? pythonFloat(internal) : String(internal),
    ),
    record("user_attrs", [...trial.user]),
    record("system_attrs", [...trial.system]),
    record(
      "intermediate_values",
      [...trial.intermediate].map(([step, value]) => [String(step), value]),
      pythonFloat,
    ),
  ];
}

const line = (op: number, fields: readonly string[]): string =>
  `{"op_code":${op},"worker_id":"${WORKER}",${fields.join(",")}}\n`;

const field = (name: string, value: PyJson): string => `"${name}":${writePythonJson(value)}`;

function record<T = PyJson>(
  name: string,
  entries: readonly (readonly [string, T])[],
  write: (value: T) => string = writePythonJson as (value: T) => string,
): string {
  return `"${name}":{${entries.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join(",")}}`;
}
