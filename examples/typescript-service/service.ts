/**
 * A small HTTP service as there are many: it answers `GET /item/N` with a record from a slow backend, through a cache, a limited number of
 * backend connections, and batches. The backend is part of the file and deterministic in everything but time.
 */
import { createServer, type Server } from "node:http";
import { gzipSync } from "node:zlib";

export interface Config {
  /** Items kept in memory. */
  readonly cache: number;
  /** Backend calls at a time. The backend works on four; more get in each other's way. */
  readonly connections: number;
  /** Items asked for in one backend call. */
  readonly batch: number;
  /** Milliseconds to wait for a batch to fill. */
  readonly wait: number;
  /** Level of gzip for every answer; 0 sends it plain. */
  readonly gzip: number;
}

export const DEFAULTS: Config = { cache: 100, connections: 10, batch: 1, wait: 0, gzip: 6 };
/** Items there are. */
export const ITEMS = 2000;
const BODY = "the quick brown fox jumps over the lazy dog ".repeat(40);
/** The backend is at its best with so many calls at a time. */
const LANES = 4;

/** The least recently used item goes first. */
export class Cache<V> {
  readonly #size: number;
  readonly #items = new Map<number, V>();
  hits = 0;
  misses = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: number): V | undefined {
    const value = this.#items.get(key);
    if (value === undefined) {
      this.misses++;
      return undefined;
    }
    this.hits++;
    this.#items.delete(key);
    this.#items.set(key, value);
    return value;
  }

  set(key: number, value: V): void {
    this.#items.set(key, value);
    if (this.#items.size <= this.#size) return;
    const [oldest] = this.#items.keys();
    if (oldest !== undefined) this.#items.delete(oldest);
  }
}

/** Items of a slow store: 4 ms a call and 0.2 ms an item, more when too many calls come at once. */
export class Backend {
  readonly #config: Config;
  #busy = 0;
  #queue: { readonly key: number; resolve(text: string): void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  calls = 0;

  constructor(config: Config) {
    this.#config = config;
  }

  fetch(key: number): Promise<string> {
    return new Promise(resolve => {
      this.#queue.push({ key, resolve });
      const { batch, wait } = this.#config;
      if (this.#queue.length >= batch || wait === 0) this.#start();
      else
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#start();
        }, wait);
    });
  }

  #start(): void {
    const { connections, batch } = this.#config;
    while (this.#busy < connections && this.#queue.length > 0) {
      const taken = this.#queue.splice(0, batch);
      this.#busy++;
      this.calls++;
      const crowding = Math.max(1, this.#busy / LANES);
      setTimeout(
        () => {
          this.#busy--;
          for (const { key, resolve } of taken) resolve(JSON.stringify({ key, body: BODY }));
          this.#start();
        },
        (4 + 0.2 * taken.length) * crowding,
      );
    }
  }
}

export interface Service {
  readonly server: Server;
  readonly cache: Cache<Buffer>;
  readonly backend: Backend;
}

export function createService(config: Config): Service {
  const cache = new Cache<Buffer>(config.cache);
  const backend = new Backend(config);
  const encode = (text: string): Buffer =>
    config.gzip === 0 ? Buffer.from(text) : gzipSync(text, { level: config.gzip });
  const server = createServer((request, response) => {
    const key = Number(/^\/item\/(\d+)$/.exec(request.url ?? "")?.[1]);
    if (!(key < ITEMS)) {
      response.writeHead(404).end();
      return;
    }
    const answer = (body: Buffer): void => {
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": body.length,
        ...(config.gzip > 0 && { "content-encoding": "gzip" }),
      });
      response.end(body);
    };
    const known = cache.get(key);
    if (known !== undefined) return answer(known);
    void backend.fetch(key).then(text => {
      const body = encode(text);
      cache.set(key, body);
      answer(body);
    });
  });
  return { server, cache, backend };
}
