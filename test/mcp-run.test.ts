// MCP servers in whole runs of the built program: what is refused, what dies, what is left behind.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const counting = (log: string): unknown => ({
  command: process.execPath,
  args: [join(import.meta.dirname, "servers/counting-server.mjs"), log],
});

async function run(mcpServers: (folder: string) => unknown, script: ChatScript): Promise<CliRun & { folder: string }> {
  server = await chatServer(script);
  const folder = temporaryFolder();
  const backend = {
    type: "chatcompletion",
    model: "scripted",
    base_url: server.baseUrl,
    api_key: "test-key-000",
    mcp_servers: mcpServers(folder),
  };
  const config = writeConfig(folder, { agents: [{ id: "a", backend }] });
  return { ...(await runCli(["--config", config, "Go."], { cwd: folder })), folder };
}

const answer = { toolCalls: [{ name: "new_answer", arguments: { content: "Done." } }] };

describe("MCP servers in a run", () => {
  test("a server that is a shell with code is never started, and the run goes on without it (REQ-WHOLE-8)", async () => {
    const result = await run(
      (folder) => ({ evil: { command: "bash", args: ["-c", `touch ${join(folder, "harm")}`] } }),
      () => answer,
    );
    expect(existsSync(join(result.folder, "harm"))).toBe(false);
    expect(result.stdout).toBe("Done.\n");
    expect(result.stderr).toMatch(/evil/);
  });

  test("a server that cannot be started is a warning with the next step, and another one works (REQ-WHOLE-8)", async () => {
    const result = await run(
      (folder) => ({
        dead: { command: process.execPath, args: ["-e", "console.error('no token'); process.exit(3)"] },
        counter: counting(join(folder, "log")),
      }),
      ({ number }) => (number === 1 ? { toolCalls: [{ name: "mcp__counter__read", arguments: { n: 5 } }] } : answer),
    );
    expect(result.stdout).toBe("Done.\n");
    expect(result.stderr).toMatch(/dead/);
    expect(readFileSync(join(result.folder, "log"), "utf8")).toContain('"read"');
  });

  test("no server process is left when the program has ended (REQ-WHOLE-8)", async () => {
    const result = await run(
      (folder) => ({ counter: counting(join(folder, "log")) }),
      ({ number }) => (number === 1 ? { toolCalls: [{ name: "mcp__counter__pid", arguments: {} }] } : answer),
    );
    const pids = new Set(
      readFileSync(join(result.folder, "log"), "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { pid: number }).pid),
    );
    expect(pids.size).toBe(1);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  });
});
