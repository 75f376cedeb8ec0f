/**
 * exp and log that are the same in every engine, to the last bit: IEEE 754 fixes +, -, * and /, and nothing of Math.exp and Math.log but that
 * they are "implementation-approximated" (ECMA-262, 21.3.2); Node 24 and Chromium 156 disagree about one value in ten of exp and one in twenty
 * of log. A study on a log scale would suggest other values in a browser.
 *
 * The reductions and the two minimax approximations are those of Sun's fdlibm 5.3 (e_exp.c, e_log.c: error below 1 ulp), evaluated in the same
 * order, so that the values are also those of Node's own functions.
 */

/** ln 2 in two parts: the first has 32 trailing zero bits, so that k times it is exact for every exponent k. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** r - r * (exp(r) + 1) / (exp(r) - 1) + 2 over r² on [0, 0.34658²]: a Remez polynomial of degree 5 in r². */
const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;

/** Above it the result is infinite, below the other one 0. */
const OVERFLOW = 7.09782712893383973096e2;
const UNDERFLOW = -7.4513321910194110842e2;

/** 2^k for k = -1074 to 1023, all that there are: a table is quicker than putting an exponent into bits. */
const LEAST = -1074;
const POWERS = Float64Array.from({ length: 1024 - LEAST }, (_, i) => 2 ** (i + LEAST));

/** e^x, within 1 ulp; exact at 0, and E at 1. */
export function exp(x: number): number {
  if (!(x <= OVERFLOW)) return x > OVERFLOW ? Infinity : NaN;
  if (x < UNDERFLOW) return 0;
  if (x === 1) return Math.E;
  // x = k ln 2 + r with |r| <= ln 2 / 2; r = high - low keeps the digits that k ln 2 would lose.
  let k = 0;
  let high = x;
  let low = 0;
  if (x > 0.5 * Math.LN2 || x < -0.5 * Math.LN2) {
    k = (Math.LOG2E * x + (x < 0 ? -0.5 : 0.5)) | 0;
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k > 1023) return y * 2 * POWERS[1023 - LEAST]!;
  if (k >= -1021) return y * POWERS[k - LEAST]!;
  return y * POWERS[k + 1000 - LEAST]! * POWERS[-1000 - LEAST]!; // rounded once, into the subnormal numbers
}

/** (log(1 + f) - 2 s) / s in s² with s = f / (2 + f), |f| <= sqrt(2) - 1: a Remez polynomial of degree 7 in s². */
const L1 = 6.66666666666673513e-1;
const L2 = 3.999999999940941908e-1;
const L3 = 2.857142874366239149e-1;
const L4 = 2.222219843214978396e-1;
const L5 = 1.818357216161805012e-1;
const L6 = 1.531383769920937332e-1;
const L7 = 1.479819860511658591e-1;

const TWO_54 = 2 ** 54;
const SMALLEST_NORMAL = 2 ** -1022;
/** One number and its two halves; a DataView would be half as quick. */
const value = new Float64Array(1);
const halves = new Uint32Array(value.buffer);
value[0] = 1;
/** Where sign, exponent and the first 20 bits of the mantissa are: 1 on every machine that counts bytes from the little end. */
const HEAD = halves[1] === 0x3ff00000 ? 1 : 0;

/** The natural logarithm, within 1 ulp; exact at 1. -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let k = 0;
  let scaled = x;
  if (x < SMALLEST_NORMAL) {
    k = -54;
    scaled *= TWO_54;
  }
  value[0] = scaled;
  const head = halves[HEAD]!;
  const mantissa = head & 0xfffff;
  // x = 2^k (1 + f) with sqrt(1/2) < 1 + f <= sqrt(2): one exponent more from sqrt(2) on.
  const over = (mantissa + 0x95f64) & 0x100000;
  const exponent = (head >>> 20) - 1023 + (over >>> 20);
  k += exponent;
  const f = scaled * POWERS[-exponent - LEAST]! - 1;
  if (((mantissa + 2) & 0xfffff) < 3) {
    // |f| < 2^-20: two terms of the series do.
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW;
    const rest = f * f * (0.5 - (1 / 3) * f);
    return k === 0 ? f - rest : k * LN2_HIGH - (rest - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (L2 + w * (L4 + w * L6));
  const odd = z * (L1 + w * (L3 + w * (L5 + w * L7)));
  const rest = odd + even;
  if (((mantissa - 0x6147a) | (0x6b851 - mantissa)) <= 0)
    return k === 0 ? f - s * (f - rest) : k * LN2_HIGH - (s * (f - rest) - k * LN2_LOW - f);
  // 1 + f between 1.38 and 1.42 or so: f²/2 is taken out, where f alone would cost digits.
  const half = 0.5 * f * f;
  return k === 0 ? f - (half - s * (half + rest)) : k * LN2_HIGH - (half - (s * (half + rest) + k * LN2_LOW) - f);
}
