/** The steps of the search in what is not continuous: other values of one column, other orders of a permutation, other members of a subset. */
import type { Codec, Column } from "../../space/types.ts";

/** Columns with up to this many values are tried whole. */
const WHOLE = 16;
/** Values tried across the range of a longer column, and how often the distance to the present value is halved. */
const ACROSS = 16;
const HALVINGS = 12;
/** Items of a permutation or subset that are swapped with every other; beyond, neighbours only. */
const PAIRS = 16;

/** Changes of one thing: each is written over a copy of the configuration. */
export interface Move {
  /** The columns that it reads; it is of no use where they are inactive. */
  readonly columns: readonly number[];
  /** Writes the alternatives to z, as [column, value] lists. */
  alternatives(z: Float64Array): readonly (readonly (readonly [column: number, value: number])[])[];
}

/** The columns that move continuously, and the moves of all others. */
export function movesOf({ columns }: Codec): {
  readonly continuous: readonly number[];
  readonly moves: readonly Move[];
} {
  const continuous: number[] = [];
  const moves: Move[] = [];
  const swapped = new Map<string, number[]>();
  for (const column of columns) {
    const { index, kernel, kind, levels, param } = column;
    if (kernel === "permutation" || kernel === "bit") swapped.set(param, [...(swapped.get(param) ?? []), index]);
    if (kernel === "permutation" || (levels === 1 && kernel !== "text")) continue;
    if (kind === "category") moves.push(categoryMove(column));
    else if (levels === 0) continuous.push(index);
    else moves.push(levels <= WHOLE ? cellsMove(column) : lineMove(column));
  }
  for (const members of swapped.values()) if (members.length > 1) moves.push(swapMove(members));
  return { continuous, moves };
}

function categoryMove({ index, levels, kernel }: Column): Move {
  return {
    columns: [index],
    alternatives(z) {
      // A text's vocabulary grows; its column says so by a new codec version.
      const count = kernel === "text" ? Math.max(levels, 1) : levels;
      return Array.from({ length: count }, (_, code) => [[index, code]] as const).filter(
        ([[, code]]) => code !== z[index],
      );
    },
  };
}

/** Every value of a column with few. */
function cellsMove(column: Column): Move {
  const { index, levels } = column;
  const values: number[] = [];
  let u = column.snap(0);
  for (let k = 0; k < levels; k++) {
    values.push(u);
    u = column.snap(Math.min(1, column.cell(u)[1] + 1e-9));
  }
  const all = [...new Set(values)];
  return { columns: [index], alternatives: z => all.filter(v => v !== column.snap(z[index]!)).map(v => [[index, v]]) };
}

/** Values across the range, and ever closer to the present one. */
function lineMove(column: Column): Move {
  const { index } = column;
  const across = Array.from({ length: ACROSS }, (_, k) => column.snap(k / (ACROSS - 1)));
  return {
    columns: [index],
    alternatives(z) {
      const present = column.snap(z[index]!);
      const [low, high] = column.cell(present);
      const near = [low - 1e-9, high + 1e-9];
      for (let k = 1, step = 0.5; k <= HALVINGS; k++, step /= 2) near.push(present - step, present + step);
      const values = new Set(across);
      for (const v of near) if (v >= 0 && v <= 1) values.add(column.snap(v));
      values.delete(present);
      return [...values].map(v => [[index, v]]);
    },
  };
}

/** Two columns exchange their values. */
function swapMove(members: readonly number[]): Move {
  const pairs: [number, number][] = [];
  for (const [i, a] of members.entries()) {
    for (const [j, b] of members.entries()) {
      if (j > i && (j === i + 1 || members.length <= PAIRS)) pairs.push([a, b]);
    }
  }
  return {
    columns: members,
    alternatives: z =>
      pairs.filter(([a, b]) => z[a] !== z[b]).map(([a, b]) => [[a, z[b]!] as const, [b, z[a]!] as const]),
  };
}
