// The calls behind the chosen answer that were recorded instead of sent: made after the decision, one after the other, in the order of the log.
import type { CallId, Intent } from "../core/index.ts";
import type { Timer } from "../io/index.ts";
import { REDACTED } from "../log/index.ts";
import type { ToolFailureCode, ToolOutcome } from "../mcp/contract.ts";
import type { RunContext } from "./context.ts";
import { SERVERS_MS } from "./run-tools.ts";

/** How long a call may take to notice that it was stopped, in milliseconds. */
const NOTICE_MS = 2_000;

export class IntentWork {
  readonly #run: RunContext;
  readonly #over: () => void;
  #making: AbortController | null = null;

  /** `over` is called whenever a call is over. */
  constructor(run: RunContext, over: () => void) {
    this.#run = run;
    this.#over = over;
  }

  get busy(): boolean {
    return this.#making !== null;
  }

  /** Makes the call, unless one is being made. */
  begin(call: CallId | undefined): void {
    const intent = this.#run.state.intents.find((each) => each.call === call);
    if (intent === undefined || this.busy) return;
    const making = new AbortController();
    this.#making = making;
    let notice: Timer | null = null;
    const over = (): void => {
      notice?.cancel();
      if (this.#making !== making) return;
      this.#making = null;
      this.#over();
    };
    making.signal.addEventListener("abort", () => (notice = this.#run.options.clock.after(NOTICE_MS, over)));
    void this.#make(intent, making.signal).finally(over);
  }

  /** What is not begun stays so; what is under way is cancelled, and its outcome is unknown. */
  stop(): void {
    this.#making?.abort();
  }

  async #make(intent: Intent, signal: AbortSignal): Promise<void> {
    const { call } = intent;
    const outcome = await this.#send(intent, signal);
    const isOpen = this.#run.state.intents.some((each) => each.call === call && !each.started && each.result === null);
    // The MCP layer notes what it made; this is for what never came so far.
    if (!isOpen || signal.aborted || this.#run.over || outcome.ok) return;
    const content = [{ type: "text", text: outcome.message }] as const;
    // A log that cannot be written ends the run by itself.
    await this.#run.record({ type: "intent-executed", call, isError: true, code: outcome.code, content }).catch(() => {});
  }

  async #send({ agent, turn, call, server, tool, input }: Intent, signal: AbortSignal): Promise<ToolOutcome> {
    const tools = this.#run.tools?.forAgent(agent) ?? null;
    if (!tools?.carryOut) return impossible("server-gone", `The server ${server} is not part of this run; nothing was sent.`);
    if (JSON.stringify(input).includes(REDACTED) && this.#isOfFormerProcess(call))
      return impossible("invalid-input", "Its arguments hold a secret, which the log does not keep; nothing was sent.");
    if (tools.pending().includes(server)) await tools.settled(SERVERS_MS, signal);
    return tools.carryOut({ turn, call, server, tool, input, signal });
  }

  #isOfFormerProcess(call: CallId): boolean {
    return this.#run.options.resumeFrom?.some((entry) => entry.type === "intent-recorded" && entry.call === call) ?? false;
  }
}

function impossible(code: ToolFailureCode, message: string): ToolOutcome {
  return { ok: false, code, message, retryable: false };
}
