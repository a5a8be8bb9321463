// What is ordered of a backend, and what one is built from.
import type { BackendConfig, BackendRow } from "../config/index.ts";
import type { AgentId } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import type { FileAccess } from "../workspaces/contract.ts";
import type { Capabilities } from "./contract.ts";

export type BackendOrder = {
  readonly agent: AgentId;
  readonly config: BackendConfig;
  readonly io: Io;
  /** The agent's working folder, for backends with file tools of their own; created where it does not exist, never emptied. */
  readonly workspace: string;
  /** What its own file tools may touch; null or absent = they are not judged. */
  readonly access?: FileAccess | null;
  /** For what a backend keeps between runs. */
  readonly stateDir: string;
  /** How many agents of the team share the embedded model. */
  readonly localAgents?: number;
  /** The person agreed to large downloads. */
  readonly yes?: boolean;
  /** One line about what takes time. */
  readonly onNotice?: (line: string) => void;
  /** Each request and the status of its reply, without headers and keys; for `--debug`. */
  readonly onRequest?: (line: string) => void;
};

export type BackendParts = BackendOrder & { readonly row: BackendRow; readonly capabilities: Capabilities };
