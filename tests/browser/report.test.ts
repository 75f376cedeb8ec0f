/** `vernier report` as its reader meets it. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { choice, createStudy, float, int, oneOf, space } from "vernier";
import { reportData, reportPage, type PlotSource, type PlotTrial } from "vernier/plot";
import { random } from "vernier/samplers";
import { CHROMIUM, launch, open, SKIPPED, type Watched } from "./chromium.ts";

const EVIL = `</script><img src=x onerror="document.title='hit'">`;
const client = join(import.meta.dirname, "../../packages/vernier/src/plot/report/client/main.ts");

describe.skipIf(CHROMIUM === undefined)(`the report's page${SKIPPED}`, () => {
  let dir = "";
  let browser: Browser;
  let script = "";
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "vernier-html-"));
    const { outputFiles } = await build({
      entryPoints: [client],
      bundle: true,
      format: "iife",
      target: "es2022",
      minify: true,
      write: false,
    });
    script = outputFiles[0]?.text ?? "";
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const write = (name: string, source: PlotSource, change: (html: string) => string = html => html): string => {
    const facts = {
      version: "0",
      madeAt: 0,
      sampler: "tpe",
      scheduler: "none",
      seed: 1,
      note: EVIL,
      tags: [EVIL],
      defaults: null,
      defaultTrial: null,
    };
    const hash = `sha256-${createHash("sha256").update(script).digest("base64")}`;
    const path = join(dir, `${name}.html`);
    writeFileSync(path, change(reportPage(source, reportData(source), facts, { text: script, hash })));
    return pathToFileURL(path).href;
  };
  const visible = (page: Page): Promise<string[]> =>
    page.locator("#rows tbody tr[data-trial] td:first-child").allTextContents();
  const status = (page: Page): Promise<string | null> => page.textContent("#status span");

  async function small(): Promise<PlotSource> {
    const study = await createStudy({
      name: "digits",
      space: space({
        lr: float(1e-4, 1, { scale: "log" }),
        layers: int(1, 4),
        act: choice(["relu", "gelu"]),
        o: oneOf({ sgd: { momentum: float(0, 1) }, adam: {} }),
      }),
      objectives: { loss: "minimize", speed: "maximize" },
      sampler: random(),
      seed: 3,
    });
    await study.run(
      async ({ lr, layers }, trial) => {
        await trial.report(1, { loss: layers + 1 });
        await trial.report(2, { loss: layers });
        if (trial.number === 7) throw new Error(`no ${EVIL}`);
        return { loss: layers + lr, speed: 1 / lr };
      },
      { trials: 40 },
    );
    return study;
  }
  let url = "";
  beforeAll(async () => {
    url = write("small", await small());
  });
  const visit = (options = {}): Promise<Watched> => open(browser, url, options);

  test("opens without errors or network, wide and narrow, light and dark, and nothing sticks out", async () => {
    for (const width of [1280, 390])
      for (const dark of [false, true]) {
        const { page, complaints } = await visit({ width, dark });
        expect(await page.locator("canvas").count()).toBeGreaterThan(6);
        expect((await visible(page)).length).toBe(40);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
        await page.close();
      }
  });

  test("dragging along an axis selects, the table follows, clicking the axis clears", async () => {
    const { page, complaints } = await visit();
    const axis = page.locator("button.axis", { hasNot: page.locator("x") }).nth(0);
    await axis.scrollIntoViewIfNeeded();
    const box = (await axis.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.55);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 1, { steps: 5 });
    await page.mouse.up();
    const text = (await status(page)) ?? "";
    expect(text).toMatch(/^\d+ of 40 trials selected$/);
    expect((await visible(page)).length).toBe(Number(text.split(" ")[0]));
    await axis.click();
    expect((await visible(page)).length).toBe(40);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("the keyboard brushes too, and the axis says what is selected", async () => {
    const { page } = await visit();
    const axis = page.locator('button.axis[aria-label^="act:"]');
    await axis.focus();
    await page.keyboard.press("ArrowDown");
    expect(await axis.getAttribute("aria-label")).toBe("act: selected relu");
    const relu = (await visible(page)).length;
    await page.keyboard.press("ArrowUp");
    expect(await axis.getAttribute("aria-label")).toBe("act: selected gelu");
    expect((await visible(page)).length).toBe(40 - relu);
    await page.keyboard.press("Escape");
    expect((await visible(page)).length).toBe(40);
    await page.close();
  });

  test("words and conditions filter; a wrong condition is explained", async () => {
    const { page, complaints } = await visit();
    await page.fill("#filter", 'layers <= 2 and act == "gelu"');
    await page.waitForFunction(() => document.querySelector("#status span")?.textContent?.includes("of 40") === true);
    expect((await visible(page)).length).toBeLessThan(40);
    await page.fill("#filter", "layrs <= 2");
    await page.waitForSelector("#filter[aria-invalid=true]");
    expect(await page.textContent("#filter-say")).toContain('Did you mean "layers"?');
    await page.fill("#filter", "failed");
    await page.waitForFunction(() => document.querySelectorAll("#rows tbody tr[data-trial]").length === 1);
    expect(await visible(page)).toEqual(["7"]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("headings sort, rows and arrow keys look at a trial", async () => {
    const { page } = await visit();
    await page.click("#rows thead button:text-is('speed')");
    const speeds = async (): Promise<number[]> => {
      const texts = await page.locator("#rows tbody tr[data-trial] td:nth-child(5)").allTextContents();
      return texts.filter(Boolean).map(text => Number(text.replace("−", "-")));
    };
    const down = await speeds();
    expect(down).toEqual([...down].sort((a, b) => b - a));
    await page.click("#rows thead button:has-text('speed')");
    expect(await speeds()).toEqual([...down].reverse());
    await page.locator("#rows tbody tr[data-trial]").nth(2).click();
    expect(await page.textContent("#detail h2")).toMatch(/^Trial \d+$/);
    const before = await page.textContent("#detail h2");
    await page.focus("#rows");
    await page.keyboard.press("ArrowDown");
    expect(await page.textContent("#detail h2")).not.toBe(before);
    await page.keyboard.press("Escape");
    expect(await page.isHidden("#detail")).toBe(true);
    await page.close();
  });

  test("a click in the front looks at the nearest trial", async () => {
    const { page } = await visit();
    const canvas = page.locator("#front canvas").first();
    await canvas.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const drawn = document.querySelector<HTMLCanvasElement>("#front canvas");
      return drawn !== null && drawn.width > 300;
    });
    const box = (await canvas.boundingBox())!;
    for (let y = 40; y < box.height - 50 && (await page.isHidden("#detail")); y += 16)
      for (let x = 60; x < box.width - 20 && (await page.isHidden("#detail")); x += 60)
        await page.mouse.click(box.x + x, box.y + y);
    expect(await page.isVisible("#detail")).toBe(true);
    await page.close();
  });

  test("hostile names and values stay text, and the policy stops what got in by other ways", async () => {
    const source: PlotSource = {
      spec: {
        name: EVIL,
        space: space({ "a<b>": choice([EVIL, "ok"]) }),
        objectives: { [EVIL]: { direction: "minimize" } },
        constraints: {},
      },
      trials: [EVIL, "ok", EVIL].map((value, number) => ({
        number,
        state: "complete",
        params: { "a<b>": value },
        metrics: { [EVIL]: number },
      })),
    };
    const { page, complaints } = await open(browser, write("hostile", source));
    expect(await page.textContent("h1")).toBe(EVIL);
    expect(await page.locator("img").count()).toBe(0);
    await page.locator("#rows tbody tr[data-trial]").first().click();
    expect(await page.textContent("#detail")).toContain(EVIL);
    expect(await page.title()).toBe(`${EVIL}: report`);
    expect(complaints).toEqual([]);
    await page.close();
    const injected = await open(
      browser,
      write("injected", source, html =>
        html.replace(
          "<main>",
          `<script>document.title = "hit"</script><img src="https://example.invalid/x" onerror="document.title='hit'"><main>`,
        ),
      ),
    );
    expect(await injected.page.title()).not.toBe("hit");
    expect(injected.complaints.filter(text => text.includes("Content Security Policy")).length).toBeGreaterThanOrEqual(
      2,
    );
    expect(injected.complaints.filter(text => text.startsWith("request:"))).toEqual([]);
    await injected.page.close();
  });

  test("10,000 trials: the table keeps a screenful of rows, brushing and scrolling reach all", async () => {
    const trials: PlotTrial[] = Array.from({ length: 10_000 }, (_, number) => ({
      ...{ number, state: "complete", startedAt: number, finishedAt: number + 1 },
      params: Object.fromEntries(
        Array.from({ length: 10 }, (__, i) => [`p${i}`, ((number * (7919 + i)) % 10_007) / 10_007]),
      ),
      metrics: { loss: 1 + ((number * 31) % 997) },
    }));
    const shape = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`p${i}`, float(0, 1)]));
    const source: PlotSource = {
      spec: { name: "big", space: space(shape), objectives: { loss: { direction: "minimize" } }, constraints: {} },
      trials,
    };
    const { page, complaints } = await open(browser, write("big", source));
    expect((await visible(page)).length).toBeLessThan(100);
    await page.locator("#rows").evaluate(rows => (rows.scrollTop = rows.scrollHeight));
    await page.waitForFunction(
      () => [...document.querySelectorAll("#rows tbody tr[data-trial] td:first-child")].at(-1)?.textContent === "9999",
    );
    await page.fill("#filter", "p0 < 0.25 and loss < 500");
    await page.waitForFunction(() =>
      / of 10,000 trials selected$/.test(document.querySelector("#status span")?.textContent ?? ""),
    );
    const expected = trials.filter(
      ({ params, metrics }) => (params as Record<string, number>)["p0"]! < 0.25 && metrics!["loss"]! < 500,
    ).length;
    expect(await status(page)).toBe(`${expected.toLocaleString("en-US")} of 10,000 trials selected`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a study with nothing in it", async () => {
    const empty: PlotSource = {
      spec: {
        name: "empty",
        space: space({ x: float(0, 1) }),
        objectives: { y: { direction: "minimize" } },
        constraints: {},
      },
      trials: [],
    };
    const { page, complaints } = await open(browser, write("empty", empty));
    expect(await page.textContent("#history")).toContain("No trial is complete yet.");
    expect(complaints).toEqual([]);
    await page.close();
  });
});
