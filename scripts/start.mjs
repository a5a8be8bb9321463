#!/usr/bin/env node
// What `npm start -- "question"` runs: checks Node, builds dist/ where it is missing, and hands over to the program.
// Plain JavaScript of the oldest kind that still runs everywhere, because it must be able to say that Node is too old.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST = [22, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, "dist", "cli.js");

function stop(sentence) {
  process.stderr.write(`massgen: ${sentence}\n`);
  process.exit(2);
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  stop(
    `Node ${OLDEST.join(".")} or newer is needed and this is ${process.versions.node}; \`npm install\` in this folder brings a newer one that \`npm start\` then uses.`,
  );
}

if (!existsSync(program)) {
  process.stderr.write("Building MassGen, once ...\n");
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) stop("the build failed; run `npm install` and then `npm run build` to see why.");
}

process.argv[1] = program;
await import(pathToFileURL(program).href);
