/**
 * One regression tree: Breiman et al. 1984, "Classification and regression trees", 8.3-8.4, for squared error, grown until the targets of a
 * leaf are equal or no column tells its rows apart.
 */
import { exp, log } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { argsort } from "../../math/sort.ts";

/** A column as the trees see it. */
export interface TreeColumn {
  /** Index in a row. */
  readonly index: number;
  /** Codes of a category, 0..codes-1; 0 for numbers. */
  readonly codes: number;
}

/** The rows that trees are grown on, by column, sorted once for all trees. */
export interface Sample {
  readonly rows: number;
  /** Values of each column that can be split, [column][row]. */
  readonly values: readonly Float64Array[];
  /** Codes of a category column (0..codes-1); 0 for a numeric one. */
  readonly codes: Int32Array;
  /** Index of each of these columns in an encoded row. */
  readonly columns: Int32Array;
  /** Rows in ascending order of each numeric column; all rows in their order for a category column. */
  readonly orders: readonly Int32Array[];
}

/** The sample of the first `rows` rows of x, `width` numbers each, none NaN. */
export function sampleOf(columns: readonly TreeColumn[], x: Float64Array, width: number, rows: number): Sample {
  const values = columns.map(({ index }) => Float64Array.from({ length: rows }, (_, i) => x[i * width + index]!));
  const inOrder = Int32Array.from({ length: rows }, (_, i) => i);
  return {
    rows,
    values,
    codes: Int32Array.from(columns, ({ codes }) => codes),
    columns: Int32Array.from(columns, ({ index }) => index),
    orders: values.map((each, f) => (columns[f]!.codes > 0 ? inOrder : argsort(each))),
  };
}

/** Nodes of all trees of a forest, and room for more. The right child follows the left one. */
export class Nodes {
  count = 0;
  /** Column of the encoded row; -1 for a leaf. */
  column = new Int32Array(1024);
  /** Rows with a value up to it go left; a leaf's value. */
  threshold = new Float64Array(1024);
  left = new Int32Array(1024);
  /** Where in `members` the codes that go left are marked; -1 for a numeric split. */
  members = new Int32Array(1024);
  marks = new Uint8Array(256);
  marked = 0;

  /** Indices of two new nodes: the first one's. */
  pair(): number {
    const first = this.count;
    this.count += 2;
    if (this.count > this.column.length) {
      const grown = 2 * this.column.length;
      this.column = grow(this.column, new Int32Array(grown));
      this.threshold = grow(this.threshold, new Float64Array(grown));
      this.left = grow(this.left, new Int32Array(grown));
      this.members = grow(this.members, new Int32Array(grown));
    }
    return first;
  }

  /** Room for the marks of `codes` codes, all 0: where it begins. */
  mark(codes: number): number {
    const first = this.marked;
    this.marked += codes;
    if (this.marked > this.marks.length) this.marks = grow(this.marks, new Uint8Array(2 * this.marked));
    return first;
  }
}

function grow<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The best split of a node so far. */
interface Split {
  score: number;
  feature: number;
  threshold: number;
}

/** Grows trees on one sample; what it needs is allocated once. */
export class Grower {
  readonly #sample: Sample;
  readonly #targets: Float64Array;
  readonly #weight: Int32Array;
  /** Rows of the tree in the order of each column; a node has the same range of each. */
  readonly #lists: readonly Int32Array[];
  readonly #goesLeft: Uint8Array;
  readonly #spare: Int32Array;
  readonly #features: Int32Array;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #present: Int32Array;
  /** Codes of the best category split that go left. */
  readonly #leftCodes: Int32Array;
  #leftCount = 0;
  readonly #best: Split = { score: -Infinity, feature: -1, threshold: 0 };

