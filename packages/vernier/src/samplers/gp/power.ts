/**
 * Values made more normal by a power (Yeo & Johnson 2000, "A new family of power transformations to improve normality or symmetry"), as HEBO
 * does (Cowen-Rivers et al. 2022, section 3.1): a process with one variance everywhere fits an objective better whose bad values do not lie
 * far off and whose good values do not lie all in one place.
 */

/** Steps, each of which shortens the interval that holds the power by the golden section: to a millionth. */
const STEPS = 30;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The transformation of one number: increasing in v for every power, the identity for 1. */
export function yeoJohnson(v: number, power: number): number {
  if (v >= 0) return Math.abs(power) < 1e-9 ? Math.log1p(v) : Math.expm1(power * Math.log1p(v)) / power;
  const other = 2 - power;
  return Math.abs(other) < 1e-9 ? -Math.log1p(-v) : -Math.expm1(other * Math.log1p(-v)) / other;
}

/**
 * The power from `low` to `high` under which `values` (mean 0, variance 1) are most likely normal: golden section on the log likelihood,
 * -(n/2) log variance + (power - 1) sum sign(v) log(1 + |v|).
 */
export function fitPower(values: Float64Array, low: number, high: number): number {
  const n = values.length;
  let jacobian = 0;
  for (const v of values) jacobian += Math.sign(v) * Math.log1p(Math.abs(v));
  const loss = (power: number): number => {
    let [sum, squares] = [0, 0];
    for (const v of values) {
      const t = yeoJohnson(v, power);
      sum += t;
      squares += t * t;
    }
    return 0.5 * n * Math.log(Math.max(1e-300, squares / n - (sum / n) ** 2)) - (power - 1) * jacobian;
  };
  let [a, b] = [low, high];
  let [left, right] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [atLeft, atRight] = [loss(left), loss(right)];
  for (let i = 0; i < STEPS; i++) {
    if (atLeft <= atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - GOLDEN * (b - a);
      atLeft = loss(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + GOLDEN * (b - a);
      atRight = loss(right);
    }
  }
  return 0.5 * (a + b);
}
