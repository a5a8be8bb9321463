// A terminal for the pictures: the built program in tmux, with keys, waiting for what it shows, and its cells with their colours.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../stages.ts";
import type { Story } from "./story.ts";

export type Stage = {
  keys(...keys: readonly string[]): void;
  /** Resolves with the screen, escape codes included, as soon as it shows `wanted`. Rejects after a minute. */
  shows(wanted: RegExp): Promise<string>;
  close(): void;
};
export type StageOptions = {
  readonly columns: number;
  readonly rows: number;
  readonly question: string;
  readonly env?: Readonly<Record<string, string>>;
};

const PATIENCE_MS = 60_000;
let opened = 0;

export function openStage(story: Story, { columns, rows, question, env = {} }: StageOptions): Stage {
  const folder = mkdtempSync(join(tmpdir(), "massgen-picture-"));
  const socket = `massgen-picture-${process.pid}-${++opened}`;
  const tmux = (...args: readonly string[]): string => execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8" });
  writeShop(folder);
  writeFileSync(join(folder, "team.json"), JSON.stringify(teamOf(story)));
  const program = [process.execPath, join(root, "dist/cli.js"), "--config", "team.json", question].map(quoted).join(" ");
  const variables = { PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8", COLORTERM: "truecolor", ...env };
  const settings = Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("-f", "/dev/null", "new-session", "-d", "-s", "p", ...size, "-c", folder, ...settings, `${program}; exec sleep 100`);
  const plain = (): string => tmux("capture-pane", "-p", "-t", "p");
  return {
    keys: (...keys) => void tmux("send-keys", "-t", "p", ...keys),
    shows: async (wanted) => {
      for (const deadline = performance.now() + PATIENCE_MS; !wanted.test(plain());) {
        if (performance.now() > deadline) throw new Error(`The terminal never showed ${wanted}; it shows:\n${plain()}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return tmux("capture-pane", "-p", "-e", "-t", "p");
    },
    close: () => {
      spawnSync("tmux", ["-L", socket, "kill-server"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

function writeShop(folder: string): void {
  mkdirSync(join(folder, "shop"));
  writeFileSync(join(folder, "shop/headers.txt"), "HTTP/1.1 200 OK\ncontent-type: text/html\nset-cookie: cart=1\n");
  writeFileSync(join(folder, "shop/traffic.csv"), "hour,requests\n8,1200\n12,4100\n20,9800\n");
  writeFileSync(join(folder, "shop/pages.json"), '{"products":240,"pictures":960,"private":["cart","account"]}\n');
}

function teamOf({ url }: Story): object {
  const server = {
    command: process.execPath,
    args: [join(root, "node_modules/@modelcontextprotocol/server-filesystem/dist/index.js"), "."],
  };
  const common = { api_key: "picture-key-0000", mcp_servers: { files: server } };
  return {
    agents: [
      { id: "ada", backend: { type: "gemini", model: "gemini-2.5-flash", base_url: `${url}/v1beta`, ...common } },
      { id: "ben", backend: { type: "claude", model: "claude-sonnet-4-5", base_url: `${url}/v1`, ...common } },
      { id: "cleo", backend: { type: "openai", model: "gpt-5-mini", base_url: `${url}/v1`, ...common } },
    ],
    orchestrator: { early_decision: false, seed: 7 },
  };
}
