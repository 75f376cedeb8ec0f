/** From the JSON nodes of a space to its tree of parts. */
import type { Analysis } from "./analysis.ts";
import { isNode } from "./names.ts";
import { inside, Plan, type Part, type Site } from "./part.ts";
import { ListPart, OneOfPart } from "./part-branch.ts";
import { NumberPart } from "./part-number.ts";
import { PermutationPart } from "./part-permutation.ts";
import { OptionalPart, RecordPart, type Tag } from "./part-record.ts";
import { SimplexPart } from "./part-simplex.ts";
import { SubsetPart } from "./part-subset.ts";
import { TextPart } from "./part-text.ts";
import { FixedPart, ListedPart } from "./part-values.ts";
import type { Node, Shape, SpaceJson } from "./types.ts";

/** A record around what is being built, innermost first. */
interface Scope {
  readonly record: RecordPart;
  readonly site: Site;
}

const dotted = (parent: string, name: string): string => (parent === "" ? name : `${parent}.${name}`);

class Builder {
  readonly plan: Plan;
  readonly #dynamic: boolean;

  constructor(analysis: Analysis, dynamic: boolean) {
    this.plan = new Plan(analysis.conditions);
    this.#dynamic = dynamic;
  }

  record(shape: Shape, site: Site, scopes: readonly Scope[], tag?: Tag): RecordPart {
    const record = new RecordPart(site, this.plan, tag);
    const around = [{ record, site }, ...scopes];
    for (const [name, member] of Object.entries(shape)) {
      record.add(name, () => {
        const at: Site = {
          path: dotted(site.path, name),
          column: dotted(site.column, name),
          place: [...site.place, name],
          // A define-by-run trial asks for some of the names: each is active on its own.
          group: this.#dynamic && isNode(member) ? `asked(${dotted(site.column, name)})` : site.group,
        };
        return this.member(member, at, around, name);
      });
    }
    return record;
  }

  member(member: Node | Shape, site: Site, scopes: readonly Scope[], name: string): Part {
    return isNode(member) ? this.node(member, site, scopes, name) : this.record(member, site, scopes);
  }

  node(node: Node, site: Site, scopes: readonly Scope[], name: string): Part {
    const { plan } = this;
    switch (node.type) {
      case "float":
      case "int":
        return new NumberPart(node, site, plan);
      case "choice":
      case "ordinal":
        return new ListedPart(node, site, plan);
      case "permutation":
        return new PermutationPart(node, site, plan);
      case "subset":
        return new SubsetPart(node, site, plan);
      case "simplex":
        return new SimplexPart(node, site, plan);
      case "text":
        return new TextPart(node, site, plan);
      case "fixed":
        return new FixedPart(node, site);
      case "list":
        return new ListPart(node, site, plan, position => {
          const index = `[${position}]`;
          const slot: Site = {
            path: site.path + index,
            column: site.column + index,
            place: [...site.place, position],
            group: position < (node.min ?? 0) ? site.group : inside(site.group, site.column + index),
          };
          return this.member(node.item, slot, scopes, name);
        });
      case "oneOf":
        return new OneOfPart(node, site, plan, branch => {
          const only = Object.keys(node.branches).length === 1;
          const at: Site = {
            ...site,
            column: dotted(site.column, branch),
            group: only ? site.group : inside(site.group, `${site.column}=${branch}`),
          };
          return this.record(node.branches[branch] ?? {}, at, scopes, { name: node.tag ?? "kind", value: branch });
        });
      case "optional": {
        const condition = plan.conditions.get(node);
        if (condition === undefined) throw new TypeError("the space did not come through the door");
        // Conditions in one record with one text agree; in different records the same text may mean different things.
        const where = scopes[0]?.site.column ?? "";
        const group = inside(site.group, `when(${node.cond})${where === "" ? "" : ` in ${where}`}`);
        const inner = { ...site, group };
        return new OptionalPart(inner, name, condition, scopes, () => this.node(node.p, inner, scopes, name), plan);
      }
    }
  }
}

/** The root part of a space and what its parts share. */
export function build(space: SpaceJson, analysis: Analysis): { root: RecordPart; plan: Plan } {
  const builder = new Builder(analysis, space.dynamic === true);
  const root = builder.record(space.shape, { path: "", column: "", place: [], group: "" }, []);
  builder.plan.late.sort((a, b) => a.order - b.order);
  return { root, plan: builder.plan };
}
