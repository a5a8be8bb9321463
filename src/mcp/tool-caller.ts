// Carries out one agent's tool calls: name, arguments, verdict, breaker, turn in the queue, call, conversion; every step a fact in the log.
// Invariant: a call that may have had an effect is never sent twice, and is in the log before it is sent.
import type { AgentId, Content, Effect, Json } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import { neutralise } from "../security/index.ts";
import type { FoundTool, AgentView } from "./agent-tools.ts";
import { explainCallFailure, type CallFailure } from "./call-failure.ts";
import { CallLimit } from "./call-limit.ts";
import type { Connection } from "./connection.ts";
import type { BrokerPolicy, PolicyVerdict, Recorder, ToolCallRequest, ToolFailureCode, ToolOutcome } from "./contract.ts";
import { convertToolResult, RESULT_LIMITS } from "./convert-result.ts";
import { MCPError } from "./errors.ts";
import { compileValidator } from "./schema/index.ts";
import { effectOf, toWire } from "./tool-definition.ts";
import { isRecord } from "./wire.ts";

export type CallObservation = {
  readonly agent: AgentId;
  readonly server: string | null;
  readonly tool: string;
  readonly effect: Effect;
  readonly input: Json;
  readonly outcome: ToolOutcome;
  readonly verdict: PolicyVerdict | null;
  readonly durationMs: number;
  readonly bytes: number;
};

export type ToolCallerOptions = {
  readonly agent: AgentId;
  readonly view: AgentView;
  readonly record: Recorder;
  readonly policy: BrokerPolicy;
  readonly clock: Clock;
  /** After each call; must not throw. */
  readonly observe: (call: CallObservation) => void;
};

/** Longer than any timer of the protocol library can count; our own limits end the call. */
const NO_LIBRARY_TIMEOUT = 2_147_483_647;
const PROGRESS_EVERY_MS = 100;

type Ids = Pick<ToolCallRequest, "turn" | "call">;
type Carried = { readonly outcome: ToolOutcome; readonly verdict: PolicyVerdict | null; readonly bytes: number };

export class ToolCaller {
  readonly #options: ToolCallerOptions;

