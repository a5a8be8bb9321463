// One small handler per kind of stream part: collects it into the step and says what the caller is told of it.
import type { LanguageModelV4StreamPart, SharedV4Warning } from "@ai-sdk/provider";
import type { AssistantPart, Json, ProviderMetadata } from "../core/index.ts";
import { parseArguments } from "./call-arguments.ts";
import type { TurnPart } from "./contract.ts";
import { FAILED_RESULT, mergeMetadata, nextCall, newWarning, type Growing, type StepState } from "./step-state.ts";
import { toUsage } from "./usage.ts";

type Kind = LanguageModelV4StreamPart["type"];
type Part<K extends Kind> = Extract<LanguageModelV4StreamPart, { type: K }>;
type Handler<K extends Kind> = (state: StepState, part: Part<K>, tell: Tell) => void;
/** Hears at once what the caller is told of the stream. */
export type Tell = (part: TurnPart) => void;
type InBlock = { readonly id: string; readonly providerMetadata?: unknown };

const metadataOf = (part: { readonly providerMetadata?: unknown }): ProviderMetadata | undefined =>
  part.providerMetadata as ProviderMetadata | undefined;
/** Some providers send their name with nothing under it. */
const isEmpty = (metadata: ProviderMetadata | undefined): boolean =>
  metadata === undefined || Object.values(metadata).every((values) => Object.keys(values).length === 0);
const withMetadata = (metadata: ProviderMetadata | undefined): { metadata?: ProviderMetadata } =>
  metadata === undefined ? {} : { metadata };

function grow(part: Growing, metadata: ProviderMetadata | undefined): void {
  const merged = mergeMetadata(part.metadata, metadata);
  if (merged !== undefined) part.metadata = merged;
}

function start(kind: Growing["type"]) {
  return (state: StepState, part: InBlock, tell: Tell): void => {
    state.blocks += 1;
    const growing: Growing = { type: kind, text: "", ...withMetadata(metadataOf(part)) };
    state.parts.push(growing);
    const block = `${state.step}.${state.blocks}`;
    state.open.set(part.id, { block, part: growing });
    tell({ type: `${kind}-start`, block });
  };
}

function delta(type: "text-delta" | "reasoning-delta") {
  return (state: StepState, part: InBlock & { readonly delta: string }, tell: Tell): void => {
    const open = state.open.get(part.id);
    if (open === undefined) return;
    if (part.providerMetadata !== undefined) grow(open.part, metadataOf(part));
    if (part.delta === "") return;
    open.part.text += part.delta;
    state.characters += part.delta.length;
    tell({ type, block: open.block, delta: part.delta });
  };
}

function end(kind: Growing["type"]) {
  return (state: StepState, part: InBlock, tell: Tell): void => {
    const open = state.open.get(part.id);
    if (open === undefined) return;
    state.open.delete(part.id);
    if (part.providerMetadata !== undefined) grow(open.part, metadataOf(part));
    tell({ type: `${kind}-end`, block: open.block });
  };
}

/** A vote may be dropped for news; whatever else a model has begun is let finish. */
const DROPPABLE = new Set(["vote"]);

function beginCall(state: StepState, name: string): void {
  if (!DROPPABLE.has(name)) state.keep = true;
}

function toolCall(state: StepState, part: Part<"tool-call">): void {
  beginCall(state, part.toolName);
  state.characters += part.input.length;
  state.parts.push({
    type: "tool-call",
    call: nextCall(state),
    providerCall: part.toolCallId,
    name: part.toolName,
    ...parseArguments(part.input),
    ...(part.providerExecuted === true ? { providerExecuted: true } : {}),
    ...withMetadata(metadataOf(part)),
  });
}

function toolResult(state: StepState, part: Part<"tool-result">): void {
  if (part.preliminary === true) return;
  const { toolCallId, toolName, result } = part;
  const metadata = part.isError === true ? mergeMetadata(metadataOf(part), FAILED_RESULT) : metadataOf(part);
  state.parts.push({
    type: "provider-tool-result",
    providerCall: toolCallId,
    name: toolName,
    output: result as Json,
    ...withMetadata(metadata),
  });
}

function source(state: StepState, part: Part<"source">): void {
  if (part.sourceType !== "url") return;
  const { url, title } = part;
  if (!state.parts.some((other: AssistantPart) => other.type === "source" && other.url === url)) {
    state.parts.push({ type: "source", url, ...(title === undefined ? {} : { title }) });
  }
}

/** Said where the model itself gave a call no signature; the SDK's stand-in is what the API wants then. */
const STAND_IN = /skip_thought_signature_validator/;
const TOOLS_DROPPED = /combination of function and provider-defined tools/;

function wordingOf(warning: SharedV4Warning): string {
  if ("message" in warning) return warning.message;
  return `The provider does not support ${warning.feature}${warning.details === undefined ? "" : `: ${warning.details}`}.`;
}

function warn(warning: TurnPart | null, tell: Tell): void {
  if (warning !== null) tell(warning);
}

function streamStart(state: StepState, part: Part<"stream-start">, tell: Tell): void {
  for (const warning of part.warnings) {
    if ("feature" in warning && TOOLS_DROPPED.test(warning.feature)) state.toolsDropped = true;
    else if (!STAND_IN.test(wordingOf(warning))) warn(newWarning(state, "E_PROVIDER_REQUEST", wordingOf(warning)), tell);
  }
}

function unusable(what: string) {
  const message = `The model sent ${what}, which this program does not use; it was dropped.`;
  return (state: StepState, _part: unknown, tell: Tell): void => warn(newWarning(state, "E_PROVIDER_REPLY", message), tell);
}

const unused = (): void => undefined;

const HANDLERS: { readonly [K in Kind]: Handler<K> } = {
  "stream-start": streamStart,
  "text-start": start("text"),
  "text-delta": delta("text-delta"),
  "text-end": end("text"),
  "reasoning-start": start("reasoning"),
  "reasoning-delta": delta("reasoning-delta"),
  "reasoning-end": end("reasoning"),
  "tool-input-start": (state, part) => beginCall(state, part.toolName),
  "tool-input-delta": unused,
  "tool-input-end": unused,
  "tool-call": toolCall,
  "tool-result": toolResult,
  source: source,
  "response-metadata": (state, part) => {
    state.model = part.modelId ?? state.model;
  },
  finish: (state, part) => {
    state.finish = part.finishReason;
    state.usage = toUsage(part.usage);
    state.cacheWrites = part.usage.inputTokens.cacheWrite ?? 0;
    const metadata = metadataOf(part);
    state.metadata = isEmpty(metadata) ? undefined : metadata;
  },
  error: (state, part) => {
    state.error ??= { value: part.error };
  },
  file: unusable("a file"),
  "reasoning-file": unusable("a file inside its reasoning"),
  "tool-approval-request": unusable("a question for permission"),
  custom: unused,
  ping: unused,
  raw: unused,
};

/** Takes one part of the stream in and tells what the caller may know of it. */
export function takePart(state: StepState, part: LanguageModelV4StreamPart, tell: Tell): void {
  const handler = HANDLERS[part.type] as Handler<Kind> | undefined;
  handler?.(state, part, tell);
}
