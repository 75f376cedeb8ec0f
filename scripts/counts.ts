/** Adds up the JSON reports that the test runs left in out/, names what was skipped, and closes with one plain line of counts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Result {
  readonly status: string;
  readonly fullName: string;
}
interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly Result[] }[];
}

const folder = join(import.meta.dirname, "../out");
const results = readdirSync(folder)
  .filter(name => name.endsWith(".json"))
  .flatMap(name => (JSON.parse(readFileSync(join(folder, name), "utf8")) as Report).testResults)
  .flatMap(file => file.assertionResults);
const count = (...states: string[]): number => results.filter(({ status }) => states.includes(status)).length;

for (const { status, fullName } of results) {
  if (status !== "passed" && status !== "failed") console.log(`skipped: ${fullName}`);
}
const failed = count("failed");
console.log(`${count("passed")} passed, ${failed} failed, ${results.length - count("passed", "failed")} skipped`);
process.exit(failed === 0 && results.length > 0 ? 0 : 1);
