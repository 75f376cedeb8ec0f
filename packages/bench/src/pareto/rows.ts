/** Rows of objective values that a peer in any language draws alike: Park & Miller's generator, exact in doubles. */

const MODULUS = 2_147_483_647;

function uniforms(seed: number): () => number {
  let state = seed;
  return () => (state = (48_271 * state) % MODULUS) / MODULUS;
}

/** n rows of m independent uniforms. */
export function randomRows(n: number, m: number): Float64Array {
  const next = uniforms(n + m);
  return Float64Array.from({ length: n * m }, next);
}

/** n rows of which none dominates another: m - 1 uniforms, and minus their mean. */
export function frontRows(n: number, m: number): Float64Array {
  const next = uniforms(n + m);
  const rows = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < m - 1; j++) sum += rows[i * m + j] = next();
    rows[i * m + m - 1] = -sum / (m - 1);
  }
  return rows;
}
