/**
 * The first 100 suggestions of each sampler, pinned. A change here breaks the replay of stored studies, so it needs a line in CHANGELOG.md.
 *
 * The objective uses only arithmetic that IEEE 754 defines to the last digit.
 */
import { expect, test } from "vitest";
import type { Params, Sampler } from "../core/types.ts";
import { hashText } from "../space/hash.ts";
import {
  canonical,
  choice,
  float,
  int,
  list,
  oneOf,
  ordinal,
  permutation,
  simplex,
  space,
  subset,
  when,
} from "../space/index.ts";
import { SamplerStudy } from "../testing/sampler-study.ts";
import { auto, cmaes, forest, gp, grid, nsga2, random, sobol, tpe } from "./index.ts";

const BREAKS = "a change here breaks the replay of stored studies: if it is meant, CHANGELOG.md says so";

const SPACE = space(
  {
    x: float(-3, 7),
    lr: float(1e-5, 1e-1, { scale: "log" }),
    layers: int(1, 6),
    batch: ordinal([16, 32, 64]),
    act: choice(["relu", "gelu", "tanh"]),
    slope: when('act == "relu"', float(0, 0.5, { step: 0.1 })),
    opt: oneOf({ sgd: { momentum: float(0, 0.99) }, adamw: {} }),
    order: permutation(["a", "b", "c"]),
    parts: subset(["p", "q"]),
    mix: simplex(["u", "v"]),
    widths: list(int(8, 64), { max: 2 }),
  },
  { where: ["layers * batch <= 256"] },
);

const value = ({ x, layers, batch, act }: Params): number =>
  ((x as number) - 1) ** 2 + (layers as number) / 4 + (batch as number) / 64 + (act === "gelu" ? 0 : 1);

/** Suggestions for 100 trials; every tenth fails, every tenth is pruned, four run at a time. */
async function suggestions(sampler: Sampler): Promise<{ hash: string; first: string[] }> {
  const study = new SamplerStudy(SPACE, { seed: 2024 });
  const all: Params[] = [];
  while (all.length < 100) {
    const { params } = await study.ask(sampler);
    const [one] = params as [Params];
    const number = study.start(one);
    all.push(one);
    const done = number - 3;
    const finished = all[done];
    if (finished === undefined) continue;
    if (done % 10 === 4) study.fail(done);
    else if (done % 10 === 7) study.prune(done, 2, value(finished));
    else study.complete(done, value(finished));
  }
  return { hash: hashText(all.map(canonical).join("\n")), first: all.slice(0, 5).map(canonical) };
}

