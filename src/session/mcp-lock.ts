// `mcp.lock` beside a configuration: written from the servers as they are, compared with them, and kept to during runs.
import { dirname, join, resolve } from "node:path";
import type { MassgenConfig } from "../config/index.ts";
import { agentId } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { UsageError } from "../errors/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";
import {
  pinServer,
  readPinFile,
  resolvedPackage,
  ToolPins,
  type BrokerPolicy,
  type McpBroker,
  type PinChange,
  type PinFile,
  type PinnedServer,
} from "../mcp/index.ts";
import { neutraliseLine } from "../security/index.ts";
import type { McpSession } from "./mcp-session.ts";

const LOCK_FILE = "mcp.lock";

/** Beside the configuration file; in the working folder for a configuration that is no file. */
export function lockPath(config: Pick<MassgenConfig, "file">, io: Pick<Io, "cwd">): string {
  return config.file === null ? join(io.cwd, LOCK_FILE) : join(dirname(resolve(io.cwd, config.file)), LOCK_FILE);
}

/** Null where there is none. Throws UsageError where it cannot be read: what was written down must not be lost silently. */
export async function loadPins(config: Pick<MassgenConfig, "file">, io: Pick<Io, "cwd" | "files">): Promise<PinFile | null> {
  const path = lockPath(config, io);
  try {
    return readPinFile(Buffer.from(await io.files.read(path)).toString("utf8"));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return null;
    const why = code ?? (error instanceof Error ? error.message : String(error));
    throw new UsageError("E_SECURITY", `${path} cannot be used: ${why}.`, {
      cause: error,
      next: "Restore the file, or write it anew with `massgen mcp lock`.",
    });
  }
}

/** The servers of a session as they would be written down now. Servers that do not work are left out. */
export async function currentPins({ servers }: McpSession, io: Io): Promise<readonly PinnedServer[]> {
  const working = servers.flatMap((server) => {
    const report = server.failure() === null ? server.report() : null;
    return report ? [{ entry: server.entry.server, report }] : [];
  });
  return Promise.all(
    working.map(async ({ entry, report }) => {
      const { name, version } = report.identity ?? { name: null, version: null };
      const reported = name === null ? null : neutraliseLine([name, version].filter((part) => part !== null).join(" "));
      return pinServer({ server: entry.name, package: await resolvedPackage(entry, io), reported }, report.definitions);
    }),
  );
}

/** What a run keeps to. */
export class LockedTools {
  readonly #pins: ToolPins;
  readonly #locked: boolean;
  readonly #path: string;
  readonly #changes = new Map<string, PinChange>();

  private constructor(file: PinFile, { locked, path }: { readonly locked: boolean; readonly path: string }) {
    this.#pins = new ToolPins(file);
    this.#locked = locked;
    this.#path = path;
  }

  /** Null where there is no file and none is needed. Throws UsageError where `locked` wants one that has all servers, each of the package it is started from. */
  static async open(config: MassgenConfig, io: Io, locked: boolean): Promise<LockedTools | null> {
    const [file, path] = [await loadPins(config, io), lockPath(config, io)];
    const next = `Write it with \`massgen mcp lock --config ${config.file ?? "FILE"}\` and look at it.`;
    if (file === null && locked) throw new UsageError("E_SECURITY", `--locked needs ${path}, and there is none.`, { next });
    if (file === null) return null;
    const entries = config.agents.flatMap(({ backend }) => backend.mcpServers);
    const servers = new Set(entries.map(({ name }) => name));
    const strangers = [...servers].filter((name) => !file.servers.some(({ server }) => server === name));
    if (locked && strangers.length > 0)
      throw new UsageError("E_SECURITY", `The server "${strangers.join('", "')}" is not in ${path}, and only what is there may be used.`, {
        next,
      });
    const moved = locked ? await otherPackages(file, entries, io) : [];
    if (moved.length > 0)
      throw new UsageError("E_SECURITY", `Not every MCP server is of the package ${path} has: ${moved.join("; ")}.`, { next });
    return new LockedTools(file, { locked, path });
  }

  /** The policy, and on top of it: a tool that is not as it was written down is kept from agents. */
  over(policy: BrokerPolicy): BrokerPolicy {
    return {
      ...policy,
      readsFirst: this.#locked,
      checkTool: (server, tool) => {
        const change = this.#pins.compare(server.name, tool);
        if (change === null) return policy.checkTool?.(server, tool) ?? null;
        this.#changes.set(JSON.stringify([server.name, tool.name]), change);
        const what = change.kind === "tool-added" ? `it is not in ${LOCK_FILE}` : `its definition is not the one in ${LOCK_FILE}`;
        return `${what}; \`massgen mcp lock --check\` shows the difference`;
      },
      differs: (difference) => {
        const { server, tool, agent, diff } = difference;
        const message = `Processes of "${server}" describe the tool "${tool}" differently.`;
        this.#changes.set(JSON.stringify([server, tool, agent]), { server, tool, kind: "tool-changed", message, diff });
        policy.differs?.(difference);
      },
    };
  }

  /** Under `locked`, waits for the servers and throws UsageError with the differences where there are any. */
  async verify(broker: McpBroker, config: MassgenConfig): Promise<void> {
    if (!this.#locked) return;
    const waits = config.agents.map(({ id, backend }) => {
      const longest = Math.max(0, ...backend.mcpServers.map(({ connectTimeoutMs }) => connectTimeoutMs));
      return broker.forAgent(agentId(id)).settled(longest, new AbortController().signal);
    });
    await Promise.all(waits);
    if (this.#changes.size > 0) throw changedError([...this.#changes.values()], this.#path);
  }
}

/** A server whose package was exchanged is not started: what it would say of its tools need not be what it does. */
async function otherPackages(file: PinFile, entries: readonly McpServerConfig[], io: Io): Promise<readonly string[]> {
  const told = await Promise.all(
    entries.map(async (entry) => {
      const written = file.servers.filter(({ server }) => server === entry.name).map((pinned) => pinned.package);
      const found = await resolvedPackage(entry, io);
      return written.includes(found) ? [] : [`"${entry.name}" was ${written.map(known).join(" or ")} and is ${known(found)}`];
    }),
  );
  return [...new Set(told.flat())];
}

const known = (name: string | null): string => name ?? "of no known package";

function changedError(changes: readonly PinChange[], path: string): UsageError {
  const lines = changes.flatMap(({ message, diff }) => [message, ...diff.map((line) => `  ${line}`)]);
  return new UsageError("E_SECURITY", `The MCP servers are not as ${path} has them; nothing was run.\n${lines.join("\n")}`, {
    next: "If the changes are wanted, write the file anew with `massgen mcp lock`.",
  });
}
