// Identifiers of the core: six kinds of strings that must never be mixed up.
import { brandString, type Branded } from "./brand.ts";

/** An agent's id as written in the configuration. Never shown to a model. */
export type AgentId = Branded<string, "AgentId">;
/** What a model sees instead of an agent's id: `agent1`, `agent2`, …, assigned once per run. */
export type Label = Branded<string, "Label">;
/** `<agent>.<n>`, n from 1: one version of an agent's answer. */
export type AnswerId = Branded<string, "AnswerId">;
/** `<agent>/<n>`, n from 1: one stretch of an agent's work. */
export type TurnId = Branded<string, "TurnId">;
/** `<turn>/<step>.<n>`: one tool call; together with the run id it is the call's idempotency key. */
export type CallId = Branded<string, "CallId">;
/** `YYYYmmddHHMMSS-<8 hex>`. */
export type RunId = Branded<string, "RunId">;

export const agentId = (value: string): AgentId => brandString<AgentId>(value);
export const label = (value: string): Label => brandString<Label>(value);
export const runId = (value: string): RunId => brandString<RunId>(value);
export const answerId = (agent: AgentId, version: number): AnswerId => brandString<AnswerId>(`${agent}.${version}`);
export const turnId = (agent: AgentId, n: number): TurnId => brandString<TurnId>(`${agent}/${n}`);
export const callId = (turn: TurnId, step: number, n: number): CallId => brandString<CallId>(`${turn}/${step}.${n}`);
