// The five servers of the fault soak as real processes, one of them over HTTP, and what can happen to them from outside.
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { McpServerConfig } from "../../src/config/types.ts";
import type { McpBroker } from "../../src/mcp/index.ts";
import { httpServer, serverFile, stdioServer } from "../../src/mcp/broker.test-support.ts";

/** Asked of a server inside a call. */
const ANYWHERE = ["hang-before", "hang-after", "late", "cut-before", "cut-after", "half"] as const;
export const STDIO_FAULTS = [...ANYWHERE, "crash-before", "crash-after", "junk", "wrong-id", "twice"] as const;
export const HTTP_FAULTS = [...ANYWHERE, "500-before", "500-after", "503-before", "503-after", "429-before", "forget"] as const;
/** Done to a server from outside, whatever it is doing. */
export const OUTSIDE_FAULTS = ["kill", "freeze"] as const;
export type OutsideFault = (typeof OUTSIDE_FAULTS)[number];

export const CALL_TIMEOUT_MS = 400;
const LIMITS = {
  callTimeoutMs: CALL_TIMEOUT_MS,
  maxTotalTimeoutMs: 3_000,
  maxProcesses: 8,
  restart: { max: 3, backoffMs: 20 },
  extra: { breaker: { reset_time: 0.1, max_backoff_multiplier: 8 } },
} as const;
const FREEZE_MS = 600;
const DOWN_MS = 200;

export type SoakWorld = {
  readonly servers: readonly McpServerConfig[];
  /** Where the server writes what it carried out. */
  readonly logs: ReadonlyMap<string, string>;
  strike(server: string, fault: OutsideFault, broker: McpBroker): void;
  /** Everything that was frozen or down is back; nothing more happens by itself. */
  calm(): Promise<void>;
  close(): Promise<void>;
};

export async function soakWorld(folder: string): Promise<SoakWorld> {
  const logs = new Map(["store", "own", "pipes", "web", "good"].map((name) => [name, path.join(folder, `${name}.jsonl`)]));
  const flags = (name: string, ...more: readonly string[]): readonly string[] => [
    serverFile("faulty-server.mjs"),
    `--log=${logs.get(name) ?? ""}`,
    `--late=${CALL_TIMEOUT_MS * 2}`,
    ...more,
  ];
  const web = await startAgainAndAgain((port) => flags("web", `--http=${port}`));
  const pending = new Set<Promise<void>>();
  const after = (ms: number, action: () => void | Promise<void>): void => {
    const done = new Promise((resolve) => setTimeout(resolve, ms)).then(action).finally(() => pending.delete(done));
    pending.add(done);
  };
  return {
    logs,
    servers: [
      stdioServer("store", flags("store"), LIMITS),
      stdioServer("own", flags("own"), { ...LIMITS, shared: false }),
      stdioServer("pipes", flags("pipes", "--child"), LIMITS),
      httpServer("web", web.url, LIMITS),
      stdioServer("good", flags("good"), { ...LIMITS, callTimeoutMs: 60_000, maxTotalTimeoutMs: 60_000 }),
    ],
    strike(server, fault, broker) {
      const pids = server === "web" ? [web.pid()] : broker.servers().flatMap((row) => (row.server === server && row.pid ? [row.pid] : []));
      for (const pid of pids.slice(0, 1)) {
        signal(pid, fault === "kill" ? "SIGKILL" : "SIGSTOP");
        if (fault === "freeze") after(FREEZE_MS, () => signal(pid, "SIGCONT"));
        else if (server === "web") after(DOWN_MS, () => web.restart());
      }
    },
    async calm() {
      while (pending.size > 0) await Promise.all(pending);
      await web.restart();
    },
    close: () => web.stop(),
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile, as much as was wanted.
  }
}

type Program = { readonly url: string; pid(): number; restart(): Promise<void>; stop(): Promise<void> };

/** A program that listens, started again on the same port whenever it has ended. */
async function startAgainAndAgain(args: (port: number) => readonly string[]): Promise<Program> {
  let starting: Promise<Running> = start(args(0));
  const { url } = await starting;
  const again = async (last: Promise<Running>): Promise<Running> => {
    const running = await last;
    return running.child.exitCode === null && running.child.signalCode === null ? running : start(args(Number(new URL(url).port)));
  };
  let pid = (await starting).child.pid ?? 0;
  return {
    url,
    pid: () => pid,
    restart: async () => {
      starting = again(starting);
      pid = (await starting).child.pid ?? 0;
    },
    stop: async () => {
      const { child, exited } = await starting;
      child.kill("SIGKILL");
      await exited;
    },
  };
}

type Running = { readonly child: ChildProcess; readonly url: string; readonly exited: Promise<void> };

function start(args: readonly string[]): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { stdio: ["pipe", "pipe", "inherit"] });
    const exited = new Promise<void>((done) => child.once("exit", () => done()));
    child.once("exit", (code) => reject(new Error(`The HTTP server of the soak ended with ${String(code)} before it listened.`)));
    child.stdout.once("data", (chunk: Buffer) => resolve({ child, exited, url: chunk.toString("utf8").trim() }));
  });
}
