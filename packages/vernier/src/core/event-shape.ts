/** What each event must look like when it comes from elsewhere: its fields, each checked, and copied unless it is frozen already. */
import { VernierError } from "./errors.ts";
import { describe, jsonCopy, metricsCopy } from "./json.ts";
import type { EventBody, TimedEvent } from "./types.ts";
import { didYouMean } from "../space/spell.ts";

/** The value as it is kept, or a thrown VernierError that says what is wrong. `path` names the field. */
type Check = (value: unknown, path: string) => unknown;
interface Fields {
  readonly [name: string]: { readonly check: Check; readonly optional?: true };
}

const need = (check: Check) => ({ check });
const may = (check: Check) => ({ check, optional: true as const });

const ERRORS = ["throw", "exit", "timeout", "lost", "result"];
const number = need(whole(0));
const attempt = need(whole(1));
const held = { number, attempt };
const annotations = { attrs: may(record), tags: may(texts), note: may(note) };
const started = { until: may(step), bracket: may(anyNumber), parent: may(lineage) };

const SHAPES: Readonly<Record<Exclude<EventBody["type"], "study.created">, Fields>> = {
  "study.edited": { space: need(record) },
  "study.configured": { sampler: may(part), scheduler: may(part) },
  "study.annotated": annotations,
  "study.deleted": {},
  "study.restored": {},
  "trial.queued": { number, params: need(record), attrs: may(record), tags: may(texts), ...started },
  "trial.started": {
    ...held,
    owner: need(text),
    retries: need(whole(0)),
    ...started,
    params: may(record),
    basis: may(basis),
    sampler: may(text),
    why: may(anyText),
    lost: may(literally(true)),
  },
  "trial.suggested": { ...held, params: need(record), basis: need(basis), sampler: need(text), why: may(anyText) },
  "trial.param": { ...held, name: need(text), value: need(json), node: may(record), path: may(texts) },
  "trial.reported": { ...held, step: need(step), metrics: need(metrics) },
  "trial.checkpointed": { ...held, step: need(step), hash: need(text), size: need(whole(0)) },
  "trial.artifact": {
    number,
    artifact: need(fields({ name: need(text), hash: need(text), size: need(whole(0)), type: may(anyText) })),
  },
  "trial.logged": { ...held, text: need(anyText) },
  "trial.paused": held,
  "trial.released": held,
  "trial.failed": {
    ...held,
    state: need(oneOf(["waiting", "failed"])),
    error: need(fields({ kind: need(oneOf(ERRORS)), message: need(anyText), code: may(anyText), tail: may(anyText) })),
    metrics: may(metrics),
  },
  "trial.finished": {
    ...held,
    state: need(oneOf(["complete", "pruned"])),
    metrics: may(metrics),
    ranked: may(literally(false)),
  },
  "trial.corrected": {
    number,
    state: may(oneOf(["complete", "pruned", "failed"])),
    metrics: may(metrics),
    reason: need(text),
  },
  "trial.annotated": { number, ...annotations },
  "trial.deleted": { number },
  "trial.restored": { number },
};

/**
 * The event as it may be kept: known fields only, each of its kind, frozen. Says nothing about whether it could have happened.
 *
 * @throws VernierError E_JSON, E_METRICS or E_LOG_BROKEN: what is wrong, without the event's place.
 */
export function checkedEvent(event: unknown): TimedEvent {
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw wrong(`it is ${describe(event)}`, "an object with a type, a time `at` and the fields of that type");
  }
  const { type, at } = event as { type?: unknown; at?: unknown };
  if (typeof type !== "string" || !Object.hasOwn(SHAPES, type)) {
    const known = Object.keys(SHAPES);
    const hint = typeof type === "string" ? didYouMean(type, known) : "";
    const created = type === "study.created" ? " The spec says it: leave it out." : hint;
    throw wrong(`its type is ${describe(type)}`, `one of ${known.join(", ")}.${created}`.replace(/\.$/, ""));
  }
  if (typeof at !== "number" || !Number.isFinite(at)) {
    throw wrong(`its time at is ${describe(at)}`, "a finite number of milliseconds since 1970 UTC");
  }
  const kept = checkedFields(event as Record<string, unknown>, SHAPES[type as keyof typeof SHAPES], "", OWN);
  if (isSame(event as Record<string, unknown>, kept)) return event as TimedEvent;
  return Object.freeze({ type, at, ...kept }) as unknown as TimedEvent;
}

const OWN = ["type", "at"] as const;

