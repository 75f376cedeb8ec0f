/** A search of another tool as a study file. */
import { parameterNames } from "../exec/names.ts";
import type { ForeignSpace } from "../interop/spaces/index.ts";
import { canonical, describe, parseSpaceText } from "../space/index.ts";
import type { SpaceJson } from "../space/types.ts";
import type { ObjectiveSpec } from "../core/types.ts";

type Objectives = Readonly<Record<string, ObjectiveSpec>>;
/** The keys of a study file, in the order they are written. */
export type ConvertedStudy = Readonly<Record<string, unknown>>;

/** The study file's content. `given` goes before what the foreign file says. */
export function convertedStudy(
  { name, space, objectives, sampler, trials, concurrency, command }: ForeignSpace,
  given: { readonly objectives: Objectives; readonly command: readonly string[] | undefined },
): { readonly study: ConvertedStudy; readonly notes: readonly string[] } {
  const notes: string[] = [];
  let goals: Objectives | undefined = Object.keys(given.objectives).length > 0 ? given.objectives : objectives;
  if (goals === undefined) {
    goals = { loss: { direction: "minimize" } };
    notes.push(
      "objectives: the file names none, so loss is minimized. Name yours: --minimize METRIC or --maximize METRIC",
    );
  }
  let words = given.command ?? command;
  if (words === undefined) {
    words = [
      "python",
      "train.py",
      ...parameterNames(space).flatMap(({ name: n, leaf }) => (leaf ? [`--${n.replace(/^-+/, "")}`, `{${n}}`] : [])),
    ];
    notes.push(
      "command: the file names no program, so python train.py stands there. Replace it, or name yours after --",
    );
  }
  const run = { ...(trials !== undefined && { trials }), ...(concurrency !== undefined && { concurrency }) };
  const study = {
    ...(name !== undefined && { name }),
    space: spelledSpace(space),
    objectives: Object.fromEntries(
      Object.entries(goals).map(([metric, spec]) => [metric, Object.keys(spec).length === 1 ? spec.direction : spec]),
    ),
    ...(sampler !== undefined && { sampler }),
    ...(Object.keys(run).length > 0 && { run }),
    command: words,
  };
  return { study, notes };
}

/** A key a parameter where that says everything; one text with the conditions; JSON where the text form does not do. */
export function spelledSpace(space: SpaceJson): string | Readonly<Record<string, unknown>> {
  const lines = describe(space);
  const text = lines.join("\n");
  const json = JSON.parse(JSON.stringify(space)) as Readonly<Record<string, unknown>>;
  try {
    if (canonical(parseSpaceText(text)) !== canonical(space)) return json;
  } catch {
    return json;
  }
  if (space.where !== undefined) return `${text}\n`;
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf(" = ");
    return [line.slice(0, at), line.slice(at + 3)];
  });
  return Object.fromEntries(pairs);
}

export const writeJson = (study: ConvertedStudy): string => `${JSON.stringify(study, null, 2)}\n`;

/** YAML with a comment on top. */
export async function writeYaml(study: ConvertedStudy, comments: readonly string[]): Promise<string> {
  const { Document, isMap, isScalar, isSeq, visit } = await import("yaml");
  const document = new Document(study);
  visit(document, {
    Seq: (_, node) => {
      node.flow = true;
    },
    Scalar: (key, node, path) => {
      // Placeholders and flags, so that nobody wonders what YAML makes of their braces and dashes.
      const inCommand = path.some(one => isSeq(one)) && key !== "key" && typeof node.value === "string";
      if (inCommand && /[{}]/.test(node.value as string)) node.type = "QUOTE_DOUBLE";
    },
  });
  if (isMap(document.contents)) {
    const space = document.get("space", true);
    if (isScalar(space) && typeof space.value === "string" && space.value.includes("\n")) space.type = "BLOCK_LITERAL";
  }
  const top = comments.map(line => `# ${line.replace(/[\r\n]+/g, " ")}\n`).join("");
  return `${top}\n${document.toString({ lineWidth: 110, flowCollectionPadding: false })}`;
}
