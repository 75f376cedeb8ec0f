import { describe, expect, test } from "vitest";
import * as browser from "./index.browser.ts";
import * as node from "./index.ts";
import { createStudy, float, openStudy, space } from "./index.ts";
import { memoryStorage } from "./core/index.ts";
import { random } from "./samplers/random/random.ts";

const options = {
  name: "s",
  space: space({ x: float(0, 1) }),
  objectives: { loss: "minimize" },
  sampler: random(),
  seed: 1,
} as const;
const code = (value: string) => expect.objectContaining({ code: value });

test("in memory by default", async () => {
  const study = await createStudy(options);
  expect(study.storage.url).toBe("memory:");
  expect(study.spec.scheduler).toEqual({ name: "none", options: {} });
  await study.run(({ x }) => x, { trials: 5 });
  expect(study.best?.metrics.loss).toBeLessThan(1);
});

test("a storage that is given stays open, one that was opened is closed", async () => {
  const storage = memoryStorage();
  await (await createStudy({ ...options, storage })).close();
  expect(await storage.listStudies()).toHaveLength(1);
  const again = await openStudy({ storage, name: "s" });
  expect(again.spec.name).toBe("s");
  const own = await createStudy(options);
  await own.close();
  await expect(own.storage.listStudies()).rejects.toEqual(code("E_STORAGE_CLOSED"));
});

test("`await using` closes", async () => {
  let kept;
  {
    await using study = await createStudy(options);
    kept = study;
  }
  await expect(kept.ask()).rejects.toEqual(code("E_STUDY_CLOSED"));
});

describe("bad input", () => {
  test.each<[string, unknown]>([
    ["a URL with a typo", "sqllite:study.db"],
    ["no URL", "study"],
    ["an empty URL", ""],
    ["something else", 5],
  ])("%s", async (_, storage) => {
    await expect(createStudy({ ...options, storage } as never)).rejects.toThrowErrorMatchingSnapshot();
  });

  test("options are checked by name", async () => {
    await expect(createStudy({ ...options, storge: "memory:" } as never)).rejects.toThrow(/Did you mean "storage"/);
    await expect(openStudy({ nme: "s" } as never)).rejects.toThrow(/Did you mean "name"/);
    await expect(openStudy({ name: "s" })).rejects.toEqual(code("E_STUDY_UNKNOWN"));
  });
});

test("browsers get the same names, and no files", async () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  await expect(
    browser.createStudy({ ...options, storage: "sqlite:study.db" }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[VernierError: "sqlite:study.db" cannot be opened in a browser. Browsers have "memory:" only. Leave storage out, or run in Node.]`,
  );
  const study = await browser.createStudy(options);
  await study.run(({ x }) => x, { trials: 3 });
  expect(study.trials).toHaveLength(3);
});
