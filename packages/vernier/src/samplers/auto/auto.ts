/**
 * The default sampler: what to use is decided from the study, and each trial's record says what and why.
 */
import { defineSampler } from "../../core/define.ts";
import type { History, Sampler, SuggestContext } from "../../core/types.ts";
import type { Params } from "../../space/types.ts";
import { needNumber } from "../options.ts";
import { suggestOneSobol } from "../sobol/sobol.ts";
import { tpe } from "../tpe/tpe.ts";
import { rankedCount } from "../tpe/split.ts";
import { Batch } from "../unseen.ts";

/** Spaces up to this size are too small to model: every configuration is tried before a model could learn much. */
const TINY = 20;

/**
 * Picks the method for the study at hand: a quasi-random start (`startup` finished trials, default 10), then TPE, which knows several
 * objectives and constraints. Spaces with a handful of configurations stay quasi-random.
 *
 * @throws E_OPTION on a bad option; E_SPACE_INFEASIBLE while suggesting when hardly any configuration meets `where`.
 * @example createStudy({ sampler: auto(), ... }) // the default
 */
export const auto = defineSampler({
  name: "auto",
  options: {
    /** Complete and pruned trials before the model is used. */
    startup: 10,
  },
  check: ({ startup }) => needNumber("auto", "startup", startup, { low: 0, whole: true }),
  suggest(context) {
    const { history, space, options } = context;
    if (space.size <= TINY) return cover(context, `quasi-random: the space has only ${space.size} configurations`);
    const done = rankedCount(history, options.startup);
    if (done < options.startup) {
      return cover(context, `quasi-random start: ${done} of ${options.startup} trials finished`);
    }
    context.why(`TPE${task(history)}: ${history.finishedCount} trials have finished`);
    return model.suggest(context);
  },
});

/** Startup is decided here. */
const model: Sampler = tpe({ startup: 0 });

/** What TPE has to deal with beyond one objective; empty when nothing. */
function task({ objectives, constraints }: History): string {
  const several = objectives.length > 1 ? ` for ${objectives.length} objectives` : "";
  const count = constraints.length;
  return several + (count > 0 ? ` under ${count} ${count === 1 ? "constraint" : "constraints"}` : "");
}

function cover(context: SuggestContext, why: string): Params[] {
  context.why(why);
  const batch = new Batch(context.space, context.history);
  return Array.from({ length: context.n }, (_, i) => {
    const params = suggestOneSobol(context, batch, i);
    batch.add(params);
    return params;
  });
}
