/** `sampler` and `scheduler` of a study file: an object that a program made, a name, or a name with options. */
import type { Json, Sampler, Scheduler } from "../../core/types.ts";
import { samplerNamed, schedulerNamed } from "../parts.ts";
import { placed } from "./field.ts";
import type { Field } from "./field.ts";

const read = async <T>(
  field: Field,
  method: string,
  named: (name: string, options?: Json) => Promise<T>,
): Promise<T | undefined> => {
  if (!field.present) return undefined;
  if (typeof field.value === "string") return placed(field, () => named(field.value as string));
  if (field.isRecord && typeof (field.value as Record<string, unknown>)[method] === "function") return field.value as T;
  if (typeof field.value === "function")
    throw field.error(
      `${field.name} is a function`,
      `Call it: ${field.name}: ${field.value.name === field.name ? "tpe" : field.value.name || "tpe"}().`,
    );
  if (!field.isRecord) throw field.wrong(`It is a name, or { name, options }.`);
  field.keys(["name", "options"]);
  const name = field.get("name").text("It is the name of a part.");
  if (name === undefined) throw field.wrong("It needs a name: { name: tpe, options: { ... } }.");
  return placed(field, () => named(name, field.get("options").value as Json));
};

export const readSampler = (field: Field): Promise<Sampler | undefined> => read(field, "suggest", samplerNamed);
export const readScheduler = (field: Field): Promise<Scheduler | undefined> => read(field, "decide", schedulerNamed);
