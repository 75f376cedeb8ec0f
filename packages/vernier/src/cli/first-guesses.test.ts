/** `queue` of a study file: tried first, once, and more of them later. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo } from "./fixtures.ts";
import { program } from "./program.ts";

test("first guesses are tried first and once; a longer list adds its new ones", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "vernier-guesses-"));
  const storage = `sqlite:${join(cwd, "s.db")}`;
  const run = async (queue: string, trials: number): Promise<Record<string, unknown>[]> => {
    writeFileSync(
      join(cwd, "s.yaml"),
      `space: {a: 'int(1, 1000000)', g: {b: 'int(1, 1000000)'}}\nobjectives: {loss: minimize}\nseed: 1\nqueue: ${queue}\n` +
        `storage: "${storage}"\ncommand: [echo, "loss: {a}"]\n`,
    );
    const env = { PATH: process.env["PATH"] };
    expect(await program(["run", "s.yaml", "--trials", String(trials)], fakeIo({ cwd, env }))).toBe(0);
    const io = fakeIo({ cwd });
    await program(["trials", "--storage", storage, "--json"], io);
    const { trials: found } = JSON.parse(io.stdout()) as { trials: { params: Record<string, unknown> }[] };
    return found.map(({ params }) => params);
  };
  try {
    const first = await run("[{a: 7, g: {b: 8}}, {a: 9}]", 3);
    expect(first).toMatchObject([{ a: 7, g: { b: 8 } }, { a: 9 }, {}]);
    const again = await run("[{a: 7, g: {b: 8}}, {a: 9}, {g: {b: 11}}]", 5);
    expect(again.slice(0, 3)).toEqual(first);
    expect(again[3]).toMatchObject({ g: { b: 11 } });
    expect(again.filter(({ a }) => a === 7 || a === 9)).toHaveLength(2);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
