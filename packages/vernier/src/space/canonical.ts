/**
 * One text for equal JSON values: keys sorted, no spaces. -0, NaN and infinities keep their own spelling, which JSON lacks, so
 * the text is for comparing and hashing and not for reading back.
 */
export function canonical(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const record = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(record)
    .filter(name => record[name] !== undefined)
    .sort()
    .map(name => `${JSON.stringify(name)}:${canonical(record[name])}`);
  return `{${members.join(",")}}`;
}
