/**
 * Peers in any language as samplers of the bench: JSON lines over stdin and stdout. We send one of
 *
 *   {"type":"begin","seed":1,"direction":"minimize","parameters":[{"name":"x","type":"float","low":0,"high":1,"log":false},
 *     {"name":"n","type":"int","low":0,"high":9},{"name":"c","type":"choice","count":3}]}
 *   {"type":"ask"}
 *   {"type":"tell","value":0.25}
 *
 * and the peer answers begin with {"type":"ready","peer":"optuna","version":"5.0.0"}, ask with {"type":"params","params":{"x":0.5,"n":3,"c":2}}
 * and anything with {"type":"error","message":"..."}. Choices travel as codes 0, 1, ...; ordinals as ints. End of input ends the peer.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { VernierError, type Params, type SpaceJson } from "vernier";
import type { Subject } from "./subject.ts";

/** A parameter as every library can say it. */
type Wire =
  | {
      readonly name: string;
      readonly type: "float";
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
    }
  | { readonly name: string; readonly type: "int"; readonly low: number; readonly high: number }
  | { readonly name: string; readonly type: "choice"; readonly count: number };

interface Node {
  readonly type?: string;
  readonly low?: number;
  readonly high?: number;
  readonly scale?: string;
  readonly step?: number;
  readonly choices?: readonly unknown[];
}

/** The space for a peer, and how its answers are read. */
export function wireSpace({ shape }: SpaceJson): {
  parameters: readonly Wire[];
  read: (params: Record<string, number>) => Params;
} {
  const parameters: Wire[] = [];
  const readers = new Map<string, (value: number) => unknown>();
  for (const [name, given] of Object.entries(shape)) {
    const node = given as Node;
    if (node.type === "float" && node.step === undefined && (node.scale ?? "linear") !== "logit") {
      parameters.push({ name, type: "float", low: node.low!, high: node.high!, log: node.scale === "log" });
      readers.set(name, value => Math.min(node.high!, Math.max(node.low!, value)));
    } else if (node.type === "int" && node.scale === undefined && node.step === undefined) {
      parameters.push({ name, type: "int", low: node.low!, high: node.high! });
      readers.set(name, Math.round);
    } else if (node.type === "ordinal" && node.choices !== undefined) {
      parameters.push({ name, type: "int", low: 0, high: node.choices.length - 1 });
      readers.set(name, value => node.choices![value]);
    } else if (node.type === "choice" && node.choices !== undefined) {
      parameters.push({ name, type: "choice", count: node.choices.length });
      readers.set(name, value => node.choices![value]);
    } else {
      throw new VernierError(
        "E_BENCH_PEER",
        `parameter ${name} (${node.type ?? "a group"}) cannot be told to a peer. Peers know floats (linear, log), ints, ordinals and choices. Leave the peer out of this problem.`,
      );
    }
  }
  return {
    parameters,
    read: params =>
      Object.fromEntries(parameters.map(({ name }) => [name, readers.get(name)!(params[name]!)])) as Params,
  };
}

interface Reply {
  readonly type: string;
  readonly message?: string;
  readonly params?: Record<string, number>;
  readonly version?: string;
}

/** A peer's process; one serves any number of studies, one at a time. */
export function peer(
  name: string,
  command: readonly [string, ...string[]],
): Subject & { version(): string | undefined } {
  const [file, ...args] = command;
  let version: string | undefined;
  let lines: AsyncIterator<string> | undefined;
  let child: ReturnType<typeof start> | undefined;

  function start() {
    const started = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
    started.stdin.on("error", () => undefined); // its end is seen on stdout
    started.on("error", () => undefined);
    lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
    return started;
  }

  async function send(message: object, wanted: string): Promise<Reply> {
    child ??= start();
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await lines!.next();
    if (done) throw failed(`ended while it was asked for "${wanted}"`);
    let reply: Reply;
    try {
      reply = JSON.parse(value) as Reply;
    } catch {
      throw failed(`wrote a line that is not JSON: ${value.slice(0, 200)}`);
    }
    if (reply.type !== wanted) throw failed(reply.message ?? `answered "${reply.type}" instead of "${wanted}"`);
    return reply;
  }

  function failed(what: string): VernierError {
    return new VernierError(
      "E_BENCH_PEER",
      `the peer ${name} (${file}) ${what}. It speaks JSON lines: ready, params. See its own messages above.`,
    );
  }

  return {
    name,
    version: () => version,
    async open({ space, direction }, seed) {
      const { parameters, read } = wireSpace(space);
      version = (await send({ type: "begin", seed, direction, parameters }, "ready")).version;
      return {
        ask: async () => read((await send({ type: "ask" }, "params")).params ?? {}),
        tell: async value => void child?.stdin.write(`${JSON.stringify({ type: "tell", value })}\n`),
        close: async () => undefined,
      };
    },
    close: () =>
      new Promise(resolve => {
        if (child === undefined || child.exitCode !== null) return resolve();
        child.once("close", () => resolve());
        child.stdin.end();
      }),
  };
}