test("random", async () => {
  expect(await suggestions(random()), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":32,"layers":1,"lr":0.0036584951758823537,"mix":{"u":0.13379674087853033,"v":0.8662032591214697},"opt":{"kind":"sgd","momentum":0.5539033798560499},"order":["c","a","b"],"parts":["p"],"slope":0.1,"widths":[55],"x":2.3152791080882604}",
        "{"act":"tanh","batch":32,"layers":4,"lr":0.0021568794720009618,"mix":{"u":0.5011714749780596,"v":0.4988285250219404},"opt":{"kind":"adamw"},"order":["c","b","a"],"parts":["p","q"],"widths":[36],"x":5.2333356532762}",
        "{"act":"gelu","batch":16,"layers":6,"lr":0.0000335088365791827,"mix":{"u":0.44801712075616734,"v":0.5519828792438327},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["q"],"widths":[],"x":-2.8369237274243115}",
        "{"act":"relu","batch":64,"layers":3,"lr":0.05532586023450731,"mix":{"u":0.7581936741086738,"v":0.2418063258913262},"opt":{"kind":"sgd","momentum":0.7103620479341564},"order":["b","c","a"],"parts":["p"],"slope":0.1,"widths":[],"x":-0.7972730260176739}",
        "{"act":"tanh","batch":64,"layers":2,"lr":0.00477703194712511,"mix":{"u":0.35460671625074036,"v":0.6453932837492596},"opt":{"kind":"sgd","momentum":0.6896282859727049},"order":["a","b","c"],"parts":[],"widths":[18,42],"x":-2.1870044167205767}",
      ],
      "hash": "210ec04c895565ef35044c3d1ce5851a",
    }
  `);
});

test("sobol", async () => {
  expect(await suggestions(sobol()), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":64,"layers":2,"lr":0.00004880660560162989,"mix":{"u":0.8124047588789836,"v":0.18759524112101644},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["p"],"slope":0.4,"widths":[39],"x":3.902215302689001}",
        "{"act":"tanh","batch":16,"layers":6,"lr":0.01171094179300522,"mix":{"u":0.3516468786401674,"v":0.6483531213598326},"opt":{"kind":"sgd","momentum":0.3102663812355604},"order":["c","a","b"],"parts":["q"],"widths":[12,64],"x":-1.3120984758716077}",
        "{"act":"gelu","batch":32,"layers":3,"lr":0.0007754851737523411,"mix":{"u":0.5898338871775195,"v":0.4101661128224805},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":[],"widths":[64,36],"x":0.8625085179228336}",
        "{"act":"gelu","batch":32,"layers":4,"lr":0.0018179562366342538,"mix":{"u":0.01176638773176819,"v":0.9882336122682318},"opt":{"kind":"sgd","momentum":0.9677224604773801},"order":["c","a","b"],"parts":["p","q"],"widths":[],"x":6.74225674639456}",
        "{"act":"relu","batch":16,"layers":6,"lr":0.00013878454047447323,"mix":{"u":0.44717777019832283,"v":0.5528222298016772},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":["p"],"slope":0.5,"widths":[],"x":4.517760439077392}",
      ],
      "hash": "c6c6d712cefadd5510378282880ff3ae",
    }
  `);
});

test("grid", async () => {
  expect(await suggestions(grid()), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"tanh","batch":16,"layers":5,"lr":0.1,"mix":{"u":0.2222222222222222,"v":0.7777777777777778},"opt":{"kind":"sgd","momentum":0.99},"order":["b","c","a"],"parts":["p","q"],"widths":[38,48],"x":1.44444444444}",
        "{"act":"relu","batch":32,"layers":6,"lr":0.000599484250319,"mix":{"u":1,"v":0},"opt":{"kind":"sgd","momentum":0.22},"order":["b","a","c"],"parts":["p"],"slope":0.1,"widths":[58,34],"x":5.88888888889}",
        "{"act":"relu","batch":32,"layers":1,"lr":0.0129154966501,"mix":{"u":1,"v":0},"opt":{"kind":"sgd","momentum":0.22},"order":["b","a","c"],"parts":[],"slope":0.2,"widths":[35,54],"x":7}",
        "{"act":"tanh","batch":16,"layers":5,"lr":0.000599484250319,"mix":{"u":0.1111111111111111,"v":0.8888888888888888},"opt":{"kind":"sgd","momentum":0.11},"order":["a","c","b"],"parts":["p"],"widths":[43,48],"x":5.88888888889}",
        "{"act":"relu","batch":16,"layers":2,"lr":0.0016681005372,"mix":{"u":1,"v":0},"opt":{"kind":"sgd","momentum":0.88},"order":["c","b","a"],"parts":[],"slope":0.1,"widths":[55,59],"x":3.66666666667}",
      ],
      "hash": "d753a7c4539a36b855c4f266546af0dd",
    }
  `);
});

test("tpe", async () => {
  expect(await suggestions(tpe()), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":32,"layers":1,"lr":0.0036584951758823537,"mix":{"u":0.13379674087853033,"v":0.8662032591214697},"opt":{"kind":"sgd","momentum":0.5539033798560499},"order":["c","a","b"],"parts":["p"],"slope":0.1,"widths":[55],"x":2.3152791080882604}",
        "{"act":"tanh","batch":32,"layers":4,"lr":0.0021568794720009618,"mix":{"u":0.5011714749780596,"v":0.4988285250219404},"opt":{"kind":"adamw"},"order":["c","b","a"],"parts":["p","q"],"widths":[36],"x":5.2333356532762}",
        "{"act":"gelu","batch":16,"layers":6,"lr":0.0000335088365791827,"mix":{"u":0.44801712075616734,"v":0.5519828792438327},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["q"],"widths":[],"x":-2.8369237274243115}",
        "{"act":"relu","batch":64,"layers":3,"lr":0.05532586023450731,"mix":{"u":0.7581936741086738,"v":0.2418063258913262},"opt":{"kind":"sgd","momentum":0.7103620479341564},"order":["b","c","a"],"parts":["p"],"slope":0.1,"widths":[],"x":-0.7972730260176739}",
        "{"act":"tanh","batch":64,"layers":2,"lr":0.00477703194712511,"mix":{"u":0.35460671625074036,"v":0.6453932837492596},"opt":{"kind":"sgd","momentum":0.6896282859727049},"order":["a","b","c"],"parts":[],"widths":[18,42],"x":-2.1870044167205767}",
      ],
      "hash": "41eabe0eedfd8a6ff2a32b2b8287de69",
    }
  `);
});