/** Whether an event may be kept as it is: frozen, plain, and without a field that had to be copied or dropped. */
function isSame(event: Record<string, unknown>, kept: Record<string, unknown>): boolean {
  if (!Object.isFrozen(event) || Object.getPrototypeOf(event) !== Object.prototype) return false;
  for (const name in event) {
    if (name === "type" || name === "at") continue;
    if (event[name] === undefined || !Object.is(event[name], kept[name])) return false;
  }
  return true;
}

function checkedFields(
  source: Record<string, unknown>,
  shape: Fields,
  path: string,
  others: readonly string[] = [],
): Record<string, unknown> {
  // In the order of the source, so that what is exported again reads the same.
  const kept: Record<string, unknown> = {};
  for (const name in source) {
    const value = source[name];
    if (others.includes(name) || value === undefined) continue;
    if (!Object.hasOwn(shape, name)) {
      throw wrong(
        `it has a field ${JSON.stringify(path + name)}`,
        `made of ${[...others, ...Object.keys(shape)].join(", ")}.${didYouMean(name, Object.keys(shape))}`.replace(
          /\.$/,
          "",
        ),
      );
    }
    kept[name] = shape[name]!.check(value, path + name);
  }
  for (const name in shape) {
    if (shape[name]!.optional || source[name] !== undefined) continue;
    throw wrong(`its ${path}${name} is missing`, `given: ${Object.keys(shape).join(", ")}`);
  }
  return kept;
}

function wrong(fact: string, rule: string): VernierError {
  return new VernierError("E_LOG_BROKEN", `${fact}. It must be ${rule}.`);
}

// ---------------------------------------------------------------------------------------------------------------- checks

function fields(shape: Fields): Check {
  return (value, path) => {
    const source = record(value, path) as Record<string, unknown>;
    return Object.freeze(checkedFields(source, shape, `${path}.`));
  };
}

function record(value: unknown, path: string): unknown {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return json(value, path);
  throw wrong(`its ${path} is ${describe(value)}`, "an object");
}

/** Frozen through and through is kept as it is, so that a large log is not held twice. */
function json(value: unknown, path: string): unknown {
  return isKept(value) ? value : jsonCopy(value, "E_JSON", path);
}

function isKept(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      if (!Object.isFrozen(value)) return false;
      if (Array.isArray(value)) return value.every(isKept);
      if (Object.getPrototypeOf(value) !== Object.prototype) return false;
      for (const name in value) if (!isKept((value as Record<string, unknown>)[name])) return false;
      return true;
    default:
      return false;
  }
}

function metrics(value: unknown): unknown {
  const copy = metricsCopy(value);
  return Object.isFrozen(value) && Object.getPrototypeOf(value) === Object.prototype ? value : copy;
}

function whole(least: number): Check {
  return (value, path) => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return (value as number) + 0;
    throw wrong(`its ${path} is ${describe(value)}`, `a whole number >= ${least}`);
  };
}

function anyNumber(value: unknown, path: string): unknown {
  if (typeof value === "number" && Number.isFinite(value)) return value + 0;
  throw wrong(`its ${path} is ${describe(value)}`, "a finite number");
}

function step(value: unknown, path: string): unknown {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value + 0;
  throw wrong(`its ${path} is ${describe(value)}`, "a finite number >= 0");
}

/** Revisions of an imported log are numbers: 1 is the study's creation. */
function basis(value: unknown, path: string): unknown {
  return whole(0)(value, path);
}

function anyText(value: unknown, path: string): unknown {
  if (typeof value === "string") return value;
  throw wrong(`its ${path} is ${describe(value)}`, "a string");
}

function text(value: unknown, path: string): unknown {
  if (typeof value === "string" && value !== "") return value;
  throw wrong(`its ${path} is ${describe(value)}`, "a string that is not empty");
}

function note(value: unknown, path: string): unknown {
  return value === null ? null : anyText(value, path);
}

function texts(value: unknown, path: string): unknown {
  if (!Array.isArray(value)) throw wrong(`its ${path} is ${describe(value)}`, "an array of strings");
  return Object.freeze(value.map((item, i) => text(item, `${path}[${i}]`)));
}

function oneOf(values: readonly string[]): Check {
  return (value, path) => {
    if (values.includes(value as string)) return value;
    throw wrong(`its ${path} is ${describe(value)}`, `one of ${values.join(", ")}`);
  };
}

function literally(wanted: boolean): Check {
  return (value, path) => {
    if (value === wanted) return value;
    throw wrong(`its ${path} is ${describe(value)}`, `${wanted} or left out`);
  };
}

function lineage(value: unknown, path: string): unknown {
  return fields({ number, step: may(step), checkpoint: may(text) })(value, path);
}

function part(value: unknown, path: string): unknown {
  return fields({ name: need(text), options: may(json), local: may(literally(true)) })(value, path);
}
