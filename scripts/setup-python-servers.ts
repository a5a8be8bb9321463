// Brings the pinned Python MCP servers of the tests into .venv (one virtual environment); does nothing when they are there.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stages.ts";

const REQUIREMENTS = [
  "mcp-server-time==2026.10.10",
  "mcp-server-fetch==2026.10.10",
  "mcp-server-git==2026.10.10",
  "mcp-server-sqlite==2025.4.25",
  "mcp-server-calculator==0.2.1",
  "mcp-simple-timeserver==3.3.2",
];
// The sqlite server breaks with version 2 of the library it is built on.
const PINS = ["mcp==1.30.0"];

/** A library of the fetch server installs packages of its own at the first call; a test must not wait for that. */
const PREPARE_FETCH = "import sys; from readabilipy.simple_json import have_node; sys.exit(0 if have_node() else 1)";

const folder = join(root, ".venv");
const stamp = join(folder, "massgen-requirements.txt");
const wanted = [...REQUIREMENTS, ...PINS, PREPARE_FETCH].join("\n");
const python = process.platform === "win32" ? "python" : "python3";
const run = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { stdio: "inherit" }).status === 0;

if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
  console.log("The Python MCP servers are already there.");
} else if (
  run(python, ["-m", "venv", folder]) &&
  run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", ...REQUIREMENTS, ...PINS]) &&
  run(join(folder, "bin/python"), ["-c", PREPARE_FETCH])
) {
  writeFileSync(stamp, wanted);
} else {
  console.log("The Python MCP servers could not be installed; their tests will be skipped.");
}
