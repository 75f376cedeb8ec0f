/**
 * `space` of a study file: what `space()` made, its JSON form, the text spelling as a whole, or a record with a parameter a key. In a record
 * each parameter is a text (`float(0, 1)`), a record with its `type`, or a group of further ones.
 */
import type { VernierError } from "../../math/errors.ts";
import { admitNode } from "../../space/door-node.ts";
import { fromJson, parseSpaceText } from "../../space/index.ts";
import { checkName } from "../../space/names.ts";
import { readNodeText } from "../../space/text-form.ts";
import type { SpaceJson } from "../../space/types.ts";
import { isVernierError } from "../errors.ts";
import type { Faults } from "./faults.ts";
import type { Field } from "./field.ts";

/** `lr=float(1e-5,1e-1,log) act=choice(relu,gelu)` @throws VernierError E_SPACE_* */
export const spaceFromText = (text: string): SpaceJson => parseSpaceText(text);

const RULES = {
  data: 'Write it as text, space: "lr=float(1e-5,1e-1,log) act=choice(relu,gelu)", or with a key a parameter, space: { lr: "float(1e-5,1e-1,log)" }.',
  program: 'Make it with the builders: space: space({ lr: float(1e-5, 1e-1, { scale: "log" }) }).',
};

const isSpace = (value: object): value is SpaceJson => "version" in value && "shape" in value;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `{ lr: float(0, 1) }` is read as two keys. */
const splitByYaml = (field: Field): VernierError | undefined => {
  const source = field.value;
  if (typeof source !== "string" || !source.includes("(") || source.includes(")")) return undefined;
  return field.error(
    `${field.name} ends at ${JSON.stringify(source)}, because within { } YAML splits at every comma`,
    `Quote it, ${String(field.path.at(-1))}: "float(0, 1)", or write one parameter a line.`,
  );
};

/** Where a parameter or a condition is written. */
interface Site {
  readonly field: Field;
  /** Offset inside the field's text. */
  readonly at?: number;
}

/** Plain assignment would call a setter for "__proto__"; the door must see it to refuse it. */
const put = (record: Record<string, unknown>, name: string, value: unknown): void => {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
};
const join = (parent: string, name: string): string => (parent === "" ? name : `${parent}.${name}`);

