// The built program with the real Claude Code binary against a scripted provider on loopback: a server's tools, an end by kill -9, and where requests go.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startMessagesServer, type MessagesReply, type MessagesRequest, type MessagesServer } from "../src/testing/messages-server.ts";
import { claudeCodeBinary, hasClaudeCode } from "./support/claude-code-binary.ts";
import { runCli, startCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

const servers: (MessagesServer | Server)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) void server.close();
});

type Place = { readonly folder: string; readonly config: string; readonly calls: string; readonly provider: MessagesServer };

async function place(script: (request: MessagesRequest, index: number) => MessagesReply, options: object = {}): Promise<Place> {
  const provider = await startMessagesServer(script);
  servers.push(provider);
  const folder = temporaryFolder();
  const calls = join(folder, "calls.jsonl");
  const backend = {
    type: "claude_code",
    model: "claude-sonnet-4-5",
    base_url: provider.url,
    api_key: "test-key-000",
    allowed_tools: [],
    max_retries: 0,
    claude_code_path: claudeCodeBinary,
    cwd: join(folder, "work"),
    mcp_servers: { counter: { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), calls] } },
    ...options,
  };
  return { folder, calls, provider, config: writeConfig(folder, { agents: [{ id: "code", backend }] }) };
}

const answer: MessagesReply = { toolCalls: [{ name: "mcp__massgen__new_answer", input: { content: "Read 41." } }] };
const read: MessagesReply = { toolCalls: [{ name: "mcp__counter__read", input: { n: 41 } }] };

/** Calls that reached the server, by its own record. */
const callsIn = (file: string): number =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.includes('"tools/call"')).length
    : 0;

