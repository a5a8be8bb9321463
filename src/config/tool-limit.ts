// How many MCP tools are declared to an agent's model at a time.
import { BACKEND_TABLE } from "./backend-table.ts";
import type { BackendConfig, MassgenConfig } from "./types.ts";

/** Where no table knows the backend. */
const USUAL = 100;

export type ToolLimit = { readonly max: number; /** For people: who says so. */ readonly from: string };

/** The agent's own `max_tools`, else the team's, else what the table of backends says. */
export function toolLimitOf({ orchestrator }: Pick<MassgenConfig, "orchestrator">, backend: BackendConfig): ToolLimit {
  if (backend.maxTools !== undefined) return { max: backend.maxTools, from: "`max_tools` of the agent" };
  if (orchestrator.maxTools !== undefined) return { max: orchestrator.maxTools, from: "`orchestrator.max_tools`" };
  const row = BACKEND_TABLE[backend.type];
  return { max: row?.maxTools ?? USUAL, from: row?.title ?? "the default" };
}
