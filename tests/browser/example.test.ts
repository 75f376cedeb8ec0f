/** examples/browser: a search that runs in a page alone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageText } from "../../examples/browser/build.ts";
import { FUNCTIONS } from "../../examples/browser/functions.ts";
import { CHROMIUM, launch, open, SKIPPED, type Watched } from "./chromium.ts";

describe.skipIf(CHROMIUM === undefined)(`the example page${SKIPPED}`, () => {
  let dir = "";
  let browser: Browser;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "vernier-page-"));
    writeFileSync(join(dir, "index.html"), await pageText());
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const visit = (query: string): Promise<Watched> =>
    open(browser, `${pathToFileURL(join(dir, "index.html")).href}?${query}`);
  const state = ({ page }: Watched): Promise<Record<string, string>> =>
    page.evaluate(() => ({ ...document.getElementById("said")?.dataset }) as Record<string, string>);
  const finished = async (watched: Watched): Promise<Record<string, string>> => {
    await watched.page.waitForFunction(() => document.getElementById("said")?.dataset["running"] === "false");
    return state(watched);
  };

  // Seed 1, 150 trials; random search ends at 0.19 and 0.71 above.
  for (const [name, tolerance] of [
    ["branin", 0.05],
    ["himmelblau", 0.2],
  ] as const) {
    test(`tpe finds a minimum of ${name} to ${tolerance} in 150 trials, without errors or network`, async () => {
      const watched = await visit(`function=${name}&sampler=tpe&seed=1&trials=150`);
      await watched.page.click("#start");
      const { trials, best, x, y } = await finished(watched);
      const f = FUNCTIONS[name]!;
      expect(trials).toBe("150");
      expect(f.at(Number(x), Number(y))).toBeCloseTo(Number(best), 9);
      expect(Number(best) - f.optimum).toBeLessThan(tolerance);
      expect(await watched.page.locator("#history svg[role=img]").count()).toBe(1);
      expect(watched.complaints).toEqual([]);
      await watched.page.close();
    });
  }

  test("the page stays alive: frames are drawn between the slices, and Pause stops at once", async () => {
    const watched = await visit("function=ackley&sampler=tpe&seed=2&trials=2000");
    const { page } = watched;
    await page.evaluate(() => {
      const counted = window as unknown as { frames: number };
      counted.frames = 0;
      const count = (): void => {
        counted.frames++;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    });
    await page.click("#start");
    await page.waitForFunction(
      () =>
        (window as unknown as { frames: number }).frames >= 5 &&
        Number(document.getElementById("said")?.dataset["trials"]) >= 5,
    );
    await page.click("#start");
    const paused = await finished(watched);
    expect(Number(paused["trials"])).toBeLessThan(2000);
    expect(await page.textContent("#start")).toBe("Start");
    // Going on takes up where it stopped; a reset begins anew.
    await page.click("#start");
    await page.waitForFunction(
      before => Number(document.getElementById("said")?.dataset["trials"]) > before,
      Number(paused["trials"]),
    );
    await page.click("#reset");
    await page.waitForFunction(() => document.getElementById("said")?.dataset["trials"] === "0");
    expect(watched.complaints).toEqual([]);
    await page.close();
  });

  test("another function, sampler and seed are chosen in the page", async () => {
    const watched = await visit("trials=30");
    await watched.page.selectOption("#function", "rosenbrock");
    await watched.page.selectOption("#sampler", "sobol");
    await watched.page.click("#start");
    expect((await finished(watched))["trials"]).toBe("30");
    expect(watched.complaints).toEqual([]);
    await watched.page.close();
  });
});
