// One tool call as the views show it.
import type { AgentId, CallId, Json } from "../../core/index.ts";

export type ToolView = {
  readonly call: CallId;
  readonly agent: AgentId;
  /** `server/tool`, or the bare name of a tool without a server. */
  readonly name: string;
  readonly input: Json;
  readonly startedAt: number;
  state: "running" | "ok" | "cached" | "failed" | "denied" | "planned" | "dropped";
  durationMs: number | null;
  /** The result or the reason of a refusal, at most a few thousand characters. */
  outcome: string;
  progress: { readonly done: number; readonly total: number | null; readonly message: string | null } | null;
};
