// Ten real servers from npm and PyPI, and two of ours, in one team, as a person would use them.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../src/config/index.ts";
import { createIo } from "../src/io/index.ts";
import { loadMcp } from "../src/session/index.ts";
import { nodeServers, pythonServers, type RealServer } from "./support/real-servers.ts";
import { temporaryFolder, writeConfig } from "./support/run-cli.ts";
import { massgen } from "./support/run-in-process.ts";

let page: Server;
let pageUrl = "";
beforeEach(async () => {
  page = createServer(
    (_request, response) => void response.setHeader("content-type", "text/html").end("<html><body><p>A page of our own.</p></body></html>"),
  );
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  pageUrl = `http://127.0.0.1:${(page.address() as AddressInfo).port}/`;
});
afterEach(() => new Promise((resolve) => page.close(resolve)));

const configOf = (servers: readonly RealServer[]): unknown => ({
  agents: [
    {
      id: "alice",
      backend: {
        type: "gemini",
        mcp_servers: Object.fromEntries(servers.map(({ name, command, args, env }) => [name, { command, args, ...(env ? { env } : {}) }])),
      },
    },
  ],
});

async function workspace(): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "hello.txt"), "Hello from a file.");
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
  expect((await massgen(["mcp", "init", "typescript-stdio", "weather"], { cwd: folder })).code).toBe(0);
  return folder;
}

describe("real MCP servers", () => {
  test("ten servers of npm and PyPI and two of ours work side by side, and each answers a call (REQ-MCPCMD-1)", async (context) => {
    const folder = await workspace();
    const python = pythonServers(folder, pageUrl);
    if (python === null)
      await context.annotate("The Python servers are not installed (npm run setup:python-servers): their part is skipped.");
    const servers = [...nodeServers(folder), ...(python ?? [])];
    const file = writeConfig(folder, configOf(servers));
    const io = { ...createIo(), cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, MASSGEN_HOME: join(folder, ".massgen") } };
    const { config } = await loadConfig({ source: file, files: io.files, env: io.env, mode: "check", examples: null });
    const { openMcpSession } = await loadMcp();
    const session = await openMcpSession(config, { io, fresh: true });
    try {
      await session.settled(new AbortController().signal);
      expect(session.servers.flatMap((server) => server.failure() ?? [])).toEqual([]);
      expect(session.servers).toHaveLength(python === null ? 6 : 12);
      const answers = await Promise.all(
        session.servers.map(async (opened, at) => {
          const { tool, input } = servers[at]?.call ?? { tool: "", input: {} };
          return opened.call(tool, input as Parameters<typeof opened.call>[1], new AbortController().signal);
        }),
      );
      for (const [at, outcome] of answers.entries()) {
        const expected = servers[at];
        expect(outcome, `${expected?.name ?? ""}: ${JSON.stringify(outcome)}`).toMatchObject({ ok: true });
        expect(JSON.stringify(outcome), expected?.name).toMatch(expected?.call.answer ?? /never/);
      }
    } finally {
      await session.close();
    }
  });

  test("the doctor finds out about each of them what a person must know (REQ-MCPCMD-4)", async () => {
    const folder = await workspace();
    const servers = [...nodeServers(folder), ...(pythonServers(folder, pageUrl) ?? [])];
    const file = writeConfig(folder, configOf(servers));
    const { code, stdout } = await massgen(["mcp", "doctor", "--config", file], { cwd: folder });
    expect(code).toBe(0);
    for (const { name } of servers) expect(stdout).toMatch(new RegExp(`^${name}: ready in \\d+ ms \\(stdio, protocol 20\\d\\d-`, "m"));
    expect(stdout).toMatch(/tokens +gemini-json \d+ · gemini-openapi \d+ · openai \d+ · anthropic \d+/);
    expect(stdout).toMatch(/pinned +a program of this machine, @modelcontextprotocol\/server-memory@\d+/);
    expect(stdout).toMatch(/sharing +one per agent: it works in a folder/);
    expect(stdout).toMatch(/names +mcp__memory__<tool>/);
    expect(stdout).toMatch(/stderr +Knowledge Graph MCP Server running on stdio/);
    const all = servers.length;
    expect(stdout).toContain(`\n\n${all} of ${all} servers work.\n`);
    expect(stdout).toMatch(new RegExp(`^alice: \\d+ tools of ${all} servers, \\d+ to \\d+ tokens in every request`, "m"));
    expect(stdout).toContain("Tokens are estimates: characters of the declarations divided by 4.\n");
  });
});
