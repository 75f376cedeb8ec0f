/** Slots of a run and what a trial needs of them, from a study file and from flags. */
import { checkNeeds, checkSlots } from "../../core/slots.ts";
import type { Needs, Slots } from "../../core/types.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Flags } from "../command.ts";
import { intOf, textOf } from "../flags.ts";
import { placed, type Field } from "./field.ts";

export const readSlots = async (field: Field): Promise<Slots | undefined> =>
  field.present ? placed(field, () => checkSlots(field.value as Slots)) : undefined;
export const readNeeds = async (field: Field): Promise<Needs | undefined> =>
  field.present ? placed(field, () => checkNeeds(field.value as Needs)) : undefined;

/** `--cpus 4 --gpus 0,1` */
export const slotsOf = (flags: Flags): Slots | undefined => {
  const cpus = intOf(flags, "cpus", 1);
  const gpus = textOf(flags, "gpus")
    ?.split(",")
    .map(name => name.trim())
    .map(name => (/^\d+$/.test(name) ? Number(name) : name));
  if (gpus?.includes("") === true)
    throw usageError(
      `--gpus is ${spell(textOf(flags, "gpus"))}. It lists cards as CUDA_VISIBLE_DEVICES does: --gpus 0,1`,
    );
  if (cpus === undefined && gpus === undefined) return undefined;
  return checkSlots({ ...(cpus !== undefined && { cpus }), ...(gpus !== undefined && { gpus }) });
};

/** `--needs gpus=1,cpus=4` */
export const needsOf = (flags: Flags): Needs | undefined => {
  const text = textOf(flags, "needs");
  if (text === undefined) return undefined;
  const pairs = text.split(",").map(part => /^\s*(cpus|gpus)\s*=\s*(\d+)\s*$/.exec(part));
  if (pairs.includes(null))
    throw usageError(`--needs is ${spell(text)}. It says how many slots one trial takes: --needs gpus=1,cpus=4`);
  return checkNeeds(Object.fromEntries(pairs.map(pair => [pair?.[1] ?? "", Number(pair?.[2])])));
};
