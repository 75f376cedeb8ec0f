/** One trial: a fresh service under load, in a process of its own. */
import { measure, type Load, type Measured } from "./load.ts";
import { createService, type Config } from "./service.ts";

export const LOAD: Load = { clients: 32, requests: 3000, warmup: 1000 };

export async function evaluate(config: Config, load = LOAD): Promise<Measured & { items: number; hits: number }> {
  const { server, cache } = createService(config);
  const measured = await measure(server, load);
  return { ...measured, items: config.cache, hits: cache.hits / (cache.hits + cache.misses) };
}

export default (config: Config): ReturnType<typeof evaluate> => evaluate(config);
