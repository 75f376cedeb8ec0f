export type OptimizerParams =
  { readonly kind: "sgd"; readonly momentum: number } | { readonly kind: "adam"; readonly beta2: number };

/** Changes the parameters in place by one step down the gradient. */
export type Step = (parameters: Float64Array, gradient: Float64Array, rate: number) => void;

/**
 * SGD with momentum, or Adam (Kingma and Ba 2015, algorithm 1, beta1 0.9, epsilon 1e-8). Weight decay is decoupled from the
 * gradient in both (Loshchilov and Hutter 2019) and applies to every parameter.
 */
export function optimizer(params: OptimizerParams, size: number, decay: number): Step {
  const moment = new Float64Array(size);
  if (params.kind === "sgd") {
    const { momentum } = params;
    return (parameters, gradient, rate) => {
      for (let i = 0; i < size; i++) {
        moment[i] = momentum * moment[i]! + gradient[i]!;
        parameters[i]! -= rate * (moment[i]! + decay * parameters[i]!);
      }
    };
  }

  const beta1 = 0.9;
  const { beta2 } = params;
  const square = new Float64Array(size);
  let t = 0;
  return (parameters, gradient, rate) => {
    t++;
    const bias1 = 1 - beta1 ** t;
    const bias2 = 1 - beta2 ** t;
    for (let i = 0; i < size; i++) {
      const g = gradient[i]!;
      moment[i] = beta1 * moment[i]! + (1 - beta1) * g;
      square[i] = beta2 * square[i]! + (1 - beta2) * g * g;
      const direction = moment[i]! / bias1 / (Math.sqrt(square[i]! / bias2) + 1e-8);
      parameters[i]! -= rate * (direction + decay * parameters[i]!);
    }
  };
}
