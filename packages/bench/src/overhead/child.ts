/** Runs one measurement in this process and prints its sample: node child.ts NAME [FILE]. */
import { MEASURES } from "./measures.ts";

const [name = "", file = ""] = process.argv.slice(2);
const run = MEASURES[name];
if (run === undefined) throw new Error(`Unknown measurement "${name}". Known: ${Object.keys(MEASURES).join(", ")}.`);
process.stdout.write(`${JSON.stringify(await run(file))}\n`);
