#!/usr/bin/env node
// Plain JavaScript that any Node from 14.8 on understands: old versions must reach the message below, not a syntax error.
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
const built = new URL("../dist/cli/main.js", import.meta.url);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `error E_NODE_VERSION: Vernier needs Node 22.18 or newer; this is Node ${process.versions.node}. ` +
      "Install a current Node (https://nodejs.org), then run the same line again.",
  );
  process.exitCode = 2;
} else if (!existsSync(built)) {
  console.error(
    "error E_NOT_BUILT: the build of vernier is missing (dist/cli/main.js). In a clone of the repository run: npm run build",
  );
  process.exitCode = 2;
} else {
  await import(built.href);
}
