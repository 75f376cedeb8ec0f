/** Log expected improvement: Ament et al. 2023, "Unexpected improvements to expected improvement for Bayesian optimization", section 4.1. */
import { normalCdf, normalPdf } from "../../math/normal.ts";
import { erfcx } from "../../math/special.ts";

const HALF_LOG_TWO_PI = 0.91893853320467274178;
const SQRT_HALF_PI = 1.25331413731550025121;

/** log h(z) and its derivative, h(z) = phi(z) + z Phi(z): E[max(0, m + s Z - best)] = s h((m - best) / s). */
export const logH = {
  value: 0,
  slope: 0,
  /** Sets `value` and `slope`; finite for any finite z. */
  at(z: number): void {
    if (z > -1) {
      const upper = normalCdf(z);
      const h = normalPdf(z) + z * upper;
      logH.value = Math.log(h);
      logH.slope = upper / h;
    } else if (z > -1e4) {
      // phi(z) (1 + sqrt(pi/2) z erfcx(-z / sqrt 2)): nothing underflows.
      const mills = SQRT_HALF_PI * erfcx(-z * Math.SQRT1_2);
      const rest = 1 + z * mills;
      logH.value = -0.5 * z * z - HALF_LOG_TWO_PI + Math.log(rest);
      logH.slope = mills / rest;
    } else {
      // The bracket is 1/z^2 - 3/z^4 + ..., and cancels to nothing.
      logH.value = -0.5 * z * z - HALF_LOG_TWO_PI - 2 * Math.log(-z);
      logH.slope = -z - 2 / z;
    }
  },
};
