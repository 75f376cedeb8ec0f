import { gunzipSync } from "node:zlib";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createStudy, type Executor } from "vernier";
import { children } from "vernier/exec";
import { items } from "./load.ts";
import { evaluate } from "./objective.ts";
import { Cache, createService, DEFAULTS, ITEMS } from "./service.ts";
import study from "./study.ts";

test("the cache forgets what was used longest ago", () => {
  const cache = new Cache<string>(2);
  cache.set(1, "a");
  cache.set(2, "b");
  cache.get(1);
  cache.set(3, "c");
  expect([1, 2, 3].map(key => cache.get(key))).toEqual(["a", undefined, "c"]);
  expect([cache.hits, cache.misses]).toEqual([3, 1]);
});

test.each([0, 6])("the service answers, from the backend and from the cache (gzip %i)", async gzip => {
  const { server, cache, backend } = createService({ ...DEFAULTS, gzip, batch: 4, wait: 1 });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const first = await Promise.all([1, 2, 3, 4].map(async key => (await fetch(`${at}/item/${key}`)).json()));
    expect(first.map(answer => (answer as { key: number }).key)).toEqual([1, 2, 3, 4]);
    expect(await (await fetch(`${at}/item/3`)).json()).toEqual(first[2]);
    expect(cache.hits).toBe(1);
    expect(backend.calls).toBeGreaterThan(0);
    const kept = cache.get(3) ?? Buffer.alloc(0);
    expect(JSON.parse((gzip === 0 ? kept : gunzipSync(kept)).toString())).toEqual(first[2]);
    expect((await fetch(`${at}/item/${ITEMS}`)).status).toBe(404);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("the load is the same every time, and favours a few items", () => {
  expect(items(50)).toEqual(items(50));
  const asked = items(2000);
  expect(asked.filter(item => item < 20).length).toBeGreaterThan(600);
  expect(Math.max(...asked)).toBeLessThan(ITEMS);
});

test("a small load is measured", async () => {
  const measured = await evaluate(DEFAULTS, { clients: 4, requests: 40, warmup: 10 });
  expect(Object.keys(measured)).toEqual(["throughput", "p99", "items", "hits"]);
  for (const value of Object.values(measured)) expect(value).toBeGreaterThan(0);
});

test("the study runs in a process of its own, with two objectives", async () => {
  const { space, objectives } = study;
  const searched = await createStudy({ name: "small", space, objectives, seed: 1 });
  const executor: Executor = children({ module: new URL("./small.ts", import.meta.url), processes: 1 });
  const summary = await searched.run(executor, { trials: 3 });
  await executor.close?.();
  expect(summary).toMatchObject({ complete: 3, failed: 0 });
  expect(searched.front.length).toBeGreaterThan(0);
  await study.executor?.close?.();
});
