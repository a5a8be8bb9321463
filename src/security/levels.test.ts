// Levels mean what docs/security.md says: each row of its table, and each thing it calls refused at every level, with an entry of that kind.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkServer } from "./check-server.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { serverOfSketch } from "./sketch.test-support.ts";
import type { Level, ServerSketch } from "./types.ts";

const LEVELS: readonly Level[] = ["strict", "moderate", "permissive"];
const GUIDE = readFileSync(path.join(import.meta.dirname, "../../docs/security.md"), "utf8");
const SECTION = /## Levels\n([\s\S]*?)\n## /.exec(GUIDE)?.[1] ?? "";
const ROWS = [...SECTION.matchAll(/^\| (\S.*?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(([, what = "", ...cells]) => ({ what, cells }));

function verdicts(sketch: ServerSketch): readonly string[] {
  return LEVELS.map((level) => checkServer(serverOfSketch(sketch), { ...DEFAULT_POLICY, ...sketch.policy, level }, sketch.context).verdict);
}

const node: ServerSketch = { argv: ["node", "server.js"] };
const remote: ServerSketch = { url: "https://mcp.example.com/mcp" };
const found = { path: "/x/server", writableByOthers: false, inWorkingFolder: false };
const refersTo = (place: "args" | "url" | "headers", variable: string): ServerSketch => ({
  ...(place === "args" ? node : remote),
  context: { references: [{ place, variable }] },
});

/** Entries of the kind a row speaks of. */
const KINDS: Readonly<Record<string, readonly ServerSketch[]>> = {
  "Code on the command line, shells with commands, preloading": [
    { argv: ["node", "-e", "0"] },
    { argv: ["python3", "-c", "0"] },
    { argv: ["bash", "-c", "server"] },
    { argv: ["node", "--require", "/x.js", "server.js"] },
  ],
  "Variables that load code or switch protections off (`LD_PRELOAD`, `NODE_OPTIONS` …)": [
    { ...node, env: { LD_PRELOAD: "/x.so" } },
    { ...node, env: { NODE_OPTIONS: "--require /x.js" } },
    { ...node, env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
  ],
  "A program everybody on the machine may replace, or found in the working folder": [
    { argv: ["node", "s.js"], context: { executable: { ...found, writableByOthers: true } } },
    { argv: ["node", "s.js"], context: { executable: { ...found, inWorkingFolder: true } } },
  ],
  "`..` in command or working folder": [{ argv: ["../node", "s.js"] }, { ...node, cwd: "/srv/../etc" }],
  "Shell operators in arguments (they reach the server as text)": [
    { argv: ["node", "s.js", "&&", "curl"] },
    { argv: ["node", "s.js", "$(id)"] },
  ],
  "Other registries and repositories over https": [
    { argv: ["npx", "--registry=https://npm.example.com", "x@1.0.0"] },
    { argv: ["uvx", "--from", "git+https://git.example.com/a/x@0123456789012345678901234567890123456789", "x"] },
  ],
  "Variables that redirect (`PATH`, `PYTHONPATH`, proxies)": [
    { ...node, env: { PATH: "/x" } },
    { ...node, env: { PYTHONPATH: "/x" } },
    { ...node, env: { HTTPS_PROXY: "http://proxy.example.com" } },
  ],
  "Plain http to private networks that are allowed": [{ url: "http://10.0.0.5/mcp", security: { allow_private_ips: true } }],
  "Plain http to public hosts, credentials over plain http": [
    { url: "http://mcp.example.com/mcp" },
    { url: "http://mcp.example.com/mcp", headers: { Authorization: "Bearer x" } },
  ],
  "`${NAME}` in `headers` without the name in `env`": [refersTo("headers", "TOKEN")],
  "`${NAME}` in `args` or `url` without the name in `env`": [refersTo("args", "TOKEN"), refersTo("url", "TOKEN")],
};
const WORDS: Readonly<Record<string, string>> = { refused: "deny", "warned about": "warn", allowed: "allow" };

describe("the table of levels", () => {
  const rows = ROWS.filter(({ what }) => what !== "Programs" && !what.startsWith("---"));

  test("has every kind of entry that is tried here, and no other", () => {
    expect(rows.map(({ what }) => what).toSorted()).toEqual(Object.keys(KINDS).toSorted());
  });

  test.each(rows)("is true of: $what", ({ what, cells }) => {
    const expected = cells.map((cell) => WORDS[cell] ?? cell);
    for (const sketch of KINDS[what] ?? []) expect(verdicts(sketch), JSON.stringify(sketch)).toEqual(expected);
  });

  test("is true of programs", () => {
    for (const program of ["node", "npx", "python3", "uvx"])
      expect(verdicts({ argv: [program, "x@1.0.0"] }).slice(0, 2), program).not.toContain("deny");
    expect(verdicts({ argv: ["my-server"] })).toEqual(["deny", "allow", "allow"]);
    for (const program of ["rm", "curl", "sudo", "git"])
      expect(verdicts({ argv: [program, "x"] }), program).toEqual(["deny", "deny", "warn"]);
  });
});

describe("at every level", () => {
  test.each<readonly [string, ServerSketch]>([
    ["a hidden character in a command", { argv: ["no\u200bde", "s.js"] }],
    ["a control character in an argument", { argv: ["node", "s.js\u0000"] }],
    ["a model provider's key as a variable", { ...node, context: { references: [{ place: "env", variable: "OPENAI_API_KEY" }] } }],
    ["a metadata service", { url: "http://169.254.169.254/mcp" }],
    ["a metadata service by name", { url: "https://metadata.google.internal/mcp" }],
    ["a metadata service in another spelling", { url: "http://[::ffff:a9fe:a9fe]/mcp" }],
    ["a reserved address", { url: "https://240.0.0.1/mcp" }],
    ["a mail port", { url: "https://mcp.example.com:25/mcp" }],
    ["a database port", { url: "https://mcp.example.com:5432/mcp" }],
    ["a container service", { url: "https://mcp.example.com:2375/mcp" }],
    ["a password in a URL", { url: "https://user:pw@mcp.example.com/mcp" }],
  ])("refused: %s", (_, sketch) => {
    expect(verdicts(sketch)).toEqual(["deny", "deny", "deny"]);
  });

  test.each([[["npx", "-y", "x"]], [["npx", "-y", "x@latest"]], [["uvx", "x"]], [["uvx", "x>=1"]], [["bunx", "x@^1.0.0"]]])(
    "warned about, and refused under --locked: %j",
    (argv) => {
      const moderate = checkServer(serverOfSketch({ argv }), DEFAULT_POLICY, {});
      expect([verdicts({ argv }), moderate.rule]).toEqual([["warn", "warn", "warn"], "package-pinned"]);
      expect(verdicts({ argv, policy: { locked: true } })).toEqual(["deny", "deny", "deny"]);
    },
  );
});
