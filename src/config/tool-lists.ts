// Joins the tool lists of a backend with those of one of its servers, and takes `mcp__server__tool` names apart.

/** What stands at a server, and what binds for it once it is joined. */
export type ToolLists = { readonly allowedTools: readonly string[] | null; readonly excludeTools: readonly string[] };

export type BackendLists = {
  readonly type: string;
  readonly allowed: readonly string[] | null;
  readonly excluded: readonly string[];
  /** `disallowed_tools`, Claude Code only: native tools, and MCP tools by their prefixed names. */
  readonly disallowed: readonly string[];
  /** The names of all servers of this backend. */
  readonly servers: readonly string[];
};

type Entry = { readonly server: string | null; readonly tool: string };
/** In place of a tool's name: every tool of the server. */
const ALL = "*";

/** The lists that bind for a server. An own `allowed_tools` replaces the backend's; exclusions add up and win over everything. */
export function joinToolLists(own: ToolLists & { readonly name: string }, backend: BackendLists): ToolLists {
  const parse = (name: string): Entry => parseName(name, backend.servers);
  const plain = backend.type !== "claude_code";
  const mine = (entries: readonly Entry[]): string[] =>
    entries.filter((entry) => entry.server === own.name || (entry.server === null && plain)).map(({ tool }) => tool);
  const excluded = [
    ...mine([...backend.excluded, ...backend.disallowed].map(parse)),
    ...backend.excluded.map(parse).flatMap((entry) => (entry.server === null ? [entry.tool] : [])),
    ...own.excludeTools.map(parse).map(({ tool }) => tool),
  ];
  const allowed =
    own.allowedTools === null ? allowedByBackend(backend, { parse, mine, plain }) : own.allowedTools.map(parse).map(({ tool }) => tool);
  if (excluded.includes(ALL)) return { allowedTools: [], excludeTools: unique(excluded.filter((name) => name !== ALL)) };
  return { allowedTools: allowed === null || allowed.includes(ALL) ? null : unique(allowed), excludeTools: unique(excluded) };
}

type Lens = { readonly parse: (name: string) => Entry; readonly mine: (entries: readonly Entry[]) => string[]; readonly plain: boolean };

function allowedByBackend(backend: BackendLists, { parse, mine, plain }: Lens): readonly string[] | null {
  if (backend.allowed === null) return null;
  // Claude Code's list is one of native tools; it speaks of MCP tools only where it names one.
  const speaksOfMcp = plain || backend.allowed.some((name) => name.startsWith("mcp__"));
  return speaksOfMcp ? mine(backend.allowed.map(parse)) : null;
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** `mcp__a__b` belongs to the longest configured server name it begins with; a name of no configured server belongs to none of them. */
function parseName(name: string, servers: readonly string[]): Entry {
  if (!name.startsWith("mcp__")) return { server: null, tool: name };
  const rest = name.slice("mcp__".length);
  const server = servers
    .filter((candidate) => rest === candidate || rest.startsWith(`${candidate}__`))
    .toSorted((a, b) => b.length - a.length)[0];
  if (server === undefined) return { server: rest, tool: name };
  const tool = rest.slice(server.length + 2);
  return { server, tool: tool === "" ? ALL : tool };
}
