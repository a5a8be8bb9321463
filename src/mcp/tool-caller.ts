// Carries out one agent's tool calls, every step a fact in the log: what was asked, whether it was allowed, how far it came, what it brought.
// Invariant: a call that may have an effect is in the log before it is sent.
import type { FoundTool } from "./agent-tools.ts";
import { capFor, checkInput, progressTeller, type ToolCallerOptions } from "./call-parts.ts";
import { verdictOn } from "./call-verdict.ts";
import type { RecordedCall, ToolCallRequest, ToolOutcome } from "./contract.ts";
import { contentOf, failed } from "./outcomes.ts";
import { RecordedCalls } from "./recorded-calls.ts";
import { countSampling } from "./count-sampling.ts";
import { SEARCH_TOOLS } from "./search-tools.ts";
import { sendCall } from "./send-call.ts";
import { effectOf } from "./tool-definition.ts";

export class ToolCaller {
  readonly #options: ToolCallerOptions;
  readonly #recorded: RecordedCalls;

  constructor(options: ToolCallerOptions) {
    this.#options = options;
    this.#recorded = new RecordedCalls(options);
  }

  /** Makes a recorded call. Never rejects. */
  carryOut(planned: RecordedCall): Promise<ToolOutcome> {
    return this.#recorded.carryOut(planned);
  }

  /** Never rejects. */
  async call(request: ToolCallRequest): Promise<ToolOutcome> {
    const { agent, clock, record, view } = this.#options;
    const began = clock.monotonic();
    const search = view.search(request.name, request.input);
    const found = search ? undefined : view.find(request.name);
    const ids = { agent, turn: request.turn, call: request.call, providerCall: request.providerCall, name: request.name };
    const planned = found !== undefined && this.#recorded.takes(request, found);
    const recorded = record({
      ...ids,
      type: "tool-call",
      step: request.step,
      server: found?.lease.server.name ?? null,
      tool: found?.definition.name ?? (search ? SEARCH_TOOLS : request.name),
      input: request.input,
      effect: found ? effectOf(found.definition) : search ? "read-only" : "unknown",
      ...(planned ? { recorded: planned } : {}),
    });
    recorded.catch(() => {}); // Looked at below; until then it must not count as unhandled.
    const counted = countSampling(request);
    const outcome = search?.outcome ?? (found ? await this.#carryOut(counted.request, found, recorded) : this.#unknown(request));
    const names = search?.names ?? (found ? [found.name] : []);
    try {
      await recorded;
      view.use(names);
      await record({
        ...ids,
        type: "tool-result",
        isError: !outcome.ok,
        code: outcome.ok ? null : outcome.code,
        content: contentOf(outcome),
        durationMs: Math.round((clock.monotonic() - began) * 1000) / 1000,
        ...(outcome.ok && outcome.cached ? { cached: true as const } : {}),
        ...(search ? { found: names } : {}),
        ...counted.spent(),
      });
      return outcome;
    } catch (error) {
      return failed("server-error", `The call of ${request.name} could not be recorded: ${String(error)}`);
    }
  }

  #unknown({ name }: ToolCallRequest): ToolOutcome {
    const { view } = this.#options;
    const advice = view.searchable ? [`${SEARCH_TOOLS} finds the tools there are.`] : [];
    return failed("unknown-tool", [`There is no tool named ${name.slice(0, 100)}.`, ...advice, ...view.missing()].join(" "));
  }

  async #carryOut(request: ToolCallRequest, found: FoundTool, recorded: Promise<void>): Promise<ToolOutcome> {
    const { agent, clock, policy, record } = this.#options;
    try {
      if (this.#recorded.takes(request, found)) return await this.#recorded.record(request, found, recorded);
      const checked = checkInput(request.input, found);
      const input = checked instanceof Promise ? await checked : checked;
      if ("problem" in input) return input.problem;
      const judging = verdictOn({ agent, request: { ...request, input: input.value }, found }, policy, record);
      const judged = judging instanceof Promise ? await judging : judging;
      if (judged.verdict !== "allow" || effectOf(found.definition) !== "read-only") await Promise.all([recorded, judged.recorded]);
      if (judged.verdict !== "allow") return failed("denied", `The call of ${found.name} was not allowed: ${judged.reason}`);
      const { outcome } = await sendCall({
        found,
        input: input.value,
        signal: request.signal,
        origin: { ...request, agent },
        clock,
        onProgress: progressTeller(request, this.#options),
        cap: capFor(found, policy),
      });
      await judged.recorded;
      return outcome;
    } catch (error) {
      return failed("server-error", `The call of ${found.name} failed inside this program: ${String(error)}`);
    }
  }
}
