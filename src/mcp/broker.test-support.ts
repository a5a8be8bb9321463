// What the tests of the MCP layer share: server entries with defaults, a broker that keeps its events, and looks at processes from outside.
import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { McpServerConfig } from "../config/types.ts";
import { agentId, callId, turnId, type AgentId, type EventOf, type Json, type RunEvent } from "../core/index.ts";
import { createIo, type Io } from "../io/index.ts";
import { PLAIN_SERVER } from "../testing/plain-server.ts";
import { createBroker, type BrokerOptions } from "./broker.ts";
import type { ToolOutcome } from "./contract.ts";

const root = path.resolve(import.meta.dirname, "../..");
export const serverFile = (name: string): string => path.join(root, "test/servers", name);

/** The entry script of an installed package's command. */
export function packageBin(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return path.join(path.dirname(manifest), Object.values(bin)[0] ?? "");
}

/** Starts a program that prints a line once it listens, and ends it with the test. */
export async function startProgram(
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly match: RegExpExecArray; readonly pid: number; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [...args], { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(stop);
  let text = "";
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      text += chunk.toString("utf8");
      const found = ready.exec(text);
      if (found) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`The program ended with ${String(code)}: ${text}`)));
  });
  return { match, pid: child.pid ?? 0, stop };
}

/** Our own HTTP server of test/servers. */
export async function startHttpServer(
  flags: readonly string[] = [],
): Promise<{ readonly url: string; readonly pid: number; stop(): Promise<void> }> {
  const { match, pid, stop } = await startProgram([serverFile("http-server.mjs"), ...flags], /http:\S+/);
  return { url: match[0], pid, stop };
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Overrides = Partial<Omit<McpServerConfig, "transport">>;
/** Quick to give up, so that a test of trouble is soon over. */
const DEFAULTS: Omit<McpServerConfig, "name" | "transport"> = {
  ...PLAIN_SERVER,
  idleTimeoutMs: 0,
  connectTimeoutMs: 20_000,
  callTimeoutMs: 20_000,
  maxTotalTimeoutMs: 60_000,
  restart: { max: 2, backoffMs: 10 },
  maxMessageBytes: 4 * 1024 * 1024,
};

export function stdioServer(
  name: string,
  args: readonly string[],
  more: Overrides & { readonly env?: Record<string, string>; readonly command?: string; readonly cwd?: string } = {},
): McpServerConfig {
  const { env = {}, command = process.execPath, cwd = null, ...rest } = more;
  return { ...DEFAULTS, ...rest, name, transport: { type: "stdio", command, args, env, cwd } };
}

export function httpServer(
  name: string,
  url: string,
  more: Overrides & {
    readonly headers?: Record<string, string>;
    readonly type?: "streamable-http" | "sse";
    readonly readTimeoutMs?: number;
  } = {},
): McpServerConfig {
  const { headers = {}, type = "streamable-http", readTimeoutMs = null, ...rest } = more;
  return { ...DEFAULTS, ...rest, name, transport: { type, url, headers, timeoutMs: null, readTimeoutMs } };
}

export const misbehaving = (flags: readonly string[], more: Parameters<typeof stdioServer>[2] = {}): McpServerConfig =>
  stdioServer("bad", [serverFile("misbehaving-server.mjs"), ...flags], more);

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "massgen-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type TestRun = ReturnType<typeof startRun>;

/** A broker over real processes; it is closed when the test is over. */
export function startRun(
  agents: Readonly<Record<string, readonly McpServerConfig[]>>,
  more: Partial<BrokerOptions> & { readonly io?: Io; readonly home?: string } = {},
) {
  const home = more.home ?? temporaryFolder();
  const events: RunEvent[] = [];
  const io = more.io ?? createIo();
  const watchers = new Set<() => void>();
  const broker = createBroker({
    agents: Object.entries(agents).map(([id, servers]) => ({ id: agentId(id), servers })),
    io,
    stateDir: path.join(home, "state"),
    cacheDir: path.join(home, "cache"),
    record: async (event) => {
      events.push(event);
      for (const watcher of watchers) watcher();
    },
    ...more,
  });
  onTestFinished(() => broker.close());
  let calls = 0;
  const callUnder =
    (signal: AbortSignal) =>
    (id: string, name: string, input: Json): Promise<ToolOutcome> => {
      const turn = turnId(agentId(id), 1);
      calls += 1;
      return broker
        .forAgent(agentId(id))
        .call({ turn, step: 1, call: callId(turn, 1, calls), providerCall: `p${calls}`, name, input, signal });
    };
  const of = <Type extends RunEvent["type"]>(type: Type): readonly EventOf<Type>[] =>
    events.filter((event): event is EventOf<Type> => event.type === type);
  return {
    broker,
    events,
    io,
    home,
    callUnder,
    of,
    call: callUnder(new AbortController().signal),
    tools: (agent: string): readonly string[] =>
      broker
        .forAgent(agentId(agent))
        .list()
        .map(({ name }) => name),
    settled: (agent: string, ms = 25_000): Promise<void> => broker.forAgent(agentId(agent)).settled(ms, new AbortController().signal),
    states: (server: string): readonly string[] =>
      of("mcp-server-state")
        .filter((event) => event.server === server)
        .map(({ state }) => state),
    /** Resolves when the condition over the events holds; the test's own time limit ends a wait in vain. */
    until: (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}

export const agent = (id: string): AgentId => agentId(id);

/** The text of an outcome, whether it succeeded or not. */
export function textOf(outcome: ToolOutcome): string {
  const content = outcome.ok ? outcome.content : (outcome.content ?? []);
  const texts = content.flatMap((item) => (item.type === "text" ? [item.text] : []));
  return texts.length > 0 ? texts.join("\n") : outcome.ok ? "" : outcome.message;
}

export type ServerNote = {
  readonly pid: number;
  readonly method?: string;
  readonly id?: unknown;
  readonly params?: { readonly [key: string]: unknown };
  readonly headers?: { readonly [name: string]: string };
  readonly started?: true;
  readonly running?: number;
};

/** What a server of ours wrote down. */
export function readLog(file: string): readonly ServerNote[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ServerNote);
}

/** Whether a process exists and is more than a name in its parent's table. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
