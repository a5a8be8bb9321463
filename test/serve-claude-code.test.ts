// The real Claude Code binary asks the council, against a scripted provider of its own; no account and no network.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { councilScript } from "../src/testing/index.ts";
import { startMessagesServer, type MessagesRequest } from "../src/testing/messages-server.ts";
import { claudeCodeBinary, hasClaudeCode } from "./support/claude-code-binary.ts";
import { atEnd, place } from "./support/council-client.ts";
import { bareEnvironment, cliPath, temporaryFolder } from "./support/run-cli.ts";
import { startServe } from "./support/started-server.ts";

const TOOL = "mcp__massgen__ask_council";
const offers = ({ tools = [] }: MessagesRequest): boolean => tools.some(({ name }) => name === TOOL);
const resultIn = ({ messages }: MessagesRequest): string => {
  const last = messages.at(-1)?.content;
  const parts = Array.isArray(last) ? (last as { readonly type: string; readonly content?: unknown }[]) : [];
  return JSON.stringify(parts.find(({ type }) => type === "tool_result")?.content ?? null);
};

describe.skipIf(!hasClaudeCode)("Claude Code", { timeout: 120_000 }, () => {
  test.each(["stdio", "http"] as const)(
    "finds the %s server, calls `ask_council` and gets the council's answer (REQ-SERVE-10)",
    async (type) => {
      const { folder } = await place(councilScript({ presentation: "The council says forty-two." }));
      const results: string[] = [];
      const model = await startMessagesServer((request) => {
        const result = resultIn(request);
        if (result !== "null") {
          results.push(result);
          return { text: "The council has spoken." };
        }
        return offers(request) ? { toolCalls: [{ name: TOOL, input: { question: "What is the answer?" } }] } : { text: "?" };
      });
      atEnd(() => model.close());
      const home = temporaryFolder();
      const server = type === "stdio" ? onStdio(folder) : await overHttp(folder);
      writeFileSync(join(home, "mcp.json"), JSON.stringify({ mcpServers: { massgen: server } }));
      const args = [
        "-p",
        "Ask the council.",
        "--mcp-config",
        "mcp.json",
        "--strict-mcp-config",
        "--allowedTools",
        TOOL,
        "--output-format",
        "json",
      ];
      const { code, stdout } = await claude([...args, "--model", "claude-sonnet-4-5"], home, model.url);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ is_error: false, result: "The council has spoken." });
      expect(results).toHaveLength(1);
      expect(results[0]).toContain("The council says forty-two.");
    },
  );
});

const onStdio = (folder: string): object => ({
  type: "stdio",
  command: process.execPath,
  args: [cliPath, "serve", "--mcp", "--config", join(folder, "config.json"), "--no-logs"],
});

async function overHttp(folder: string): Promise<object> {
  const { url, token } = await startServe(folder, ["--no-logs"]);
  return { type: "http", url, headers: { Authorization: `Bearer ${token}` } };
}

function claude(args: readonly string[], home: string, url: string): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = spawn(claudeCodeBinary, [...args], {
    cwd: home,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...bareEnvironment(home),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: "test-key-000",
      CLAUDE_CONFIG_DIR: join(home, "claude"),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      ENABLE_TOOL_SEARCH: "false",
    },
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout })));
}
