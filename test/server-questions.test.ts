// Questions of servers in whole runs of the built program: a model's answer for a server costs what it costs, and nothing without a word in the entry.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { chatServer, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const isAsked = (messages: readonly { readonly content?: unknown }[]): boolean =>
  messages.length === 1 && JSON.stringify(messages).includes("Say hi");
const script: ChatScript = ({ messages }) => {
  if (isAsked(messages)) return { text: "hi there", usage: { input: 100, output: 50 } };
  if (JSON.stringify(messages).includes("call_1_0")) return { toolCalls: [{ name: "new_answer", arguments: { content: "Done." } }] };
  return { toolCalls: [{ name: "mcp__bad__echo", arguments: {} }] };
};

async function run(kind: string, entry: object) {
  server = await chatServer(script);
  const folder = temporaryFolder();
  const bad = { command: process.execPath, args: [join(import.meta.dirname, "servers/misbehaving-server.mjs"), `--ask=${kind}`], ...entry };
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key-000", mcp_servers: { bad } };
  const config = writeConfig(folder, { agents: [{ id: "a", backend }] });
  const output = join(folder, "result.json");
  const result = await runCli(["--config", config, "--output", output, "Go."], { cwd: folder });
  const told = JSON.stringify(server.requests.at(-1)?.messages);
  return { ...result, told, asked: server.requests.filter(({ messages }) => isAsked(messages)), totals: readFileSync(output, "utf8") };
}

test("with `sampling: allow` the agent's model answers the server, without tools, and its tokens are counted (REQ-MCP-44)", async () => {
  const { stdout, told, asked, totals } = await run("sampling", { sampling: "allow" });
  expect(stdout).toBe("Done.\n");
  expect(told).toContain("hi there");
  expect(asked.map(({ tools, body }) => [tools, body["max_tokens"]])).toEqual([[[], 5]]);
  expect((JSON.parse(totals) as { usage: object }).usage).toMatchObject({ inputTokens: 120, outputTokens: 60 });
});

test.each(["ask", "deny"])("with `sampling: %s` and nobody there, no model is asked", async (sampling) => {
  const { stdout, asked, stderr } = await run("sampling", { sampling });
  expect(stdout).toBe("Done.\n");
  expect(asked).toEqual([]);
  expect(stderr).toContain("asked for a model's answer");
});

test("a form is declined without a terminal, and the run says so (REQ-MCP-43)", async () => {
  const { stdout, told, stderr } = await run("confirm", {});
  expect(stdout).toBe("Done.\n");
  expect(told).toContain("decline");
  expect(stderr).toContain("asked the user a question");
});
