/** A space as it stands in a YAML study file. */
import { describeNode } from "../../space/index.ts";
import { isNode } from "../../space/names.ts";
import type { Shape, SpaceJson } from "../../space/types.ts";

const texts = (shape: Shape): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(shape).map(([name, member]) => [name, isNode(member) ? describeNode(member) : texts(member)]),
  );

/** `space:` and `where:`, ready to be pasted: a parameter a line, in the builders' spelling. */
export const spaceToYaml = async ({ shape, where }: SpaceJson): Promise<string> => {
  const { stringify } = await import("yaml");
  return stringify({ space: texts(shape), ...(where !== undefined && { where }) }, { lineWidth: 0 });
};
