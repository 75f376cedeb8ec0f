/**
 * The error function and its relatives. Relative error below 1e-15, also where the values are as small as 1e-300. Only
 * + - * / and exp, so every engine with fdlibm's exp gives equal bits.
 * Error function: Cody 1969, "Rational Chebyshev approximations for the error function", Math. Comp. 23, on his
 * intervals |x| <= 0.46875, <= 4 and beyond.
 */
import { exp } from "./elementary.ts";

const INV_SQRT_PI = 0.5641895835477562869;

/** erf(x) = 2/√π ∫_0^x exp(-t²) dt. */
export function erf(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return erfSmall(x);
  const tail = y > 6 ? 0 : expMinusSquare(y, 1) * erfcxPositive(y);
  return x < 0 ? tail - 1 : 1 - tail;
}

/** erfc(x) = 1 - erf(x), without cancellation for x > 0; underflows to 0 beyond 27.3. */
export function erfc(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - erfSmall(x);
  const tail = y > 27.3 ? 0 : expMinusSquare(y, 1) * erfcxPositive(y);
  return x < 0 ? 2 - tail : tail;
}

/** erfcx(x) = exp(x²) erfc(x), which falls only like 1/(x√π) for large x; Infinity below -26.7. */
export function erfcx(x: number): number {
  if (x > 0.46875) return erfcxPositive(x);
  if (x >= -0.46875) return exp(x * x) * (1 - erfSmall(x));
  if (x < -26.7) return Infinity;
  return 2 / expMinusSquare(x, 1) - erfcxPositive(-x);
}

/**
 * exp(-s y²) for a power of two s and |y| < 1e8. y * y rounds, and exp would magnify that by s y²; the rounding error
 * is recovered exactly (Dekker 1971, "A floating-point technique for extending the available precision") and put
 * back.
 */
export function expMinusSquare(y: number, s: number): number {
  const shifted = 134217729 * y; // 2^27 + 1 splits y into two halves of 26 bits
  const high = shifted - (shifted - y);
  const low = y - high;
  const square = y * y;
  const lost = high * high - square + 2 * high * low + low * low;
  return exp(-s * square) * (1 - s * lost);
}

function erfSmall(x: number): number {
  const z = x * x;
  // prettier-ignore
  return (x *
    ((((1.85777706184603152673e-1 * z + 3.1611237438705656) * z + 1.13864154151050156e2) * z + 3.77485237685302021e2) * z +
      3.20937758913846947e3)) /
    ((((z + 2.36012909523441209e1) * z + 2.44024637934444173e2) * z + 1.28261652607737228e3) * z + 2.84423683343917062e3);
}

/** erfcx(y) for y > 0.46875. */
function erfcxPositive(y: number): number {
  if (y <= 4) {
    // prettier-ignore
    return ((((((((2.15311535474403846343e-8 * y + 5.64188496988670089e-1) * y + 8.88314979438837594) * y +
      6.61191906371416295e1) * y + 2.98635138197400131e2) * y + 8.81952221241769090e2) * y + 1.71204761263407058e3) * y +
      2.05107837782607147e3) * y + 1.23033935479799725e3) /
      ((((((((y + 1.57449261107098347e1) * y + 1.17693950891312499e2) * y + 5.37181101862009858e2) * y +
      1.62138957456669019e3) * y + 3.29079923573345963e3) * y + 4.36261909014324716e3) * y + 3.43936767414372164e3) * y +
      1.23033935480374942e3);
  }
  const z = 1 / (y * y);
  // prettier-ignore
  const r = z *
    (((((1.63153871373020978498e-2 * z + 3.05326634961232344e-1) * z + 3.60344899949804439e-1) * z +
      1.25781726111229246e-1) * z + 1.60837851487422766e-2) * z + 6.58749161529837803e-4) /
    (((((z + 2.56852019228982242) * z + 1.87295284992346047) * z + 5.27905102951428412e-1) * z +
      6.05183413124413191e-2) * z + 2.33520497626869185e-3);
  return (INV_SQRT_PI - r) / y;
}
