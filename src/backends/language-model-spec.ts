// What a backend says about itself so that the one loop can run its turns.
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import type { Failure } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import type { ErrorContext } from "./classify-error.ts";
import type { Capabilities } from "./contract.ts";
import type { OwnTool } from "./own-tool.ts";
import type { Pricing } from "./price.ts";
import type { ProviderGate } from "./provider-gate.ts";
import type { PromptStyle } from "./to-prompt.ts";
import type { ToolDeclarer } from "./tool-table.ts";

export type LanguageModelSpec = {
  readonly capabilities: Capabilities;
  /** The name the configuration gives to the model. */
  readonly modelId: string;
  /** Called with the first request; loads the provider's SDK. */
  model(): Promise<LanguageModelV4>;
  readonly declarer: ToolDeclarer;
  /** Settings of every request: sampling, provider options, headers. */
  readonly options: Omit<LanguageModelV4CallOptions, "prompt" | "tools" | "abortSignal">;
  /** Abilities the provider carries out itself, in the same request as functions. */
  readonly nativeTools: readonly LanguageModelV4ProviderTool[];
  /** Abilities this program carries out in a request of their own. */
  ownTools(model: LanguageModelV4, turn: TurnServices): readonly OwnTool[];
  readonly style: Omit<PromptStyle, "ownTools">;
  /** A conversation with tool calls needs its tools declared also where none may be called. */
  readonly keepsTools: boolean;
  readonly pricing: Pricing;
  /** Shared with every agent on the same provider account. */
  readonly gate: ProviderGate;
  /** Last changes to a prompt, such as marks for the provider's cache. */
  finishPrompt?(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt;
  /** The key, so that no message can repeat it; null without one. */
  readonly apiKey: string | null;
  readonly io: Pick<Io, "clock" | "random">;
};

/** What a nested model call of one of our own tools has to respect. */
export type TurnServices = {
  admit(): Promise<Failure | null>;
  readonly gate: ProviderGate;
  readonly timeoutMs: number;
  readonly context: ErrorContext;
};