  constructor(sample: Sample, targets: Float64Array) {
    this.#sample = sample;
    this.#targets = targets;
    const { rows, codes } = sample;
    const most = codes.reduce((a, b) => Math.max(a, b), 0);
    this.#weight = new Int32Array(rows);
    this.#lists = sample.orders.map(() => new Int32Array(rows));
    this.#goesLeft = new Uint8Array(rows);
    this.#spare = new Int32Array(rows);
    this.#features = Int32Array.from({ length: codes.length }, (_, f) => f);
    this.#sums = new Float64Array(most);
    this.#counts = new Float64Array(most);
    this.#present = new Int32Array(most);
    this.#leftCodes = new Int32Array(most);
  }

  /** Grows a tree on a bootstrap sample (`bootstrap` false: on every row once) and gives its root in `nodes`. */
  grow(nodes: Nodes, rng: Rng, bootstrap: boolean): number {
    const { rows, orders } = this.#sample;
    const weight = this.#weight;
    if (bootstrap) {
      weight.fill(0);
      for (let i = 0; i < rows; i++) weight[rng.int(rows)]!++;
    } else weight.fill(1);
    let size = 0;
    for (const [f, order] of orders.entries()) {
      const list = this.#lists[f]!;
      size = 0;
      for (const row of order) if (weight[row]! > 0) list[size++] = row;
    }
    const root = nodes.pair(); // the second of the pair stays unused
    const stack: number[] = [root, 0, size];
    while (stack.length > 0) {
      const end = stack.pop()!;
      const start = stack.pop()!;
      const node = stack.pop()!;
      if (!this.#split(start, end, rng)) {
        nodes.column[node] = -1;
        nodes.threshold[node] = this.#leaf(start, end);
        continue;
      }
      const middle = this.#divide(nodes, node, start, end, rng);
      const left = nodes.pair();
      nodes.left[node] = left;
      stack.push(left + 1, middle, end, left, start, middle);
    }
    return root;
  }

  /** log(mean exp t): the mean of what the logarithms stand for. */
  #leaf(start: number, end: number): number {
    const list = this.#lists[0];
    let top = -Infinity;
    if (list === undefined) return 0;
    for (let i = start; i < end; i++) top = Math.max(top, this.#targets[list[i]!]!);
    let sum = 0;
    let weights = 0;
    for (let i = start; i < end; i++) {
      const row = list[i]!;
      const w = this.#weight[row]!;
      sum += w * exp(this.#targets[row]! - top);
      weights += w;
    }
    return top + log(sum / weights);
  }

  /** Finds the best split of a node; false where there is none. Columns in random order, so that none is preferred where several do as well. */
  #split(start: number, end: number, rng: Rng): boolean {
    const best = this.#best;
    best.feature = -1;
    best.score = -Infinity;
    const list = this.#lists[0];
    if (list === undefined || end - start < 2) return false;
    const targets = this.#targets;
    const weight = this.#weight;
    let [low, high] = [Infinity, -Infinity];
    let sum = 0;
    let total = 0;
    for (let i = start; i < end; i++) {
      const row = list[i]!;
      const t = targets[row]!;
      if (t < low) low = t;
      if (t > high) high = t;
      sum += weight[row]! * t;
      total += weight[row]!;
    }
    if (low === high) return false;
    const features = this.#features;
    for (let k = features.length - 1; k >= 0; k--) {
      const j = k === 0 ? 0 : rng.int(k + 1);
      const f = features[j]!;
      features[j] = features[k]!;
      features[k] = f;
      if (this.#sample.codes[f] === 0) this.#scanNumbers(f, start, end, sum, total);
      else this.#scanCodes(f, start, end, sum, total);
    }
    return best.feature >= 0;
  }

  /** The score of a split is what it takes off the sum of squares, up to a constant: sL^2/nL + sR^2/nR. */
  #scanNumbers(f: number, start: number, end: number, sum: number, total: number): void {
    const list = this.#lists[f]!;
    const values = this.#sample.values[f]!;
    const targets = this.#targets;
    const weight = this.#weight;
    const last = values[list[end - 1]!]!;
    let value = values[list[start]!]!;
    if (value === last) return;
    let bestScore = this.#best.score;
    let [from, to] = [NaN, NaN];
    let left = 0;
    let count = 0;
    for (let i = start; i < end - 1; i++) {
      const row = list[i]!;
      const w = weight[row]!;
      left += w * targets[row]!;
      count += w;
      const next = values[list[i + 1]!]!;
      if (next > value) {
        const right = sum - left;
        const score = (left * left) / count + (right * right) / (total - count);
        if (score > bestScore) {
          bestScore = score;
          from = value;
          to = next;
        }
        value = next;
      }
    }
    if (!(to > from)) return;
    const best = this.#best;
    best.score = bestScore;
    best.feature = f;
    const middle = from + (to - from) / 2;
    best.threshold = middle < to ? middle : from;
  }