  constructor(options: ToolCallerOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async call(request: ToolCallRequest): Promise<ToolOutcome> {
    const { agent, clock, view } = this.#options;
    const began = clock.monotonic();
    const found = view.find(request.name);
    const effect = found ? effectOf(found.definition) : "unknown";
    const ids = { agent, turn: request.turn, call: request.call };
    const server = found?.lease.server.name ?? null;
    const tool = found?.definition.name ?? request.name;
    const recorded = this.#options.record({ ...ids, type: "tool-call", step: request.step, providerCall: request.providerCall, name: request.name, server, tool, input: request.input, effect });
    recorded.catch(() => {}); // Looked at below; until then it must not count as unhandled.
    const { outcome, verdict, bytes } = found ? await this.#carryOut(request, found, recorded) : { outcome: unknownTool(request.name), verdict: null, bytes: 0 };
    const durationMs = Math.round((clock.monotonic() - began) * 1000) / 1000;
    try {
      await recorded;
      await this.#options.record({
        ...ids, type: "tool-result", providerCall: request.providerCall, name: request.name, isError: !outcome.ok, code: outcome.ok ? null : outcome.code,
        content: contentOf(outcome), durationMs, ...(outcome.ok && outcome.cached ? { cached: true as const } : {}),
      });
    } catch (error) {
      return failed("server-error", `The call of ${request.name} could not be recorded: ${String(error)}`);
    }
    this.#options.observe({ agent, server, tool, effect, input: request.input, outcome, verdict, durationMs, bytes });
    return outcome;
  }

  async #carryOut(request: ToolCallRequest, found: FoundTool, recorded: Promise<void>): Promise<Carried> {
    try {
      const problem = await checkInput(request.input, found);
      if (problem) return { outcome: problem, verdict: null, bytes: 0 };
      const verdict = await this.#verdict(request, found);
      if (verdict.verdict !== "allow") return { outcome: failed("denied", `The call of ${found.name} was not allowed: ${verdict.reason}`), verdict, bytes: 0 };
      if (effectOf(found.definition) !== "read-only") await recorded;
      return { ...(await this.#send(request, found)), verdict };
    } catch (error) {
      return { outcome: failed("server-error", `The call of ${found.name} failed inside this program: ${String(error)}`), verdict: null, bytes: 0 };
    }
  }

  async #verdict(request: ToolCallRequest, found: FoundTool): Promise<PolicyVerdict> {
    const given = await this.#judge(request, found);
    const ids = { agent: this.#options.agent, turn: request.turn, call: request.call };
    await this.#options.record({ ...ids, type: "tool-verdict", ...given });
    if (given.verdict !== "ask") return given;
    return this.#askPerson(request, { found, asked: given });
  }

  async #judge(request: ToolCallRequest, { definition, forbidden, lease }: FoundTool): Promise<PolicyVerdict> {
    if (forbidden !== null) return { verdict: "deny", rule: forbidden, reason: `\`${forbidden}\` of the server "${lease.server.name}" does not include it.` };
    const { checkCall } = this.#options.policy;
    if (!checkCall) return { verdict: "allow", rule: "default", reason: "no rule speaks against it" };
    try {
      return await checkCall({ agent: this.#options.agent, server: lease.server.name, tool: definition.name, effect: effectOf(definition), input: request.input });
    } catch (error) {
      return { verdict: "deny", rule: "policy-error", reason: `the policy could not be applied (${String(error)})` };
    }
  }

  async #askPerson(request: ToolCallRequest, { found, asked }: { readonly found: FoundTool; readonly asked: PolicyVerdict }): Promise<PolicyVerdict> {
    const { agent, policy, record } = this.#options;
    const ids = { agent, turn: request.turn, call: request.call };
    const question = { server: found.lease.server.name, tool: found.definition.name, input: request.input };
    await record({ ...ids, type: "permission-asked", ...question });
    const answer = await this.#answer(policy, { ...ids, ...question, effect: effectOf(found.definition) }, request.signal);
    await record({ ...ids, type: "permission-answered", ...answer });
    return answer.allow ? { ...asked, verdict: "allow" } : { ...asked, verdict: "deny", reason: `${asked.reason}; permission was not given` };
  }

  async #answer(policy: BrokerPolicy, question: Parameters<NonNullable<BrokerPolicy["ask"]>>[0], signal: AbortSignal): Promise<{ allow: boolean; by: "person" | "policy" }> {
    try {
      return policy.ask ? { ...(await policy.ask(question, signal)) } : { allow: false, by: "policy" };
    } catch {
      return { allow: false, by: "policy" }; // Fail closed: an aborted or broken question is no permission.
    }
  }

  async #send(request: ToolCallRequest, found: FoundTool): Promise<{ outcome: ToolOutcome; bytes: number }> {
    const { pooled, server } = found.lease;
    const limit = new CallLimit(this.#options.clock, request.signal, server.maxTotalTimeoutMs);
    try {
      const until = pooled.breaker.openUntil();
      if (until !== null) return { outcome: heldBack(found, until), bytes: 0 };
      const leave = await pooled.enter(effectOf(found.definition) !== "read-only", limit.signal);
      try {
        return await this.#underBreaker(request, found, limit);
      } finally {
        leave();
      }
    } catch (error) {
      return { outcome: neverSent(error, { found, limit }), bytes: 0 };
    } finally {
      limit.done();
    }
  }

  async #underBreaker(request: ToolCallRequest, found: FoundTool, limit: CallLimit): Promise<{ outcome: ToolOutcome; bytes: number }> {
    const permit = found.lease.pooled.breaker.enter();
    if (permit.refusedUntil !== null) return { outcome: heldBack(found, permit.refusedUntil), bytes: 0 };
    try {
      return await this.#exchange(request, found, limit);
    } finally {
      permit.leave();
    }
  }

  /** Sends the call; once more where it provably did not get through the first time. */
  async #exchange(request: ToolCallRequest, found: FoundTool, limit: CallLimit): Promise<{ outcome: ToolOutcome; bytes: number }> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await found.lease.pooled.connected(limit.signal);
      const began = this.#options.clock.monotonic();
      try {
        const result = await this.#callServer(connection, { request, found, limit });
        found.lease.pooled.answered(this.#options.clock.monotonic() - began);
        return toOutcome(result);
      } catch (error) {
        const failure = this.#explain(error, { found, limit, connection });
        if (!failure.notSent || attempt > 1) return { outcome: failed(failure.code, neutralise(failure.message), failure.retryable), bytes: 0 };
      }
    }
  }

  #callServer(connection: Connection, { request, found, limit }: { readonly request: ToolCallRequest; readonly found: FoundTool; readonly limit: CallLimit }): Promise<unknown> {
    const { definition, lease } = found;
    limit.watchSilence(lease.server.callTimeoutMs);
    const tellProgress = this.#progressTeller(request);
    return connection.callTool({ name: definition.name, arguments: request.input as Record<string, unknown> }, toWire(definition), {
      signal: limit.signal,
      timeout: NO_LIBRARY_TIMEOUT,
      onprogress: (progress) => {
        limit.alive();
        tellProgress(progress);
      },
    });
  }

  #progressTeller({ turn, call }: Ids): (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void {
    const { agent, clock, record } = this.#options;
    let last = -Infinity;
    return ({ progress, total, message }) => {
      if (clock.monotonic() - last < PROGRESS_EVERY_MS) return;
      last = clock.monotonic();
      record({ agent, turn, call, type: "tool-progress", progress, total: total ?? null, message: message === undefined ? null : neutralise(message) }).catch(() => {}); // A lost progress notice changes nothing; the result's record will fail too.
    };
  }

  #explain(error: unknown, { found, limit, connection }: { readonly found: FoundTool; readonly limit: CallLimit; readonly connection: Connection }): CallFailure {
    const { pooled, server } = found.lease;
    const failure = explainCallFailure(error, { server: server.name, tool: found.definition.name, readOnly: found.definition.readOnly, endedBy: limit.endedBy, limitMs: limit.limitMs });
    if (failure.connectionLost) pooled.lost(failure.message, connection);
    else if (failure.fault) pooled.fault(failure.fault);
    else if (limit.endedBy === null) pooled.answered(0);
    if (failure.staleCatalog) pooled.refresh();
    return failure;
  }
}

