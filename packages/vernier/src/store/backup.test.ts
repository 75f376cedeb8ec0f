/** Backups: whole while others write, refused when damaged, never over anything. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStudy, float, openStudy, space } from "../index.ts";
import { backupStorage, restoreStorage } from "./backup.ts";
import { openStorage } from "./open.ts";

let dir = "";
const at = (name: string): string => join(dir, name);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vernier-backup-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fill = async (name: string, trials: number): Promise<void> => {
  const study = await createStudy({
    name,
    space: space({ x: float(0, 1) }),
    objectives: { loss: "minimize" },
    storage: `sqlite:${at("s.db")}`,
    seed: 1,
  });
  await study.run(
    async ({ x }, trial) => {
      await trial.report(1, { loss: x });
      await trial.artifact("note.txt", new TextEncoder().encode(`${name} ${trial.number}`));
      return x;
    },
    { trials },
  );
  await study.close();
};

/** Everything a storage holds, as data. */
const dump = async (file: string): Promise<unknown> => {
  const storage = await openStorage(`sqlite:${file}`);
  const all = [];
  for (const { id, spec, deleted } of await storage.listStudies({ deleted: true })) {
    const trials = await storage.trials(id, { deleted: true });
    const files = trials.flatMap(trial => trial.artifacts.map(({ hash }) => hash));
    const bytes = await Promise.all(files.map(hash => storage.artifacts.get(hash)));
    all.push({ spec, deleted, trials, events: await storage.changes(id, 0), bytes: bytes.map(b => b.length) });
  }
  await storage.close();
  return all;
};
/** A file below a folder of artifacts. */
const someArtifact = (root: string): string => {
  const [first = ""] = readdirSync(root);
  const [rest = ""] = readdirSync(join(root, first));
  return join(root, first, rest);
};
const artifactOf = (folder: string): string => someArtifact(join(folder, "artifacts"));

describe("a backup", () => {
  it("is restored to the same studies, trials, events and artifacts", async () => {
    await fill("a", 3);
    await fill("b", 2);
    const storage = await openStorage(`sqlite:${at("s.db")}`);
    await storage.deleteStudy((await storage.findStudy("b"))?.id ?? 0);
    await storage.close();
    const made = await backupStorage(at("s.db"), at("copy"));
    expect(made).toMatchObject({
      path: at("copy"),
      studies: [
        { name: "a", trials: 3, deleted: false },
        { name: "b", trials: 2, deleted: true },
      ],
      artifacts: { files: 5, bytes: 15 },
      missing: [],
    });
    expect(readdirSync(dir).filter(name => name.includes("tmp"))).toEqual([]);
    const back = await restoreStorage(at("copy"), at("back.db"));
    expect({ ...back, path: "" }).toEqual({ ...made, path: "" });
    expect(await dump(at("back.db"))).toEqual(await dump(at("s.db")));
    // Restored, it is a storage like any other.
    const study = await openStudy({ name: "a", storage: `sqlite:${at("back.db")}` });
    await study.run((({ x }: { x: number }) => x) as never, { trials: 1 });
    expect(study.trials).toHaveLength(4);
    await study.close();
    expect(readdirSync(dir).filter(name => name.includes("tmp"))).toEqual([]);
  });

  it("of one study leaves the others out, artifacts too", async () => {
    await fill("a", 3);
    await fill("b", 2);
    expect(await backupStorage(at("s.db"), at("copy"), { study: "b" })).toMatchObject({
      studies: [{ name: "b", trials: 2 }],
      artifacts: { files: 2 },
    });
    await restoreStorage(at("copy"), at("back.db"));
    const all = (await dump(at("s.db"))) as unknown[];
    expect(await dump(at("back.db"))).toEqual(all.slice(1));
    await expect(backupStorage(at("s.db"), at("none"), { study: "c" })).rejects.toMatchObject({
      code: "E_STUDY_UNKNOWN",
    });
    expect(existsSync(at("none"))).toBe(false);
  });

  it("holds one moment while another connection writes", async () => {
    await fill("a", 1);
    const study = await openStudy({ name: "a", storage: `sqlite:${at("s.db")}` });
    let stop = false;
    const writing = (async () => {
      while (!stop) {
        const trial = await study.ask();
        await trial.artifact("n", new TextEncoder().encode(String(trial.number)));
        await trial.tell({ loss: 1 } as never);
      }
    })();
    const sizes: number[] = [];
    for (let i = 0; i < 4; i++) {
      const { studies, missing } = await backupStorage(at("s.db"), at(`copy${i}`));
      expect(missing).toEqual([]);
      sizes.push(studies[0]?.trials ?? 0);
      await restoreStorage(at(`copy${i}`), at(`back${i}.db`));
      // Trials as projected are what the log folds to: nothing was torn.
      const { replay } = await import("../index.ts");
      const copy = await openStudy({ name: "a", storage: `sqlite:${at(`back${i}.db`)}` });
      expect((await replay(copy)).mismatches).toEqual([]);
      await copy.close();
    }
    stop = true;
    await writing;
    await study.close();
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes);
    expect(sizes.at(-1)).toBeGreaterThan(sizes[0] ?? 0);
  });

  it("overwrites nothing", async () => {
    await fill("a", 1);
    mkdirSync(at("taken"));
    await expect(backupStorage(at("s.db"), at("taken"))).rejects.toMatchObject({ code: "E_BACKUP_EXISTS" });
    await backupStorage(at("s.db"), at("copy"));
    const before = readFileSync(at("s.db"));
    await expect(restoreStorage(at("copy"), at("s.db"))).rejects.toMatchObject({ code: "E_BACKUP_EXISTS" });
    expect(readFileSync(at("s.db")).equals(before)).toBe(true);
    mkdirSync(at("x.db.artifacts"));
    await expect(restoreStorage(at("copy"), at("x.db"))).rejects.toMatchObject({ code: "E_BACKUP_EXISTS" });
    expect(existsSync(at("x.db"))).toBe(false);
  });

  it("says which artifacts were lost before it was made, and is restored without them", async () => {
    await fill("a", 2);
    rmSync(someArtifact(at("s.db.artifacts")));
    const made = await backupStorage(at("s.db"), at("copy"));
    expect(made.missing).toHaveLength(1);
    expect(made.artifacts.files).toBe(1);
    expect((await restoreStorage(at("copy"), at("back.db"))).missing).toEqual(made.missing);
  });

  it("needs a storage and a folder", async () => {
    await expect(backupStorage(at("none.db"), at("copy"))).rejects.toMatchObject({ code: "E_STORAGE_MISSING" });
    expect(existsSync(at("none.db"))).toBe(false);
    writeFileSync(at("text.db"), "not a database, but long enough to look at".repeat(20));
    await expect(backupStorage(at("text.db"), at("copy"))).rejects.toMatchObject({ code: "E_STORAGE_FOREIGN" });
    await fill("a", 1);
    await expect(backupStorage(at("s.db"), at("no/where"))).rejects.toMatchObject({ code: "E_BACKUP_FOLDER" });
    expect(readdirSync(dir).sort()).toEqual(["s.db", "s.db.artifacts", "text.db"]);
  });
});

