// Write once, by the winner: calls that are recorded while agents deliberate, and made after the decision.
// Invariant: a recorded call is in the log as begun before it is sent, so that nobody begins it again.
import { callRecorded, type CallId, type Json } from "../core/index.ts";
import type { FoundTool } from "./agent-tools.ts";
import { capFor, checkInput, progressTeller, type ToolCallerOptions } from "./call-parts.ts";
import { verdictOn } from "./call-verdict.ts";
import type { RecordedCall, ToolCallRequest, ToolOutcome } from "./contract.ts";
import { contentOf, failed } from "./outcomes.ts";
import { sendCall } from "./send-call.ts";
import { effectOf } from "./tool-definition.ts";
import { decideWrites } from "./writes.ts";

export class RecordedCalls {
  readonly #options: ToolCallerOptions;
  /** What the log holds has lost its secrets; calls recorded in this process are made as they were asked for. */
  readonly #inputs = new Map<CallId, Json>();

  constructor(options: ToolCallerOptions) {
    this.#options = options;
  }

  /** True where the call must not be sent now. */
  takes({ deliberating }: ToolCallRequest, { definition, lease }: FoundTool): boolean {
    if (deliberating !== true || effectOf(definition) === "read-only") return false;
    return decideWrites(lease.server, this.#options.writes ?? "everyone").writes === "winner";
  }

  /** Checks the call as if it were sent, and records it. Rejects when it cannot be recorded. */
  async record(request: ToolCallRequest, found: FoundTool, recorded: Promise<void>): Promise<ToolOutcome> {
    const { agent, policy, record } = this.#options;
    const { turn, call } = request;
    const checked = await checkInput(request.input, found);
    if ("problem" in checked) return checked.problem;
    const input = checked.value;
    const judged = await verdictOn({ agent, request: { ...request, input }, found, later: true }, policy, record);
    await recorded;
    if (judged.verdict !== "allow") return failed("denied", `The call of ${found.name} was not allowed: ${judged.reason}`);
    this.#inputs.set(call, input);
    const { server } = found.lease;
    await record({ type: "intent-recorded", agent, turn, call, server: server.name, tool: found.definition.name, name: found.name, input });
    return { ok: true, content: [{ type: "text", text: callRecorded(call) }] };
  }

  /** Never rejects. A call that is cancelled before it was begun is not noted: it can still be made. */
  async carryOut(planned: RecordedCall): Promise<ToolOutcome> {
    const { clock, record } = this.#options;
    const began = clock.monotonic();
    const outcome = await this.#make(planned).catch((error: unknown) =>
      failed("server-error", `The recorded call of ${planned.tool} failed inside this program: ${String(error)}`),
    );
    if (outcome === null) return failed("cancelled", `The recorded call of ${planned.tool} was cancelled before it was begun.`);
    try {
      await record({
        type: "intent-executed",
        call: planned.call,
        isError: !outcome.ok,
        ...(outcome.ok ? {} : { code: outcome.code }),
        content: contentOf(outcome),
        durationMs: Math.round((clock.monotonic() - began) * 1000) / 1000,
      });
      return outcome;
    } catch (error) {
      return failed("server-error", `The recorded call of ${planned.tool} could not be noted: ${String(error)}`);
    }
  }

  /** Null where it was cancelled before it was begun. */
  async #make({ turn, call, server, tool, input: logged, signal }: RecordedCall): Promise<ToolOutcome | null> {
    const { agent, clock, policy, record, view } = this.#options;
    const found = view.findTool(server, tool);
    if (found === undefined) return failed("unknown-tool", `There is no tool ${tool} of a server ${server} any more; nothing was sent.`);
    const request = { turn, call, step: 0, providerCall: call, name: found.name, input: this.#inputs.get(call) ?? logged, signal };
    const checked = await checkInput(request.input, found);
    if ("problem" in checked) return checked.problem;
    const input = checked.value;
    const judged = await verdictOn({ agent, request: { ...request, input }, found }, policy, record);
    await judged.recorded;
    if (signal.aborted) return null;
    if (judged.verdict !== "allow") return failed("denied", `The recorded call of ${found.name} was not allowed: ${judged.reason}`);
    await record({ type: "intent-started", call });
    const onProgress = progressTeller(request, this.#options);
    return (await sendCall({ found, input, signal, origin: { ...request, agent }, clock, onProgress, cap: capFor(found, policy) })).outcome;
  }
}
