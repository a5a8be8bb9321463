// Brings the Python MassGen that `npm run bench:python` compares with into .cache/python-massgen, with its libraries as they were at its release.
import { join } from "node:path";
import { bringPythonEnvironment } from "./python-environment.ts";
import { root } from "./stages.ts";

/** The oldest release after v0.0.15 that the package index holds; v0.0.15 itself was never published there. */
const MASSGEN = "massgen==0.1.0";
/** Newer libraries break it at import. */
const LIBRARIES_UNTIL = "2025-10-20";
const folder = join(root, ".cache/python-massgen");

bringPythonEnvironment({
  folder,
  stamp: "massgen-version.txt",
  wanted: `${MASSGEN} ${LIBRARIES_UNTIL}`,
  steps: [
    ["pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
    ["uv", "pip", "install", "--quiet", "--python", join(folder, "bin/python"), "--exclude-newer", LIBRARIES_UNTIL, MASSGEN],
  ],
  what: "The Python MassGen is",
  otherwise: "its benchmark is skipped.",
});