  /** The best of all subsets is a prefix of the codes in the order of their means: Fisher 1958, "On grouping for maximum homogeneity". */
  #scanCodes(f: number, start: number, end: number, sum: number, total: number): void {
    const list = this.#lists[f]!;
    const values = this.#sample.values[f]!;
    const sums = this.#sums;
    const counts = this.#counts;
    const present = this.#present;
    let n = 0;
    for (let i = start; i < end; i++) {
      const row = list[i]!;
      const code = values[row]!;
      if (counts[code] === 0) present[n++] = code;
      counts[code]! += this.#weight[row]!;
      sums[code]! += this.#weight[row]! * this.#targets[row]!;
    }
    for (let i = 1; i < n; i++) {
      const code = present[i]!;
      const mean = sums[code]! / counts[code]!;
      let j = i - 1;
      for (; j >= 0 && sums[present[j]!]! / counts[present[j]!]! > mean; j--) present[j + 1] = present[j]!;
      present[j + 1] = code;
    }
    let left = 0;
    let count = 0;
    let size = 0;
    for (let i = 0; i < n - 1; i++) {
      left += sums[present[i]!]!;
      count += counts[present[i]!]!;
      const right = sum - left;
      const score = (left * left) / count + (right * right) / (total - count);
      if (score > this.#best.score) {
        this.#best.score = score;
        this.#best.feature = f;
        size = i + 1;
      }
    }
    if (size > 0) {
      this.#leftCodes.set(present.subarray(0, size));
      this.#leftCount = size;
    }
    for (let i = 0; i < n; i++) sums[present[i]!] = counts[present[i]!] = 0;
  }

  /** Writes the split into the node and divides its rows in every list: where the right ones begin. */
  #divide(nodes: Nodes, node: number, start: number, end: number, rng: Rng): number {
    const { feature, threshold } = this.#best;
    const { codes, columns } = this.#sample;
    const values = this.#sample.values[feature]!;
    const list = this.#lists[feature]!;
    const goesLeft = this.#goesLeft;
    nodes.column[node] = columns[feature]!;
    nodes.threshold[node] = threshold;
    nodes.members[node] = -1;
    if (codes[feature]! > 0) {
      const at = nodes.mark(codes[feature]!);
      nodes.members[node] = at;
      const { marks } = nodes;
      // A code that the node has no row of goes either way: the trees then differ about it, as they should.
      for (let c = 0; c < codes[feature]!; c++) marks[at + c] = rng.uint32() & 1;
      for (let i = start; i < end; i++) marks[at + values[list[i]!]!] = 0;
      for (let i = 0; i < this.#leftCount; i++) marks[at + this.#leftCodes[i]!] = 1;
      for (let i = start; i < end; i++) goesLeft[list[i]!] = marks[at + values[list[i]!]!]!;
    } else for (let i = start; i < end; i++) goesLeft[list[i]!] = values[list[i]!]! <= threshold ? 1 : 0;
    let middle = start;
    const spare = this.#spare;
    for (const each of this.#lists) {
      middle = start;
      let right = 0;
      for (let i = start; i < end; i++) {
        const row = each[i]!;
        if (goesLeft[row] === 1) each[middle++] = row;
        else spare[right++] = row;
      }
      for (let i = 0; i < right; i++) each[middle + i] = spare[i]!;
    }
    return middle;
  }
}
