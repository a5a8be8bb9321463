// Carries out one agent's tool calls, every step a fact in the log: what was asked, whether it was allowed, how far it came, what it brought.
// Invariant: a call that may have an effect is in the log before it is sent.
import type { AgentId, Json } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import { neutralise } from "../security/index.ts";
import type { FoundTool, AgentView } from "./agent-tools.ts";
import { RESULT_BYTES, type ResultCap } from "./cap-result.ts";
import { verdictOn } from "./call-verdict.ts";
import type { BrokerPolicy, Recorder, ToolCallRequest, ToolOutcome } from "./contract.ts";
import { withoutOptionalNulls } from "./optional-nulls.ts";
import { contentOf, failed } from "./outcomes.ts";
import { compileValidator } from "./schema/index.ts";
import { sendCall, type Progress } from "./send-call.ts";
import { effectOf } from "./tool-definition.ts";
import { isRecord } from "./wire.ts";

export type ToolCallerOptions = {
  readonly agent: AgentId;
  readonly view: AgentView;
  readonly record: Recorder;
  readonly policy: BrokerPolicy;
  readonly clock: Clock;
};

const PROGRESS_EVERY_MS = 100;

export class ToolCaller {
  readonly #options: ToolCallerOptions;

  constructor(options: ToolCallerOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async call(request: ToolCallRequest): Promise<ToolOutcome> {
    const { agent, clock, record, view } = this.#options;
    const began = clock.monotonic();
    const found = view.find(request.name);
    const ids = { agent, turn: request.turn, call: request.call, providerCall: request.providerCall, name: request.name };
    const recorded = record({
      ...ids,
      type: "tool-call",
      step: request.step,
      server: found?.lease.server.name ?? null,
      tool: found?.definition.name ?? request.name,
      input: request.input,
      effect: found ? effectOf(found.definition) : "unknown",
    });
    recorded.catch(() => {}); // Looked at below; until then it must not count as unhandled.
    const outcome = found
      ? await this.#carryOut(request, found, recorded)
      : failed("unknown-tool", `There is no tool named ${request.name.slice(0, 100)}.`);
    try {
      await recorded;
      await record({
        ...ids,
        type: "tool-result",
        isError: !outcome.ok,
        code: outcome.ok ? null : outcome.code,
        content: contentOf(outcome),
        durationMs: Math.round((clock.monotonic() - began) * 1000) / 1000,
        ...(outcome.ok && outcome.cached ? { cached: true as const } : {}),
      });
      return outcome;
    } catch (error) {
      return failed("server-error", `The call of ${request.name} could not be recorded: ${String(error)}`);
    }
  }

  async #carryOut(request: ToolCallRequest, found: FoundTool, recorded: Promise<void>): Promise<ToolOutcome> {
    const { agent, clock, policy, record } = this.#options;
    try {
      const input = await checkInput(request, found);
      if ("problem" in input) return input.problem;
      const judged = await verdictOn({ agent, request: { ...request, input: input.value }, found }, policy, record);
      if (judged.verdict !== "allow" || effectOf(found.definition) !== "read-only") await Promise.all([recorded, judged.recorded]);
      if (judged.verdict !== "allow") return failed("denied", `The call of ${found.name} was not allowed: ${judged.reason}`);
      const { outcome } = await sendCall({
        found,
        input: input.value,
        signal: request.signal,
        clock,
        onProgress: this.#progressTeller(request),
        cap: capFor(found, policy),
      });
      await judged.recorded;
      return outcome;
    } catch (error) {
      return failed("server-error", `The call of ${found.name} failed inside this program: ${String(error)}`);
    }
  }

  #progressTeller({ turn, call }: ToolCallRequest): (progress: Progress) => void {
    const { agent, clock, record } = this.#options;
    let last = -Infinity;
    return ({ progress, total, message }) => {
      if (clock.monotonic() - last < PROGRESS_EVERY_MS) return;
      last = clock.monotonic();
      // A lost progress notice changes nothing, and the record of the result will fail too.
      record({
        agent,
        turn,
        call,
        type: "tool-progress",
        progress,
        total: total ?? null,
        message: message === undefined ? null : neutralise(message),
      }).catch(() => {});
    };
  }
}

function capFor({ definition, lease }: FoundTool, { keepResult, resultBytes = RESULT_BYTES }: BrokerPolicy): ResultCap {
  const keep = async (text: string): Promise<string | null> =>
    (await keepResult?.({ server: lease.server.name, tool: definition.name, text })) ?? null;
  return { limit: resultBytes, keep };
}

/** The arguments to send, or why they cannot be sent. */
async function checkInput(
  { input }: ToolCallRequest,
  { definition, name }: FoundTool,
): Promise<{ readonly value: Json } | { readonly problem: ToolOutcome }> {
  if (!isRecord(input)) return { problem: failed("invalid-input", `The arguments of ${name} must be an object.`) };
  const validate = await compileValidator(definition.inputSchema);
  const validation = validate(input);
  if (validation.ok) return { value: input };
  const shorter = withoutOptionalNulls(input, definition.inputSchema);
  if (validate(shorter).ok) return { value: shorter };
  return {
    problem: failed(
      "invalid-input",
      `The arguments of ${name} do not fit its schema: ${validation.problems.join("; ")}. Nothing was sent.`,
      true,
    ),
  };
}
