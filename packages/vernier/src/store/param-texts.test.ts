import { describe, expect, test } from "vitest";
import { BLOCK, ParamTexts } from "./param-texts.ts";

const COUNT = 2 * BLOCK + 17;

/** Some plain, some beyond ASCII, some unknown. */
function valueOf(i: number): { a: number; text: string } | null {
  if (i % 50 === 7) return null;
  return { a: i / 3, text: i % 40 === 5 ? `é\u2028😀${i}` : `x${i}` };
}

function filled(): ParamTexts {
  const texts = new ParamTexts();
  for (let from = 0; from < COUNT; from += BLOCK) {
    const size = Math.min(BLOCK, COUNT - from);
    texts.add(Array.from({ length: size }, (_, i) => JSON.stringify(valueOf(from + i))));
  }
  return texts;
}

describe("parameters parsed when they are read", () => {
  test("in order, twice", () => {
    const texts = filled();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < COUNT; i++) expect(texts.at(i)).toEqual(valueOf(i));
    }
  });

  test("in any order, mixed with runs in order", () => {
    const texts = filled();
    for (let i = 0; i < 3000; i++) {
      const at = (i * 7919) % COUNT;
      for (let j = at; j < Math.min(COUNT, at + (i % 4)); j++) expect(texts.at(j)).toEqual(valueOf(j));
    }
  });

  test("what is read cannot be changed, and reading again gives the same", () => {
    const texts = filled();
    texts.at(200);
    const read = texts.at(20);
    expect(Object.isFrozen(read)).toBe(true);
    expect(texts.at(20)).toBe(read);
  });

  test("records carry it as a property like any other", () => {
    const texts = filled();
    const record = Object.defineProperty({ number: 5 }, "params", texts.property);
    expect(record).toEqual({ number: 5, params: valueOf(5) });
    expect({ ...record }).toEqual({ number: 5, params: valueOf(5) });
    expect(JSON.parse(JSON.stringify(record))).toEqual({ number: 5, params: valueOf(5) });
    expect(structuredClone(record)).toEqual({ number: 5, params: valueOf(5) });
  });
});