test("auto", async () => {
  expect(await suggestions(auto()), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":64,"layers":2,"lr":0.00004880660560162989,"mix":{"u":0.8124047588789836,"v":0.18759524112101644},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["p"],"slope":0.4,"widths":[39],"x":3.902215302689001}",
        "{"act":"tanh","batch":16,"layers":6,"lr":0.01171094179300522,"mix":{"u":0.3516468786401674,"v":0.6483531213598326},"opt":{"kind":"sgd","momentum":0.3102663812355604},"order":["c","a","b"],"parts":["q"],"widths":[12,64],"x":-1.3120984758716077}",
        "{"act":"gelu","batch":32,"layers":3,"lr":0.0007754851737523411,"mix":{"u":0.5898338871775195,"v":0.4101661128224805},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":[],"widths":[64,36],"x":0.8625085179228336}",
        "{"act":"gelu","batch":32,"layers":4,"lr":0.0018179562366342538,"mix":{"u":0.01176638773176819,"v":0.9882336122682318},"opt":{"kind":"sgd","momentum":0.9677224604773801},"order":["c","a","b"],"parts":["p","q"],"widths":[],"x":6.74225674639456}",
        "{"act":"relu","batch":16,"layers":6,"lr":0.00013878454047447323,"mix":{"u":0.44717777019832283,"v":0.5528222298016772},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":["p"],"slope":0.5,"widths":[],"x":4.517760439077392}",
      ],
      "hash": "9088fc181c38961173cf37707541865d",
    }
  `);
});

test("nsga2", async () => {
  expect(await suggestions(nsga2({ population: 20 })), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":32,"layers":1,"lr":0.0036584951758823537,"mix":{"u":0.13379674087853033,"v":0.8662032591214697},"opt":{"kind":"sgd","momentum":0.5539033798560499},"order":["c","a","b"],"parts":["p"],"slope":0.1,"widths":[55],"x":2.3152791080882604}",
        "{"act":"tanh","batch":32,"layers":4,"lr":0.0021568794720009618,"mix":{"u":0.5011714749780596,"v":0.4988285250219404},"opt":{"kind":"adamw"},"order":["c","b","a"],"parts":["p","q"],"widths":[36],"x":5.2333356532762}",
        "{"act":"gelu","batch":16,"layers":6,"lr":0.0000335088365791827,"mix":{"u":0.44801712075616734,"v":0.5519828792438327},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["q"],"widths":[],"x":-2.8369237274243115}",
        "{"act":"relu","batch":64,"layers":3,"lr":0.05532586023450731,"mix":{"u":0.7581936741086738,"v":0.2418063258913262},"opt":{"kind":"sgd","momentum":0.7103620479341564},"order":["b","c","a"],"parts":["p"],"slope":0.1,"widths":[],"x":-0.7972730260176739}",
        "{"act":"tanh","batch":64,"layers":2,"lr":0.00477703194712511,"mix":{"u":0.35460671625074036,"v":0.6453932837492596},"opt":{"kind":"sgd","momentum":0.6896282859727049},"order":["a","b","c"],"parts":[],"widths":[18,42],"x":-2.1870044167205767}",
      ],
      "hash": "5413fc7daadbf5d176f5bbce7f2dcf4d",
    }
  `);
});

