/** The graphics cards of a trial, told the way CUDA and HIP programs listen to. */
import type { HeldSlots } from "../core/types.ts";

/**
 * `env` with the trial's cards: CUDA_VISIBLE_DEVICES names them, and is empty for a trial that needs none in a run that has some. One
 * variable is enough: HIP reads it as well, unless HIP_VISIBLE_DEVICES goes before it, so an inherited one is taken away. An inherited
 * ROCR_VISIBLE_DEVICES stays: it renumbers the cards below HIP, and setting both would choose among the chosen.
 */
export function withDevices(
  env: Readonly<Record<string, string>>,
  slots: HeldSlots | undefined,
): Record<string, string> {
  if (slots?.gpus === undefined) return { ...env };
  const { HIP_VISIBLE_DEVICES: _, ...rest } = env;
  return { ...rest, CUDA_VISIBLE_DEVICES: slots.gpus.join(",") };
}

/** What the variables and placeholders say of slots; undefined where there is nothing to say. */
export function slotFacts(slots: HeldSlots | undefined): { cpus: string | undefined; gpus: string | undefined } {
  return {
    cpus: slots?.cpus === undefined ? undefined : String(slots.cpus),
    gpus: slots?.gpus === undefined || slots.gpus.length === 0 ? undefined : slots.gpus.join(","),
  };
}
