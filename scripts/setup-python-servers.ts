// Brings the pinned Python MCP servers of the tests into .venv (one virtual environment); does nothing when they are there.
import { join } from "node:path";
import { bringPythonEnvironment } from "./python-environment.ts";
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

bringPythonEnvironment({
  folder: join(root, ".venv"),
  stamp: "massgen-requirements.txt",
  wanted: [...REQUIREMENTS, ...PINS, PREPARE_FETCH].join("\n"),
  steps: [
    ["pip", "install", "--quiet", "--disable-pip-version-check", ...REQUIREMENTS, ...PINS],
    ["python", "-c", PREPARE_FETCH],
  ],
  what: "The Python MCP servers are",
  otherwise: "their tests will be skipped.",
});
