// What every backend is built from.
import type { BackendConfig, BackendRow } from "../config/index.ts";
import type { AgentId } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import type { Capabilities } from "./contract.ts";

export type BackendParts = {
  readonly agent: AgentId;
  readonly config: BackendConfig;
  readonly row: BackendRow;
  readonly capabilities: Capabilities;
  readonly io: Io;
  readonly workspace: string;
  readonly stateDir: string;
  readonly localAgents?: number;
  readonly yes?: boolean;
  readonly onNotice?: (line: string) => void;
  /** Each request and the status of its reply, without headers and keys; for `--debug`. */
  readonly onRequest?: (line: string) => void;
};
