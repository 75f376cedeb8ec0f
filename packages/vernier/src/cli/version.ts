import { readFileSync } from "node:fs";

/** The package's own version. Sources and build stand equally deep below package.json. */
export const version = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version: unknown }).version);
};
