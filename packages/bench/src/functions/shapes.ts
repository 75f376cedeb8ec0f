/** Building blocks that several families of test functions share. Vectors are Float64Array; nothing is changed in place. */

/** i / (D - 1): 0 at the first coordinate, 1 at the last. */
export function exponents(d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, i) => (d === 1 ? 0 : i / (d - 1)));
}

/** The diagonal a^(e_i / 2). */
export function diagonal(d: number, a: number): Float64Array {
  return exponents(d).map(e => a ** (e / 2));
}

export function times(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => v * b[i]!);
}

export function minus(a: ArrayLike<number>, b: Float64Array): Float64Array {
  return b.map((v, i) => a[i]! - v);
}

/** Row-major square matrix by vector. */
export function turn(matrix: Float64Array, v: Float64Array): Float64Array {
  const d = v.length;
  return v.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! * v[j]!;
    return sum;
  });
}

export function sum(v: Float64Array, f: (x: number, i: number) => number): number {
  let total = 0;
  for (let i = 0; i < v.length; i++) total += f(v[i]!, i);
  return total;
}

/** Small smooth irregularities; 0 stays 0. */
export function oscillated(x: number): number {
  if (x === 0) return 0;
  const t = Math.log(Math.abs(x)) / 0.1;
  const [c1, c2] = x > 0 ? [1, 0.79] : [0.55, 0.31];
  return Math.sign(x) * Math.exp(t + 0.49 * (Math.sin(c1 * t) + Math.sin(c2 * t))) ** 0.1;
}

/** Breaks the symmetry around 0. */
export function skewed(v: Float64Array, beta: number): Float64Array {
  const e = exponents(v.length);
  return v.map((x, i) => (x > 0 ? x ** (1 + beta * e[i]! * Math.sqrt(x)) : x));
}

/** How far outside [-5, 5], squared. */
export function outside(x: ArrayLike<number>): number {
  return sum(Float64Array.from(x), v => Math.max(0, Math.abs(v) - 5) ** 2);
}

export function rastrigin(z: Float64Array): number {
  return sum(z, v => 10 - 10 * Math.cos(2 * Math.PI * v) + v * v);
}

export function rosenbrock(z: Float64Array): number {
  return sum(z.subarray(0, -1), (v, i) => 100 * (v * v - z[i + 1]!) ** 2 + (v - 1) ** 2);
}

/** prod_i (1 + (i + 1) sum_j |2^j v - [2^j v]| / 2^j)^(10 / n^1.2). */
export function katsuuraProduct(z: Float64Array): number {
  const power = 10 / z.length ** 1.2;
  let product = 1;
  for (let i = 0; i < z.length; i++) {
    let rough = 0;
    for (let j = 1; j <= 32; j++) {
      const scaled = 2 ** j * z[i]!;
      rough += Math.abs(scaled - Math.floor(scaled + 0.5)) / 2 ** j;
    }
    product *= (1 + (i + 1) * rough) ** power;
  }
  return product;
}
