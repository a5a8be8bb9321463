// The built program in a real terminal (tmux) with a council that streams: keys in, the screen out.
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterEach } from "vitest";
import { bareEnvironment, cliPath, projectRoot, temporaryFolder, writeConfig } from "./run-cli.ts";

export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!hasTmux) console.log("tmux is missing: the tests of the program in a terminal are skipped");

export const SOCKET = `massgen-test-${process.pid}`;
export const tmux = (...args: readonly string[]): string => execFileSync("tmux", ["-L", SOCKET, ...args], { encoding: "utf8" });
let council: ChildProcess | null = null;

afterEach(() => {
  spawnSync("tmux", ["-L", SOCKET, "kill-server"]);
  council?.stdin?.end();
  council = null;
});

/** A council that streams; its address. */
async function startCouncil(paceMs: number): Promise<string> {
  const child = spawn(process.execPath, [join(projectRoot, "test/servers/slow-council.mjs"), String(paceMs)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  council = child;
  return new Promise((resolve) => child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())));
}

type Terminal = {
  readonly folder: string;
  screen(): string;
  keys(...keys: readonly string[]): void;
  shows(wanted: string | RegExp, absent?: string): Promise<string>;
};

export type TerminalOptions = {
  /** Milliseconds per word of the council. Default 15. */
  readonly paceMs?: number;
  /** From 1 to 20. Default 3: alice, bob, carol. */
  readonly agents?: number;
  /** Variables of the program itself, over what the terminal sets (`TERM`). */
  readonly env?: Readonly<Record<string, string>>;
  /** Servers of every agent. */
  readonly mcpServers?: object;
};

const PERSONAS = ["alice", "bob", "carol"];

/** Runs the program in a terminal of that size (columns, rows); when it ends its exit code stands on the screen. */
export async function open(
  [columns, rows]: readonly [number, number],
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<Terminal> {
  const { paceMs = 15, agents = 3, env: variables = {}, mcpServers } = options;
  const url = await startCouncil(paceMs);
  const folder = temporaryFolder();
  const backend = (model: string): unknown => ({
    type: "chatcompletion",
    model,
    base_url: url,
    api_key: "test-key-000",
    ...(mcpServers === undefined ? {} : { mcp_servers: mcpServers }),
  });
  const team = Array.from({ length: agents }, (_, index) => ({
    id: PERSONAS[index] ?? `agent-${index + 1}`,
    backend: backend(PERSONAS[index % PERSONAS.length] ?? ""),
  }));
  const config = writeConfig(folder, { agents: team });
  const settingsOfProgram = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const words = ["env", ...settingsOfProgram, process.execPath, cliPath, "--config", config, ...args];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const { NO_COLOR: _, ...env } = bareEnvironment(folder);
  const settings = Object.entries({ ...env, COLORTERM: "truecolor" }).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  tmux(
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-s",
    "t",
    "-x",
    String(columns),
    "-y",
    String(rows),
    "-c",
    folder,
    ...settings,
    `${quoted}; echo "ended with $?"; exec sleep 1000`,
  );
  const screen = (): string => tmux("capture-pane", "-p", "-t", "t");
  return {
    folder,
    screen,
    keys: (...keys) => void tmux("send-keys", "-t", "t", ...keys),
    shows: async (wanted, absent) => {
      for (
        const deadline = performance.now() + 60_000;
        performance.now() < deadline;
        await new Promise((resolve) => setTimeout(resolve, 50))
      ) {
        const text = screen();
        if ((typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) && (absent === undefined || !text.includes(absent)))
          return text;
      }
      throw new Error(`The terminal never showed ${wanted}; it shows:\n${screen()}`);
    },
  };
}
