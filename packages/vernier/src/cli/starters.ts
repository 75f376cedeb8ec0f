/** What `vernier init` writes: small studies that run as they stand, each comment saying what to change. */

export interface Starter {
  readonly about: string;
  readonly files: Readonly<Record<string, string>>;
  /** The study file of them. */
  readonly study: string;
}

const TYPESCRIPT = `/**
 * What to tune, and how one try is measured. It runs as it is: vernier run study.ts
 * Replace the space, the objectives and the objective by yours.
 */
import { choice, defineStudy, float, int, space } from "vernier";
import { median } from "vernier/schedulers";

// Each parameter with its range, and the value you use today as its default: the first trial tries the defaults, so that what is
// found is shown beside them. Also int, ordinal, list, oneOf for options with parameters of their own, and when.
const knobs = space({
  rate: float(1e-3, 0.5, { scale: "log", default: 0.01 }),
  momentum: float(0, 0.95, { default: 0 }),
  batch: int(1, 32, { scale: "log", default: 8 }),
  decay: choice(["none", "linear", "cosine"], { default: "none" }),
});

// Stands for your data.
const points = Array.from({ length: 64 }, (_, i) => ({ x: i / 32 - 1, y: 2 * (i / 32 - 1) + 1 + Math.sin(7 * i) / 10 }));

export default defineStudy({
  space: knobs,
  objectives: { loss: "minimize" }, // or { loss: { direction: "minimize", target: 0.01 } }; several objectives give a front
  scheduler: median(), // stops trials early whose reports are worse than the median of the others; leave it out to run all to the end
  run: { trials: 30 }, // the same line again goes on; --trials asks for more

  // Measures one configuration: return the metrics, throw when it cannot be measured. TypeScript knows the parameters' types.
  objective: async ({ rate, momentum, batch, decay }, trial) => {
    const epochs = 20;
    let [slope, offset, speedA, speedB, loss] = [0, 0, 0, 0, Infinity];
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const left = 1 - epoch / epochs;
      const now = rate * (decay === "none" ? 1 : decay === "linear" ? left : (1 - Math.cos(Math.PI * left)) / 2);
      for (let i = 0; i < points.length; i += batch) {
        const part = points.slice(i, i + batch);
        const errors = part.map(({ x, y }) => ({ x, error: slope * x + offset - y }));
        speedA = momentum * speedA - (now * errors.reduce((sum, { x, error }) => sum + x * error, 0)) / part.length;
        speedB = momentum * speedB - (now * errors.reduce((sum, { error }) => sum + error, 0)) / part.length;
        slope += speedA;
        offset += speedB;
      }
      loss = points.reduce((sum, { x, y }) => sum + (slope * x + offset - y) ** 2, 0) / points.length;
      await trial.report(epoch, { loss }); // a hopeless trial ends here
    }
    return { loss };
  },
});
`;

const COMMAND_YAML = `# What to tune, and the command that measures one try. It runs as it is: vernier run study.yaml
# Replace the space, the objectives and the command by yours.

# Each parameter with its range, and the value you use today as its default: the first trial tries the defaults, so that what is found
# is shown beside them. Also float(1e-5, 1e-1, log) and more: see docs/cli.md.
space:
  level: int(1, 9, default=6)
  memory: int(1, 9, default=8)
  strategy: choice(default, filtered, huffman, rle, default=default)

objectives:
  size: minimize
# A bound on another metric that the program prints:
# constraints: { ms: { max: 50 } }

run:
  trials: 30 # the same line again goes on; --trials asks for more
  concurrency: 2
  trialTimeout: 1m

# {name} becomes the parameter's value. No shell is involved; the program prints its result as "size: 123" or as JSON {"size": 123}.
command: [node, program.mjs, "{level}", "{memory}", "{strategy}"]
`;