class Reader {
  readonly #faults: Faults;
  /** By path of the space: "optimizer.sgd.momentum", "blocks[*].width". */
  readonly #sites = new Map<string, Site>();
  /** By place of the value, which knows neither branches nor positions: "optimizer.momentum". */
  readonly #conditions = new Map<string, Site>();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** The members of a record, in the door's JSON; a key with dots makes groups. */
  shape(field: Field, path: string, place: string): Record<string, unknown> {
    const shape: Record<string, unknown> = {};
    const entries = field.entries();
    for (const [i, [key, inner]] of entries.entries()) {
      const split = entries[i + 1]?.[0].includes(")") === true ? splitByYaml(inner) : undefined;
      if (split !== undefined) {
        // What follows it is its rest.
        this.#faults.add(split);
        break;
      }
      let group = shape;
      const names = key.split(".");
      const last = names.pop() ?? "";
      for (const name of names) {
        if (!isRecord(group[name])) put(group, name, {});
        group = group[name] as Record<string, unknown>;
      }
      const at = join(path, key);
      this.#sites.set(at, { field: inner });
      if (Object.hasOwn(group, last))
        this.#faults.add(
          inner.error(`${JSON.stringify(key)} stands here twice`, "Rename one of them.", { part: "key" }),
        );
      const member = this.#attempt(inner, () => {
        for (const name of [...names, last]) checkName(name, "parameter", path);
        return this.#member(inner, at, join(place, key));
      });
      put(group, last, member);
    }
    return shape;
  }

  #attempt<T>(field: Field, body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      const fault = this.located(error, field);
      if (!isVernierError(fault)) throw error;
      this.#faults.add(fault);
      return undefined;
    }
  }

  #member(field: Field, path: string, place: string): unknown {
    const { value } = field;
    if (typeof value === "string") return this.#text(field, path, place);
    if (!isRecord(value)) throw this.#notANode(field);
    const { type } = value;
    // A group may own a parameter of that name: type: choice(a, b).
    if (typeof type !== "string" || type.includes("(")) {
      if (Object.keys(value).length === 0)
        throw field.wrong("A group holds at least one parameter: remove it, or add one.");
      return this.shape(field, path, place);
    }
    return this.#record(field, value, path, place);
  }

  #notANode(field: Field): VernierError {
    const { value } = field;
    const way = Array.isArray(value)
      ? `For one of several values write choice(${value.map(String).join(", ").slice(0, 40)}).`
      : value === null
        ? "Write float(0, 1), say."
        : `For a constant write fixed(${JSON.stringify(value)}).`;
    return field.wrong(`A parameter is a text such as float(0, 1), or a record with its type. ${way}`);
  }

  #text(field: Field, path: string, place: string): unknown {
    const source = field.value as string;
    try {
      const { node, places, conditions } = readNodeText(source, path);
      for (const [inner, at] of places) this.#sites.set(inner, { field, at });
      for (const [inner, at] of conditions)
        this.#conditions.set(inner === path ? place : inner.replace(path, place), { field, at });
      admitNode(node, path);
      return node;
    } catch (error) {
      throw this.located(error, field);
    }
  }

  /** A parameter in its JSON form; what it nests may be text again, and `when` makes it optional. */
  #record(field: Field, value: Record<string, unknown>, path: string, place: string): unknown {
    const { when, ...node } = value;
    const before = this.#faults.count;
    if (isRecord(node["branches"]) && node["type"] === "oneOf") {
      const branches: Record<string, unknown> = {};
      const all = field.get("branches");
      for (const [name, branch] of all.entries()) {
        const at = join(path, name);
        this.#sites.set(at, { field: branch });
        // `adam:` with nothing after it is a branch without parameters.
        if (branch.value === null) put(branches, name, {});
        else if (isRecord(branch.value) && typeof branch.value["type"] !== "string")
          put(branches, name, this.shape(branch, at, place));
        else if (isRecord(branch.value) && String(branch.value["type"]).includes("("))
          put(branches, name, this.shape(branch, at, place));
        else
          throw branch.error(
            `the branch ${name} is no record of parameters`,
            `Write ${name}: { rate: "float(0, 1)" }, or ${name}: {} for none.`,
          );
      }
      node["branches"] = branches;
    }
    for (const [key, suffix] of [
      ["item", "[*]"],
      ["p", ""],
    ] as const) {
      if (node[key] === undefined) continue;
      this.#sites.set(path + suffix, { field: field.get(key) });
      node[key] = this.#member(field.get(key), path + suffix, place);
    }
    if (node["type"] === "optional") this.#conditions.set(place, { field: field.get("cond") });
    try {
      if (this.#faults.count === before) admitNode(node, path);
    } catch (error) {
      throw this.located(error, field);
    }
    if (when === undefined) return node;
    const condition = field.get("when");
    if (typeof when !== "string") throw condition.wrong(`It is a condition: when: 'act == "relu"'.`);
    this.#conditions.set(place, { field: condition });
    return { type: "optional", cond: when, p: node };
  }

  /** An error of the space with the place where the file has it. */
  located(error: unknown, fallback: Field, where?: Field): unknown {
    if (!isVernierError(error)) return error;
    if (error.details?.["line"] !== undefined) return error;
    const { path, place, at } = error.details ?? {};
    let site: Site | undefined = typeof path === "string" ? this.#sites.get(path) : undefined;
    let inside = typeof at === "number" ? at : undefined;
    if (typeof place === "string") {
      const [, optional] = /^when of "(.*)"$/.exec(place) ?? [];
      const [, index] = /^where\[(\d+)\]$/.exec(place) ?? [];
      if (optional !== undefined) site = this.#conditions.get(optional);
      else if (index !== undefined && where !== undefined)
        site = { field: Array.isArray(where.value) ? where.get(Number(index)) : where };
    } else if (site !== undefined) inside = undefined;
    const field = site?.field ?? fallback;
    const offset = site?.at === undefined ? inside : site.at + (inside ?? 0);
    const named = offset === undefined ? optionOf(error, field) : undefined;
    return (named?.field ?? field).placed(error, {
      part: named?.part ?? (error.code === "E_SPACE_NAME" ? "key" : "value"),
      ...(offset !== undefined && { at: offset }),
    });
  }
}