test("nsga2 with blended numbers", async () => {
  expect(await suggestions(nsga2({ population: 20, crossover: "blx-alpha" })), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":32,"layers":1,"lr":0.0036584951758823537,"mix":{"u":0.13379674087853033,"v":0.8662032591214697},"opt":{"kind":"sgd","momentum":0.5539033798560499},"order":["c","a","b"],"parts":["p"],"slope":0.1,"widths":[55],"x":2.3152791080882604}",
        "{"act":"tanh","batch":32,"layers":4,"lr":0.0021568794720009618,"mix":{"u":0.5011714749780596,"v":0.4988285250219404},"opt":{"kind":"adamw"},"order":["c","b","a"],"parts":["p","q"],"widths":[36],"x":5.2333356532762}",
        "{"act":"gelu","batch":16,"layers":6,"lr":0.0000335088365791827,"mix":{"u":0.44801712075616734,"v":0.5519828792438327},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["q"],"widths":[],"x":-2.8369237274243115}",
        "{"act":"relu","batch":64,"layers":3,"lr":0.05532586023450731,"mix":{"u":0.7581936741086738,"v":0.2418063258913262},"opt":{"kind":"sgd","momentum":0.7103620479341564},"order":["b","c","a"],"parts":["p"],"slope":0.1,"widths":[],"x":-0.7972730260176739}",
        "{"act":"tanh","batch":64,"layers":2,"lr":0.00477703194712511,"mix":{"u":0.35460671625074036,"v":0.6453932837492596},"opt":{"kind":"sgd","momentum":0.6896282859727049},"order":["a","b","c"],"parts":[],"widths":[18,42],"x":-2.1870044167205767}",
      ],
      "hash": "9c96ff7754f7d4651a8201b6bfa3ff7d",
    }
  `);
});

test("cmaes", async () => {
  expect(await suggestions(cmaes({ population: 8, restart: "bipop" })), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":32,"layers":1,"lr":0.0036584951758823537,"mix":{"u":0.13379674087853033,"v":0.8662032591214697},"opt":{"kind":"sgd","momentum":0.5539033798560499},"order":["c","a","b"],"parts":["p"],"slope":0.1,"widths":[55],"x":2.3152791080882604}",
        "{"act":"tanh","batch":32,"layers":4,"lr":0.0021568794720009618,"mix":{"u":0.5011714749780596,"v":0.4988285250219404},"opt":{"kind":"adamw"},"order":["c","b","a"],"parts":["p","q"],"widths":[36],"x":5.2333356532762}",
        "{"act":"gelu","batch":16,"layers":6,"lr":0.0000335088365791827,"mix":{"u":0.44801712075616734,"v":0.5519828792438327},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["q"],"widths":[],"x":-2.8369237274243115}",
        "{"act":"relu","batch":64,"layers":3,"lr":0.05532586023450731,"mix":{"u":0.7581936741086738,"v":0.2418063258913262},"opt":{"kind":"sgd","momentum":0.7103620479341564},"order":["b","c","a"],"parts":["p"],"slope":0.1,"widths":[],"x":-0.7972730260176739}",
        "{"act":"gelu","batch":64,"layers":3,"lr":0.0019628542646097343,"mix":{"u":0.7115369958381806,"v":0.28846300416181936},"opt":{"kind":"sgd","momentum":0.44231907432630524},"order":["c","a","b"],"parts":["p"],"widths":[25],"x":-0.3273054144506853}",
      ],
      "hash": "88e005e39bdc388a667520f9e38fedd3",
    }
  `);
});

