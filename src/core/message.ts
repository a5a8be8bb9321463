// The provider-neutral conversation of one agent: what was asked, what the model said, what its tools returned.
import type { CallId } from "./ids.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Opaque data of a provider (thought signatures, encrypted reasoning): stored and sent back unchanged, never redacted. */
export type ProviderMetadata = { readonly [provider: string]: { readonly [key: string]: Json } };

export type ToolCallPart = {
  readonly type: "tool-call";
  readonly call: CallId;
  /** The id the provider gave to the call; sent back with the result. */
  readonly providerCall: string;
  /** The name the model used: a workflow tool or an exposed tool name. */
  readonly name: string;
  /** Parsed arguments. Absent when the model wrote something that is no JSON; then `malformed` holds its text. */
  readonly input?: Json;
  readonly malformed?: string;
  /** The provider runs the tool itself (web search, code execution) and its result is part of the same step. */
  readonly providerExecuted?: true;
  readonly metadata?: ProviderMetadata;
};

export type AssistantPart =
  | { readonly type: "text"; readonly text: string; readonly metadata?: ProviderMetadata }
  | { readonly type: "reasoning"; readonly text: string; readonly metadata?: ProviderMetadata }
  | ToolCallPart
  | {
      readonly type: "provider-tool-result";
      readonly providerCall: string;
      readonly name: string;
      readonly output: Json;
      readonly metadata?: ProviderMetadata;
    }
  | { readonly type: "source"; readonly url: string; readonly title?: string };

export type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly mediaType: string; readonly base64: string }
  | { readonly type: "audio"; readonly mediaType: string; readonly base64: string }
  | { readonly type: "resource"; readonly uri: string; readonly mediaType?: string; readonly text: string }
  | { readonly type: "link"; readonly uri: string; readonly title?: string };

/** What a tool call came to, as the model is told it. */
export type ToolResult = {
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly isError: boolean;
  readonly content: readonly Content[];
};

export type Message =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly parts: readonly AssistantPart[] }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

/** A former exchange of the conversation the run belongs to. */
export type HistoryMessage = { readonly role: "user" | "assistant"; readonly text: string };
