// A run as spans: run, turn, model call, tool call. Names and attributes follow OpenTelemetry's conventions for generative AI and for MCP
// (https://opentelemetry.io/docs/specs/semconv/gen-ai/); what those have no word for is `massgen.…`. No prompt, answer, argument or result is in them.
import type { EventOf, RunEvent } from "../core/index.ts";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span, type Tracer } from "./libraries.ts";

type At = { readonly run: string; /** Milliseconds since the epoch. */ readonly at: number };
type Followed = RunEvent & At;
type Open = { readonly span: Span; readonly context: Context };
type OpenTurn = Open & { /** When the model was asked last, as far as the log knows. */ askedAt: number };

const PROVIDERS: Readonly<Record<string, string>> = {
  gemini: "gcp.gemini",
  claude: "anthropic",
  claude_code: "anthropic",
  openai: "openai",
  azure_openai: "azure.ai.openai",
  grok: "x_ai",
};

/** Feed it the entries of runs in the order they were written, one run after another: names of agents, turns and calls repeat between runs. */
export class RunSpans {
  readonly #tracer: Tracer;
  readonly #runs = new Map<string, Open>();
  readonly #turns = new Map<string, OpenTurn>();
  readonly #calls = new Map<string, Open>();
  readonly #agents = new Map<string, { readonly backend: string; readonly model: string | null }>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  follow(entry: Followed): void {
    switch (entry.type) {
      case "run-start":
        for (const { id, backend, model } of entry.agents) this.#agents.set(id, { backend, model });
        return void this.#run(entry).span.setAttribute("massgen.agents", entry.agents.length);
      case "turn-start":
      case "presentation-start":
        return this.#turnStart(entry);
      case "turn-end":
      case "presentation-end":
        return this.#turnEnd(entry);
      case "model-step":
        return this.#modelStep(entry);
      case "tool-call":
        return this.#toolCall(entry);
      case "tool-result":
        return this.#toolResult(entry);
      case "answer-submitted":
      case "vote-submitted":
        return void this.#turns.get(entry.turn)?.span.addEvent(`massgen.${entry.type}`, {}, entry.at);
      case "run-end":
        return this.#runEnd(entry);
      default:
        return; // Deltas and bookkeeping have no span.
    }
  }

  /** Ends what is still open, as interrupted; for a program that stops. */
  close(at: number): void {
    for (const { span } of [...this.#calls.values(), ...this.#turns.values(), ...this.#runs.values()]) span.end(at);
    for (const open of [this.#calls, this.#turns, this.#runs]) open.clear();
  }

  /** A run that goes on has its own span, too, from the first entry that was written now. */
  #run({ run, at }: At): Open {
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    const opened = this.#open("massgen.run", { at, parent: ROOT_CONTEXT, kind: SpanKind.INTERNAL, attributes: { "massgen.run.id": run } });
    this.#runs.set(run, opened);
    return opened;
  }

  #open(
    name: string,
    {
      at,
      parent,
      kind,
      attributes,
    }: { readonly at: number; readonly parent: Context; readonly kind: SpanKind; readonly attributes: Attributes },
  ): Open {
    const span = this.#tracer.startSpan(name, { startTime: at, kind, attributes }, parent);
    return { span, context: trace.setSpan(parent, span) };
  }

  #turnStart(entry: Extract<Followed, { type: "turn-start" | "presentation-start" }>): void {
    const kind = entry.type === "turn-start" ? entry.kind : "presentation";
    const attributes = { ...this.#provider(entry.agent), "gen_ai.operation.name": "invoke_agent", "massgen.turn.kind": kind };
    const parent = this.#run(entry).context;
    const opened = this.#open(`invoke_agent ${entry.agent}`, { at: entry.at, parent, kind: SpanKind.INTERNAL, attributes });
    this.#turns.set(entry.turn, { ...opened, askedAt: entry.at });
  }

  #turnEnd(entry: Extract<Followed, { type: "turn-end" | "presentation-end" }>): void {
    const turn = this.#turns.get(entry.turn);
    if (turn === undefined) return;
    turn.span.setAttribute("massgen.turn.outcome", entry.outcome);
    if (entry.failure !== undefined) {
      turn.span.setAttribute("error.type", entry.failure.code);
      turn.span.setStatus({ code: SpanStatusCode.ERROR, message: entry.failure.category });
    }
    turn.span.end(entry.at);
    this.#turns.delete(entry.turn);
  }

  #modelStep(entry: EventOf<"model-step"> & At): void {
    const turn = this.#turns.get(entry.turn);
    if (turn === undefined) return;
    const { usage } = entry;
    const attributes: Attributes = {
      ...this.#provider(entry.agent),
      "gen_ai.operation.name": "chat",
      "gen_ai.response.finish_reasons": [entry.finish],
      ...(entry.model === null ? {} : { "gen_ai.response.model": entry.model }),
      ...(usage.inputTokens === null ? {} : { "gen_ai.usage.input_tokens": usage.inputTokens }),
      ...(usage.outputTokens === null ? {} : { "gen_ai.usage.output_tokens": usage.outputTokens }),
      ...(usage.cachedTokens === null ? {} : { "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens }),
      ...(entry.costUsd === null ? {} : { "massgen.cost_usd": entry.costUsd }),
    };
    const name = `chat ${entry.model ?? this.#agents.get(entry.agent)?.model ?? ""}`.trim();
    this.#open(name, { at: turn.askedAt, parent: turn.context, kind: SpanKind.CLIENT, attributes }).span.end(entry.at);
    turn.askedAt = entry.at;
  }

  #toolCall(entry: EventOf<"tool-call"> & At): void {
    const turn = this.#turns.get(entry.turn);
    if (turn === undefined) return;
    const attributes: Attributes = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": entry.tool,
      "gen_ai.tool.call.id": entry.call,
      "gen_ai.agent.name": entry.agent,
      ...(entry.server === null ? {} : { "mcp.method.name": "tools/call", "massgen.mcp.server": entry.server }),
    };
    const kind = entry.server === null ? SpanKind.INTERNAL : SpanKind.CLIENT;
    this.#calls.set(entry.call, this.#open(`execute_tool ${entry.tool}`, { at: entry.at, parent: turn.context, kind, attributes }));
  }

  #toolResult(entry: EventOf<"tool-result"> & At): void {
    const call = this.#calls.get(entry.call);
    if (call === undefined) return;
    if (entry.isError) {
      call.span.setAttribute("error.type", entry.code ?? "tool_error");
      call.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    call.span.end(entry.at);
    this.#calls.delete(entry.call);
    const turn = this.#turns.get(entry.turn);
    if (turn !== undefined) turn.askedAt = entry.at;
  }

  #runEnd(entry: EventOf<"run-end"> & At): void {
    const { span } = this.#run(entry);
    const { outcome, cause, winner, degraded } = entry.result;
    span.setAttributes({
      "massgen.outcome": outcome,
      "massgen.degraded": degraded.length,
      ...(cause === null ? {} : { "massgen.cause": cause }),
      ...(winner === null ? {} : { "massgen.winner": winner.id }),
    });
    if (outcome !== "answered") span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
    span.end(entry.at);
    this.#runs.delete(entry.run);
  }

  #provider(agent: string): Attributes {
    const { backend, model } = this.#agents.get(agent) ?? { backend: "", model: null };
    return {
      "gen_ai.agent.name": agent,
      ...(backend === "" ? {} : { "gen_ai.provider.name": PROVIDERS[backend] ?? backend }),
      ...(model === null ? {} : { "gen_ai.request.model": model }),
    };
  }
}
