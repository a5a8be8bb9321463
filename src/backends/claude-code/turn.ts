// One turn in a Claude Code session: says what is new, follows its loop step by step, stops it after a decision, for news or at once.
import type { SDKMessage, SDKResultMessage } from "@anthropic-ai/claude-agent-sdk";
import type { AssistantPart, Failure, Json } from "../../core/index.ts";
import type { Clock, Timer } from "../../io/index.ts";
import type { TurnPart, TurnPorts, TurnRequest } from "../contract.ts";
import { explainFinish } from "../finish.ts";
import type { Pricing } from "../price.ts";
import { outOfRounds, roundsUsed } from "../tool-rounds.ts";
import { failureOf } from "../trouble.ts";
import { failureOfBreak, failureOfResult } from "./failures.ts";
import type { ClaudeSession } from "./session.ts";
import { StepCollector, type StepDelta, type StreamEvent } from "./step-collector.ts";
import { TurnDesk } from "./turn-desk.ts";
import { WORKFLOW_PREFIX } from "./workflow-server.ts";

const VOTE = `${WORKFLOW_PREFIX}vote`;
const INTERRUPTION_LIMIT_MS = 3_000;

export type TurnContext = { readonly session: ClaudeSession; readonly sessionId: string; readonly clock: Clock; readonly price: Pricing };

export class ClaudeTurn {
  readonly desk: TurnDesk;
  readonly #request: TurnRequest;
  readonly #ports: TurnPorts;
  readonly #context: TurnContext;
  #step: StepCollector | null = null;
  #steps: number;
  /** Steps that called tools, and the last of them. */
  #rounds = 0;
  #countedStep = 0;
  readonly #said: TurnPart[] = [];
  readonly #explained = new Set<string>();
  #stopping: "no" | "after-batch" | "now" = "no";
  #refused: Failure | null = null;
  #assistantError: string | null = null;
  #lastText = "";
  #last: StepCollector | null = null;
  #broken: ((failure: Failure) => void) | null = null;
  #timer: Timer | null = null;

  constructor(request: TurnRequest, ports: TurnPorts, context: TurnContext) {
    this.#request = request;
    this.#ports = ports;
    this.#context = context;
    this.#steps = request.firstStep - 1;
    this.desk = new TurnDesk(request, ports);
  }

