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

/** Runs the program in a terminal of that size (columns, rows), its council with so many milliseconds per word; when it ends its exit code stands on the screen. */
export async function open([columns, rows]: readonly [number, number], args: readonly string[], paceMs = 15): Promise<Terminal> {
  const url = await startCouncil(paceMs);
  const folder = temporaryFolder();
  const backend = (model: string): unknown => ({
    id: model,
    backend: { type: "chatcompletion", model, base_url: url, api_key: "test-key-000" },
  });
  const config = writeConfig(folder, { agents: ["alice", "bob", "carol"].map(backend) });
  const quoted = [process.execPath, cliPath, "--config", config, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
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
