/** The error of a program that ended well and told nothing, with what it said instead. */
import { VernierError } from "../core/errors.ts";
import { didYouMean, spell, spellList } from "../space/spell.ts";
import type { ResultPlan } from "./result-options.ts";

export interface MissingResult {
  /** As people know the program: "python3". */
  readonly program: string;
  readonly plan: ResultPlan;
  /** Metrics nothing was found for; ["result"] when the executor was not told the study's metrics. */
  readonly missing: readonly string[];
  /** The study's metrics are known. */
  readonly bound: boolean;
  /** What the program told under other names. */
  readonly names: ReadonlySet<string>;
  /** The file the result is read from, when it is read from a file of its own. */
  readonly file: { readonly path: string; readonly written: boolean } | undefined;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

export function resultMissing(from: MissingResult): VernierError {
  const { program, missing, bound, stdout, stderr } = from;
  const what = bound ? spellList(missing) : "a result";
  const parts = [`${program} ended well but did not tell ${what}.`, rule(from), hint(from)];
  if (stdout.length > 0) parts.push(`Its last lines were:${block(stdout.slice(-5))}`);
  else if (stderr.length > 0)
    parts.push(`It printed nothing on stdout; its last lines on stderr were:${block(stderr.slice(-5))}`);
  else parts.push("It printed nothing at all.");
  return new VernierError("E_RESULT_MISSING", parts.filter(part => part !== "").join(" "), {
    details: { kind: "result", missing: [...missing], tail: (stdout.length > 0 ? stdout : stderr).join("\n") },
  });
}

const block = (lines: readonly string[]): string => lines.map(line => `\n  ${line}`).join("");

function rule({ plan, missing, bound, file }: MissingResult): string {
  const name = bound ? (missing[0] ?? "loss") : "loss";
  const [json, pair] = [`{${JSON.stringify(name)}: 0.5}`, `${name}: 0.5`];
  switch (plan.read) {
    case "any":
      return (
        `A result is a line such as ${json} or ${pair}, ` +
        `${missing.length === 1 ? "a number alone as the last line, " : ""}or the file at VERNIER_RESULT. Print one at the end.`
      );
    case "json":
      return `The result is read from JSON lines. Print ${json} on a line of its own.`;
    case "names":
      return `The result is read from lines of names and values. Print ${pair} on a line of its own.`;
    case "number":
      return missing.length > 1
        ? "One number is not enough for several objectives. Read the result another way."
        : "The result is the last line, a number alone. Print it at the end.";
    case "pattern": {
      const patterns = plan.patterns.map(({ pattern }) => String(pattern)).join(", ");
      return `The result is what ${patterns} finds in a line of ${plan.from}. Correct the pattern.`;
    }
    case "file":
      if (file?.written !== true)
        return `The result is read from ${spell(file?.path, 200)}, which the program did not write. Write ${json} there.`;
      return `The result is read from ${spell(file.path, 200)}, which does not hold it. Write ${json} there.`;
  }
}

function hint({ plan, missing, bound, names, stdout, stderr }: MissingResult): string {
  if (!bound) return "";
  for (const name of missing) {
    const near = [...names].filter(other => didYouMean(other, [name]) !== "");
    if (near.length > 0) return `It told ${spellList(near, 3)}.${didYouMean(near[0] ?? "", [name])}`;
    const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    if (stdout.some(line => new RegExp(`"${quoted}":\\s*null`).test(line)))
      return `It told ${spell(name)} as null, as JavaScript writes NaN; write "NaN" instead.`;
    const said = new RegExp(`(?<![\\w.])${quoted}(?![\\w.])`);
    if (plan.read === "pattern") continue;
    if (stdout.some(line => said.test(line)))
      return `A line names ${spell(name)} among other words; a pattern can pick it out.`;
    if (stderr.some(line => said.test(line)))
      return `It names ${spell(name)} on stderr; results are read from stdout unless a pattern says otherwise.`;
  }
  return names.size > 0 ? `It told ${spellList([...names], 5)}.` : "";
}
