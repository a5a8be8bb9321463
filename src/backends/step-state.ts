// What has been collected of one model response so far. Everything here is kept whatever happens to the rest of the stream.
import type { LanguageModelV4FinishReason } from "@ai-sdk/provider";
import { callId, UNKNOWN_USAGE, type AssistantPart, type CallId, type ProviderMetadata, type TurnId, type Usage } from "../core/index.ts";
import type { TurnPart } from "./contract.ts";

/** A text or reasoning part that is still growing. */
export type Growing = { readonly type: "text" | "reasoning"; text: string; metadata?: ProviderMetadata };
export type OpenBlock = { readonly block: string; readonly part: Growing };

export type StepState = {
  readonly turn: TurnId;
  readonly step: number;
  readonly parts: AssistantPart[];
  /** By the provider's id; ids may be used again after a block has ended. */
  readonly open: Map<string, OpenBlock>;
  blocks: number;
  calls: number;
  /** Characters received, for the estimate of what an abort saved. */
  characters: number;
  /** True once something has begun that must not be dropped for news. */
  keep: boolean;
  finish: LanguageModelV4FinishReason | null;
  usage: Usage;
  /** Input tokens that were written to the provider's cache. */
  cacheWrites: number;
  model: string | null;
  metadata: ProviderMetadata | undefined;
  /** The first error of the stream; what came before it stays. */
  error: { readonly value: unknown } | null;
  /** Warnings of this turn that were told already. */
  readonly warned: Set<string>;
  /** Function tools the SDK dropped from the request. */
  toolsDropped: boolean;
};

/** Marks a result of a provider's own tool as an error; kept beside the provider's metadata and never sent. */
export const FAILED_RESULT: ProviderMetadata = { massgen: { isError: true } };

export function newStep(turn: TurnId, step: number, warned: Set<string> = new Set()): StepState {
  return {
    turn,
    step,
    parts: [],
    open: new Map(),
    blocks: 0,
    calls: 0,
    characters: 0,
    keep: false,
    finish: null,
    usage: UNKNOWN_USAGE,
    cacheWrites: 0,
    model: null,
    metadata: undefined,
    error: null,
    warned,
    toolsDropped: false,
  };
}

export function nextCall(state: StepState): CallId {
  state.calls += 1;
  return callId(state.turn, state.step, state.calls);
}

/** Gives the warning where this turn has not told it yet. */
export function newWarning(state: StepState, code: string, message: string): TurnPart | null {
  if (state.warned.has(message)) return null;
  state.warned.add(message);
  return { type: "warning", code, message };
}

/** Parts worth keeping: not the empty texts some providers send around tool calls. */
export function finishedParts(state: StepState): readonly AssistantPart[] {
  return state.parts.filter(
    (part) => (part.type !== "text" && part.type !== "reasoning") || part.text !== "" || part.metadata !== undefined,
  );
}

/** A provider's metadata arrives in pieces with start, delta and end; later keys win, earlier ones stay. */
export function mergeMetadata(old: ProviderMetadata | undefined, added: ProviderMetadata | undefined): ProviderMetadata | undefined {
  if (added === undefined) return old;
  if (old === undefined) return added;
  const merged: Record<string, ProviderMetadata[string]> = { ...old };
  for (const [provider, values] of Object.entries(added)) merged[provider] = { ...merged[provider], ...values };
  return merged;
}
