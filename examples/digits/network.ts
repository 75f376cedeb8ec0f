import { seeded, type Random } from "./random.ts";

export type Activation = "relu" | "tanh";
export interface NetworkOptions {
  readonly inputs: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly classes: number;
  readonly activation: Activation;
  /** Share of hidden units switched off at each training step. Default 0. */
  readonly dropout?: number;
  readonly seed: number;
}

interface Layer {
  readonly inputs: number;
  readonly units: number;
  /** Place of the weights [units][inputs], then the biases [units], in the flat parameter vector. */
  readonly weights: number;
  readonly biases: number;
}

/**
 * A multilayer perceptron with a softmax on top, trained by cross-entropy. Parameters and gradient are flat vectors, so that
 * an optimizer needs to know nothing of layers.
 */
export class Network {
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;
  readonly #layers: readonly Layer[];
  readonly #activation: Activation;
  readonly #dropout: number;
  readonly #random: Random;
  /** For one batch and each layer: its outputs, the factors of dropout on them (0 or 1 / kept share), the loss's gradient. */
  #outputs: Float64Array[] = [];
  #masks: Float64Array[] = [];
  #deltas: Float64Array[] = [];
  #capacity = 0;

  constructor(options: NetworkOptions) {
    const widths = [options.inputs, ...options.hidden, options.classes];
    let size = 0;
    this.#layers = widths.slice(1).map((units, i) => {
      const inputs = widths[i] ?? 0;
      const layer = { inputs, units, weights: size, biases: size + units * inputs };
      size += units * (inputs + 1);
      return layer;
    });
    this.#activation = options.activation;
    this.#dropout = options.dropout ?? 0;
    this.#random = seeded(options.seed);
    this.parameters = new Float64Array(size);
    this.gradient = new Float64Array(size);
    for (const { inputs, weights, biases } of this.#layers) {
      // Uniform with variance 2 / inputs for relu (He et al. 2015) and 1 / inputs for tanh (LeCun et al. 1998); biases start at 0.
      const limit = Math.sqrt((options.activation === "relu" ? 6 : 3) / inputs);
      for (let i = weights; i < biases; i++) this.parameters[i] = (2 * this.#random() - 1) * limit;
    }
  }

  /** One training pass over `size` rows: returns the mean cross-entropy in nats and leaves its gradient in `gradient`. */
  loss(rows: Float64Array, labels: ArrayLike<number>, size: number): number {
    this.#forward(rows, size, this.#dropout);
    const loss = this.#softmax(labels, size);
    this.#backward(rows, size);
    return loss;
  }

  /** Mean cross-entropy in nats and the share of rows whose likeliest class is the label. */
  evaluate(rows: Float64Array, labels: ArrayLike<number>, size: number): { loss: number; accuracy: number } {
    this.#forward(rows, size, 0);
    const classes = this.#last.units;
    const scores = this.#outputs[this.#layers.length - 1] as Float64Array;
    let right = 0;
    for (let r = 0; r < size; r++) {
      let best = 0;
      for (let c = 1; c < classes; c++) if (scores[r * classes + c]! > scores[r * classes + best]!) best = c;
      if (best === labels[r]) right++;
    }
    return { loss: this.#softmax(labels, size), accuracy: right / size };
  }

  get #last(): Layer {
    return this.#layers[this.#layers.length - 1] as Layer;
  }

  #forward(rows: Float64Array, size: number, dropout: number): void {
    this.#reserve(size);
    const p = this.parameters;
    let below = rows;
    this.#layers.forEach((layer, l) => {
      const { inputs, units, weights, biases } = layer;
      const out = this.#outputs[l] as Float64Array;
      const hidden = l < this.#layers.length - 1;
      const relu = this.#activation === "relu";
      for (let r = 0; r < size; r++) {
        const from = r * inputs;
        for (let u = 0; u < units; u++) {
          let sum = p[biases + u]! + dot(p, weights + u * inputs, below, from, inputs);
          if (hidden) sum = relu ? Math.max(0, sum) : Math.tanh(sum);
          out[r * units + u] = sum;
        }
      }
      if (hidden && dropout > 0) this.#drop(out, this.#masks[l] as Float64Array, size * units, dropout);
      below = out;
    });
  }

  /** Inverted dropout (Srivastava et al. 2014): what stays is scaled up, so that evaluation needs no change. */
  #drop(out: Float64Array, mask: Float64Array, count: number, dropout: number): void {
    const scale = 1 / (1 - dropout);
    for (let i = 0; i < count; i++) {
      mask[i] = this.#random() < dropout ? 0 : scale;
      out[i]! *= mask[i]!;
    }
  }

  /** Turns the last layer's scores into the gradient of the mean cross-entropy by the scores; returns the cross-entropy. */
  #softmax(labels: ArrayLike<number>, size: number): number {
    const classes = this.#last.units;
    const scores = this.#outputs[this.#layers.length - 1] as Float64Array;
    const delta = this.#deltas[this.#layers.length - 1] as Float64Array;
    let loss = 0;
    for (let r = 0; r < size; r++) {
      const row = r * classes;
      let max = -Infinity;
      for (let c = 0; c < classes; c++) max = Math.max(max, scores[row + c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += delta[row + c] = Math.exp(scores[row + c]! - max);
      const label = labels[r] ?? 0;
      loss += Math.log(sum) + max - scores[row + label]!;
      for (let c = 0; c < classes; c++) delta[row + c] = (delta[row + c]! / sum - (c === label ? 1 : 0)) / size;
    }
    return loss / size;
  }

  #backward(rows: Float64Array, size: number): void {
    const p = this.parameters;
    const g = this.gradient.fill(0);
    for (let l = this.#layers.length - 1; l >= 0; l--) {
      const { inputs, units, weights, biases } = this.#layers[l] as Layer;
      const delta = this.#deltas[l] as Float64Array;
      const below = l === 0 ? rows : (this.#outputs[l - 1] as Float64Array);
      const deltaBelow = l === 0 ? undefined : (this.#deltas[l - 1] as Float64Array).fill(0, 0, size * inputs);
      for (let r = 0; r < size; r++) {
        const from = r * inputs;
        for (let u = 0; u < units; u++) {
          const d = delta[r * units + u]!;
          if (d === 0) continue;
          const w = weights + u * inputs;
          g[biases + u]! += d;
          for (let i = 0; i < inputs; i++) g[w + i]! += d * below[from + i]!;
          if (deltaBelow) for (let i = 0; i < inputs; i++) deltaBelow[from + i]! += d * p[w + i]!;
        }
      }
      if (deltaBelow) this.#throughActivation(below, this.#masks[l - 1] as Float64Array, deltaBelow, size * inputs);
    }
  }

  /** Multiplies by the derivatives of dropout and activation; both are read off what the forward pass left. */
  #throughActivation(out: Float64Array, mask: Float64Array, delta: Float64Array, count: number): void {
    if (this.#activation === "relu") {
      for (let i = 0; i < count; i++) delta[i] = out[i]! > 0 ? delta[i]! * mask[i]! : 0;
      return;
    }
    for (let i = 0; i < count; i++) {
      const m = mask[i]!;
      const y = m === 0 ? 0 : out[i]! / m;
      delta[i]! *= m * (1 - y * y);
    }
  }

  #reserve(size: number): void {
    if (size <= this.#capacity) return;
    this.#capacity = size;
    const buffers = () => this.#layers.map(layer => new Float64Array(size * layer.units));
    this.#outputs = buffers();
    this.#deltas = buffers();
    this.#masks = buffers().map(mask => mask.fill(1));
  }
}

/** Four sums side by side: one alone would wait for its own result at every addition. */
function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, n: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[fromA + i]! * b[fromB + i]!;
    s1 += a[fromA + i + 1]! * b[fromB + i + 1]!;
    s2 += a[fromA + i + 2]! * b[fromB + i + 2]!;
    s3 += a[fromA + i + 3]! * b[fromB + i + 3]!;
  }
  for (; i < n; i++) s0 += a[fromA + i]! * b[fromB + i]!;
  return s0 + s1 + (s2 + s3);
}
