/** Import direction and browser-safety of docs/architecture.md, section 2. */
const SRC = "^packages/vernier/src";
const NOT_TEST = "\\.(test|fixture)\\.ts$";
const layers = [
  ["math", []],
  ["space", ["math"]],
  ["core", ["math", "space"]],
  ["samplers", ["math", "space", "core"]],
  ["schedulers", ["math", "space", "core"]],
  ["insight", ["math", "space", "core"]],
  ["store", ["math", "space", "core", "samplers", "schedulers", "insight"]],
  ["plot", ["math", "space", "core", "insight"]],
  ["exec", ["math", "space", "core", "store"]],
  ["interop", ["math", "space", "core", "samplers", "schedulers", "insight", "store"]],
  ["cli", ["math", "space", "core", "samplers", "schedulers", "insight", "plot", "store", "exec", "interop"]],
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...layers.map(([name, allowed]) => ({
      name: `direction-${name}`,
      comment: `${name}/ may import only itself${allowed.map(a => `, ${a}/`).join("")}${name === "cli" ? " and the composer src/index.ts" : ""}.`,
      severity: "error",
      from: { path: `${SRC}/${name}/`, pathNot: NOT_TEST },
      to: {
        path: `${SRC}/`,
        pathNot: [`${SRC}/(${[name, ...allowed].join("|")})/`, ...(name === "cli" ? [`${SRC}/index\\.ts$`] : [])],
      },
    })),
    {
      name: "browser-safe",
      comment: "math, space, core, samplers, schedulers, insight and plot run in browsers: nothing of node:.",
      severity: "error",
      from: { path: `${SRC}/(math|space|core|samplers|schedulers|insight|plot|index\\.browser)`, pathNot: NOT_TEST },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-new-dependencies-below",
      comment: "Below cli/ the library has no dependencies, but for formats (interop/) and the thread pool (exec/).",
      severity: "error",
      from: { path: `${SRC}/(math|space|core|samplers|schedulers|insight|plot|store)/`, pathNot: NOT_TEST },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer"] },
    },
    {
      name: "only-store-opens-databases",
      severity: "error",
      from: { path: SRC, pathNot: [`${SRC}/store/`, `${SRC}/cli/commands/doctor`, NOT_TEST] },
      to: { path: "^(node:)?sqlite$" },
    },
    {
      name: "public-doors",
      comment: "Other packages enter through exports, not by path.",
      severity: "error",
      from: { path: "^packages/bench|^examples" },
      to: { path: `${SRC}/.+`, pathNot: [`${SRC}/index\\.ts$`, `${SRC}/[a-z]+/index\\.ts$`] },
    },
    {
      name: "no-circular",
      severity: "error",
      from: { path: SRC, pathNot: NOT_TEST },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(dist|node_modules/(?!vernier))" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { conditionNames: ["source", "import", "node", "default"], exportsFields: ["exports"] },
  },
};
