/** What `permutation` and `subset` share: values that are arrays of distinct items. */
import { nearest, scalarKey } from "./door-values.ts";
import { spell } from "./spell.ts";
import type { Scalar } from "./types.ts";

/** Readable, unique labels: "order[a]"; equal spellings (1 and "1") get their position. */
export function labels(items: readonly Scalar[]): string[] {
  const texts = items.map(String);
  return texts.map((text, i) => (texts.indexOf(text) === texts.lastIndexOf(text) ? text : `${text}#${i}`));
}

/** Why a value is no list of distinct items, or undefined. */
export function itemsFault(value: unknown, items: readonly Scalar[], least: number, most: number): string | undefined {
  if (!Array.isArray(value)) return `must be an array of items; got ${spell(value)}`;
  const seen = new Set<string>();
  for (const item of value as unknown[]) {
    if (!items.some(i => i === item)) return `has no item ${spell(item)}.${nearest(item, items)}`;
    const key = scalarKey(item);
    if (seen.has(key)) return `holds ${spell(item)} twice`;
    seen.add(key);
  }
  const count = least === most ? `${least}` : `${least} to ${most}`;
  return seen.size < least || seen.size > most ? `must hold ${count} of its items; got ${seen.size}` : undefined;
}

const itemKey = (value: unknown): string => (value === 0 ? "0" : (JSON.stringify(value) ?? ""));
/** Canonical text of items in their order. */
export const listKey = (values: readonly unknown[]): string => `[${values.map(itemKey).join(",")}]`;
