"""Fits a ring of points inside a larger ring with a tiny neural network; standard library only.

Knows nothing of Vernier: it takes flags, prints one JSON line an epoch ({"step": ..., "loss": ...}) and one at the end.
"""

import argparse
import json
import math
import random


def rings(count, rng):
    """Points on two noisy circles: label 0 near radius 1, label 1 near radius 2."""
    points = []
    for i in range(count):
        radius = 1 + i % 2 + rng.gauss(0, 0.25)
        angle = rng.uniform(0, 2 * math.pi)
        points.append((radius * math.cos(angle), radius * math.sin(angle), i % 2))
    return points


class Network:
    """One hidden tanh layer, one logistic output."""

    def __init__(self, units, rng):
        self.hidden = [[rng.gauss(0, 1), rng.gauss(0, 1), 0.0] for _ in range(units)]
        self.out = [rng.gauss(0, 1 / math.sqrt(units)) for _ in range(units)] + [0.0]
        self.speed_hidden = [[0.0] * 3 for _ in range(units)]
        self.speed_out = [0.0] * (units + 1)

    def forward(self, x, y):
        activations = [math.tanh(a * x + b * y + c) for a, b, c in self.hidden]
        score = sum(w * h for w, h in zip(self.out, activations)) + self.out[-1]
        return activations, max(-30.0, min(30.0, score))

    def step(self, x, y, label, lr, momentum, l2):
        """One step of stochastic gradient descent on the cross-entropy."""
        activations, score = self.forward(x, y)
        error = 1 / (1 + math.exp(-score)) - label
        for k, h in enumerate(activations):
            through = error * self.out[k] * (1 - h * h)
            unit, speed = self.hidden[k], self.speed_hidden[k]
            for i, value in enumerate((x, y, 1.0)):
                speed[i] = momentum * speed[i] - lr * (through * value + l2 * unit[i])
                unit[i] += speed[i]
            self.speed_out[k] = momentum * self.speed_out[k] - lr * (error * h + l2 * self.out[k])
            self.out[k] += self.speed_out[k]
        self.speed_out[-1] = momentum * self.speed_out[-1] - lr * error
        self.out[-1] += self.speed_out[-1]

    def evaluate(self, points):
        loss, right = 0.0, 0
        for x, y, label in points:
            _, score = self.forward(x, y)
            loss += math.log1p(math.exp(-score if label else score))
            right += (score > 0) == bool(label)
        return {"loss": loss / len(points), "accuracy": right / len(points)}


def main():
    flags = argparse.ArgumentParser(description="Trains a tiny network on two rings of points.")
    flags.add_argument("--lr", type=float, default=0.01)
    flags.add_argument("--momentum", type=float, default=0.0)
    flags.add_argument("--units", type=int, default=8)
    flags.add_argument("--l2", type=float, default=1e-4)
    flags.add_argument("--epochs", type=int, default=20)
    flags.add_argument("--seed", type=int, default=1)
    options = flags.parse_args()

    data = random.Random(0)
    train, validation = rings(200, data), rings(200, data)
    rng = random.Random(options.seed)
    network = Network(options.units, rng)
    metrics = {}
    for epoch in range(1, options.epochs + 1):
        rng.shuffle(train)
        for x, y, label in train:
            network.step(x, y, label, options.lr, options.momentum, options.l2)
        metrics = network.evaluate(validation)
        print(json.dumps({"step": epoch, **metrics}), flush=True)
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
