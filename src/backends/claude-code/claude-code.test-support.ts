// What tests of the real Claude Code binary share: the agent's backend at a scripted provider, a turn to run, and a judge that takes any decision.
import { join } from "node:path";
import { agentId, label, runId, turnId, type Json } from "../../core/index.ts";
import { createIo } from "../../io/index.ts";
import { claudeCodeBinary } from "../../../test/support/claude-code-binary.ts";
import type { Backend, DecisionCall, DecisionReply, TurnRequest } from "../contract.ts";
import { createClaudeCodeBackend } from "./index.ts";

export { claudeCodeBinary, hasClaudeCode } from "../../../test/support/claude-code-binary.ts";

/** The agent `cc` in `folder`, asking the provider at `baseUrl`. */
export const openClaudeCode = (
  { baseUrl, folder }: { readonly baseUrl: string; readonly folder: string },
  options: Record<string, Json> = {},
): Promise<Backend> =>
  createClaudeCodeBackend({
    agent: agentId("cc"),
    io: createIo(),
    workspace: join(folder, "work"),
    stateDir: join(folder, "state"),
    config: {
      type: "claude_code",
      model: "claude-sonnet-4-5",
      baseUrl,
      apiKey: "test-key",
      options: { allowed_tools: [], max_retries: 0, claude_code_path: claudeCodeBinary, ...options },
      extraBody: {},
      mcpServers: [],
      geminiSchema: "json",
    },
  });

/** A first turn of the agent `cc`. */
export const turnRequest = (more: Partial<TurnRequest> = {}): TurnRequest => ({
  run: runId("20260101000000-00000000"),
  agent: agentId("cc"),
  turn: turnId(agentId("cc"), 1),
  kind: "first",
  system: "You are one of several agents.",
  messages: [{ role: "user", text: "What is 7 + 5?" }],
  freshFrom: 0,
  workflow: [],
  allLabels: [label("agent1"), label("agent2")],
  ballot: null,
  useTools: true,
  firstStep: 1,
  letFinish: false,
  limits: { modelCallTimeoutMs: 60_000, toolRounds: 25, toolGraceMs: 1_000 },
  ...more,
});

export const accept = (calls: readonly DecisionCall[]): DecisionReply => ({
  over: true,
  accepted: true,
  nudge: null,
  results: calls.map(({ call }) => ({ call, isError: false, text: "Recorded." })),
});
