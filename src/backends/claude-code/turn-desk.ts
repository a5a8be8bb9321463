// Where the tool calls of Claude Code's own loop meet our rules: each waits until its step is in the log, decisions of one step are judged together.
import type { AgentTools } from "../../mcp/contract.ts";
import { contentOf } from "../../mcp/index.ts";
import type { Content, Failure, Json } from "../../core/index.ts";
import type { DecisionReply, TurnPorts, TurnRequest } from "../contract.ts";
import type { CollectedCall, StepCollector } from "./step-collector.ts";
import type { ServedContent, ServedResult } from "./tool-server.ts";
import { failureOf } from "../trouble.ts";
import { WORKFLOW_PREFIX } from "./workflow-server.ts";

type Filed = { readonly step: number; readonly call: CollectedCall; readonly decisions: readonly CollectedCall[] };

const OVER: ServedResult = { isError: true, content: [{ type: "text", text: "This turn is over." }] };

export class TurnDesk {
  readonly #request: TurnRequest;
  readonly #ports: TurnPorts;
  readonly #filed = new Map<string, Filed>();
  readonly #waiting = new Map<string, ((filed: Filed | null) => void)[]>();
  readonly #replies = new Map<number, Promise<DecisionReply>>();
  #closed = false;
  /** What ends the turn: a decision that was accepted, or attempts that are used up. */
  reply: DecisionReply | null = null;
  /** Why the turn cannot go on: its decisions could not be judged. */
  broken: Failure | null = null;
  /** Tool calls under way. */
  running = 0;

  constructor(request: TurnRequest, ports: TurnPorts) {
    this.#request = request;
    this.#ports = ports;
  }

  /** The step is in the log: its calls may run. */
  file(step: StepCollector): void {
    const decisions = step.calls.filter((call) => call.name.startsWith(WORKFLOW_PREFIX));
    for (const call of step.calls) {
      const filed = { step: step.step, call, decisions };
      this.#filed.set(call.providerCall, filed);
      for (const resolve of this.#waiting.get(call.providerCall) ?? []) resolve(filed);
      this.#waiting.delete(call.providerCall);
    }
  }

  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) for (const resolve of waiting) resolve(null);
    this.#waiting.clear();
  }

  /** Null once the turn is over, whatever is filed: what Claude Code still calls then is not carried out. */
  #whenFiled(providerCall: string): Promise<Filed | null> {
    if (this.#closed) return Promise.resolve(null);
    const filed = this.#filed.get(providerCall);
    if (filed !== undefined) return Promise.resolve(filed);
    return new Promise((resolve) => this.#waiting.set(providerCall, [...(this.#waiting.get(providerCall) ?? []), resolve]));
  }

  /** Never rejects. */
  async decide(providerCall: string): Promise<ServedResult> {
    const filed = await this.#whenFiled(providerCall);
    if (filed === null) return OVER;
    const judged = await this.#judge(filed);
    if (judged === null) return OVER;
    if (judged.over) this.reply = judged;
    const own = judged.results.find((result) => result.call === filed.call.call);
    return { isError: own?.isError ?? true, content: [{ type: "text", text: own?.text ?? "Not judged." }] };
  }

  /** All decisions of the step at once; null where they could not be judged. */
  async #judge({ step, decisions }: Filed): Promise<DecisionReply | null> {
    let reply = this.#replies.get(step);
    if (reply === undefined) {
      reply = this.#ports.decide(
        step,
        decisions.map((call) => ({ ...call, name: call.name.slice(WORKFLOW_PREFIX.length) })),
      );
      this.#replies.set(step, reply);
    }
    try {
      return await reply;
    } catch (error) {
      this.broken = failureOf("internal", `Claude Code: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async callTool(
    exposed: string,
    input: Json,
    context: { readonly providerCall: string; readonly signal: AbortSignal; readonly tools: AgentTools },
  ): Promise<ServedResult> {
    const filed = await this.#whenFiled(context.providerCall);
    if (filed === null) return OVER;
    this.running += 1;
    try {
      const signal = AbortSignal.any([context.signal, this.#ports.abort]);
      const { call, step } = { call: filed.call.call, step: filed.step };
      const outcome = await context.tools.call({
        turn: this.#request.turn,
        step,
        call,
        providerCall: context.providerCall,
        name: exposed,
        input,
        signal,
      });
      return { isError: !outcome.ok, content: served(contentOf(outcome)) };
    } finally {
      this.running -= 1;
    }
  }
}

/** Claude Code takes text and images; it would put anything else into files a model without file tools cannot read. */
function served(content: readonly Content[]): readonly ServedContent[] {
  const parts = content.map((part): ServedContent => {
    switch (part.type) {
      case "text":
        return { type: "text", text: part.text };
      case "image":
        return { type: "image", data: part.base64, mimeType: part.mediaType };
      case "audio":
        return { type: "text", text: `[audio, ${part.mediaType}, ${part.base64.length} characters of base64, not shown]` };
      case "resource":
        return { type: "text", text: `[resource ${part.uri}]\n${part.text}` };
      case "link":
        return { type: "text", text: `[link ${part.uri}${part.title === undefined ? "" : ` ${part.title}`}]` };
    }
  });
  return parts.length > 0 ? parts : [{ type: "text", text: "(no output)" }];
}
