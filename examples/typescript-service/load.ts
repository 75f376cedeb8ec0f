/** A closed loop of clients: each asks again as soon as it was answered. Which items, and in which order, is the same every time. */
import { Agent, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ITEMS } from "./service.ts";

export interface Load {
  readonly clients: number;
  readonly requests: number;
  /** Requests before the clock starts, which fill the cache. */
  readonly warmup: number;
}
export interface Measured {
  /** Requests a second. */
  readonly throughput: number;
  /** Milliseconds that 99 of 100 requests stay below. */
  readonly p99: number;
}

/** Items by Zipf's law: a few are asked for all the time, most seldom. */
export function items(count: number, seed = 1): number[] {
  const weights = Array.from({ length: ITEMS }, (_, i) => 1 / (i + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let left = (state / 2 ** 32) * total;
    const found = weights.findIndex(weight => (left -= weight) < 0);
    return found < 0 ? ITEMS - 1 : found;
  });
}

export async function measure(server: Server, { clients, requests, warmup }: Load): Promise<Measured> {
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const get = (item: number): Promise<void> =>
    new Promise((resolve, reject) => {
      request({ agent, port, host: "127.0.0.1", path: `/item/${item}` }, response => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`the service answers ${response.statusCode}`)),
        );
      })
        .on("error", reject)
        .end();
    });
  const run = async (queue: number[], times: number[]): Promise<void> => {
    const client = async (): Promise<void> => {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
        const start = performance.now();
        await get(item);
        times.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  };
  try {
    await run(items(warmup, 2), []);
    const times: number[] = [];
    const start = performance.now();
    await run(items(requests), times);
    const seconds = (performance.now() - start) / 1000;
    times.sort((a, b) => a - b);
    return { throughput: requests / seconds, p99: times[Math.ceil(0.99 * times.length) - 1] ?? NaN };
  } finally {
    agent.destroy();
    await new Promise(resolve => server.close(resolve));
  }
}
