// What follows a step of a turn: it is recorded, asked for again, given up, or its calls are carried out.
import type { Usage } from "../core/index.ts";
import type { TurnPart } from "./contract.ts";
import { answerInText, decide } from "./end-of-step.ts";
import { isBrokenOff } from "./finish.ts";
import { nameTheTool } from "./name-the-tool.ts";
import { asksAgain, replyOf, type Reply } from "./reply.ts";
import { retryDelay } from "./retry.ts";
import { runOwnTools, type OwnRun } from "./run-calls.ts";
import { finishedParts, type StepState } from "./step-state.ts";
import type { StepEnd } from "./step.ts";
import { roundsUsed } from "./tool-rounds.ts";
import type { ToolTable } from "./tool-table.ts";
import { failureOf, troubleOf, type Trouble } from "./trouble.ts";
import { textOf, type Turn } from "./turn.ts";

/** Yields what happens; returns the turn's last part when it is over, null when the next step should follow. */
export type Phase = AsyncGenerator<TurnPart, TurnPart | null>;
export type Done = { readonly state: StepState; readonly table: ToolTable };

export function afterStep(turn: Turn, done: Done, end: StepEnd): Phase {
  switch (end.how) {
    case "dropped":
      return dropped(turn, done);
    case "failed":
      return failed(turn, done, nameTheTool(end.trouble, done.table));
    case "complete":
      return brokenOff(turn, done) ?? completed(turn, done);
  }
}

function modelStep(
  turn: Turn,
  state: StepState,
  rest: Pick<Extract<TurnPart, { type: "model-step" }>, "finish" | "parts"> & Partial<Extract<TurnPart, { type: "model-step" }>>,
): TurnPart {
  return {
    type: "model-step",
    step: turn.step,
    usage: state.usage,
    costUsd: null,
    model: state.model ?? turn.spec.modelId,
    ...(state.metadata === undefined ? {} : { metadata: state.metadata }),
    ...rest,
  };
}

function toolsLeftOut(turn: Turn): TurnPart {
  return turn.failed(failureOf("configuration", `${turn.context.provider}: the provider's SDK left the function tools out of the request`));
}

async function* dropped(turn: Turn, { state }: Done): Phase {
  if (state.toolsDropped) return toolsLeftOut(turn);
  yield modelStep(turn, state, { finish: "interrupted", parts: finishedParts(state), savedTokens: turn.meter.saved(state.characters) });
  return { type: "turn-finished", outcome: "interrupted" };
}

/** A failed request is made again where that can help; what it had brought is recorded as a step of its own and is no part of the conversation. */
async function* failed(turn: Turn, { state }: Done, trouble: Trouble): Phase {
  if (state.toolsDropped) return toolsLeftOut(turn);
  const parts = finishedParts(state);
  const spent = state.usage.inputTokens !== null || state.usage.outputTokens !== null;
  if (parts.length > 0 || spent) {
    yield modelStep(turn, state, { finish: "error", parts, costUsd: await costOf(turn, state.usage, state) });
    turn.step += 1;
  }
  turn.failures += 1;
  const again = trouble.malformedCall && !turn.corrected;
  if (again) turn.corrected = true;
  const delayMs = again ? 0 : retryDelay(trouble, turn.failures, turn.spec.io.random());
  if (delayMs === null) return turn.failed(trouble.failure, { text: textOf(parts) });
  yield { type: "retry-scheduled", attempt: turn.failures, delayMs, failure: trouble.failure };
  await pause(turn, delayMs);
  return null;
}

/** Ends early when the turn must stop; the loop looks at the signals itself. */
export async function pause(turn: Turn, delayMs: number): Promise<void> {
  const stop = AbortSignal.any([turn.ports.news, turn.ports.abort]);
  await turn.spec.io.clock.sleep(delayMs, stop).catch(() => undefined);
}

/** A reply the provider itself gave up is like one that was cut, unless it holds a whole call. */
function brokenOff(turn: Turn, done: Done): Phase | null {
  const { finish, parts } = done.state;
  if (finish === null || !isBrokenOff(finish) || parts.some((part) => part.type === "tool-call" && part.malformed === undefined))
    return null;
  const why = finish.raw === undefined || finish.raw === "error" ? "" : ` (${finish.raw})`;
  return failed(turn, done, troubleOf("overloaded", `${turn.context.provider}: the provider gave the reply up${why}`));
}

async function* completed(turn: Turn, done: Done): Phase {
  const { state, table } = done;
  if (state.toolsDropped) return toolsLeftOut(turn);
  const own: OwnRun = yield* runOwnTools(finishedParts(state), { table, signal: turn.ports.abort, step: turn.step, usage: state.usage });
  const reply = replyOf(turn, done, own);
  const again = asksAgain(turn, reply);
  const costUsd = await costOf(turn, own.usage, state);
  turn.meter.add(state.usage);
  // A step with the finish "error" is no part of the conversation: one that is asked for again is none, one that calls something is, however it ended.
  const finish = again ? "error" : reply.finish === "error" && reply.decisions.length + reply.tools.length > 0 ? "other" : reply.finish;
  yield modelStep(turn, state, { finish, parts: own.parts, usage: own.usage, costUsd });
  if (again) return yield* askAgain(turn, reply);
  if (finish !== "error") turn.messages.push({ role: "assistant", parts: own.parts });
  if (reply.finish === "content-filter" || reply.finish === "refusal") {
    return turn.failed(failureOf("refused", `${turn.context.provider}: ${reply.explained ?? reply.finish}`), { text: reply.text });
  }
  if (reply.explained !== null) {
    yield* turn.warnOnce(`${turn.context.provider}: ${reply.explained}`, "E_PROVIDER_REPLY", reply.advice);
  }
  if (reply.malformed) {
    if (turn.corrected)
      return turn.failed(failureOf("protocol", `${turn.context.provider}: ${reply.explained ?? "an unreadable tool call"}, twice`));
    turn.corrected = true;
  }
  turn.failures = 0;
  if (reply.tools.length + reply.ran > 0) yield* countRound(turn);
  const last = turn.decides ? await decide(turn, reply) : await answerInText(turn, reply);
  turn.step += 1;
  return last;
}

/** Providers report a dated name or an alias; one of the two names is usually in the price list. */
async function costOf({ spec }: Turn, usage: Usage, { model, cacheWrites }: StepState): Promise<number | null> {
  const paid = { ...usage, cacheWrites };
  const cost = model === null ? null : await spec.pricing(paid, model);
  return cost ?? (model === spec.modelId ? null : spec.pricing(paid, spec.modelId));
}

async function* askAgain(turn: Turn, { explained }: Reply): Phase {
  turn.corrected = true;
  turn.step += 1;
  const { failure } = troubleOf("protocol", `${turn.context.provider}: ${explained ?? "an empty reply"}`);
  yield { type: "retry-scheduled", attempt: 1, delayMs: 0, failure };
  return null;
}

function* countRound(turn: Turn): Generator<TurnPart> {
  turn.rounds += 1;
  if (!turn.toolsSpent) return;
  const { message, code } = roundsUsed(turn.context.provider, turn.maxRounds);
  yield* turn.warnOnce(message, code);
}
