// Gives every server's tool the one name models know it by, and finds the tool again when a model uses that name.
// Invariant: an exposed name is never parsed back; the map alone says which server and tool it stands for.
import { createHash } from "node:crypto";

export type ToolIdentity = { readonly server: string; readonly tool: string };
export type ExposedName = ToolIdentity & { readonly name: string };

export type NameMap = {
  /** One entry per distinct (server, tool), in the order first given. */
  readonly entries: readonly ExposedName[];
  /** The exposed name of a tool, if it is in the map. */
  nameOf(server: string, tool: string): string | undefined;
  /** The tool behind a name a model used: the exact name first, then re-spellings (`-` for `_`, case, a lost `mcp__`) that fit exactly one tool. */
  resolve(name: string): ExposedName | undefined;
};

/** What every provider accepts as a function name. */
const PROVIDER_SAFE = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const MAX_LENGTH = 64;
const HASH_LENGTH = 8;
/** Tools of the coordination itself; an exposed name always begins with `mcp__`, but a re-spelling must not reach past them either. */
const WORKFLOW_TOOLS: readonly string[] = ["vote", "new_answer"];

/**
 * Names the tools. A name depends only on its own server and tool (and, in the one case of a deliberate clash with another
 * tool's hash, on that tool), so it stays the same when servers come, go or list in another order.
 */
export function exposeNames(tools: readonly ToolIdentity[], reserved: Iterable<string> = []): NameMap {
  const blocked = new Set([...WORKFLOW_TOOLS, ...reserved]);
  const distinct = new Map(tools.map(({ server, tool }) => [identityKey(server, tool), { server, tool }]));
  const names = assignNames(distinct, blocked);
  const entries = [...distinct].map(([key, { server, tool }]) => ({ name: names.get(key) ?? "", server, tool }));
  const exact = new Map(entries.map((entry) => [entry.name, entry]));
  const byKey = new Map(entries.map((entry) => [identityKey(entry.server, entry.tool), entry]));
  const spellings = indexSpellings(entries);
  return {
    entries,
    nameOf: (server, tool) => byKey.get(identityKey(server, tool))?.name,
    resolve: (name) => exact.get(name) ?? (blocked.has(name) ? undefined : (spellings.get(foldSpelling(name)) ?? undefined)),
  };
}

/** Injective for any two strings: JSON quotes what could be mistaken for the separator and escapes lone surrogates. */
function identityKey(server: string, tool: string): string {
  return JSON.stringify([server, tool]);
}

function assignNames(distinct: ReadonlyMap<string, ToolIdentity>, blocked: ReadonlySet<string>): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(blocked);
  for (const [key, identity] of distinct) {
    const plain = plainName(identity);
    if (plain === undefined || blocked.has(plain)) continue;
    names.set(key, plain);
    taken.add(plain);
  }
  for (const key of [...distinct.keys()].filter((key) => !names.has(key)).sort()) {
    const name = firstFree(key, distinct.get(key) as ToolIdentity, taken);
    names.set(key, name);
    taken.add(name);
  }
  return names;
}

/**
 * `mcp__server__tool`, if it fits and the first `__` after the prefix is the one that joins the two. Of all pairs that would
 * spell the same name exactly one passes, so plain names need no look at each other.
 */
function plainName({ server, tool }: ToolIdentity): string | undefined {
  const joined = `${server}__${tool}`;
  const name = `mcp__${joined}`;
  if (server === "" || tool === "" || !PROVIDER_SAFE.test(name)) return undefined;
  return joined.indexOf("__") === server.length ? name : undefined;
}

function firstFree(key: string, identity: ToolIdentity, taken: ReadonlySet<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash("sha256")
      .update(attempt === 0 ? key : `${key}#${attempt}`)
      .digest("hex")
      .slice(0, HASH_LENGTH);
    const name = shortName(identity, digest);
    if (!taken.has(name)) return name;
  }
}

function shortName({ server, tool }: ToolIdentity, digest: string): string {
  const room = MAX_LENGTH - "mcp__".length - "__".length - "_".length - HASH_LENGTH;
  const readableServer = readable(server);
  const readableTool = readable(tool);
  const serverRoom = Math.max(Math.floor(room / 3), room - readableTool.length);
  const serverPart = readableServer.slice(0, serverRoom);
  return `mcp__${serverPart}__${readableTool.slice(0, room - serverPart.length)}_${digest}`;
}

function readable(text: string): string {
  const safe = text.replace(/[^A-Za-z0-9-]+/g, "_").replace(/^_+|_+$/g, "");
  return safe === "" ? "x" : safe;
}

/** `null` marks a spelling that two tools share: it resolves to neither. */
function indexSpellings(entries: readonly ExposedName[]): ReadonlyMap<string, ExposedName | null> {
  const spellings = new Map<string, ExposedName | null>();
  for (const entry of entries) {
    for (const spelling of new Set([foldSpelling(entry.name), foldSpelling(`mcp__${entry.server}__${entry.tool}`)])) {
      const other = spellings.get(spelling);
      spellings.set(spelling, other === undefined || other === entry ? entry : null);
    }
  }
  return spellings;
}

/** What is left of a name when everything models are known to change is taken away. */
function foldSpelling(name: string): string {
  return name
    .replace(/^(?:default_api|functions)[.:]/, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .replace(/^mcp__/, "");
}
