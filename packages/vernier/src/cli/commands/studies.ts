import type { Command } from "../command.ts";
import { isOn, jsonFlag, storageFlag } from "../flags.ts";
import { printJson, studyJson } from "../json.ts";
import { openForReading, shownUrl } from "../open.ts";
import { oneLine } from "../view/style.ts";
import { renderTable } from "../view/table.ts";

/** `vernier studies` */
export const studies: Command = {
  name: "studies",
  about: "List the studies of a storage.",
  usage: ["vernier studies [flags]"],
  args: {
    deleted: { type: "boolean", description: "Deleted studies instead: `vernier undo` brings them back." },
    names: { type: "boolean", description: "Only the names, one a line." },
    ...storageFlag,
    ...jsonFlag,
  },
  examples: [
    ["vernier studies", "What is stored in this directory"],
    ["vernier studies --deleted", "What `vernier undo` can bring back"],
  ],
  run: async (flags, { io }) => {
    const storage = await openForReading(flags, io);
    try {
      const deleted = isOn(flags, "deleted");
      const all = (await storage.listStudies({ deleted })).filter(info => info.deleted === deleted);
      if (isOn(flags, "json"))
        return printJson(io, "studies", { storage: shownUrl(storage.url), studies: all.map(studyJson) });
      if (isOn(flags, "names")) return io.out(all.map(({ spec }) => `${spec.name}\n`).join(""));
      if (all.length === 0 && deleted) return io.out("No study is deleted.\n");
      if (all.length === 0) return io.out("No studies yet. Begin one with `vernier run`.\n");
      const columns = [
        { title: "study", least: 12 },
        { title: "objectives", least: 10 },
        { title: "complete", align: "right" as const },
        { title: "pruned", align: "right" as const },
        { title: "failed", align: "right" as const },
        { title: "open", align: "right" as const },
        { title: "created (UTC)" },
      ];
      const rows = all.map(({ spec, counts, createdAt }) => [
        oneLine(spec.name),
        Object.entries(spec.objectives)
          .map(([name, { direction }]) => `${direction} ${name}`)
          .join(", "),
        String(counts.complete),
        String(counts.pruned),
        String(counts.failed),
        String(counts.waiting + counts.running + counts.paused),
        new Date(createdAt).toISOString().slice(0, 16).replace("T", " "),
      ]);
      io.out(`${renderTable(columns, rows, { width: io.columns(), style: io.style }).join("\n")}\n`);
    } finally {
      await storage.close();
    }
  },
};