test("gp", async () => {
  expect(await suggestions(gp({ candidates: 128, starts: 4, fantasies: 16 })), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":64,"layers":2,"lr":0.00004880660560162989,"mix":{"u":0.8124047588789836,"v":0.18759524112101644},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["p"],"slope":0.4,"widths":[39],"x":3.902215302689001}",
        "{"act":"tanh","batch":16,"layers":6,"lr":0.01171094179300522,"mix":{"u":0.3516468786401674,"v":0.6483531213598326},"opt":{"kind":"sgd","momentum":0.3102663812355604},"order":["c","a","b"],"parts":["q"],"widths":[12,64],"x":-1.3120984758716077}",
        "{"act":"gelu","batch":32,"layers":3,"lr":0.0007754851737523411,"mix":{"u":0.5898338871775195,"v":0.4101661128224805},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":[],"widths":[64,36],"x":0.8625085179228336}",
        "{"act":"gelu","batch":32,"layers":4,"lr":0.0018179562366342538,"mix":{"u":0.01176638773176819,"v":0.9882336122682318},"opt":{"kind":"sgd","momentum":0.9677224604773801},"order":["c","a","b"],"parts":["p","q"],"widths":[],"x":6.74225674639456}",
        "{"act":"relu","batch":16,"layers":6,"lr":0.00013878454047447323,"mix":{"u":0.44717777019832283,"v":0.5528222298016772},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":["p"],"slope":0.5,"widths":[],"x":4.517760439077392}",
      ],
      "hash": "d25507f3b293e9d0319e1ac3e108c737",
    }
  `);
});

test("forest", async () => {
  expect(await suggestions(forest({ startup: 4, candidates: 200, starts: 2 })), BREAKS).toMatchInlineSnapshot(`
    {
      "first": [
        "{"act":"relu","batch":64,"layers":2,"lr":0.00004880660560162989,"mix":{"u":0.8124047588789836,"v":0.18759524112101644},"opt":{"kind":"adamw"},"order":["b","c","a"],"parts":["p"],"slope":0.4,"widths":[39],"x":3.902215302689001}",
        "{"act":"tanh","batch":16,"layers":6,"lr":0.01171094179300522,"mix":{"u":0.3516468786401674,"v":0.6483531213598326},"opt":{"kind":"sgd","momentum":0.3102663812355604},"order":["c","a","b"],"parts":["q"],"widths":[12,64],"x":-1.3120984758716077}",
        "{"act":"gelu","batch":32,"layers":3,"lr":0.0007754851737523411,"mix":{"u":0.5898338871775195,"v":0.4101661128224805},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":[],"widths":[64,36],"x":0.8625085179228336}",
        "{"act":"gelu","batch":32,"layers":4,"lr":0.0018179562366342538,"mix":{"u":0.01176638773176819,"v":0.9882336122682318},"opt":{"kind":"sgd","momentum":0.9677224604773801},"order":["c","a","b"],"parts":["p","q"],"widths":[],"x":6.74225674639456}",
        "{"act":"relu","batch":16,"layers":6,"lr":0.00013878454047447323,"mix":{"u":0.44717777019832283,"v":0.5528222298016772},"opt":{"kind":"adamw"},"order":["a","b","c"],"parts":["p"],"slope":0.5,"widths":[],"x":4.517760439077392}",
      ],
      "hash": "5c868e237a27696f6fc41afd006ce718",
    }
  `);
});
