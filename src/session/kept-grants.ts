// What a person allowed for always: one file in the state folder, readable by its owner only, and valid only for the entry it was given to.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { stateFolder, systemErrorCode, type Io } from "../io/index.ts";
import type { Grant } from "../security/index.ts";

const FILE = "grants.json";
const MOST_BYTES = 4 * 1024 * 1024;

export type KeptGrants = {
  /** Those of earlier runs that hold for the servers of this configuration. */
  readonly grants: readonly Grant[];
  /** Why nothing of an earlier run holds although there is a file; null where all is well. */
  readonly problem: string | null;
  /** Keeps one more. Resolves with what went wrong, or null; it holds for this run in any case. */
  keep(grant: Grant): Promise<string | null>;
};

type Stored = {
  readonly agent: string;
  readonly server: string;
  readonly tool: string;
  /** What the server was when it was granted. */ readonly entry: string;
};

/** Never rejects: a file that cannot be read grants nothing. */
export async function openGrants(config: Pick<MassgenConfig, "agents">, io: Io): Promise<KeptGrants> {
  const path = join(stateFolder(io), FILE);
  const entries = new Map(
    config.agents.flatMap(({ id, backend }) => backend.mcpServers.map((server) => [keyOf(id, server.name), entryDigest(server)] as const)),
  );
  const { stored, problem } = await readStored(path, io);
  const holding = stored.filter(({ agent, server, entry }) => entries.get(keyOf(agent, server)) === entry);
  let writing: Promise<string | null> = Promise.resolve(null);
  return {
    grants: holding.map(({ agent, server, tool }) => ({ agent, server, tool, scope: "always" })),
    problem,
    keep({ agent, server, tool }) {
      const entry = entries.get(keyOf(agent ?? "", server));
      if (agent === null || entry === undefined) return Promise.resolve(null);
      writing = writing.then(() => addStored(path, { agent, server, tool, entry }, io));
      return writing;
    },
  };
}

async function addStored(path: string, grant: Stored, io: Io): Promise<string | null> {
  try {
    const { stored } = await readStored(path, io); // Another process may have written meanwhile.
    const others = stored.filter(
      ({ agent, server, tool, entry }) => agent !== grant.agent || server !== grant.server || tool !== grant.tool || entry !== grant.entry,
    );
    await io.files.makeFolder(stateFolder(io));
    await io.files.replace(path, `${JSON.stringify({ v: 1, grants: [...others, grant] }, null, 2)}\n`);
    return null;
  } catch (error) {
    return `The permission could not be kept in ${path} (${systemErrorCode(error) ?? "unknown error"}); it holds for this run.`;
  }
}

async function readStored(path: string, io: Io): Promise<{ readonly stored: readonly Stored[]; readonly problem: string | null }> {
  try {
    const value: unknown = JSON.parse(Buffer.from(await io.files.read(path, MOST_BYTES)).toString("utf8"));
    const grants = typeof value === "object" && value !== null && "grants" in value ? value.grants : null;
    if (Array.isArray(grants) && grants.every(isStored)) return { stored: grants, problem: null };
    return { stored: [], problem: `${path} is not as it was written: permissions that were given for always are asked again.` };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return { stored: [], problem: null };
    return {
      stored: [],
      problem: `${path} cannot be read (${code ?? "damaged"}): permissions that were given for always are asked again.`,
    };
  }
}

function isStored(value: unknown): value is Stored {
  return (
    typeof value === "object" &&
    value !== null &&
    ["agent", "server", "tool", "entry"].every((key) => typeof (value as Record<string, unknown>)[key] === "string")
  );
}

const keyOf = (agent: string, server: string): string => JSON.stringify([agent, server]);

/** Another command or address under the same name is another server. Values of variables and headers do not enter. */
function entryDigest({ transport }: McpServerConfig): string {
  const { type } = transport;
  const what =
    transport.type === "stdio"
      ? [type, transport.command, transport.args, transport.cwd, Object.keys(transport.env).toSorted()]
      : [type, transport.url, Object.keys(transport.headers).toSorted()];
  return createHash("sha256").update(JSON.stringify(what)).digest("hex");
}