describe("a backup that changed", () => {
  const flip = (path: string, where: number): void => {
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    const at = Math.floor(bytes.length * where);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(path, bytes);
  };
  const manifest = (change: (value: Record<string, unknown>) => unknown) => (folder: string) => {
    const path = join(folder, "manifest.json");
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>)));
  };
  it.each<[string, (folder: string) => void, string, string]>([
    ["a flipped bit", f => flip(join(f, "vernier.db"), 0.6), "E_BACKUP_DAMAGED", "has changed since it was made"],
    [
      "a shorter database",
      f => {
        chmodSync(join(f, "vernier.db"), 0o644);
        truncateSync(join(f, "vernier.db"), 4096);
      },
      "E_BACKUP_DAMAGED",
      "has 4096 bytes",
    ],
    ["no database", f => rmSync(join(f, "vernier.db")), "E_BACKUP_DAMAGED", "vernier.db is missing"],
    ["a flipped bit in an artifact", f => flip(artifactOf(f), 0.5), "E_BACKUP_DAMAGED", "1 are missing or changed"],
    ["a lost artifact", f => rmSync(artifactOf(f)), "E_BACKUP_DAMAGED", "1 are missing or changed"],
    ["no manifest", f => rmSync(join(f, "manifest.json")), "E_BACKUP_FOREIGN", "it has no manifest.json"],
    ["a cut manifest", f => truncateSync(join(f, "manifest.json"), 20), "E_BACKUP_DAMAGED", "is not JSON"],
    ["somebody else's manifest", manifest(() => ({ name: "app" })), "E_BACKUP_FOREIGN", "not one of ours"],
    ["a manifest without its hash", manifest(m => ({ ...m, sha256: undefined })), "E_BACKUP_DAMAGED", "lacks some"],
    ["a path for an address", manifest(m => ({ ...m, missing: ["../../x"] })), "E_BACKUP_DAMAGED", "lacks some"],
    ["a later format", manifest(m => ({ ...m, version: 2 })), "E_BACKUP_NEWER", "A newer release made it"],
    ["a later schema", manifest(m => ({ ...m, schema: 99 })), "E_BACKUP_NEWER", "schema 99"],
  ])("by %s is refused, and nothing is made", async (_, change, code, text) => {
    await fill("a", 2);
    await backupStorage(at("s.db"), at("copy"));
    change(at("copy"));
    const before = readdirSync(dir);
    const failed = restoreStorage(at("copy"), at("back.db"));
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(text);
    expect(readdirSync(dir)).toEqual(before);
  });
  it("is no backup at all when it is another thing", async () => {
    for (const path of ["nowhere", "s.db"]) {
      await fill("a", 1).catch(() => undefined);
      await expect(restoreStorage(at(path), at("back.db"))).rejects.toMatchObject({ code: "E_BACKUP_FOREIGN" });
    }
  });
  it("is not writable, so that opening it by mistake changes nothing", async () => {
    await fill("a", 1);
    await backupStorage(at("s.db"), at("copy"));
    expect(statSync(join(at("copy"), "vernier.db")).mode & 0o222).toBe(0);
  });
});
