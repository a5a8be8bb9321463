// Brings the oldest and the newest Node that the package promises to run on into .cache/nodes, for the test of the packed package.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

const VERSIONS = ["22.19.0", "26.1.0"];

for (const version of VERSIONS) {
  const folder = join(root, ".cache/nodes", version);
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  if (existsSync(join(folder, "node_modules", name))) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--silent"], { cwd: folder, stdio: "inherit" });
  if (status !== 0) console.log(`Node ${version} could not be installed; the packed package is not tested with it.`);
}