const COMMAND_PROGRAM = `// Stands for your program: compresses a text and prints how large it became. Any program in any language will do.
import { constants, deflateRawSync } from "node:zlib";

const [level, memory, strategy] = process.argv.slice(2);
const strategies = {
  default: constants.Z_DEFAULT_STRATEGY,
  filtered: constants.Z_FILTERED,
  huffman: constants.Z_HUFFMAN_ONLY,
  rle: constants.Z_RLE,
};
const words = "knobs turn and dials move while numbers fall until the best of many tries is found".split(" ");
let text = "";
for (let i = 0, n = 1; i < 20_000; i++) {
  n = (n * 48271) % 2147483647;
  text += words[n % words.length] + (n % 7 === 0 ? \` \${n % 1000}\\n\` : " ");
}
const started = performance.now();
const options = { level: Number(level), memLevel: Number(memory), strategy: strategies[strategy] };
console.log(\`size: \${deflateRawSync(text, options).length}\`);
console.log(\`ms: \${performance.now() - started}\`);
`;

const PYTHON_YAML = `# What to tune, and the command that measures one try. It runs as it is: vernier run study.yaml
# Replace the space, the objectives and the command by yours.

# Each parameter with its range, and the value you use today as its default: the first trial tries the defaults, so that what is found
# is shown beside them.
space:
  rate: float(1e-3, 3, log, default=0.01)
  momentum: float(0, 0.95, default=0)
  batch: int(4, 64, log, default=16)

objectives:
  loss: minimize

scheduler: median # stops trials early whose reports are worse than the median of the others; leave it out to run all to the end

run:
  trials: 30 # the same line again goes on; --trials asks for more
  concurrency: 2
  trialTimeout: 5m

# {name} becomes the parameter's value. The program sees a list of harmless environment variables; pass others on by name:
# command: { argv: [...], env: [CUDA_VISIBLE_DEVICES] }
command: [python3, train.py, --rate, "{rate}", --momentum, "{momentum}", --batch, "{batch}"]
`;

const PYTHON_PROGRAM = `"""Stands for your training: logistic regression on made-up points, with nothing but the standard library.

A JSON line with a "step" is a report while it runs; the last line without one is the result.
"""
import argparse
import json
import math
import random

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.01)
parser.add_argument("--momentum", type=float, default=0.0)
parser.add_argument("--batch", type=int, default=16)
args = parser.parse_args()

draw = random.Random(0)
points = [(draw.gauss(0, 1), draw.gauss(0, 1)) for _ in range(400)]
labels = [1 if 2 * x - y + draw.gauss(0, 0.5) > 0.3 else 0 for x, y in points]
train, held = range(300), range(300, 400)


def probability(weights, point):
    z = weights[0] + weights[1] * point[0] + weights[2] * point[1]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


weights, speed = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
for epoch in range(1, 11):
    order = list(train)
    draw.shuffle(order)
    for start in range(0, len(order), args.batch):
        part = order[start : start + args.batch]
        slope = [0.0, 0.0, 0.0]
        for i in part:
            error = probability(weights, points[i]) - labels[i]
            for k, x in enumerate((1.0, *points[i])):
                slope[k] += error * x / len(part)
        speed = [args.momentum * v - args.rate * s for v, s in zip(speed, slope)]
        weights = [w + v for w, v in zip(weights, speed)]
    p = [probability(weights, points[i]) for i in held]
    loss = -sum(math.log(q if labels[i] else 1 - q) for i, q in zip(held, p)) / len(held)
    accuracy = sum((q > 0.5) == (labels[i] == 1) for i, q in zip(held, p)) / len(held)
    print(json.dumps({"step": epoch, "loss": loss, "accuracy": accuracy}), flush=True)

print(json.dumps({"loss": loss, "accuracy": accuracy}))
`;

/** By the words that `--for` takes. */
export const STARTERS: Readonly<Record<string, Starter>> = {
  typescript: {
    about: "a study in TypeScript that measures in the same process",
    files: { "study.ts": TYPESCRIPT },
    study: "study.ts",
  },
  command: {
    about: "a study in YAML that tunes a command line",
    files: { "study.yaml": COMMAND_YAML, "program.mjs": COMMAND_PROGRAM },
    study: "study.yaml",
  },
  python: {
    about: "a study in YAML that tunes a Python script",
    files: { "study.yaml": PYTHON_YAML, "train.py": PYTHON_PROGRAM },
    study: "study.yaml",
  },
};
