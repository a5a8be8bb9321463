// `mcp.lock`: the tools of each server as somebody looked at them once, so that a definition that changes later is noticed.
// The definitions themselves are kept beside their hashes: only so can a change be shown.
import { isRecord, canonicalJson } from "../core/index.ts";
import type { CheckedTool } from "./contract.ts";
import { sha256 } from "./digests.ts";
import { lineDiff } from "./line-diff.ts";

export type PinnedTool = { readonly hash: string; readonly definition: Omit<CheckedTool, "kind"> };
export type PinnedServer = {
  readonly server: string;
  /** Package and version that were started, `name@1.2.3`; null where that could not be found out. */
  readonly package: string | null;
  /** What the server said of itself. */
  readonly reported: string | null;
  readonly tools: readonly PinnedTool[];
};
/** A server may stand here several times where agents have different entries of one name. */
export type PinFile = { readonly version: 1; readonly servers: readonly PinnedServer[] };

export type PinChange = {
  readonly server: string;
  /** Null where the change is the server's. */
  readonly tool: string | null;
  readonly kind: "server-added" | "server-removed" | "package" | "tool-added" | "tool-removed" | "tool-changed";
  /** One line for people. */
  readonly message: string;
  /** For a changed tool, line by line; otherwise empty. */
  readonly diff: readonly string[];
};

/** The tools as they are to be written down; resources and prompts offered as tools are our own words and stay out. */
export function pinServer(server: Omit<PinnedServer, "tools">, tools: readonly CheckedTool[]): PinnedServer {
  const own = tools.filter(({ kind }) => kind === "tool").toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { ...server, tools: own.map((tool) => ({ hash: pinHash(tool), definition: definitionOf(tool) })) };
}

function definitionOf({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  readOnly,
  idempotent,
  destructive,
}: CheckedTool): PinnedTool["definition"] {
  return { name, title, description, inputSchema, outputSchema, readOnly, idempotent, destructive };
}

const pinHash = (tool: CheckedTool): string => `sha256:${sha256(canonicalJson(definitionOf(tool)))}`;

/** The file's text: stable, so that a review shows only what changed. */
export function writePinFile(servers: readonly PinnedServer[]): string {
  const distinct = new Map(servers.map((server) => [canonicalJson(server), server]));
  const inOrder = [...distinct.values()].toSorted((a, b) => (a.server < b.server ? -1 : a.server > b.server ? 1 : 0));
  return `${JSON.stringify({ version: 1, servers: inOrder } satisfies PinFile, null, 2)}\n`;
}

/** Throws a plain `Error` that says what is wrong with the file: not JSON, another version, or a definition that does not fit its hash. */
export function readPinFile(text: string): PinFile {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !Array.isArray(value["servers"])) throw new Error("it is no list of servers");
  if (value["version"] !== 1) throw new Error(`its version is ${String(value["version"])}, this release knows 1`);
  const { servers } = value;
  if (!servers.every(isPinnedServer)) throw new Error("an entry of a server cannot be read");
  for (const { server, tools } of servers) {
    const bad = tools.find(({ hash, definition }) => hash !== pinHash({ ...definition, kind: "tool" }));
    if (bad) throw new Error(`the definition of "${bad.definition.name}" of "${server}" does not fit its hash: it was changed by hand`);
  }
  return { version: 1, servers };
}

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string";

function isPinnedServer(value: unknown): value is PinnedServer {
  if (!isRecord(value) || typeof value["server"] !== "string" || !isTextOrNull(value["package"]) || !isTextOrNull(value["reported"]))
    return false;
  return (
    Array.isArray(value["tools"]) &&
    value["tools"].every(
      (tool) =>
        isRecord(tool) &&
        typeof tool["hash"] === "string" &&
        isRecord(tool["definition"]) &&
        typeof tool["definition"]["name"] === "string",
    )
  );
}

