// Brings the Python MassGen that `npm run bench:python` compares with into .cache/python-massgen, with its libraries as they were at its release.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

/** The oldest release after v0.0.15 that the package index holds; v0.0.15 itself was never published there. */
const MASSGEN = "massgen==0.1.0";
/** Newer libraries break it at import. */
const LIBRARIES_UNTIL = "2025-10-20";
const folder = join(root, ".cache/python-massgen");
const stamp = join(folder, "massgen-version.txt");
const wanted = `${MASSGEN} ${LIBRARIES_UNTIL}`;
const python = process.platform === "win32" ? "python" : "python3";
const run = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { stdio: "inherit" }).status === 0;

if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
  console.log("The Python MassGen is already there.");
} else if (
  run(python, ["-m", "venv", folder]) &&
  run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "uv"]) &&
  run(join(folder, "bin/uv"), [
    "pip",
    "install",
    "--quiet",
    "--python",
    join(folder, "bin/python"),
    "--exclude-newer",
    LIBRARIES_UNTIL,
    MASSGEN,
  ])
) {
  writeFileSync(stamp, wanted);
} else {
  console.log("The Python MassGen could not be installed; its benchmark is skipped.");
}
