// Our conversation as the prompt of an AI SDK model: roles alternate where the provider wants it, every tool call has exactly one result.
import type {
  JSONObject,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import type { AssistantPart, Message, ProviderMetadata, ToolCallPart, ToolResult } from "../core/index.ts";
import { toMissingResultPart, toOwnResultPart, toResultPart, withMessage } from "./to-result.ts";

export type PromptStyle = {
  /** Roles must alternate strictly: a user message that follows tool results is put below the last result's text. */
  readonly strictRoles: boolean;
  /** User messages in a row become one text instead of one message with several texts. */
  readonly joinTexts: boolean;
  /** Tool results can hold images. */
  readonly images: boolean;
  /** The conversation keeps the model's reasoning. */
  readonly reasoning: boolean;
  /** Tools that this program runs inside a step: function tools on the wire, `providerExecuted` in our conversation. */
  readonly ownTools: ReadonlySet<string>;
};

type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"];
type Open = {
  readonly calls: ToolCallPart[];
  readonly own: Map<string, LanguageModelV4ToolResultPart>;
  readonly results: Map<string, ToolResult>;
};
type Draft = { readonly out: LanguageModelV4Message[]; readonly style: PromptStyle; open: Open | null };

function options(metadata: ProviderMetadata | undefined): { providerOptions?: SharedV4ProviderOptions } {
  return metadata === undefined ? {} : { providerOptions: metadata as Record<string, JSONObject> };
}

/** Providers want an object where arguments stand, also where the model wrote no JSON. */
function inputOf(part: ToolCallPart): unknown {
  return part.malformed === undefined ? (part.input ?? {}) : { malformed_arguments: part.malformed };
}

function remoteResult({
  providerCall,
  name,
  output,
  metadata,
}: Extract<AssistantPart, { type: "provider-tool-result" }>): LanguageModelV4ToolResultPart {
  const { massgen, ...own } = metadata ?? {};
  const type = massgen?.["isError"] === true ? "error-json" : "json";
  return {
    type: "tool-result",
    toolCallId: providerCall,
    toolName: name,
    output: { type, value: output as JSONObject },
    ...options(metadata === undefined ? undefined : own),
  };
}

function addPart(part: AssistantPart, content: AssistantContent, draft: Draft): void {
  switch (part.type) {
    case "text":
    case "reasoning":
      if (part.type === "reasoning" && !draft.style.reasoning) return;
      if (part.text !== "" || part.metadata !== undefined) content.push({ type: part.type, text: part.text, ...options(part.metadata) });
      return;
    case "tool-call": {
      const remote = part.providerExecuted === true && !draft.style.ownTools.has(part.name);
      if (!remote) draft.open?.calls.push(part);
      content.push({
        type: "tool-call",
        toolCallId: part.providerCall,
        toolName: part.name,
        input: inputOf(part),
        ...(remote ? { providerExecuted: true } : {}),
        ...options(part.metadata),
      });
      return;
    }
    case "provider-tool-result":
      if (draft.style.ownTools.has(part.name)) draft.open?.own.set(part.providerCall, toOwnResultPart(part, part.output));
      else content.push(remoteResult(part));
      return;
    case "source":
      return; // For people; its text is in the answer.
  }
}

/** Ends the group of a step's tool calls: their results follow in the order of the calls. */
function closeCalls(draft: Draft): void {
  const { open } = draft;
  draft.open = null;
  if (open === null || open.calls.length === 0) return;
  const content = open.calls.map((call) => {
    const result = open.results.get(call.call);
    return result === undefined ? (open.own.get(call.providerCall) ?? toMissingResultPart(call)) : toResultPart(result, draft.style.images);
  });
  draft.out.push({ role: "tool", content });
}

function addAssistant(parts: readonly AssistantPart[], draft: Draft): void {
  closeCalls(draft);
  draft.open = { calls: [], own: new Map(), results: new Map() };
  const last = draft.out.at(-1);
  const content: AssistantContent = last?.role === "assistant" ? last.content : [];
  for (const part of parts) addPart(part, content, draft);
  if (last?.role !== "assistant" && content.length > 0) draft.out.push({ role: "assistant", content });
}

function addUser(text: string, draft: Draft): void {
  closeCalls(draft);
  const last = draft.out.at(-1);
  if (last?.role === "user") {
    const first = last.content[0];
    if (draft.style.joinTexts && first?.type === "text") first.text += `\n\n${text}`;
    else last.content.push({ type: "text", text });
    return;
  }
  const result = last?.role === "tool" && draft.style.strictRoles ? last.content.at(-1) : undefined;
  if (last?.role === "tool" && result?.type === "tool-result") last.content[last.content.length - 1] = withMessage(result, text);
  else draft.out.push({ role: "user", content: [{ type: "text", text }] });
}

export function toPrompt(system: string, messages: readonly Message[], style: PromptStyle): LanguageModelV4Prompt {
  const draft: Draft = { out: system === "" ? [] : [{ role: "system", content: system }], style, open: null };
  for (const message of messages) {
    if (message.role === "user") addUser(message.text, draft);
    else if (message.role === "assistant") addAssistant(message.parts, draft);
    else for (const result of message.results) draft.open?.results.set(result.call, result);
  }
  closeCalls(draft);
  return draft.out;
}
