/** What insight functions take: a study, or its history. */
import { VernierError } from "../core/errors.ts";
import type { History } from "../core/types.ts";
import { didYouMean, spell } from "../space/spell.ts";

/** A study (its local cache is read), or a history. */
export type Source = History | { readonly history: History };

export function historyOf(source: Source): History {
  return "history" in source ? source.history : source;
}

/** Position of an objective by its name; the only one when left out. Throws E_INSIGHT_OBJECTIVE. */
export function objectiveIndex(history: History, name: string | undefined): number {
  const names = history.objectives.map(objective => objective.name);
  if (name === undefined) {
    if (names.length === 1) return 0;
    throw new VernierError(
      "E_INSIGHT_OBJECTIVE",
      `the study has ${names.length} objectives: ${names.join(", ")}. This looks at one. Name it: { objective: ${spell(names[0])} }.`,
    );
  }
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new VernierError(
    "E_INSIGHT_OBJECTIVE",
    `the study has no objective ${spell(name)}. It has ${names.join(", ")}.${didYouMean(name, names) || " Use one of them."}`,
  );
}