  async *run(): AsyncGenerator<TurnPart> {
    const refused = await this.#ports.admit();
    if (refused !== null) return yield failed(refused);
    const release = this.#context.session.lease({
      stopAfterBatch: () => this.#stopAfterBatch(),
      denies: (tool) => this.#denies(tool),
    });
    const onNews = (): void => this.#onNews();
    const onAbort = (): void => this.#stopNow();
    this.#ports.news.addEventListener("abort", onNews);
    this.#ports.abort.addEventListener("abort", onAbort);
    try {
      this.#context.session.say(trailingText(this.#request));
      if (this.#ports.abort.aborted) this.#stopNow();
      else if (this.#ports.news.aborted) this.#onNews();
      yield* this.#follow();
    } finally {
      this.#timer?.cancel();
      this.desk.close();
      release();
      this.#ports.news.removeEventListener("abort", onNews);
      this.#ports.abort.removeEventListener("abort", onAbort);
    }
  }

  /** What was declared cannot be taken back within a session, only refused. */
  #denies(tool: string): string | null {
    const { kind, useTools, limits } = this.#request;
    if (kind === "presentation") return `No tools are used while presenting (${tool}).`;
    if (tool.startsWith(WORKFLOW_PREFIX)) return null;
    if (!useTools) return `Only the vote is left to you now; ${tool} cannot be used.`;
    return this.#rounds < limits.toolRounds ? null : `All ${limits.toolRounds} rounds of tool calls are used: end your turn now.`;
  }

  async *#follow(): AsyncGenerator<TurnPart> {
    for (;;) {
      const next = await this.#next();
      yield* this.#said.splice(0);
      if ("failure" in next) {
        this.#context.session.giveUp();
        return yield failed(next.failure);
      }
      if (next.message.type === "result") {
        const end = await this.#onResult(next.message);
        if (this.#step !== null && !this.#step.finished) yield await this.#modelStep(this.#step, true);
        yield* this.#said.splice(0);
        if (end !== null) return yield end;
        continue;
      }
      yield* this.#onMessage(next.message);
    }
  }

  /** The next message, or the failure when the process broke, said nothing for too long, or ignored an interruption. */
  async #next(): Promise<{ message: SDKMessage } | { failure: Failure }> {
    const broken = new Promise<{ failure: Failure }>((resolve) => (this.#broken = (failure) => resolve({ failure })));
    this.#watch(this.#stopping === "now" ? INTERRUPTION_LIMIT_MS : this.#request.limits.modelCallTimeoutMs);
    try {
      const next = this.#context.session.next().then(
        (message) => (message === null ? { failure: failureOfBreak(new Error("the process ended")) } : { message }),
        (error: unknown) => ({ failure: failureOfBreak(error) }),
      );
      return await Promise.race([next, broken]);
    } finally {
      this.#timer?.cancel();
    }
  }

  #watch(limitMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#context.clock.after(limitMs, () => {
      // A running tool has its own deadline; silence while it runs is in order.
      if (this.desk.running > 0 && this.#stopping !== "now") return this.#watch(limitMs);
      this.#broken?.(failureOf("timeout", `Claude Code said nothing for ${Math.round(limitMs / 1000)} s.`));
    });
  }

  *#deltas(delta: StepDelta): Generator<TurnPart> {
    const { block } = delta;
    if (delta.kind === "delta") yield { type: `${delta.of}-delta`, block, delta: delta.delta };
    else yield { type: `${delta.of}-${delta.kind}`, block };
  }

  async *#onMessage(message: SDKMessage): AsyncGenerator<TurnPart> {
    if (message.type === "stream_event" && message.parent_tool_use_id === null) yield* this.#onStream(message.event as StreamEvent);
    else if (message.type === "assistant") this.#assistantError = message.error ?? this.#assistantError;
    else if (message.type === "user" && message.parent_tool_use_id === null) yield* this.#ownResults(message.message.content);
    else if (message.type === "system" && message.subtype === "api_retry") {
      const failure = failureOf(
        message.error_status === 429 ? "rate-limit" : "overloaded",
        `The provider answered ${message.error_status ?? "nothing"}; Claude Code asks again.`,
      );
      yield { type: "retry-scheduled", attempt: message.attempt, delayMs: message.retry_delay_ms, failure };
    }
  }

  async *#onStream(event: StreamEvent): AsyncGenerator<TurnPart> {
    if (event.type === "message_start") {
      this.#steps += 1;
      this.#step = new StepCollector(this.#request.turn, this.#steps);
    }
    const step = this.#step;
    if (step === null) return;
    const delta = step.take(event);
    if (delta !== null) yield* this.#deltas(delta);
    if (!step.finished) return;
    // An interrupted stream is closed in good form, only without a reason.
    const dropped = this.#stopping === "now" && !step.complete;
    yield await this.#modelStep(step, dropped);
    if (dropped) return;
    yield* this.#warn(step);
    for (const call of step.calls) {
      if (!call.name.startsWith("mcp__"))
        yield {
          type: "own-tool-call",
          step: step.step,
          call: call.call,
          providerCall: call.providerCall,
          name: call.name,
          input: call.input ?? {},
        };
    }
    this.desk.file(step);
  }

  /** Claude Code goes on by itself after a reply that was cut; people learn of it once. */
  *#warn(step: StepCollector): Generator<TurnPart> {
    const explained = step.finish() === "refusal" ? null : explain(step);
    if (explained === null || this.#explained.has(explained)) return;
    this.#explained.add(explained);
    yield { type: "warning", code: "E_PROVIDER_REPLY", message: `Claude Code: ${explained}` };
  }

  async #modelStep(step: StepCollector, dropped: boolean): Promise<TurnPart> {
    step.finished = true;
    this.#lastText = step.text();
    this.#last = step;
    const usage = step.usage();
    const costUsd = step.model === null ? null : await this.#context.price({ ...usage, cacheWrites: step.cacheWrites }, step.model);
    return {
      type: "model-step",
      step: step.step,
      parts: this.#signed(step.parts()),
      finish: dropped ? "interrupted" : step.finish(),
      usage,
      costUsd,
      model: step.model,
    };
  }

  /** The first part carries the session's id, by which a later process of this run continues the same session. */
  #signed(parts: readonly AssistantPart[]): readonly AssistantPart[] {
    const first = parts.findIndex((part) => part.type === "text" || part.type === "tool-call");
    return parts.map((part, index) =>
      index === first && (part.type === "text" || part.type === "tool-call")
        ? { ...part, metadata: { ...part.metadata, claude_code: { session: this.#context.sessionId } } }
        : part,
    );
  }

  *#ownResults(content: unknown): Generator<TurnPart> {
    if (!Array.isArray(content)) return;
    for (const block of content as { type: string; tool_use_id?: string; is_error?: boolean; content?: unknown }[]) {
      const call = block.type === "tool_result" ? this.#step?.calls.find((known) => known.providerCall === block.tool_use_id) : undefined;
      if (call === undefined || call.name.startsWith("mcp__")) continue;
      yield {
        type: "own-tool-result",
        call: call.call,
        providerCall: call.providerCall,
        name: call.name,
        isError: block.is_error === true,
        text: textOf(block.content),
      };
    }
  }

  /** The turn's last part, or null when the model is to go on. */
  async #onResult(result: SDKResultMessage): Promise<TurnPart | null> {
    const { broken, reply } = this.desk;
    if (broken !== null) return failed(broken);
    if (reply !== null) return reply.accepted ? { type: "turn-finished", outcome: "decided" } : failed(attemptsUsed());
    if (this.#refused !== null) return failed(this.#refused);
    if (this.#stopping !== "no") return { type: "turn-finished", outcome: "interrupted" };
    const finish = this.#last?.finish() ?? "stop";
    if (this.#last !== null && finish === "refusal")
      return failed(failureOf("refused", `Claude Code: ${explain(this.#last) ?? finish}`), this.#lastText);
    const failure = failureOfResult(result, this.#assistantError);
    if (failure !== null) return failed(failure);
    if (this.#request.kind === "chat" || this.#request.kind === "presentation") {
      return { type: "turn-finished", outcome: "finished", text: this.#lastText, finish };
    }
    return this.#nudge();
  }

  async #nudge(): Promise<TurnPart | null> {
    const reply = await this.#ports.decide(this.#steps, []);
    if (reply.over) return failed(attemptsUsed());
    const refused = await this.#ports.admit();
    if (refused !== null) return failed(refused);
    this.#context.session.say(reply.nudge ?? "Call one of the tools.");
    return null;
  }

  async #stopAfterBatch(): Promise<boolean> {
    if (this.desk.reply !== null || this.desk.broken !== null || this.#stopping !== "no") return true;
    this.#refused = this.#roundsUsed() ?? (await this.#ports.admit());
    return this.#refused !== null;
  }

  /** Counts the step whose calls have ended; a failure once tools are called that were refused for their number already. */
  #roundsUsed(): Failure | null {
    const { toolRounds } = this.#request.limits;
    const called = this.#step?.calls.some((call) => !call.name.startsWith(WORKFLOW_PREFIX)) ?? false;
    if (!called || this.#countedStep === this.#steps) return null;
    this.#countedStep = this.#steps;
    this.#rounds += 1;
    if (this.#rounds === toolRounds) this.#said.push(roundsUsed("Claude Code", toolRounds));
    return this.#rounds > toolRounds ? outOfRounds("Claude Code", toolRounds) : null;
  }

  #onNews(): void {
    const firstProtected = this.#request.letFinish && this.#steps <= this.#request.firstStep;
    const streaming = this.#step === null || !this.#step.finished;
    if (streaming && !firstProtected && (this.#step === null || this.#step.droppable(VOTE))) this.#stopNow();
    else this.#stopping = "after-batch";
  }

  #stopNow(): void {
    if (this.#stopping === "now") return;
    this.#stopping = "now";
    this.#watch(INTERRUPTION_LIMIT_MS);
    void this.#context.session.interrupt();
  }
}

const failed = (failure: Failure, text?: string): TurnPart => ({
  type: "turn-finished",
  outcome: "failed",
  failure,
  ...(text === undefined ? {} : { text }),
});
const attemptsUsed = (): Failure => failureOf("protocol", "The agent did not decide within its attempts.", { code: "E_TURN_ATTEMPTS" });

/** What no earlier request said: the user messages at the end of the conversation. */
function trailingText(request: TurnRequest): string {
  const texts: string[] = [];
  for (const message of request.messages.toReversed()) {
    if (message.role !== "user") break;
    texts.unshift(message.text);
  }
  return texts.join("\n\n");
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify((content ?? "") as Json);
  return (content as { type: string; text?: string }[]).map((part) => part.text ?? `[${part.type}]`).join("\n");
}

function explain(step: StepCollector): string | null {
  return explainFinish(step.finish(), step.stopReason ?? undefined, step.text().trim() === "" && step.calls.length === 0);
}