/** The option of a record that a message names. */
const optionOf = (error: VernierError, field: Field): { field: Field; part: "key" | "value" } | undefined => {
  if (!isRecord(field.value)) return undefined;
  const unknown = /has no option "([^"]+)"/.exec(error.message)?.[1];
  if (unknown !== undefined && unknown in field.value) return { field: field.get(unknown), part: "key" };
  const names = [...error.message.matchAll(/(?:got|for|a|the|needs) (?:a )?([a-z]+)[= ;]/g)].map(
    match => match[1] ?? "",
  );
  const named = names.find(name => name !== "type" && Object.hasOwn(field.value as object, name));
  return named === undefined ? undefined : { field: field.get(named), part: "value" };
};

/**
 * @param where conditions of the study file, beside the space.
 * @throws VernierError E_STUDY_FILE_VALUE, E_SPACE_*, E_EXPRESSION_* with the place; several mistakes go to `faults`.
 */
export const readSpace = (field: Field, where: Field, data: boolean, faults: Faults): SpaceJson | undefined => {
  const rule = data ? RULES.data : RULES.program;
  if (!field.present) throw field.error("the study has no space", rule);
  const reader = new Reader(faults);
  const conditions = readWhere(where, data);
  const finish = (value: unknown, conditionsAt: Field): SpaceJson => {
    try {
      return fromJson(value);
    } catch (error) {
      throw reader.located(error, field, conditionsAt);
    }
  };
  const { value } = field;
  if (typeof value === "string") {
    let space: SpaceJson;
    try {
      space = parseSpaceText(value);
    } catch (error) {
      throw reader.located(error, field);
    }
    if (conditions === undefined) return space;
    if (space.where !== undefined)
      throw where.error("the space's text has conditions, too", "Write them in one place.");
    return finish({ ...space, where: conditions }, where);
  }
  if (!field.isRecord) throw field.wrong(rule);
  if (!data) {
    if (!isSpace(value as object))
      throw field.error("space is a record of parameters", "Wrap it: space: space({ ... }).");
    return value as SpaceJson;
  }
  const whole = isSpace(value as object) ? (value as SpaceJson) : undefined;
  if (whole !== undefined && conditions !== undefined && whole.where !== undefined)
    throw where.error("the space has conditions, too", "Write them in one place.");
  if (whole === undefined && field.entries().length === 0) throw field.wrong(rule);
  const shape = reader.shape(whole === undefined ? field : field.get("shape"), "", "");
  if (faults.count > 0) return undefined;
  const all = conditions ?? whole?.where;
  return finish(
    { ...(whole ?? { version: 1 }), shape, ...(all !== undefined && { where: all }) },
    conditions === undefined ? field.get("where") : where,
  );
};

const readWhere = (field: Field, data: boolean): readonly string[] | undefined => {
  if (!field.present) return undefined;
  if (!data)
    throw field.error("where belongs to the space", 'Write space({ ... }, { where: ["a <= b"] }).', { part: "key" });
  const list: unknown[] = Array.isArray(field.value) ? field.value : [field.value];
  if (list.length === 0 || !list.every(text => typeof text === "string"))
    throw field.wrong('It lists conditions: where: ["layers * batch <= 256"].');
  return list as string[];
};
