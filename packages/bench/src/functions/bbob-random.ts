/**
 * The random numbers BBOB's instances are made of: exact, because they define the functions (Hansen et al. 2009, "Real-parameter
 * black-box optimization benchmarking: noiseless functions definitions").
 */

/** `n` numbers in (0, 1) of the minimal-standard generator with a shuffle table of 32. */
export function unif(n: number, seed: number): Float64Array {
  let a = Math.max(1, Math.abs(seed));
  const advance = (): number => {
    const t = Math.floor(a / 127773);
    a = 16807 * (a - t * 127773) - 2836 * t;
    if (a < 0) a += 2147483647;
    return a;
  };
  const table = new Float64Array(32);
  for (let i = 39; i >= 0; i--) {
    advance();
    if (i < 32) table[i] = a;
  }
  let k = table[0]!;
  return Float64Array.from({ length: n }, () => {
    advance();
    const t = Math.floor(k / 67108865);
    k = table[t]!;
    table[t] = a;
    return k === 0 ? 1e-99 : k / 2147483647;
  });
}

/** `n` standard normal numbers. */
export function gauss(n: number, seed: number): Float64Array {
  const u = unif(2 * n, seed);
  return Float64Array.from({ length: n }, (_, i) => {
    const g = Math.sqrt(-2 * Math.log(u[i]!)) * Math.cos(2 * Math.PI * u[n + i]!);
    return g === 0 ? 1e-99 : g;
  });
}

/** A rotation in `d` dimensions, row-major: columns of normal numbers, made orthonormal one after another. */
export function rotation(d: number, seed: number): Float64Array {
  const v = gauss(d * d, seed);
  const b = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) b[i * d + j] = v[j * d + i]!;
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < j; k++) {
      let dot = 0;
      for (let i = 0; i < d; i++) dot += b[i * d + j]! * b[i * d + k]!;
      for (let i = 0; i < d; i++) b[i * d + j]! -= dot * b[i * d + k]!;
    }
    let norm = 0;
    for (let i = 0; i < d; i++) norm += b[i * d + j]! ** 2;
    norm = Math.sqrt(norm);
    for (let i = 0; i < d; i++) b[i * d + j]! /= norm;
  }
  return b;
}

/** Where the optimum lies, in [-4, 4]. */
export function optimumPlace(d: number, seed: number): Float64Array {
  return unif(d, seed).map(u => {
    const x = (8 * Math.floor(1e4 * u)) / 1e4 - 4;
    return x === 0 ? -1e-5 : x;
  });
}

/** The optimum's value, in [-1000, 1000], to two decimals. */
export function optimumValue(seed: number): number {
  const ratio = (100 * gauss(1, seed)[0]!) / gauss(1, seed + 1)[0]!;
  return Math.min(1000, Math.max(-1000, Math.floor(100 * ratio + 0.5) / 100));
}

/** Positions that would sort the numbers. */
export function order(numbers: Float64Array): Uint32Array {
  return Uint32Array.from(numbers.keys()).sort((a, b) => numbers[a]! - numbers[b]! || a - b);
}