/** Everything that is not as it was written down, in the order of the servers. */
export function comparePins(before: PinFile, now: readonly PinnedServer[]): readonly PinChange[] {
  const names = [...new Set([...before.servers, ...now].map(({ server }) => server))];
  return names.flatMap((server) =>
    compareServer(
      server,
      before.servers.filter((pinned) => pinned.server === server),
      now.filter((pinned) => pinned.server === server),
    ),
  );
}

function compareServer(server: string, before: readonly PinnedServer[], now: readonly PinnedServer[]): readonly PinChange[] {
  const about = { server, tool: null, diff: [] };
  if (before.length === 0) return [{ ...about, kind: "server-added", message: `The server "${server}" is not in the file.` }];
  if (now.length === 0) return [{ ...about, kind: "server-removed", message: `The server "${server}" is no longer configured.` }];
  const pins = new ToolPins({ version: 1, servers: before });
  const packages = (pinned: readonly PinnedServer[]): string => pinned.map((item) => item.package ?? "unknown").join(", ");
  const moved =
    packages(before) === packages(now)
      ? []
      : [{ ...about, kind: "package" as const, message: `The package of "${server}" was ${packages(before)} and is ${packages(now)}.` }];
  const tools = now.flatMap((pinned) => pinned.tools.map(({ definition }) => definition));
  const changes = tools.flatMap((definition) => pins.compare(server, { ...definition, kind: "tool" }) ?? []);
  const present = new Set(tools.map(({ name }) => name));
  const gone = [...new Set(before.flatMap((pinned) => pinned.tools.map(({ definition }) => definition.name)))].filter(
    (name) => !present.has(name),
  );
  return [
    ...moved,
    ...changes,
    ...gone.map((tool) => ({ ...about, tool, kind: "tool-removed" as const, message: `The tool "${tool}" of "${server}" is gone.` })),
  ];
}

/** Compares tools with what was written down as they are read. */
export class ToolPins {
  readonly #servers: PinFile["servers"];

  constructor(file: PinFile) {
    this.#servers = file.servers;
  }

  knows(server: string): boolean {
    return this.#servers.some((pinned) => pinned.server === server);
  }

  /** Null where the tool is as it was written down, or its server is not in the file. */
  compare(server: string, tool: CheckedTool): PinChange | null {
    if (tool.kind !== "tool" || !this.knows(server)) return null;
    const pinned = this.#servers
      .filter((item) => item.server === server)
      .flatMap(({ tools }) => tools.filter(({ definition }) => definition.name === tool.name));
    const hash = pinHash(tool);
    if (pinned.some((item) => item.hash === hash)) return null;
    const [first] = pinned;
    if (!first)
      return {
        server,
        tool: tool.name,
        kind: "tool-added",
        message: `The tool "${tool.name}" of "${server}" is not in the file.`,
        diff: [],
      };
    const diff = diffOf(first.definition, definitionOf(tool));
    return { server, tool: tool.name, kind: "tool-changed", message: `The tool "${tool.name}" of "${server}" has changed.`, diff };
  }
}

/** Line by line as people read it; empty where nothing differs that counts. */
export const definitionDiff = (before: CheckedTool, after: CheckedTool): readonly string[] =>
  diffOf(definitionOf(before), definitionOf(after));

const diffOf = (before: PinnedTool["definition"], after: PinnedTool["definition"]): readonly string[] =>
  lineDiff(readable(before), readable(after));

/** Descriptions as lines of their own, schemas as sorted JSON: what differs then stands in few lines. */
function readable({ name: _name, title, description, inputSchema, outputSchema, ...hints }: PinnedTool["definition"]): string {
  const json = (value: unknown): string => JSON.stringify(JSON.parse(canonicalJson(value)), null, 2);
  const parts = [
    `title: ${title ?? "(none)"}`,
    "description:",
    ...description.split("\n"),
    `input schema: ${json(inputSchema)}`,
    `output schema: ${json(outputSchema)}`,
  ];
  return [...parts, ...Object.entries(hints).map(([key, value]) => `${key}: ${String(value)}`)].join("\n");
}
