import { VernierError } from "../../math/errors.ts";
import { spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag, studyFlag, studyPlace, textOf } from "../flags.ts";
import { printJson } from "../json.ts";
import { shellWord, sqlitePath, storageHint, withPlace, withStudy } from "../open.ts";
import { count, formatBytes } from "../view/format.ts";
import { say } from "../view/say.ts";

/** `vernier purge STUDY` */
export const purge: Command = {
  name: "purge",
  about: "Remove a deleted study for good.",
  usage: ["vernier purge STUDY [flags]"],
  args: {
    ...studyPlace,
    yes: { type: "boolean", description: "Do it; without it, what would go is only said." },
    shrink: {
      type: "boolean",
      description: "Give the freed pages back to the disk (rewrites the file, and needs a moment without writers).",
    },
    ...studyFlag,
    ...storageFlag,
    ...jsonFlag,
  },
  values: { place: "study" },
  notes: [
    "Only a study that `vernier rm` deleted is purged. Its trials, its log and the artifacts that no other study refers to are removed; nothing " +
      "brings them back. The file keeps its size, and new trials fill what became free, unless --shrink gives it back. Sizes are approximate.",
    "Exits with 2 and changes nothing without --yes.",
  ],
  examples: [
    ["vernier purge digits", "What would go"],
    ["vernier purge digits --yes", "For good"],
  ],
  run: (flags, { io, positionals }) => {
    const [word] = positionals;
    if (word === undefined && textOf(flags, "study") === undefined)
      throw usageError(
        "say which study: vernier purge STUDY. `vernier studies --deleted` lists those that can be purged.",
      );
    return withStudy(
      withPlace(flags, word),
      io,
      async (storage, info) => {
        const { name } = info.spec;
        const hint = storageHint(storage.url);
        if (!info.deleted)
          throw new VernierError(
            "E_STUDY_NOT_DELETED",
            `study ${spell(name)} is not deleted. Only a deleted study is purged, because purging cannot be undone. Delete it first: vernier rm ${shellWord(name)}${hint}`,
          );
        const path = sqlitePath(storage.url, io.cwd);
        const store = await import("../../store/usage.ts");
        const usage = path === undefined ? undefined : await store.studyUsage(path, Number(info.id));
        const total = Object.values(info.counts).reduce((sum, n) => sum + n, 0);
        const what = [
          count(usage?.trials ?? total, "trial"),
          usage === undefined ? "" : `${count(usage.events, "event")} (about ${formatBytes(usage.rows)})`,
          usage === undefined || usage.artifacts.files === 0
            ? ""
            : `${count(usage.artifacts.files, "artifact")} (${formatBytes(usage.artifacts.bytes)})`,
        ]
          .filter(Boolean)
          .join(", ");
        if (!isOn(flags, "yes"))
          throw new VernierError(
            "E_PURGE_CONFIRM",
            `purging ${spell(name)} removes ${what} for good. Nothing was removed. If that is what you want: vernier purge ${shellWord(name)} --yes${hint}`,
          );
        const before = path === undefined ? undefined : await store.storageUsage(path);
        await storage.purgeStudy(info.id);
        if (path !== undefined && isOn(flags, "shrink")) await store.shrinkStorage(path);
        const after = path === undefined ? undefined : await store.storageUsage(path);
        const freed =
          before === undefined || after === undefined
            ? null
            : {
                disk: Math.max(0, before.database - after.database) + Math.max(0, before.artifacts - after.artifacts),
                reusable: Math.max(0, after.free - before.free),
              };
        if (isOn(flags, "json"))
          return printJson(io, "purge", { study: name, removed: usage ?? { trials: total }, freed });
        say(io, `study ${name} is gone: ${what}`);
        if (freed === null) return;
        const within = freed.reusable > 0 ? `, and ${formatBytes(freed.reusable)} within the file for new trials` : "";
        say(io, `freed ${formatBytes(freed.disk)} of the disk${within}`);
      },
      { deleted: true },
    );
  },
};
