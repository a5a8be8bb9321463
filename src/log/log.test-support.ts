// One event of every type with every field filled, for tests that must not miss one.
import {
  agentId,
  answerId,
  callId,
  DEFAULT_SETTINGS,
  label,
  runId,
  turnId,
  type AssistantPart,
  type Content,
  type EventOf,
  type Failure,
  type RunEvent,
  type Usage,
} from "../core/index.ts";

export const RUN = runId("20260102030405-0123abcd");
export const A = agentId("alice");
export const T = turnId(A, 1);
const C = callId(T, 1, 1);
const ANSWER = answerId(A, 1);
const L = label("agent1");
const usage: Usage = { inputTokens: 1, cachedTokens: null, outputTokens: 2, reasoningTokens: 0 };

/** With every field, the optional ones too: one that is forgotten breaks the build. */
type Samples = { readonly [Type in RunEvent["type"]]: Required<EventOf<Type>> };

/** `free` stands in every field that holds free text, `opaque` in provider metadata. */
export function everyEvent(free: string, opaque: string): Samples {
  const failure: Failure = { category: "network", code: "E_PROVIDER_NETWORK", message: free, next: free };
  const content: readonly Content[] = [
    { type: "text", text: free },
    { type: "image", mediaType: "image/png", base64: free },
    { type: "audio", mediaType: "audio/wav", base64: free },
    { type: "resource", uri: free, mediaType: "text/plain", text: free },
    { type: "link", uri: free, title: free },
  ];
  const metadata = { google: { signature: opaque } };
  const parts: readonly AssistantPart[] = [
    { type: "text", text: free, metadata },
    { type: "reasoning", text: free, metadata },
    { type: "tool-call", call: C, providerCall: free, name: free, input: { key: free, [free]: 1, metadata: { deep: [free] } }, metadata },
    { type: "tool-call", call: C, providerCall: free, name: free, malformed: free },
    { type: "provider-tool-result", providerCall: free, name: free, output: [free, { text: free }], metadata },
    { type: "source", url: free, title: free },
  ];
  const turn = { agent: A, turn: T } as const;
  const block = { ...turn, block: "b1" } as const;
  const call = { ...turn, call: C } as const;
  return {
    "run-start": {
      type: "run-start",
      question: free,
      history: [{ role: "user", text: free }],
      settings: DEFAULT_SETTINGS,
      program: free,
      agents: [{ id: A, label: L, backend: free, model: free, system: free, presents: true }],
    },
    "run-resumed": { type: "run-resumed", program: free, orchestratorTimeoutMs: 9 },
    "run-end": {
      type: "run-end",
      result: {
        outcome: "answered",
        answer: free,
        source: "stored",
        winner: { id: A, label: L, answer: ANSWER },
        cause: "votes",
        degraded: [free],
      },
    },
    "turn-start": { type: "turn-start", ...turn, kind: "first", shown: [ANSWER], mayAnswer: true, mayVote: [L], prompt: free },
    "turn-end": { type: "turn-end", ...turn, outcome: "failed", failure },
    "answer-submitted": { type: "answer-submitted", ...turn, answer: ANSWER, content: free, late: false },
    "vote-submitted": { type: "vote-submitted", ...turn, for: ANSWER, reason: free, shown: [ANSWER] },
    "decision-invalid": { type: "decision-invalid", ...turn, fault: "none", attempt: 1, message: free, nudge: free },
    "deadline-reached": { type: "deadline-reached", deadline: "orchestrator" },
    "presentation-start": { type: "presentation-start", ...turn, prompt: free },
    "presentation-end": { type: "presentation-end", ...turn, outcome: "failed", text: free, failure },
    "text-start": { type: "text-start", ...block },
    "text-end": { type: "text-end", ...block },
    "reasoning-start": { type: "reasoning-start", ...block },
    "reasoning-end": { type: "reasoning-end", ...block },
    "text-delta": { type: "text-delta", ...block, delta: free },
    "reasoning-delta": { type: "reasoning-delta", ...block, delta: free },
    "model-step": {
      type: "model-step",
      ...turn,
      step: 1,
      parts,
      finish: "stop",
      usage,
      costUsd: 0.1,
      model: free,
      metadata,
      savedTokens: 3,
    },
    "retry-scheduled": { type: "retry-scheduled", ...turn, attempt: 1, delayMs: 5, failure },
    "tool-call": {
      type: "tool-call",
      ...call,
      step: 1,
      providerCall: free,
      name: free,
      server: free,
      tool: free,
      input: { a: [free] },
      effect: "destructive",
      recorded: true,
    },
    "tool-verdict": { type: "tool-verdict", ...call, verdict: "allow", rule: free, reason: free },
    "tool-progress": { type: "tool-progress", ...call, progress: 1, total: 2, message: free },
    "tool-result": {
      type: "tool-result",
      ...call,
      providerCall: free,
      name: free,
      isError: false,
      code: null,
      content,
      durationMs: 4,
      cached: true,
      unused: true,
      found: [free],
      sampled: { requests: 1, usage, costUsd: 0.1 },
    },
    "permission-asked": { type: "permission-asked", ...call, server: free, tool: free, input: free },
    "permission-answered": { type: "permission-answered", ...call, allow: true, by: "person" },
    "form-asked": {
      type: "form-asked",
      ...call,
      server: free,
      form: {
        message: free,
        fields: [{ kind: "yes-no", name: "n", title: free, description: free, required: true, initial: null }],
        mentionsSecrets: false,
      },
      filled: { n: free },
      problem: free,
    },
    "form-answered": { type: "form-answered", ...call, action: "accept" },
    "intent-recorded": { type: "intent-recorded", ...call, server: free, tool: free, name: free, input: { x: free } },
    "intent-started": { type: "intent-started", call: C },
    "intent-executed": { type: "intent-executed", call: C, isError: true, code: "tool-error", content, durationMs: 4 },
    "mcp-server-state": { type: "mcp-server-state", server: free, agent: A, state: "failed", tools: 2, message: free, next: free },
    "breaker-state": { type: "breaker-state", scope: free, state: "open", until: 5 },
    "catalog-changed": { type: "catalog-changed", server: free, added: [free], removed: [free], changed: [free] },
    "command-received": { type: "command-received", command: { name: "form", call: C, action: "accept", content: { n: free } } },
    "budget-state": { type: "budget-state", agent: A, used: { max_tokens: 5 }, percent: 50, exhausted: false },
    "snapshot-saved": { type: "snapshot-saved", agent: A, answer: ANSWER, path: free, final: true },
    "changes-applied": { type: "changes-applied", answer: ANSWER, path: free, written: 1, conflicts: [free], kept: [free] },
    warning: { type: "warning", code: "E_INTERNAL", message: free, agent: A, next: free },
  };
}
