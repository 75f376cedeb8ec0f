/**
 * `{name}` placeholders in the arguments of a command. A template is parsed once; values are put in as they are, since an
 * argument array passes through no shell.
 */
import { VernierError } from "../core/errors.ts";
import { didYouMean, spell } from "../space/spell.ts";

/** A piece of an argument: text as it stands, or the name of what comes there. */
export type Piece = string | { readonly name: string };

export interface Template {
  /** As the user wrote it. */
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** It holds a placeholder. */
  readonly open: boolean;
}

// What the names of parameters may not hold (space/names.ts); a dot parts the names of a path.

const NO_NAME = /[[\](){}"'`,;=\\\u0000-\u001f\u007f]/;

/**
 * Parses one argument. `{{` and the `}}` that closes it are braces. Braces around what cannot be a name (JSON, a shell function, `{}`)
 * are text, too, so that only a misspelt name needs an error.
 *
 * @throws VernierError E_COMMAND_PLACEHOLDER on a name without its `}`.
 */
export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let plain = "";
  let doubled = 0;
  for (let i = 0; i < text.length; i++) {
    const pair = text.slice(i, i + 2);
    if (pair === "{{" || (pair === "}}" && doubled > 0)) {
      doubled += pair === "{{" ? 1 : -1;
      plain += pair[0];
      i++;
      continue;
    }
    const name = text[i] === "{" ? nameAfter(text, i + 1) : undefined;
    if (name === undefined) plain += text[i];
    else {
      if (plain !== "") pieces.push(plain);
      plain = "";
      pieces.push({ name: name.trim() });
      i += name.length + 1;
    }
  }
  if (plain !== "" || pieces.length === 0) pieces.push(plain);
  return { text, pieces, open: pieces.some(piece => typeof piece !== "string") };
}

/** The name between an opening brace and its closing one, blanks included; undefined when it is none. */
function nameAfter(text: string, start: number): string | undefined {
  const end = text.indexOf("}", start);
  const name = text.slice(start, end < 0 ? undefined : end);
  if (name.trim() === "" || NO_NAME.test(name)) return undefined;
  if (end >= 0) return name;
  throw placeholderError(
    `the argument ${spell(text)} has "{" without "}". Placeholders are written {name}, a brace that is meant as such {{ or }}. ` +
      `Close it, or double it.`,
  );
}

/** The names a template asks for. */
export function placeholderNames(template: Template): string[] {
  return template.pieces.flatMap(piece => (typeof piece === "string" ? [] : [piece.name]));
}

/** What a placeholder stands for in one trial; undefined where it is inactive (another branch was taken, nothing to resume). */
export type Lookup = (name: string) => string | undefined;

/** One template with its values; undefined when one of them is inactive. */
export function expand(template: Template, lookup: Lookup): string | undefined {
  let text = "";
  for (const piece of template.pieces) {
    const value = typeof piece === "string" ? piece : lookup(piece.name);
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
}

/**
 * The argument array of one trial. An argument with an inactive placeholder is left out, and so is the flag before it
 * (`--momentum {optimizer.momentum}`) unless the argument is itself a flag (`--momentum={optimizer.momentum}`).
 *
 * @throws VernierError E_COMMAND_PLACEHOLDER when the program itself would be left out.
 */
export function expandArguments(templates: readonly Template[], lookup: Lookup): string[] {
  const argv: string[] = [];
  let before: Template | undefined;
  for (const template of templates) {
    const value = expand(template, lookup);
    if (value !== undefined) argv.push(value);
    else if (before === undefined)
      throw placeholderError(
        `the program ${spell(template.text)} has no value in this trial. The program must be known in every trial. ` +
          `Use a parameter that is always active.`,
      );
    else if (!template.text.startsWith("-") && argv.length > 1 && isFlag(before)) argv.pop();
    before = template;
  }
  return argv;
}

const isFlag = (template: Template): boolean => !template.open && /^-{1,2}[^-=\s][^=]*$/.test(template.text);

/** The refusal of a name that nothing answers to. `known` are the names that would do. */
export function unknownPlaceholder(name: string, text: string, known: readonly string[]): VernierError {
  const shown = known.slice(0, 20).map(other => `{${other}}`);
  const rest = known.length > shown.length ? ` and ${known.length - shown.length} more` : "";
  return placeholderError(
    `the argument ${spell(text)} asks for {${name}}, which is no parameter.${didYouMean(name, known)} ` +
      `Known are ${shown.join(", ")}${rest}. Correct the name, or write {{ and }} for braces that are meant as such.`,
  );
}

export function placeholderError(message: string): VernierError {
  return new VernierError("E_COMMAND_PLACEHOLDER", message);
}
