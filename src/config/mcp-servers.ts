// The `mcp_servers` of a backend, in the list form and in the map form, with the tool lists of both levels joined.
import { readServer, type ServerEntry } from "./mcp-server.ts";
import { inside, itemOf, report, shown, wrongType, type Place, type Reading } from "./reading.ts";
import { joinToolLists, type BackendLists } from "./tool-lists.ts";
import { childOf, isNothing, type Mark, type Tree } from "./tree.ts";
import type { McpServerConfig } from "./types.ts";

export type ServersAt = { readonly reading: Reading; readonly callTimeoutMs: number; readonly lists: Omit<BackendLists, "servers"> };

/** All servers without a problem. `tree` is the backend's section. */
export function readServers(tree: Tree, place: Place, at: ServersAt): readonly McpServerConfig[] {
  const node = childOf(tree, "mcp_servers");
  if (node === null) return [];
  const entries = readEntries(node, inside(place, "mcp_servers"), at);
  const servers = entries.map(({ server }) => server.name);
  const { type, allowed, excluded, disallowed } = at.lists;
  return entries.map(({ server, allowed: ownAllowed, excluded: ownExcluded }) => ({
    ...server,
    ...joinToolLists(server.name, { allowed: ownAllowed, excluded: ownExcluded }, { type, allowed, excluded, disallowed, servers }),
  }));
}

type Item = { readonly tree: Tree; readonly place: Place; readonly key: string | null; readonly mark: Mark };

function readEntries(node: Tree, place: Place, { reading, callTimeoutMs }: ServersAt): readonly ServerEntry[] {
  if (node.kind === "scalar") {
    wrongType(node, "a list of servers, or a map of name to server", { place, reading });
    return [];
  }
  const items: readonly Item[] =
    node.kind === "list"
      ? node.items.map((tree, index) => ({ tree, place: itemOf(place, index), key: null, mark: tree.mark }))
      : node.entries.map((entry) => ({ tree: entry.value, place: inside(place, entry.key), key: entry.key, mark: entry.mark }));
  const seen = new Map<string, Mark>();
  return items.flatMap((item) => {
    if (isNothing(item.tree)) {
      wrongType(item.tree, "a mapping with `command` or `url`", { place: item.place, reading });
      return [];
    }
    const entry = readServer(item.tree, { place: item.place, defaults: { key: item.key, callTimeoutMs } }, reading);
    if (entry === null) return [];
    const first = seen.get(entry.server.name);
    if (first !== undefined) {
      const where = first === null ? "" : ` (first on line ${first.line})`;
      report(
        reading,
        { place: item.place, mark: item.mark },
        {
          code: "duplicate-server",
          message: `Two servers of this agent are called "${shown(entry.server.name)}"${where}`,
        },
      );
      return [];
    }
    seen.set(entry.server.name, item.mark);
    return [entry];
  });
}
