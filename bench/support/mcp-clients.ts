// Five ways to call a tool of the same stdio server, behind one face: ours with all checks on, the bare protocol library, and three other clients.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
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
import { PLAIN_SERVER } from "../../src/testing/plain-server.ts";

type Caller = { readonly name: string; ask(n: number): Promise<string>; close(): Promise<void> };

/** A client that is measured, wherever its clock runs. Answers that hold another number than was asked for reject. */
export type Meter = {
  readonly name: string;
  /** It works in a process of its own. */
  readonly elsewhere?: true;
  /** Milliseconds of each call, one after the other; the calls are numbered on from `from`. */
  sequential(from: number, count: number): Promise<readonly number[]>;
  /** Calls per second, `width` at a time. */
  parallel(from: number, batches: number, width: number): Promise<number>;
  close(): Promise<void>;
};

/** A server, a tool of it that changes nothing, and how it is asked; the answer holds the number. */
export type Target = {
  readonly name: string;
  readonly args: readonly string[];
  readonly tool: string;
  /** The tool's one argument. */
  readonly key: string;
  /** The number is sent as text. */
  readonly text: boolean;
};

const inputOf = ({ key, text }: Target, n: number): Record<string, number | string> => ({ [key]: text ? String(n) : n });

const root = join(import.meta.dirname, "../..");
export const serverArgs = (log = "-"): readonly string[] => [join(root, "test/servers/counting-server.mjs"), log];
const program = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve(`@modelcontextprotocol/server-${name}/package.json`)), "dist/index.js");
/** The official test server, as servers are usually written. */
export const REAL: Target = {
  name: "everything",
  args: [program("everything")],
  tool: "echo",
  key: "message",
  text: true,
};
/** A server of ours that does next to nothing: what is left is the client. */
export const THIN: Target = { name: "count", args: serverArgs(), tool: "read", key: "n", text: false };
const agent = agentId("bench");

export function entry(name: string, args: readonly string[]): McpServerConfig {
  return {
    ...PLAIN_SERVER,
    name,
    transport: { type: "stdio", command: process.execPath, args, env: {}, cwd: null },
    maxProcesses: 8,
    idleTimeoutMs: 0,
    connectTimeoutMs: 30_000,
    callTimeoutMs: 30_000,
    maxTotalTimeoutMs: 60_000,
    restart: { max: 1, backoffMs: 100 },
  };
}

/** Five as they are installed here, for how long they take to connect. */
export const realServers = (folder: string): readonly McpServerConfig[] => [
  entry("everything", [program("everything")]),
  entry("memory", [program("memory")]),
  entry("filesystem", [program("filesystem"), folder]),
  entry("thinking", [program("sequential-thinking")]),
  entry("count", serverArgs()),
];

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
export async function askOf(broker: McpBroker, n: number, target: Target = THIN): Promise<string> {
  const turn = turnId(agent, 1);
  calls += 1;
  const outcome = await broker.forAgent(agent).call({
    turn,
    step: 1,
    call: callId(turn, 1, calls),
    providerCall: String(calls),
    name: `mcp__${target.name}__${target.tool}`,
    input: inputOf(target, n),
    signal: new AbortController().signal,
  });
  const [first] = outcome.ok ? outcome.content : [];
  if (first?.type !== "text") throw new Error(outcome.ok ? "No text came back." : outcome.message);
  return first.text;
}

export async function ours(target: Target, folder: string, audited = false): Promise<Meter> {
  const { broker, close } = await ourBroker([entry(target.name, target.args)], folder, audited);
  await settled(broker);
  return metered({ name: audited ? "and audit" : "massgen", ask: (n) => askOf(broker, n, target), close });
}

function metered({ name, ask, close }: Caller): Meter {
  return {
    name,
    close,
    async sequential(from, count) {
      const times: number[] = [];
      for (let n = from; n < from + count; n += 1) {
        const began = performance.now();
        const text = await ask(n);
        times.push(performance.now() - began);
        if (!text.includes(String(n))) throw new Error(`${name} answered ${text} instead of ${n}.`);
      }
      return times;
    },
    async parallel(from, batches, width) {
      const began = performance.now();
      for (let batch = 0; batch < batches; batch += 1)
        await Promise.all(Array.from({ length: width }, (_, at) => ask(from + batch * width + at)));
      return (batches * width * 1000) / (performance.now() - began);
    },
  };
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? "";

/** With `ownSession` its server is set apart as ours are, so that all it started can be ended; a busy Linux shares its processors out by session. */
export async function bare(target: Target, ownSession = false): Promise<Meter> {
  const { args, tool } = target;
  const client = new Client({ name: "bench", version: "1" });
  const [command, ...more] = ownSession ? ["setsid", process.execPath] : [process.execPath];
  await client.connect(new StdioClientTransport({ command: command ?? "", args: [...more, ...args], stderr: "ignore" }));
  return metered({
    name: ownSession ? "sdk, session" : "sdk",
    ask: async (n) => textOf(await client.callTool({ name: tool, arguments: inputOf(target, n) })),
    close: () => client.close(),
  });
}

export async function aiSdk(target: Target): Promise<Meter> {
  const { args, tool } = target;
  const client = await createMCPClient({
    transport: new Experimental_StdioMCPTransport({ command: process.execPath, args: [...args], stderr: "ignore" }),
  });
  const execute = (await client.tools())[tool]?.execute;
  if (!execute) throw new Error("The tool is missing.");
  return metered({
    name: "@ai-sdk/mcp",
    ask: async (n) =>
      textOf(
        await execute(inputOf(target, n), { toolCallId: String(n), messages: [], context: {} } as unknown as Parameters<typeof execute>[1]),
      ),
    close: () => client.close(),
  });
}

export async function porter(target: Target): Promise<Meter> {
  const { args, tool } = target;
  const runtime = await createRuntime({
    servers: [{ name: "count", command: { kind: "stdio", command: process.execPath, args: [...args], cwd: root } }],
  });
  return metered({
    name: "mcporter",
    ask: async (n) => textOf(await runtime.callTool("count", tool, { args: inputOf(target, n) })),
    close: () => runtime.close(),
  });
}

/** The Python library, by its own clock; null where `npm run setup:python-servers` has not been run. */
export async function python({ args, tool, key, text }: Target): Promise<Meter | null> {
  const program = join(root, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (!existsSync(program)) return null;
  const child = spawn(program, [join(import.meta.dirname, "mcp-python.py"), process.execPath, ...args], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The Python client ended; run `npm run setup:python-servers` again.");
    return value;
  };
  const order = async (what: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify({ tool, key, text, ...what })}\n`);
    return JSON.parse(await answer());
  };
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await answer();
  return {
    name: "python mcp",
    elsewhere: true,
    sequential: async (from, count) => (await order({ from, count })) as number[],
    parallel: async (from, batches, width) => (await order({ from, batches, width })) as number,
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
