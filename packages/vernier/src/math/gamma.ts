/** The logarithm of the gamma function, by + - * /, log and log1p only. */
import { log } from "./elementary.ts";

const HALF_LOG_TWO_PI = 0.91893853320467274178;
const ONE_MINUS_EULER = 0.422784335098467139394;

/** (-1)^k (ζ(k) - 1) / k for k = 2, 3, ... */
// prettier-ignore
const ZETA = [
  3.22467033424113218e-1, -6.73523010531980951e-2, 2.05808084277845479e-2, -7.38555102867398527e-3,
  2.89051033074152329e-3, -1.19275391170326098e-3, 5.09669524743042422e-4, -2.2315475845357938e-4,
  9.94575127818085337e-5, -4.49262367381331417e-5, 2.05072127756706916e-5, -9.4394882752683959e-6,
  4.3748667899074878e-6, -2.03921575380136624e-6, 9.55141213040741983e-7, -4.49246919876456604e-7,
  2.12071848055546659e-7, -1.00432248239680996e-7, 4.76981016936398057e-8, -2.27110946089431649e-8,
  1.08386592148969541e-8, -5.18347504197004666e-9, 2.48367454380247832e-9, -1.19214014058609121e-9,
  5.73136724167886201e-10,
];

/** log Γ(2 + z) for |z| <= 1/2 (Abramowitz & Stegun 6.1.33), exact at its zero z = 0; terms fall like 4^-k. */
function aroundTwo(z: number): number {
  let sum = 0;
  for (let k = ZETA.length - 1; k >= 0; k--) sum = (sum + ZETA[k]!) * z;
  return (sum + ONE_MINUS_EULER) * z;
}

/**
 * log Γ(x) for x > 0; Infinity at 0, NaN below. Relative error below 1e-14 everywhere, also next to the zeros at 1 and
 * 2. Taylor series about 2, the recurrence Γ(x + 1) = x Γ(x), Stirling's series from 10 on (Abramowitz & Stegun 6.1.33,
 * .15, .41).
 */
export function lgamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  if (x < 0.5) return aroundTwo(x) - Math.log1p(x) - log(x);
  if (x < 1.5) return aroundTwo(x - 1) - Math.log1p(x - 1);
  if (x <= 2.5) return aroundTwo(x - 2);
  if (x < 10) {
    let product = 1;
    while (x > 2.5) {
      x -= 1;
      product *= x;
    }
    return log(product) + aroundTwo(x - 2);
  }
  return (x - 0.5) * (log(x) - 1) + (HALF_LOG_TWO_PI - 0.5) + stirlingRest(x);
}

/** log Γ(x) - ((x - 1/2) log x - x + log(2π)/2) for x >= 10: the Bernoulli numbers' B_2k / (2k (2k - 1)) x^(1 - 2k). */
export function stirlingRest(x: number): number {
  const z = 1 / (x * x);
  const series =
    1 / 12 + z * (-1 / 360 + z * (1 / 1260 + z * (-1 / 1680 + z * (1 / 1188 + z * (-691 / 360360 + z * (1 / 156))))));
  return series / x; // at x = 10 the next term would add 3e-17
}
