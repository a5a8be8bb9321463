// Four ways to call a tool of the same stdio server, behind one face: ours with all checks on, the bare protocol library, and two other clients.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport } from "@ai-sdk/mcp/mcp-stdio";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { createRuntime } from "mcporter";
import type { McpServerConfig } from "../../src/config/types.ts";
import { agentId, callId, turnId } from "../../src/core/index.ts";
import { createIo } from "../../src/io/index.ts";
import { createBroker, openAuditLog, type BrokerPolicy, type McpBroker } from "../../src/mcp/index.ts";
import { createGate, DEFAULT_POLICY } from "../../src/security/index.ts";

export type Caller = { readonly name: string; ask(n: number): Promise<string>; close(): Promise<void> };

/** A server, a tool of it that changes nothing, and how it is asked; the answer holds the number. */
export type Target = {
  readonly name: string;
  readonly args: readonly string[];
  readonly tool: string;
  input(n: number): Record<string, number | string>;
};

const root = join(import.meta.dirname, "../..");
export const serverArgs = (log = "-"): readonly string[] => [join(root, "test/servers/counting-server.mjs"), log];
const everything = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/package.json");
/** The official test server, as servers are usually written. */
export const REAL: Target = {
  name: "everything",
  args: [join(dirname(everything), "dist/index.js")],
  tool: "echo",
  input: (n) => ({ message: String(n) }),
};
/** A server of ours that does next to nothing: what is left is the client. */
export const THIN: Target = { name: "count", args: serverArgs(), tool: "read", input: (n) => ({ n }) };
const agent = agentId("bench");

export function entry(name: string, args: readonly string[]): McpServerConfig {
  return {
    name,
    transport: { type: "stdio", command: process.execPath, args, env: {}, cwd: null },
    allowedTools: null,
    excludeTools: [],
    shared: "auto",
    maxProcesses: 8,
    maxConcurrency: null,
    idleTimeoutMs: 0,
    lazy: true,
    connectTimeoutMs: 30_000,
    callTimeoutMs: 30_000,
    maxTotalTimeoutMs: 60_000,
    restart: { max: 1, backoffMs: 100 },
    maxMessageBytes: 16 * 1024 * 1024,
    protocol: null,
    security: {},
    extra: {},
  };
}

export type OurBroker = { readonly broker: McpBroker; readonly close: () => Promise<void> };

/** Policy, limits, validation, breaker: every check a run has, only that no limit on the number of calls ends the measurement. */
export async function ourBroker(servers: readonly McpServerConfig[], folder: string, audited = false): Promise<OurBroker> {
  const io = createIo();
  const policy = { ...DEFAULT_POLICY, limits: { ...DEFAULT_POLICY.limits, callsPerAgent: null, sameCallInARow: Number.MAX_SAFE_INTEGER } };
  const gate = createGate({ policy, secrets: ["a-secret-of-the-run"], interactive: () => false });
  const named = new Map(servers.map((server) => [server.name, server]));
  const checks: BrokerPolicy = {
    checkServer: (server) => {
      const { verdict, rule, reason } = gate.checkServer(server);
      return { verdict: verdict === "deny" ? "deny" : "allow", rule, reason };
    },
    checkCall: (question) => gate.checkCall(question, named.get(question.server)),
  };
  await io.files.makeFolder(folder);
  const audit = !audited
    ? null
    : await openAuditLog({ files: io.files, clock: io.clock, path: join(folder, `audit-${io.randomHex(4)}.jsonl`) });
  const broker = createBroker({
    agents: [{ id: agent, servers }],
    io,
    record: async () => {},
    stateDir: join(folder, "state"),
    cacheDir: join(folder, "cache"),
    policy: checks,
    ...(audit ? { audit } : {}),
  });
  return {
    broker,
    close: async () => {
      await broker.close();
      await audit?.close();
    },
  };
}

export const settled = (broker: McpBroker): Promise<void> => broker.forAgent(agent).settled(60_000, new AbortController().signal);
export const offered = (broker: McpBroker): number => broker.forAgent(agent).list().length;

let calls = 0;
export async function askOf(broker: McpBroker, n: number, { name, tool, input }: Target = THIN): Promise<string> {
  const turn = turnId(agent, 1);
  calls += 1;
  const outcome = await broker.forAgent(agent).call({
    turn,
    step: 1,
    call: callId(turn, 1, calls),
    providerCall: String(calls),
    name: `mcp__${name}__${tool}`,
    input: input(n),
    signal: new AbortController().signal,
  });
  const [first] = outcome.ok ? outcome.content : [];
  if (first?.type !== "text") throw new Error(outcome.ok ? "No text came back." : outcome.message);
  return first.text;
}

export async function ours(target: Target, folder: string, audited = false): Promise<Caller> {
  const { broker, close } = await ourBroker([entry(target.name, target.args)], folder, audited);
  await settled(broker);
  return { name: audited ? "and audit" : "massgen", ask: (n) => askOf(broker, n, target), close };
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? "";

export async function bare({ args, tool, input }: Target): Promise<Caller> {
  const client = new Client({ name: "bench", version: "1" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [...args], stderr: "ignore" }));
  return { name: "sdk", ask: async (n) => textOf(await client.callTool({ name: tool, arguments: input(n) })), close: () => client.close() };
}

export async function aiSdk({ args, tool, input }: Target): Promise<Caller> {
  const client = await createMCPClient({
    transport: new Experimental_StdioMCPTransport({ command: process.execPath, args: [...args], stderr: "ignore" }),
  });
  const execute = (await client.tools())[tool]?.execute;
  if (!execute) throw new Error("The tool is missing.");
  return {
    name: "@ai-sdk/mcp",
    ask: async (n) =>
      textOf(await execute(input(n), { toolCallId: String(n), messages: [], context: {} } as unknown as Parameters<typeof execute>[1])),
    close: () => client.close(),
  };
}

export async function porter({ args, tool, input }: Target): Promise<Caller> {
  const runtime = await createRuntime({
    servers: [{ name: "count", command: { kind: "stdio", command: process.execPath, args: [...args], cwd: root } }],
  });
  return {
    name: "mcporter",
    ask: async (n) => textOf(await runtime.callTool("count", tool, { args: input(n) })),
    close: () => runtime.close(),
  };
}
