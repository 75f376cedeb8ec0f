/**
 * Records a storage as this release writes it: `node --conditions=source packages/vernier/src/store/recorded/make.fixture.ts` writes
 * v1.db and v1.json beside itself. Run it once for each schema version, before the next one; recorded files never change.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stream } from "../../math/rng.ts";
import { fakeClock } from "../../testing/fake-clock.ts";
import { randomCommand } from "../../testing/storage-commands.ts";
import { SPEC } from "../../testing/storage/bench.ts";
import { VERSION } from "../schema.ts";
import { sqliteStorage } from "../sqlite.ts";
import { told } from "./told.fixture.ts";

const file = join(import.meta.dirname, `v${VERSION}.db`);
const work = `${file}.work`;
rmSync(file, { force: true });
const clock = fakeClock();
const storage = await sqliteStorage(work, { clock });
for (const name of ["first", "second", "deleted"]) {
  const { id } = await storage.createStudy({ ...SPEC, name });
  const rng = stream(11, name);
  for (let i = 0; i < 150; i++) {
    const command = randomCommand(rng, (await storage.trials(id, { deleted: true })).slice(-6));
    await storage.execute(id, command).catch(() => undefined);
    clock.tick(rng.int(60));
  }
  if (name === "deleted") await storage.deleteStudy(id);
}
writeFileSync(join(import.meta.dirname, `v${VERSION}.json`), `${JSON.stringify(await told(storage))}\n`);
await storage.close();
const db = new DatabaseSync(work);
db.exec(`VACUUM INTO '${file}'`);
db.close();
for (const rest of ["", "-wal", "-shm"]) rmSync(`${work}${rest}`, { force: true });
rmSync(`${work}.artifacts`, { recursive: true, force: true });