async function checkInput(input: Json, { definition, name }: FoundTool): Promise<ToolOutcome | null> {
  if (!isRecord(input)) return failed("invalid-input", `The arguments of ${name} must be an object.`);
  const validate = await compileValidator(definition.inputSchema);
  const validation = validate(input);
  return validation.ok ? null : failed("invalid-input", `The arguments of ${name} do not fit its schema: ${validation.problems.join("; ")}. Nothing was sent.`, true);
}

function heldBack({ lease: { server } }: FoundTool, until: number): ToolOutcome {
  return failed("breaker-open", `The server "${server.name}" failed repeatedly and is off until ${new Date(until).toISOString()}. Work without it until then.`);
}

function neverSent(error: unknown, { found, limit }: { readonly found: FoundTool; readonly limit: CallLimit }): ToolOutcome {
  const name = `The tool "${found.definition.name}" of "${found.lease.server.name}"`;
  if (limit.endedBy === "abort") return failed("cancelled", `${name} was cancelled before it began.`);
  if (limit.endedBy === "deadline") return failed("timeout", `${name} did not get its turn within ${limit.limitMs / 1000} s; nothing was sent.`, true);
  if (!(error instanceof MCPError)) throw error;
  return failed("server-gone", neutralise(error.message), error.retryable);
}

function toOutcome(result: unknown): { outcome: ToolOutcome; bytes: number } {
  const { content, isError, bytes } = convertToolResult(result, RESULT_LIMITS);
  if (!isError) return { outcome: { ok: true, content }, bytes };
  const first = content.find((item) => item.type === "text");
  return { outcome: { ok: false, code: "tool-error", message: first?.type === "text" ? first.text : "The tool reported an error.", retryable: false, content }, bytes };
}

const unknownTool = (name: string): ToolOutcome => failed("unknown-tool", `There is no tool named ${neutralise(name).slice(0, 100)}.`);

function failed(code: ToolFailureCode, message: string, retryable = false): ToolOutcome {
  return { ok: false, code, message, retryable };
}

function contentOf(outcome: ToolOutcome): readonly Content[] {
  return outcome.ok ? outcome.content : (outcome.content ?? [{ type: "text", text: outcome.message }]);
}
