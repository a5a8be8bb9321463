// Two local agents and a real MCP server: the shipped example, with the embedded model, judged by what reached the server.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot, runCli, temporaryFolder } from "./support/run-cli.ts";

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"));
const present = existsSync(join(cache, "massgen/models"));
if (!present) console.log("skipped: no local model in the cache (npm run setup:model)");

const everything = join(projectRoot, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");

/** The shipped example, with the downloaded server replaced by the installed one behind a witness. */
function example(folder: string, log: string): string {
  const shipped = readFileSync(join(projectRoot, "examples/local_mcp.yaml"), "utf8");
  const args = JSON.stringify([join(import.meta.dirname, "servers/tee.mjs"), log, process.execPath, everything, "stdio"]);
  const path = join(folder, "local_mcp.yaml");
  writeFileSync(
    path,
    shipped
      .replace(/command: npx/g, `command: ${JSON.stringify(process.execPath)}`)
      .replace(/args: \[.*server-everything.*\]/g, `args: ${args}`),
  );
  return path;
}

describe.skipIf(!present)("two local agents with a real MCP server", () => {
  test("a tool call really reaches the server and its result is in the answer (REQ-WHOLE-5)", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "server.log");
    writeFileSync(log, "");
    const run = await runCli(["--config", example(folder, log), "What is the sum of 7 and 5?"], {
      cwd: folder,
      env: { XDG_CACHE_HOME: cache },
    });
    expect(run.stderr).toContain("get-sum");
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("12");
    const calls = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes('"tools/call"'))
      .map((line) => (JSON.parse(line) as { params: { name: string; arguments: unknown } }).params);
    expect(calls.length).toBeGreaterThanOrEqual(1);
    expect(calls[0]).toMatchObject({ name: "get-sum", arguments: { a: 7, b: 5 } });
  });

  test("three local agents answer without any configuration (REQ-WHOLE-5)", async () => {
    const folder = temporaryFolder();
    const run = await runCli(["What is 7 + 5?"], { cwd: folder, env: { XDG_CACHE_HOME: cache } });
    expect(run.stdout).toContain("12");
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("local-3");
    expect(run.stderr).toMatch(/tiny model/);
  });
});
