/** A space as TypeScript source: the builders' calls that make it. */
import { isNode } from "./names.ts";
import { spellNumber } from "./spell.ts";
import type { Node, Shape, SpaceJson } from "./types.ts";

const WIDTH = 100;

/** JavaScript's spelling of a JSON value; numbers as people write them. */
function value(of: unknown): string {
  if (typeof of === "number") return spellNumber(of);
  if (Array.isArray(of)) return `[${of.map(value).join(", ")}]`;
  if (typeof of === "object" && of !== null) {
    const members = Object.entries(of).map(([name, inner]) => `${key(name)}: ${value(inner)}`);
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return typeof of === "string" ? quoted(of) : JSON.stringify(of);
}

const quoted = (text: string): string =>
  text.includes('"') && !/['\\\n]/.test(text) ? `'${text}'` : JSON.stringify(text);

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A record on one line where it fits, else a member a line. */
function record(members: readonly (readonly [name: string, text: string])[], indent: string): string {
  if (members.length === 0) return "{}";
  const texts = members.map(([name, text]) => `${key(name)}: ${text}`);
  const line = `{ ${texts.join(", ")} }`;
  if (indent.length + line.length <= WIDTH && !line.includes("\n")) return line;
  return `{\n${texts.map(text => `${indent}  ${text},\n`).join("")}${indent}}`;
}

const POSITIONAL: Readonly<Record<string, readonly string[]>> = {
  float: ["low", "high"],
  int: ["low", "high"],
  ordinal: ["choices"],
  choice: ["choices"],
  permutation: ["items"],
  subset: ["items"],
  simplex: ["parts"],
  list: ["item"],
  oneOf: ["branches"],
  text: [],
  fixed: ["value"],
};

function member(of: Node | Shape, indent: string, used: Set<string>): string {
  if (!isNode(of)) return record(members(of, indent, used), indent);
  if (of.type === "optional") {
    used.add("when");
    return `when(${quoted(of.cond)}, ${member(of.p, indent, used)})`;
  }
  used.add(of.type);
  const positional = POSITIONAL[of.type] ?? [];
  const inner = `${indent}  `;
  const args = positional.map(name => {
    const field = (of as unknown as Record<string, unknown>)[name];
    if (of.type === "list") return member(of.item, indent, used);
    if (of.type === "oneOf")
      return record(
        Object.entries(of.branches).map(([branch, shape]) => [branch, record(members(shape, inner, used), inner)]),
        indent,
      );
    return value(field);
  });
  // `retired` is no option of the builder: such choices are history.
  const options = Object.entries(of).filter(
    ([name, field]) => name !== "type" && name !== "retired" && !positional.includes(name) && field !== undefined,
  );
  if (options.length > 0) args.push(value(Object.fromEntries(options)));
  return `${of.type}(${args.join(", ")})`;
}

const members = (shape: Shape, indent: string, used: Set<string>): [string, string][] =>
  Object.entries(shape).map(([name, inner]) => [name, member(inner, `${indent}  `, used)]);

/**
 * TypeScript source that makes the space with the builders, its import included. For freezing what a define-by-run study learnt, and for
 * spaces that come from elsewhere.
 *
 * @param options.name The constant's name; default "searchSpace".
 * @example spaceToTypeScript(study.learnt())
 */
export function spaceToTypeScript(space: SpaceJson, options: { name?: string } = {}): string {
  const { name = "searchSpace" } = options;
  const used = new Set<string>(["space"]);
  const shape = Object.entries(space.shape).map(([key, inner]): [string, string] => [key, member(inner, "  ", used)]);
  const body = `{\n${shape.map(([inner, text]) => `  ${key(inner)}: ${text},\n`).join("")}}`;
  const where = space.where === undefined ? "" : `, { where: ${value(space.where)} }`;
  return `import { ${[...used].sort().join(", ")} } from "vernier";\n\nexport const ${name} = space(${body}${where});\n`;
}
