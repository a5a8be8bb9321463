// The `mcp_servers` of a backend, in the list form and in the map form, with the tool lists of both levels joined.
import { readServer } from "./mcp-server.ts";
import { firstAt, inside, itemOf, report, shown, wrongType, type Place, type Reading } from "./reading.ts";
import { joinToolLists, type BackendLists } from "./tool-lists.ts";
import { childOf, isNothing, type Mark, type Tree } from "./tree.ts";
import type { McpServerConfig } from "./types.ts";

export type ServersAt = { readonly reading: Reading; readonly callTimeoutMs: number; readonly lists: Omit<BackendLists, "servers"> };

/** All servers without a problem. `tree` is the backend's section. */
export function readServers(tree: Tree, place: Place, at: ServersAt): readonly McpServerConfig[] {
  const node = childOf(tree, "mcp_servers");
  if (node === null) return [];
  const servers = readEntries(node, inside(place, "mcp_servers"), at);
  const lists = { ...at.lists, servers: servers.map(({ name }) => name) };
  return servers.map((server) => ({ ...server, ...joinToolLists(server, lists) }));
}

type Item = { readonly tree: Tree; readonly place: Place; readonly key: string | null; readonly mark: Mark };

function readEntries(node: Tree, place: Place, { reading, callTimeoutMs }: ServersAt): readonly McpServerConfig[] {
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
    const server = readServer(item.tree, { place: item.place, defaults: { key: item.key, callTimeoutMs } }, reading);
    if (server === null) return [];
    const first = seen.get(server.name);
    if (first !== undefined) {
      report(
        reading,
        { place: item.place, mark: item.mark },
        {
          code: "duplicate-server",
          message: `Two servers of this agent are called "${shown(server.name)}"${firstAt(first)}`,
        },
      );
      return [];
    }
    seen.set(server.name, item.mark);
    return [server];
  });
}
