/** `space` of a study file: what `space()` made, its JSON form, or the text spelling (whole, or a parameter a key). */
import { fromJson, parseSpaceText } from "../../space/index.ts";
import type { SpaceJson } from "../../space/types.ts";
import { placed } from "./field.ts";
import type { Field } from "./field.ts";

/** `lr=float(1e-5,1e-1,log) act=choice(relu,gelu)` @throws VernierError E_SPACE_* */
export const spaceFromText = (text: string): SpaceJson => parseSpaceText(text);

const RULES = {
  data: 'Write it as text, space: "lr=float(1e-5,1e-1,log) act=choice(relu,gelu)", or with a key a parameter, space: { lr: "float(1e-5,1e-1,log)" }.',
  program: 'Make it with the builders: space: space({ lr: float(1e-5, 1e-1, { scale: "log" }) }).',
};

const isSpace = (value: object): value is SpaceJson => "version" in value && "shape" in value;

/** @throws VernierError E_STUDY_FILE_VALUE, E_SPACE_* with the place */
export const readSpace = async (field: Field, data: boolean): Promise<SpaceJson> => {
  const rule = data ? RULES.data : RULES.program;
  if (!field.present) throw field.error("the study has no space", rule);
  if (typeof field.value === "string") return placed(field, () => spaceFromText(field.value as string));
  if (!field.isRecord) throw field.wrong(rule);
  const value = field.value as object;
  if (isSpace(value)) return placed(field, () => (data ? fromJson(value) : value));
  if (!data) throw field.error("space is a record of parameters", "Wrap it: space: space({ ... }).");
  for (const [, inner] of field.entries()) {
    if (typeof inner.value !== "string") throw inner.wrong(rule);
    if (inner.value.includes("(") && !inner.value.includes(")"))
      throw inner.error(
        `${inner.name} ends at ${JSON.stringify(inner.value)}, because within { } YAML splits at every comma`,
        `Quote it, ${String(inner.path.at(-1))}: "float(0, 1)", or write one parameter a line.`,
      );
  }
  // One parameter at a time first, so that an error stands at its own line.
  for (const [name, inner] of field.entries()) await placed(inner, () => spaceFromText(spelled(name, inner)));
  return placed(field, () =>
    spaceFromText(
      field
        .entries()
        .map(([name, inner]) => spelled(name, inner))
        .join(" "),
    ),
  );
};

const spelled = (name: string, field: Field): string => `${name}=${String(field.value)}`;