/** Processes of this machine whose environment or arguments hold `text`, besides this one. */
function processesWith(text: string): readonly number[] {
  const holds = (pid: string): boolean =>
    ["environ", "cmdline"].some((file) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "latin1").includes(text);
      } catch {
        return false; // It ended in between.
      }
    });
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && holds(name))
    .map(Number);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 60_000) throw new Error(`After a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Notes where a process wants to go, and the logins it shows, and lets it go nowhere. */
async function recordingProxy(): Promise<{ readonly url: string; readonly asked: readonly string[]; readonly logins: readonly string[] }> {
  const asked: string[] = [];
  const logins: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "?");
    logins.push(request.headers.authorization ?? "");
    response.writeHead(502).end();
  });
  server.on("connect", (request, socket) => {
    socket.on("error", () => undefined); // The client may be gone before it reads the refusal.
    asked.push(request.url ?? "?");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { asked, logins, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(!hasClaudeCode)("massgen with Claude Code", () => {
  test("a stdio server's tool is called through our own connection, then the agent answers (REQ-BACKEND-61)", async () => {
    const { folder, config, calls, provider } = await place((_request, index) => (index === 0 ? read : answer));
    const run = await runCli(["--config", config, "--debug", "Read 41."], { cwd: folder });
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "Read 41.\n" });
    expect(run.stderr).toMatch(/Claude Code starts with .*claude-sonnet-4-5[^]*to Claude Code: .*Read 41\./);
    expect(run.stderr).not.toContain("test-key-000");
    expect(callsIn(calls)).toBe(1);
    expect(JSON.stringify(provider.requests[1]?.messages)).toContain("41");
    expect(provider.requests).toHaveLength(2);
  });

  test("a question of a server is answered by a process of its own, without tools and outside of the conversation, and its tokens count (REQ-BACKEND-68, REQ-MCP-44)", async () => {
    const isAside = ({ messages }: MessagesRequest): boolean => JSON.stringify(messages).includes("Say hi");
    const { folder, config, provider } = await place(
      (request) => {
        if (isAside(request)) return { text: "hi there", usage: { input: 1_000, output: 500 } };
        const called = JSON.stringify(request.messages).includes("tool_result");
        return called ? answer : { toolCalls: [{ name: "mcp__bad__echo", input: {} }] };
      },
      {
        mcp_servers: {
          bad: {
            command: process.execPath,
            args: [join(import.meta.dirname, "servers/misbehaving-server.mjs"), "--ask=sampling"],
            sampling: "allow",
          },
        },
      },
    );
    const output = join(folder, "result.json");
    const run = await runCli(["--config", config, "--output", output, "Go."], { cwd: folder });
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "Read 41.\n" });
    const asides = provider.requests.filter(isAside);
    expect(asides.map(({ tools = [], max_tokens: most }) => [tools, most])).toEqual([[[], 5]]);
    const rest = provider.requests.filter((request) => !isAside(request));
    expect(rest).toHaveLength(2);
    expect(JSON.stringify(rest[1]?.messages)).toContain("hi there");
    const { usage } = JSON.parse(readFileSync(output, "utf8")) as { readonly usage: { readonly inputTokens: number } };
    expect(usage.inputTokens).toBe(1_200);
    await until("a Claude Code process is left", () => processesWith(folder).length === 0);
  });

  test("a write that is left to the winner goes through the same broker: recorded for both agents, made once (REQ-WRITES-1)", async () => {
    const models = ["claude-sonnet-4-5", "claude-haiku-4-5"];
    const { folder, calls, config } = await place(({ model, messages }) => {
      const text = JSON.stringify(messages);
      const n = models.findIndex((each) => model.startsWith(each)) + 1;
      if (text.includes("was chosen, and it is yours")) return { text: "Presented." };
      const label = /label=[^>]{0,3}(agent\d)[^>]{0,3}>[^<]*I pay 2/.exec(text)?.[1];
      if (label !== undefined) return { toolCalls: [{ name: "mcp__massgen__vote", input: { agent_id: label, reason: "right" } }] };
      if (text.includes("tool_result")) return { toolCalls: [{ name: "mcp__massgen__new_answer", input: { content: `I pay ${n}.` } }] };
      return { toolCalls: [{ name: "mcp__counter__write", input: { n } }] };
    });
    const { agents } = JSON.parse(readFileSync(config, "utf8")) as { agents: readonly { readonly backend: object }[] };
    writeConfig(folder, {
      agents: models.map((model, index) => ({
        id: `code${index + 1}`,
        backend: { ...agents[0]?.backend, model, cwd: join(folder, `work${index}`) },
      })),
      orchestrator: { seed: 7, writes: "winner" },
    });
    const run = await runCli(["--config", config, "--output", "result.json", "Pay."], { cwd: folder });
    expect(run.code, run.stderr).toBe(0);
    const { intents, winner } = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as {
      readonly winner: { readonly id: string };
      readonly intents: readonly { readonly agent: string; readonly fate: string }[];
    };
    expect([winner.id, callsIn(calls)]).toEqual(["code2", 1]);
    expect(intents.map(({ agent, fate }) => `${agent} ${fate}`).toSorted()).toEqual(["code1 dropped", "code2 done"]);
  });

  test("no request leaves this machine: through a proxy of the environment nothing else is asked for (REQ-BACKEND-62)", async () => {
    const proxy = await recordingProxy();
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1,localhost" };
    const { folder, config } = await place((_request, index) => (index === 0 ? read : answer));
    const run = await runCli(["--config", config, "Read 41."], { cwd: folder, env });
    expect(run.code).toBe(0);
    expect(proxy.asked).toEqual([]);
    const elsewhere = await place(() => answer, { base_url: "https://provider.invalid" });
    await runCli(["--config", elsewhere.config, "Read 41."], { cwd: elsewhere.folder, env });
    expect(new Set(proxy.asked)).toEqual(new Set(["provider.invalid:443"]));
  });

  test("a login goes to the provider and to an address of the environment, to no other address a file names (REQ-BACKEND-15)", async () => {
    const proxy = await recordingProxy();
    const env = { ALL_PROXY: proxy.url, CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-planted" };
    const named = await place(() => answer, { base_url: "http://provider.invalid", api_key: undefined });
    const refused = await runCli(["--config", named.config, "Read 41."], { cwd: named.folder, env });
    expect(refused.stderr).toContain("No key is sent to provider.invalid");
    expect(proxy.logins).toEqual([]);
    const set = await place(() => answer, { base_url: undefined, api_key: undefined });
    await runCli(["--config", set.config, "Read 41."], {
      cwd: set.folder,
      env: { ...env, ANTHROPIC_BASE_URL: "http://provider.invalid" },
    });
    expect(new Set(proxy.logins)).toEqual(new Set(["Bearer sk-ant-oat01-planted"]));
    expect(proxy.asked[0]).toContain("http://provider.invalid/");
  });

  test("a provider on this machine is asked without the environment's proxy (REQ-BACKEND-29)", async () => {
    const proxy = await recordingProxy();
    const { folder, config } = await place((_request, index) => (index === 0 ? read : answer));
    const run = await runCli(["--config", config, "Read 41."], { cwd: folder, env: { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url } });
    expect([run.code, proxy.asked]).toEqual([0, []]);
  });

  test.skipIf(process.platform !== "linux")(
    "after kill -9 of the program its Claude Code and its server end, and no further request is paid for (REQ-BACKEND-61)",
    async () => {
      const { folder, config, calls, provider } = await place(() => read);
      const running = startCli(["--config", config, "Read 41 again and again."], { cwd: folder });
      await until("no three calls", () => callsIn(calls) >= 3);
      expect(processesWith(folder).length).toBeGreaterThanOrEqual(3);
      running.child.kill("SIGKILL");
      await running.ended;
      const sent = provider.requests.length;
      await until("a process is left", () => processesWith(folder).length === 0);
      // One request may have been on its way when the kernel told the child.
      expect(provider.requests.length - sent).toBeLessThanOrEqual(1);
    },
  );

  test("an overloaded provider is asked again as often as max_retries says, then the agent is out (REQ-BACKEND-61)", async () => {
    const overloaded = { error: { status: 529, type: "overloaded_error", message: "Overloaded" } };
    const { folder, config, provider } = await place(() => overloaded, { max_retries: 1 });
    const run = await runCli(["--config", config, "--display", "json", "Read 41."], { cwd: folder });
    expect(run.code).toBe(4);
    expect(provider.requests).toHaveLength(2);
    expect(run.stdout).toContain('"retry-scheduled"');
    expect(run.stderr + run.stdout).toContain("Overloaded");
  });
});
