// Sends one permitted call to its server: breaker, turn in the queue, time limits, and the outcome of whatever happens.
// Invariant: a call that may have got through is never sent again.
import { canonicalJson, type Json } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import type { FoundTool } from "./agent-tools.ts";
import { explainCallFailure, type CallFailure } from "./call-failure.ts";
import { CallLimit, NO_LIBRARY_TIMEOUT } from "./call-limit.ts";
import type { ResultCap } from "./cap-result.ts";
import type { Connection } from "./connection.ts";
import type { ToolOutcome } from "./contract.ts";
import { MCPError } from "./errors.ts";
import { callExtraTool } from "./extra-tools.ts";
import { LazySignal } from "./lazy-signal.ts";
import { failed, outcomeOf, unmeasured, type MeasuredOutcome } from "./outcomes.ts";
import type { CallOrigin } from "./server-questions.ts";
import { effectOf, toWire } from "./tool-definition.ts";

export type Progress = { readonly progress: number; readonly total?: number | undefined; readonly message?: string | undefined };
export type SendRequest = {
  readonly found: FoundTool;
  /** Fits the tool's schema already. */
  readonly input: Json;
  readonly signal: AbortSignal;
  /** Whose call it is, should the server ask something meanwhile. */
  readonly origin: CallOrigin;
  readonly clock: Clock;
  readonly onProgress: (progress: Progress) => void;
  /** How much of the result is given on; agents that share an answer share the cut. */
  readonly cap: ResultCap;
};

/** Rejects only for bugs. A read-only call may be answered by what another agent was just told. */
export function sendCall(request: SendRequest): Promise<MeasuredOutcome> {
  const {
    definition,
    lease: { agent, pooled },
  } = request.found;
  if (!definition.readOnly || !pooled.reads) return sendAlone(request);
  return pooled.reads.get(`${definition.name}\0${canonicalJson(request.input)}`, { agent, signal: request.signal }, () =>
    sendAlone(request),
  );
}

async function sendAlone(request: SendRequest): Promise<MeasuredOutcome> {
  const { found, clock, signal } = request;
  const { pooled, server } = found.lease;
  const until = pooled.breaker.openUntil();
  if (until !== null) return unmeasured(heldBack(found, until));
  const limit = new CallLimit(clock, signal, { totalMs: server.maxTotalTimeoutMs, silenceMs: server.callTimeoutMs });
  try {
    // Only what has to be waited for is waited for: of many calls at a time, the first shall leave before the last is prepared.
    limit.signal.throwIfAborted();
    const { inFlight } = found.lease;
    const leaveOwn = inFlight && (inFlight.tryEnter(false) ?? (await inFlight.enter(false, limit.signal)));
    try {
      return await inTurn(request, limit);
    } finally {
      leaveOwn?.();
    }
  } catch (error) {
    return unmeasured(neverSent(error, found, limit));
  } finally {
    limit.done();
  }
}

async function inTurn(request: SendRequest, limit: CallLimit): Promise<MeasuredOutcome> {
  const { definition, lease } = request.found;
  const alone = effectOf(definition) !== "read-only";
  const leave = lease.pooled.tryEnter(alone) ?? (await lease.pooled.enter(alone, limit.signal));
  try {
    return await underBreaker(request, limit);
  } finally {
    leave();
  }
}

async function underBreaker(request: SendRequest, limit: CallLimit): Promise<MeasuredOutcome> {
  const permit = request.found.lease.pooled.breaker.enter();
  if (permit.refusedUntil !== null) return unmeasured(heldBack(request.found, permit.refusedUntil));
  try {
    return await exchange(request, limit);
  } finally {
    permit.leave();
  }
}

/** Sends the call; once more where it provably did not get through the first time. */
async function exchange(request: SendRequest, limit: CallLimit): Promise<MeasuredOutcome> {
  const { pooled } = request.found.lease;
  for (let attempt = 1; ; attempt += 1) {
    limit.signal.throwIfAborted();
    const connection = pooled.ready ?? (await pooled.connected(limit.signal));
    if (!pooled.tools.has(request.found.definition.name)) return unmeasured(gone(request.found));
    if (pooled.rate) await pooled.rate.pass(limit.signal);
    const asking = new LazySignal(limit.signal); // What the server asked in the name of this call is over with it.
    const left = pooled.calling({
      ...request.origin,
      get signal() {
        return asking.signal;
      },
      hold: () => limit.hold(),
    });
    const began = request.clock.monotonic();
    try {
      const result = await callServer(connection, request, limit);
      pooled.answered(request.clock.monotonic() - began);
      return await outcomeOf(result, request.cap);
    } catch (error) {
      const failure = explain(error, { found: request.found, limit, connection });
      if (!failure.notSent || attempt > 1) return unmeasured(failed(failure.code, failure.message, failure.retryable));
    } finally {
      left();
      asking.end();
    }
  }
}

function callServer(connection: Connection, { found, input, onProgress }: SendRequest, limit: CallLimit): Promise<unknown> {
  const { definition } = found;
  limit.alive();
  const options = {
    signal: limit.signal,
    timeout: NO_LIBRARY_TIMEOUT,
    onprogress: (progress: Progress): void => {
      limit.alive();
      onProgress(progress);
    },
  };
  const values = input as Record<string, unknown>;
  if (definition.kind !== "tool") return callExtraTool(connection, { kind: definition.kind, input: values }, options);
  return connection.callTool({ name: definition.name, arguments: values }, toWire(definition), options);
}

type FailedAttempt = { readonly found: FoundTool; readonly limit: CallLimit; readonly connection: Connection };

/** Also tells the pool what the failure says about the server. */
function explain(error: unknown, { found, limit, connection }: FailedAttempt): CallFailure {
  const { pooled, server } = found.lease;
  const failure = explainCallFailure(error, {
    server: server.name,
    tool: found.definition.name,
    readOnly: found.definition.readOnly,
    endedBy: limit.endedBy,
    limitMs: limit.limitMs,
  });
  if (failure.connectionLost) pooled.lost(failure.message, connection);
  else if (failure.fault) pooled.fault(failure.fault);
  else if (limit.endedBy === null) pooled.answered(0);
  if (failure.staleCatalog) pooled.tools.refreshSoon();
  return failure;
}

function heldBack({ lease: { server } }: FoundTool, until: number): ToolOutcome {
  return failed(
    "breaker-open",
    `The server "${server.name}" failed repeatedly and is off until ${new Date(until).toISOString()}. Work without it until then.`,
  );
}

/** The list was read again since the call was asked for. */
function gone({ definition, lease: { server } }: FoundTool): ToolOutcome {
  return failed(
    "unknown-tool",
    `The tool "${definition.name}" of "${server.name}" is not there any more, or was set aside; nothing was sent.`,
  );
}

function neverSent(error: unknown, found: FoundTool, limit: CallLimit): ToolOutcome {
  const name = `The tool "${found.definition.name}" of "${found.lease.server.name}"`;
  if (limit.endedBy === "abort") return failed("cancelled", `${name} was cancelled before it began.`);
  if (limit.endedBy === "deadline")
    return failed("timeout", `${name} did not get its turn within ${limit.limitMs / 1000} s; nothing was sent.`, true);
  if (!(error instanceof MCPError)) throw error;
  return failed("server-gone", error.message, error.retryable);
}
