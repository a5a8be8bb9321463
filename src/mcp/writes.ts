// Who may call a server's tools that change something, and when: at once, or only once the run is decided.
import type { McpServerConfig } from "../config/types.ts";
import { decideSharing } from "./sharing.ts";

export type Writes = NonNullable<McpServerConfig["writes"]>;
export type WritesDecision = {
  readonly writes: Writes;
  /** Why `winner` was asked for and cannot be: what an agent writes there it must see again. Null where nothing is in the way. */
  readonly unfit: string | null;
};

/** The entry's own word before the run's. A server that holds the state of one agent is never left to the winner. */
export function decideWrites(server: McpServerConfig, fallback: Writes): WritesDecision {
  const writes = server.writes ?? fallback;
  if (writes !== "winner") return { writes, unfit: null };
  const { kind, why } = decideSharing(server);
  return kind === "workspace" || kind === "session-state" ? { writes: "everyone", unfit: why } : { writes, unfit: null };
}
