/** How numbers, times and configurations read to a person. */
import type { Params } from "../../space/types.ts";

/** Six significant digits, no trailing zeros; exponents where the plain form would be long. */
export const formatNumber = (x: number): string => {
  if (!Number.isFinite(x) || x === 0) return String(x);
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return String(x);
  const size = Math.abs(x);
  if (size >= 1e-4 && size < 1e6) return String(Number(x.toPrecision(6)));
  return x
    .toExponential(5)
    .replace(/\.?0+e/, "e")
    .replace("e+", "e");
};

/** Any parameter's value: numbers shortened, strings bare where that is unmistakable, the rest as JSON. */
export const formatValue = (value: unknown): string => {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return /^[^\s"'[\]{},:=][^\s"',=]*$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([name, inner]) => `${name}: ${formatValue(inner)}`)
      .join(", ")}}`;
  return String(value);
};

/** Nested groups and branches as dotted names, in the order of the configuration; lists stay values. */
export const flatten = (params: Params, prefix = ""): [name: string, value: unknown][] =>
  Object.entries(params).flatMap(([name, value]): [string, unknown][] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? flatten(value as Params, `${prefix}${name}.`)
      : [[`${prefix}${name}`, value]],
  );

/** `lr=0.01 act=relu` */
export const formatParams = (params: Params): string =>
  flatten(params)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(" ");

/** "850 ms", "4.2 s", "3 min 20 s", "2 h 05 min", "3 d 4 h". */
export const formatDuration = (ms: number): string => {
  if (!Number.isFinite(ms)) return "?";
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** "1 trial", "30 trials", "30,000 trials". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** "512 B", "1.5 KiB", "20.1 MiB", "3.2 GiB". */
export const formatBytes = (n: number): string => {
  if (n < 1024) return `${n} B`;
  if (n < 1024 ** 2) return `${(n / 1024).toFixed(1)} KiB`;
  return n < 1024 ** 3 ? `${(n / 1024 ** 2).toFixed(1)} MiB` : `${(n / 1024 ** 3).toFixed(1)} GiB`;
};
