import { CLASSES, PIXELS, type Images } from "./data.ts";
import { Network, type Activation } from "./network.ts";
import { optimizer, type OptimizerParams } from "./optimizers.ts";
import { seeded, shuffle } from "./random.ts";

/** The knobs of one training run. */
export interface TrainParams {
  readonly lr: number;
  readonly batch: number;
  readonly model: {
    readonly layers: number;
    readonly units: number;
    readonly activation: Activation;
    readonly dropout: number;
  };
  readonly optimizer: OptimizerParams;
  readonly decay: number;
}
export interface Epoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly network: Network;
}

/**
 * Trains epoch by epoch; the caller looks at the network after each and stops when it likes. Same params, same network. The network is the
 * mean over the epoch's steps (Polyak and Juditsky 1992), calmer than the last step alone.
 */
export function* train(params: TrainParams, data: Images, epochs: number, seed: number): Generator<Epoch> {
  const { layers, units, activation, dropout } = params.model;
  const hidden = Array.from({ length: layers }, () => units);
  const network = new Network({ inputs: PIXELS, hidden, classes: CLASSES, activation, dropout, seed });
  const averaged = new Network({ inputs: PIXELS, hidden, classes: CLASSES, activation, seed });
  const mean = averaged.parameters;
  const step = optimizer(params.optimizer, network.parameters.length, params.decay);
  const random = seeded(seed + 1);
  const order = Int32Array.from({ length: data.size }, (_, row) => row);
  const pixels = new Float64Array(params.batch * PIXELS);
  const labels = new Uint8Array(params.batch);

  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random);
    let loss = 0;
    let steps = 0;
    mean.fill(0);
    for (let from = 0; from < data.size; from += params.batch) {
      const size = Math.min(params.batch, data.size - from);
      for (let r = 0; r < size; r++) {
        const row = order[from + r]!;
        pixels.set(data.pixels.subarray(row * PIXELS, (row + 1) * PIXELS), r * PIXELS);
        labels[r] = data.labels[row]!;
      }
      loss += network.loss(pixels, labels, size) * size;
      step(network.parameters, network.gradient, params.lr);
      steps++;
      for (let i = 0; i < mean.length; i++) mean[i]! += (network.parameters[i]! - mean[i]!) / steps;
    }
    yield { epoch, trainLoss: loss / data.size, network: averaged };
  }
}
