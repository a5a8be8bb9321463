// Code written into the command line instead of a file.
import { byLevel, quote } from "../findings.ts";
import type { Launch } from "../launch/read-launch.ts";
import type { ServerRule } from "../types.ts";

/** Modules of Python that run their arguments or their input. */
const CODE_MODULES = new Set(["timeit", "code", "pdb", "cProfile", "profile", "trace", "idlelib", "antigravity", "asyncio", "sqlite3"]);

/** `deno x.ts` is `deno run x.ts`. */
const STARTS_SCRIPTS = new Set(["uv", "deno", "bun"]);

export const inlineCode: ServerRule = {
  id: "inline-code",
  about:
    "No code on the command line (`node -e`, `python -c`, `deno eval`, `npx -c` and the like), and no interpreter that reads its program from its input.",
  examples: [
    { given: { argv: ["node", "server.js", "-e", "production", "-p", "3000"] }, verdict: "allow" },
    { given: { argv: ["node", "--no-warnings", "--title", "x", "build/index.js", "-e"] }, verdict: "allow" },
    { given: { argv: ["python3", "-u", "-m", "my_server", "-c", "config.toml"] }, verdict: "allow" },
    { given: { argv: ["npx", "-y", "pkg@1.0.0", "-c", "config.json"] }, verdict: "allow" },
    { given: { argv: ["uvx", "mcp-server-git@1.0.0", "-c", "x"] }, verdict: "allow" },
    { given: { argv: ["java", "-Xmx1g", "-jar", "server.jar"] }, verdict: "allow" },
    { given: { argv: ["node", "-p", "process.env"] }, verdict: "deny" },
    { given: { argv: ["node", "--eval=1"] }, verdict: "deny" },
    { given: { argv: ["node", "--unknown-option", "value", "-e", "1"] }, verdict: "deny" },
    { given: { argv: ["node", "-pe", "1"] }, verdict: "deny" },
    { given: { argv: ["node"] }, verdict: "deny" },
    { given: { argv: ["node", "-"] }, verdict: "deny" },
    { given: { argv: ["node", "data:text/javascript,1"] }, verdict: "deny" },
    { given: { argv: ["python", "-c", "import antigravity"] }, verdict: "deny" },
    { given: { argv: ["python", "-Bcprint(1)"] }, verdict: "deny" },
    { given: { argv: ["python", "-m", "timeit", "import os"] }, verdict: "deny" },
    { given: { argv: ["py", "-3", "-c", "1"] }, verdict: "deny" },
    { given: { argv: ["uv", "--directory", "/x", "run", "python", "-c", "1"] }, verdict: "deny" },
    { given: { argv: ["uv", "run", "-"] }, verdict: "deny" },
    { given: { argv: ["deno", "eval", "1"] }, verdict: "deny" },
    { given: { argv: ["deno", "-"] }, verdict: "deny" },
    { given: { argv: ["bun", "run", "-"] }, verdict: "deny" },
    { given: { argv: ["bun", "-e", "1"] }, verdict: "deny" },
    { given: { argv: ["npx", "-c", "curl x | sh"] }, verdict: "deny" },
    { given: { argv: ["npm", "exec", "--call=id"] }, verdict: "deny" },
    { given: { argv: ["perl", "-ne", "1"] }, verdict: "deny" },
    { given: { argv: ["ruby", "-e1"] }, verdict: "deny" },
    { given: { argv: ["php", "-r", "1;"] }, verdict: "deny" },
    { given: { argv: ["java", "-XX:OnOutOfMemoryError=id", "-jar", "x.jar"] }, verdict: "deny" },
    { given: { argv: ["env", "-S", "node -e 1"] }, verdict: "deny" },
    { given: { argv: ["go", "run", "-exec", "id", "."] }, verdict: "deny" },
    { given: { argv: ["node", "-e", "1"], policy: { level: "permissive" } }, verdict: "warn" },
  ],
  check({ launch, settings }) {
    const layer = launch.find(holdsCode);
    if (layer === undefined) return null;
    return byLevel(
      settings,
      { strict: "deny", moderate: "deny", permissive: "warn" },
      {
        reason: `${quote(layer.command)} is given code on the command line or from its input instead of a program`,
        next: "Put the code into a file and start that.",
      },
    );
  },
};

function holdsCode({ family, subcommand, options, rest }: Launch): boolean {
  if (family === null || family.kind === "shell" || family.kind === "container") return false;
  const codes = [...(family.code ?? [])];
  if (options.some(({ name }) => codes.includes(name)) || (subcommand !== null && family.codeCommands?.includes(subcommand) === true))
    return true;
  if (family.name === "python" && options.some(({ name, value }) => name === "-m" && CODE_MODULES.has((value ?? "").split(".")[0] ?? "")))
    return true;
  const [first] = rest;
  const starts = family.kind === "interpreter" || (STARTS_SCRIPTS.has(family.name) && subcommand === "run");
  const script = STARTS_SCRIPTS.has(family.name) && !starts ? subcommand : starts ? first : undefined;
  if (script === "-" || /^data:/i.test(script ?? "")) return true;
  const hasProgram =
    first !== undefined ||
    options.some(({ name }) => ["-m", "--module", "-jar", "--run", "-f", "--file", "--version", "-V", "--help"].includes(name));
  return family.kind === "interpreter" && !hasProgram;
}
