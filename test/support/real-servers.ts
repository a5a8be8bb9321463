// Real MCP servers from npm and PyPI as they are installed here, each with a call that changes nothing outside a folder.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { projectRoot } from "./run-cli.ts";

export type RealServer = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly call: { readonly tool: string; readonly input: Record<string, unknown>; readonly answer: RegExp };
};

/** The entry script of an installed package's command. */
export function packageBin(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return path.join(path.dirname(manifest), Object.values(bin)[0] ?? "");
}

const official = (name: string): string => packageBin(`@modelcontextprotocol/server-${name}`);
export const pythonCommand = (name: string): string =>
  path.join(projectRoot, ".venv", process.platform === "win32" ? "Scripts" : "bin", name);

/** Servers of packages that come with the development dependencies. `folder` holds `hello.txt` and, in `weather`, the server that `massgen mcp init` writes. */
export function nodeServers(folder: string): readonly RealServer[] {
  const node = (name: string, args: readonly string[], call: RealServer["call"]): RealServer => ({
    name,
    command: process.execPath,
    args,
    call,
  });
  return [
    node("everything", [official("everything")], { tool: "echo", input: { message: "so far" }, answer: /so far/ }),
    {
      ...node("memory", [official("memory")], { tool: "read_graph", input: {}, answer: /entities/ }),
      env: { MEMORY_FILE_PATH: path.join(folder, "memory.jsonl") },
    },
    node("filesystem", [official("filesystem"), folder], {
      tool: "read_text_file",
      input: { path: path.join(folder, "hello.txt") },
      answer: /Hello/,
    }),
    node("thinking", [official("sequential-thinking")], {
      tool: "sequentialthinking",
      input: { thought: "one", nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
      answer: /thoughtHistoryLength/,
    }),
    node("counting", [path.join(projectRoot, "test/servers/counting-server.mjs"), "-"], { tool: "read", input: { n: 7 }, answer: /7/ }),
    node("weather", [path.join(folder, "weather/server.ts")], { tool: "forecast", input: { city: "Lisbon" }, answer: /Lisbon/ }),
  ];
}

/** Servers of the Python environment that `npm run setup:python-servers` makes; null where it is not there. `folder` must be a git work tree. */
export function pythonServers(folder: string, pageUrl: string): readonly RealServer[] | null {
  const python = (name: string, call: RealServer["call"], args: readonly string[] = []): RealServer => ({
    name,
    command: pythonCommand(`mcp-server-${name}`),
    args,
    call,
  });
  const servers = [
    python("time", { tool: "get_current_time", input: { timezone: "UTC" }, answer: /UTC/ }),
    python("git", { tool: "git_status", input: { repo_path: folder }, answer: /status/i }, ["--repository", folder]),
    python("sqlite", { tool: "list_tables", input: {}, answer: /\[/ }, ["--db-path", path.join(folder, "data.db")]),
    python("fetch", { tool: "fetch", input: { url: pageUrl }, answer: /A page of our own/ }, [
      "--ignore-robots-txt",
      "--allow-private-ips",
    ]),
    python("calculator", { tool: "calculate", input: { expression: "7 + 5" }, answer: /12/ }),
    {
      name: "timeserver",
      command: pythonCommand("mcp-simple-timeserver"),
      args: [],
      call: { tool: "get_local_time", input: {}, answer: /\d{2}:\d{2}/ },
    },
  ];
  return servers.every(({ command }) => existsSync(command)) ? servers : null;
}
