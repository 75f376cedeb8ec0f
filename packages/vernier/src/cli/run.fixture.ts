/** The program in this process against a storage of its own, for the tests of this folder only. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeIo } from "./fixtures.ts";
import type { Io } from "./io.ts";
import { program } from "./program.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Place {
  readonly dir: string;
  readonly url: string;
  /** Runs a command line with `--storage` of this place. */
  vernier(...argv: string[]): Promise<Outcome>;
  /** The same, as the document that `--json` prints. */
  json<T = Readonly<Record<string, never>>>(...argv: string[]): Promise<T>;
  end(): void;
}

export const place = (change: Partial<Io> = {}): Place => {
  const dir = mkdtempSync(join(tmpdir(), "vernier-cli-"));
  const url = `sqlite:${join(dir, "s.db")}`;
  const vernier = async (...argv: string[]): Promise<Outcome> => {
    const io = fakeIo({ cwd: dir, ...change });
    const tail = argv.indexOf("--");
    const own = tail < 0 ? argv : argv.slice(0, tail);
    const code = await program([...own, "--storage", url, ...(tail < 0 ? [] : argv.slice(tail))], io);
    return { code, stdout: io.stdout(), stderr: io.stderr() };
  };
  return {
    dir,
    url,
    vernier,
    json: async <T>(...argv: string[]): Promise<T> => {
      const { stdout, stderr } = await vernier(...argv, "--json");
      if (stdout === "") throw new Error(`no document: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    end: () => rmSync(dir, { recursive: true, force: true }),
  };
};

/** A study "s" of two parameters whose first `trials` are complete with loss = number. */
export const makeStudy = async (at: Place, trials: number, name = "s"): Promise<void> => {
  const space = "x=float(0,10,default=5) kind=choice(a,b,default=b)";
  await at.vernier("ask", "--space", space, "--minimize", "loss", "--name", name, "--seed", "1");
  for (let n = 0; n < trials; n++) {
    if (n > 0) await at.vernier("ask", "--study", name);
    await at.vernier("tell", String(n), `loss=${n}`, "--study", name);
  }
};
