/**
 * Hash of a space: MurmurHash3 x86 128-bit (Appleby, public domain), written out because it must give the same digits in Node and in
 * browsers without asking for a crypto module. It tells spaces apart; it does not protect against anyone.
 */
import { canonical } from "./canonical.ts";
import { toJson } from "./json.ts";
import { isNode } from "./names.ts";
import type { Node, Shape, SpaceJson } from "./types.ts";

const C = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
/** Per lane: rotation of the key, rotation of the lane, added constant. */
const LANES = [
  [15, 19, 0x561ccd1b],
  [16, 17, 0x0bcaa747],
  [17, 15, 0x96cd1c35],
  [18, 13, 0x32ac3b17],
] as const;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** The mixing step of one key word of lane i. */
function scrambled(word: number, i: 0 | 1 | 2 | 3): number {
  return Math.imul(rotate(Math.imul(word, C[i]), LANES[i][0]), C[((i + 1) % 4) as 0 | 1 | 2 | 3]);
}

function finished(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** 32 hexadecimal digits of the text's UTF-8 bytes. */
export function hashText(text: string): string {
  const bytes = utf8(text);
  const h: [number, number, number, number] = [0, 0, 0, 0];
  const word = (at: number): number =>
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  const whole = bytes.length - (bytes.length % 16);
  const lanes = [0, 1, 2, 3] as const;
  for (let at = 0; at < whole; at += 16) {
    for (const i of lanes) {
      const mixed = rotate(h[i] ^ scrambled(word(at + 4 * i), i), LANES[i][1]);
      h[i] = (Math.imul(mixed + h[((i + 1) % 4) as 0 | 1 | 2 | 3], 5) + LANES[i][2]) | 0;
    }
  }
  // Missing bytes of the tail read as 0, which the scrambling keeps at 0.
  for (const i of lanes) h[i] ^= scrambled(word(whole + 4 * i), i) ^ bytes.length;
  const mix = (): void => {
    h[0] += h[1] + h[2] + h[3];
    for (const i of [1, 2, 3] as const) h[i] += h[0];
  };
  mix();
  for (const i of lanes) h[i] = finished(h[i]);
  mix();
  return h.map(x => (x >>> 0).toString(16).padStart(8, "0")).join("");
}

/** UTF-8 bytes; a lone surrogate becomes U+FFFD. No TextEncoder: it is not part of the language. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else {
      bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63));
      bytes.push(0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    }
  }
  return bytes;
}

/** A node or group without `description` and `unit`, which do not change the search. */
export function bare(member: Node | Shape): unknown {
  if (!isNode(member)) return Object.fromEntries(Object.entries(member).map(([name, m]) => [name, bare(m)]));
  const { description: _, unit: __, ...node } = member as Node & { description?: string; unit?: string };
  switch (node.type) {
    case "list":
      return { ...node, item: bare(node.item) };
    case "oneOf":
      return { ...node, branches: bare(node.branches as Shape) };
    case "optional":
      return { ...node, p: bare(node.p) };
    default:
      return node;
  }
}

/**
 * 32 hexadecimal digits, equal for spaces that define the same search: the order of names and the documentation do not count,
 * the order of choices and of `where` does.
 *
 * @throws VernierError E_SPACE_LOCAL where a function stands under `where`.
 */
export function hashSpace(space: SpaceJson): string {
  const json = toJson(space);
  return hashText(canonical({ ...json, shape: bare(json.shape) }));
}
