// The state of one turn over an AI SDK model: its conversation, its counters, and what each request of it looks like.
import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { AssistantPart, Failure, Message } from "../core/index.ts";
import type { ErrorContext } from "./classify-error.ts";
import type { TurnPart, TurnPorts, TurnRequest } from "./contract.ts";
import type { LanguageModelSpec } from "./language-model-spec.ts";
import { CHARACTERS_PER_TOKEN, type Meter } from "./meter.ts";
import type { OwnResult, OwnTool } from "./own-tool.ts";
import { newStep } from "./step-state.ts";
import type { StepInput } from "./step.ts";
import { toPrompt, type PromptStyle } from "./to-prompt.ts";
import type { ToolTable } from "./tool-table.ts";
import { waitForTools } from "./wait-for-tools.ts";

export class Turn {
  readonly spec: LanguageModelSpec;
  readonly request: TurnRequest;
  readonly ports: TurnPorts;
  readonly messages: Message[];
  readonly model: LanguageModelV4;
  readonly meter: Meter;
  readonly #own: readonly OwnTool[];
  readonly #style: PromptStyle;
  step: number;
  /** Failed requests in a row. */
  failures = 0;
  /** Steps that called tools. */
  rounds = 0;
  /** True once a malformed call or an empty reply has had its second chance. */
  corrected = false;
  readonly #warned = new Set<string>();

  constructor(
    spec: LanguageModelSpec,
    start: { readonly request: TurnRequest; readonly ports: TurnPorts; readonly model: LanguageModelV4; readonly meter: Meter },
  ) {
    this.spec = spec;
    this.request = start.request;
    this.ports = start.ports;
    this.model = start.model;
    this.messages = [...start.request.messages];
    this.step = start.request.firstStep;
    this.meter = start.meter;
    const services = {
      admit: () => start.ports.admit(),
      gate: spec.gate,
      timeoutMs: start.request.limits.modelCallTimeoutMs,
      context: this.context,
    };
    const wait = waitForTools(start.ports);
    this.#own = [...spec.ownTools(start.model, services), wait];
    this.#style = { ...spec.style, ownTools: new Set(this.#own.map((tool) => tool.name)) };
  }

  get decides(): boolean {
    return this.request.workflow.length > 0;
  }

  get context(): ErrorContext {
    const { capabilities, apiKey, io } = this.spec;
    return {
      provider: `${capabilities.title} (${this.spec.modelId})`,
      keyVariables: capabilities.keyVariables,
      apiKey,
      now: io.clock.now(),
    };
  }

  get maxRounds(): number {
    return this.request.limits.toolRounds;
  }

  /** True once only the decision is offered any more. */
  get toolsSpent(): boolean {
    return this.rounds >= this.maxRounds;
  }

  tools(): ToolTable {
    const { request, ports, spec } = this;
    const usable = request.useTools && !this.toolsSpent;
    const offered = usable ? ports.tools.list() : [];
    const own = usable ? this.#own.filter((tool) => tool !== this.#own.at(-1) || ports.tools.pending().length > 0) : [];
    const table = spec.declarer.table(request.workflow, offered, own);
    return table.entries.length === 0 && spec.keepsTools && this.#hasCalls() ? spec.declarer.table([], [], this.#usedBefore()) : table;
  }

  /** Tools the conversation called and nobody offers any more, so that the request can hold their calls; none can be called. */
  #usedBefore(): readonly OwnTool[] {
    const calls = this.messages
      .flatMap((message) => (message.role === "assistant" ? message.parts : []))
      .filter((part) => part.type === "tool-call");
    const run = (): Promise<OwnResult> => Promise.resolve({ output: "This tool cannot be called now.", isError: true });
    return [...new Set(calls.map((call) => call.name))].map((name) => ({
      name,
      description: "Cannot be called now.",
      inputSchema: { type: "object" },
      run,
    }));
  }

  input(table: ToolTable): StepInput {
    const { request, spec } = this;
    const natives = request.useTools && !this.toolsSpent ? spec.nativeTools : [];
    const tools = [...table.entries.map((entry) => entry.declared), ...natives];
    const prompt = toPrompt(request.system, this.messages, this.#style);
    const muted = tools.length > 0 && !request.useTools && !this.decides;
    return {
      state: newStep(request.turn, this.step, this.#warned),
      model: this.model,
      options: {
        ...spec.options,
        ...(request.maxTokens === undefined
          ? {}
          : { maxOutputTokens: Math.min(request.maxTokens, spec.options.maxOutputTokens ?? Infinity) }),
        prompt: spec.finishPrompt?.(prompt) ?? prompt,
        ...(tools.length === 0 ? {} : { tools, toolChoice: { type: muted ? "none" : "auto" } }),
      },
      signals: this.ports,
      letFinish: request.letFinish && this.step === request.firstStep,
      timeoutMs: request.limits.modelCallTimeoutMs,
      clock: spec.io.clock,
      context: this.context,
    };
  }

  /** Input tokens of the next request, roughly; 0 where nobody counts them. */
  estimatedTokens(): number {
    if (!this.spec.gate.countsTokens) return 0;
    return Math.ceil((this.request.system.length + JSON.stringify(this.messages).length) / CHARACTERS_PER_TOKEN);
  }

  /** The turn's last part where it must not go on, else null. */
  stopped(): TurnPart | null {
    return this.ports.abort.aborted || this.ports.news.aborted ? { type: "turn-finished", outcome: "interrupted" } : null;
  }

  /** Once per turn and text. */
  warnOnce(message: string, code: string, next?: string): TurnPart[] {
    if (this.#warned.has(message)) return [];
    this.#warned.add(message);
    return [{ type: "warning", code, message, ...(next === undefined ? {} : { next }) }];
  }

  failed(failure: Failure, extra: { readonly text?: string } = {}): TurnPart {
    return { type: "turn-finished", outcome: "failed", failure, ...extra };
  }

  #hasCalls(): boolean {
    return this.messages.some((message) => message.role === "tool");
  }
}

export function textOf(parts: readonly AssistantPart[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
