/** Optuna takes any text as a parameter's name; ours are path segments. */
import { nameFault } from "../../space/names.ts";

/**
 * A name of ours for each foreign one, in the given order: the name itself where it will do, else with "_" for what may not stand there,
 * numbered where that is taken.
 */
export function safeNames(foreign: Iterable<string>): Map<string, string> {
  const names = [...foreign];
  const taken = new Set(names.filter(name => nameFault(name) === undefined));
  return new Map(
    names.map(name => {
      if (nameFault(name) === undefined) return [name, name];
      const base = repaired(name);
      let free = base;
      for (let i = 2; taken.has(free); i++) free = `${base}_${i}`;
      taken.add(free);
      return [name, free];
    }),
  );
}

function repaired(name: string): string {
  const plain = name
    .replace(/[.[\](){}"'`,;=\\\u0000-\u001f\u007f]+/g, "_")
    .trim()
    .slice(0, 150);
  return nameFault(plain) === undefined ? plain : `p_${plain}`;
}
