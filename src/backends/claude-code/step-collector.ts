// Turns the raw stream of one model response into our parts: which blocks began, which tool calls it holds, what it cost.
import type { AssistantPart, CallId, FinishReason, Json, TurnId, Usage } from "../../core/index.ts";
import { callId } from "../../core/index.ts";
import { parseArguments } from "../call-arguments.ts";

type OpenBlock = { type: "text" | "thinking" | "tool_use" | "other"; text: string; id: string; name: string; signature: string };
/** The fields used of a streaming event of the Messages API; everything else is ignored. */
export type StreamEvent = {
  readonly type: string;
  readonly index?: number;
  readonly message?: { readonly model?: string; readonly usage?: RawUsage };
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string; readonly text?: string };
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    readonly thinking?: string;
    readonly partial_json?: string;
    readonly signature?: string;
    readonly stop_reason?: string | null;
  };
  readonly usage?: RawUsage;
};
type RawUsage = {
  readonly input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly output_tokens?: number | null;
};

export type StepDelta = {
  readonly kind: "start" | "delta" | "end";
  readonly of: "text" | "reasoning";
  readonly block: string;
  readonly delta: string;
};
export type CollectedCall = {
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly input?: Json;
  readonly malformed?: string;
};

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
  pause_turn: "other",
};

/** Collects one response; make a new one for each `message_start`. */
export class StepCollector {
  readonly step: number;
  readonly #turn: TurnId;
  readonly #blocks = new Map<number, OpenBlock>();
  readonly #parts: AssistantPart[] = [];
  readonly calls: CollectedCall[] = [];
  #calls = 0;
  #usage: RawUsage = {};
  #stop: string | null = null;
  model: string | null = null;
  finished = false;

  constructor(turn: TurnId, step: number) {
    this.#turn = turn;
    this.step = step;
  }

  /** True while nothing but text, reasoning or a vote has begun: such a step may be dropped for news. */
  droppable(voteName: string): boolean {
    return (
      [...this.#blocks.values()].every((block) => block.type !== "tool_use" || block.name === voteName) &&
      this.calls.every((call) => call.name === voteName)
    );
  }

  take(event: StreamEvent): StepDelta | null {
    switch (event.type) {
      case "message_start":
        this.model = event.message?.model ?? null;
        this.#usage = { ...event.message?.usage };
        return null;
      case "content_block_start":
        return this.#open(event.index ?? 0, event.content_block);
      case "content_block_delta":
        return this.#extend(event.index ?? 0, event.delta);
      case "content_block_stop":
        return this.#close(event.index ?? 0);
      case "message_delta":
        this.#stop = event.delta?.stop_reason ?? this.#stop;
        this.#usage = { ...this.#usage, ...dropNull(event.usage) };
        return null;
      case "message_stop":
        this.finished = true;
        return null;
      default:
        return null;
    }
  }

  #open(index: number, raw: StreamEvent["content_block"]): StepDelta | null {
    const type = raw?.type === "text" || raw?.type === "thinking" || raw?.type === "tool_use" ? raw.type : "other";
    this.#blocks.set(index, { type, text: raw?.text ?? "", id: raw?.id ?? "", name: raw?.name ?? "", signature: "" });
    return type === "text" || type === "thinking" ? this.#delta("start", { type, index }) : null;
  }

  #extend(index: number, delta: StreamEvent["delta"]): StepDelta | null {
    const block = this.#blocks.get(index);
    if (block === undefined || delta === undefined) return null;
    const added = delta.text ?? delta.thinking ?? delta.partial_json ?? "";
    block.text += added;
    block.signature += delta.signature ?? "";
    return added !== "" && (block.type === "text" || block.type === "thinking")
      ? this.#delta("delta", { type: block.type, index }, added)
      : null;
  }

  #close(index: number): StepDelta | null {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (block === undefined) return null;
    if (block.type === "tool_use") this.#addCall(block);
    if (block.type === "text" && block.text !== "") this.#parts.push({ type: "text", text: block.text });
    if (block.type === "thinking")
      this.#parts.push({
        type: "reasoning",
        text: block.text,
        ...(block.signature === "" ? {} : { metadata: { anthropic: { signature: block.signature } } }),
      });
    return block.type === "text" || block.type === "thinking" ? this.#delta("end", { type: block.type, index }) : null;
  }

  #addCall(block: OpenBlock): void {
    this.#calls += 1;
    const call: CollectedCall = {
      call: callId(this.#turn, this.step, this.#calls),
      providerCall: block.id,
      name: block.name,
      ...parseArguments(block.text),
    };
    this.calls.push(call);
    this.#parts.push({ type: "tool-call", ...call });
  }

  #delta(kind: StepDelta["kind"], block: { type: "text" | "thinking"; index: number }, delta = ""): StepDelta {
    return { kind, of: block.type === "text" ? "text" : "reasoning", block: `${this.step}.${block.index}`, delta };
  }

  parts(): readonly AssistantPart[] {
    const open = [...this.#blocks.values()].filter((block) => block.text !== "" && (block.type === "text" || block.type === "thinking"));
    return [
      ...this.#parts,
      ...open.map((block): AssistantPart => ({ type: block.type === "text" ? "text" : "reasoning", text: block.text })),
    ];
  }

  text(): string {
    return this.#parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  }

  /** As the provider said it; null where it said nothing. */
  get stopReason(): string | null {
    return this.#stop;
  }

  /** The provider said why it stopped. */
  get complete(): boolean {
    return this.#stop !== null;
  }

  finish(): FinishReason {
    return this.#stop === null ? "other" : (FINISH[this.#stop] ?? "other");
  }

  /** Input tokens that were written to the provider's cache. */
  get cacheWrites(): number {
    return this.#usage.cache_creation_input_tokens ?? 0;
  }

  usage(): Usage {
    const {
      input_tokens: fresh,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: created,
      output_tokens: output,
    } = this.#usage;
    const input = fresh === null || fresh === undefined ? null : fresh + (cached ?? 0) + (created ?? 0);
    return { inputTokens: input, cachedTokens: cached ?? null, outputTokens: output ?? null, reasoningTokens: null };
  }
}

const dropNull = (usage: RawUsage | undefined): RawUsage =>
  Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null));
