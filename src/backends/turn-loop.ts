// Our one agent loop: request, tool calls, decision, until the turn is over. It never throws; trouble is its last part.
import type { AssistantPart, FinishReason, ToolCallPart, ToolResult, Usage } from "../core/index.ts";
import type { DecisionReply, TurnPart } from "./contract.ts";
import { FailureError } from "./failure-error.ts";
import { explainFinish, finishReasonOf, isPaused } from "./finish.ts";
import { nameTheTool } from "./name-the-tool.ts";
import { retryDelay } from "./retry.ts";
import { runOwnTools, runTools, sortCalls, toDecision, type OwnRun, type SortedCalls } from "./run-calls.ts";
import { finishedParts, type StepState } from "./step-state.ts";
import { report } from "./provider-gate.ts";
import { StepReader, type StepEnd, type StepInput } from "./step.ts";
import type { ToolTable } from "./tool-table.ts";
import { failureOf, troubleOf, type Trouble } from "./trouble.ts";
import { outOfRounds, textOf, type Turn } from "./turn.ts";

/** Yields what happens; returns the turn's last part when it is over, null when the next step should follow. */
type Phase = AsyncGenerator<TurnPart, TurnPart | null>;
type Done = { readonly state: StepState; readonly table: ToolTable };

/** `open` may throw: a FailureError with its failure, anything else as a bug of ours that ends this turn only. */
export async function* turnLoop(title: string, open: () => Promise<Turn>): AsyncGenerator<TurnPart> {
  try {
    const turn = await open();
    await firstTools(turn);
    for (;;) {
      const ready = turn.stopped() ?? (yield* prepare(turn));
      if ("type" in ready) return void (yield ready);
      const step = new StepReader(ready.input);
      try {
        // Parts are handed on from here, not from a generator further in: see StepReader.
        for (let part = await step.next(); part !== null; part = await step.next()) yield part;
      } finally {
        step.release();
        report(turn.spec.gate, step.end);
      }
      const last = yield* HOW[step.end.how](turn, ready, step.end);
      if (last !== null) return void (yield last);
    }
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : failureOf("internal", `${title}: ${error instanceof Error ? error.message : String(error)}`);
    yield { type: "turn-finished", outcome: "failed", failure };
  }
}

/** Servers that were never seen before get a moment before the first request. */
async function firstTools({ request, ports }: Turn): Promise<void> {
  if (!request.useTools || ports.tools.pending().length === 0) return;
  await ports.tools.settled(request.limits.toolGraceMs, AbortSignal.any([ports.news, ports.abort]));
}

type Ready = { readonly input: StepInput; readonly state: StepState; readonly table: ToolTable };

/** The next request, or the turn's last part where there will be none. */
async function* prepare(turn: Turn): AsyncGenerator<TurnPart, TurnPart | Ready> {
  const waited = yield* throughGate(turn);
  if (waited !== null) return waited;
  const refusal = await turn.ports.admit();
  if (refusal !== null) {
    turn.spec.gate.released();
    return turn.failed(refusal);
  }
  const table = turn.tools();
  const input = turn.input(table);
  return { input, state: input.state, table };
}

/** What follows a step, by the way it ended. */
const HOW: { readonly [H in StepEnd["how"]]: (turn: Turn, done: Done, end: StepEnd) => Phase } = {
  dropped: (turn, done) => dropped(turn, done),
  complete: (turn, done) => completed(turn, done),
  failed: (turn, done, end) => failed(turn, done, end.how === "failed" ? nameTheTool(end.trouble, done.table) : unexplained(turn)),
};

const unexplained = (turn: Turn): Trouble => troubleOf("internal", `${turn.context.provider}: the request failed without a reason`);

/** Waits shorter than this are not worth a word. */
const WORTH_TELLING_MS = 1_000;

/** Waits until the account may be asked; the turn's last part where it never may, or the turn was stopped meanwhile. */
async function* throughGate(turn: Turn): Phase {
  for (;;) {
    const pass = turn.spec.gate.ask(turn.estimatedTokens());
    if (pass.go === true) return null;
    if (pass.go === "never") return turn.failed(pass.trouble.failure);
    if (pass.waitMs >= WORTH_TELLING_MS) yield* turn.warnOnce(`${turn.context.provider}: waiting because of ${pass.why}`, "E_PROVIDER_RATE");
    await pause(turn, pass.waitMs);
    const stopped = turn.stopped();
    if (stopped !== null) return stopped;
  }
}

function modelStep(turn: Turn, state: StepState, rest: Pick<Extract<TurnPart, { type: "model-step" }>, "finish" | "parts"> & Partial<Extract<TurnPart, { type: "model-step" }>>): TurnPart {
  return {
    type: "model-step", step: turn.step, usage: state.usage, costUsd: null, model: state.model ?? turn.spec.modelId,
    ...(state.metadata === undefined ? {} : { metadata: state.metadata }), ...rest,
  };
}

function toolsLeftOut(turn: Turn): TurnPart {
  return turn.failed(failureOf("configuration", `${turn.context.provider}: the provider's SDK left the function tools out of the request`));
}

async function* dropped(turn: Turn, { state }: Done): Phase {
  if (state.toolsDropped) return toolsLeftOut(turn);
  yield modelStep(turn, state, { finish: "interrupted", parts: finishedParts(state), savedTokens: turn.savedTokens(state) });
  return { type: "turn-finished", outcome: "interrupted" };
}

/** A failed request is made again where that can help; what it had brought is recorded as a step of its own and is no part of the conversation. */
async function* failed(turn: Turn, { state }: Done, trouble: Trouble): Phase {
  if (state.toolsDropped) return toolsLeftOut(turn);
  const parts = finishedParts(state);
  if (parts.length > 0) {
    yield modelStep(turn, state, { finish: "error", parts });
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
async function pause(turn: Turn, delayMs: number): Promise<void> {
  const stop = AbortSignal.any([turn.ports.news, turn.ports.abort]);
  await turn.spec.io.clock.sleep(delayMs, stop).catch(() => undefined);
}

async function* completed(turn: Turn, done: Done): Phase {
  const { state, table } = done;
  if (state.toolsDropped) return toolsLeftOut(turn);
  const own: OwnRun = yield* runOwnTools(finishedParts(state), { table, signal: turn.ports.abort, step: turn.step, usage: state.usage });
  const reply = replyOf(turn, done, own);
  const again = asksAgain(turn, reply);
  const costUsd = await costOf(turn, own.usage, state.model);
  turn.measure(state.usage);
  // A reply that is asked for again is no part of the conversation; one that calls something is, however it ended.
  const finish = again ? "error" : reply.finish === "error" && reply.decisions.length + reply.tools.length > 0 ? "other" : reply.finish;
  yield modelStep(turn, state, { finish, parts: own.parts, usage: own.usage, costUsd });
  if (again) return yield* askAgain(turn, reply);
  turn.messages.push({ role: "assistant", parts: own.parts });
  if (reply.finish === "content-filter" || reply.finish === "refusal") {
    return turn.failed(failureOf("refused", `${turn.context.provider}: ${reply.explained ?? reply.finish}`), { text: reply.text });
  }
  if (reply.explained !== null) {
    yield* turn.warnOnce(`${turn.context.provider}: ${reply.explained}`, "E_PROVIDER_REPLY", reply.finish === "length" ? "Raise max_tokens." : undefined);
  }
  if (reply.malformed) {
    if (turn.corrected) return turn.failed(failureOf("protocol", `${turn.context.provider}: ${reply.explained ?? "an unreadable tool call"}, twice`));
    turn.corrected = true;
  }
  turn.failures = 0;
  if (reply.tools.length + reply.ran > 0) yield* countRound(turn);
  const last = turn.decides ? await decide(turn, reply) : await answerInText(turn, reply);
  turn.step += 1;
  return last;
}

/** Providers report a dated name or an alias; one of the two names is usually in the price list. */
async function costOf({ spec }: Turn, usage: Usage, reported: string | null): Promise<number | null> {
  const cost = reported === null ? null : await spec.pricing(usage, reported);
  return cost ?? (reported === spec.modelId ? null : spec.pricing(usage, spec.modelId));
}

type Reply = SortedCalls & {
  readonly parts: readonly AssistantPart[];
  readonly text: string;
  readonly finish: FinishReason;
  readonly explained: string | null;
  readonly table: ToolTable;
  /** Own tools that ran in the step. */
  readonly ran: number;
  /** The provider wants to go on with its own tools. */
  readonly paused: boolean;
  readonly empty: boolean;
  /** Nothing but a tool call that the provider itself could not read. */
  readonly malformed: boolean;
};

function replyOf(turn: Turn, { state, table }: Done, { parts, ran }: OwnRun): Reply {
  const calls = sortCalls(parts, turn.decides, table);
  const called = calls.decisions.length + calls.tools.length + ran > 0;
  const text = textOf(parts);
  const empty = !called && text.trim() === "";
  const finish = state.finish === null ? "error" : finishReasonOf(state.finish);
  const explained = explainFinish(finish, state.finish?.raw, empty);
  const paused = state.finish !== null && isPaused(state.finish);
  return { ...calls, parts, text, finish, explained, table, ran, paused, empty, malformed: finish === "malformed-call" && !called };
}

/** Where nobody will ask the model to decide, an unreadable call or an unexplained empty reply is worth one more request. */
function asksAgain(turn: Turn, { malformed, empty, explained, paused }: Reply): boolean {
  return !turn.decides && !turn.corrected && !paused && (malformed || (empty && explained === null));
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
  yield* turn.warnOnce(`${turn.context.provider}: all ${turn.maxRounds} rounds of tool calls are used; only the decision is offered now`, "E_TOOL_ROUNDS");
}

async function decide(turn: Turn, calls: Reply): Promise<TurnPart | null> {
  const { ports, request, step } = turn;
  if (calls.tools.length > 0 && turn.rounds > turn.maxRounds) return turn.failed(outOfRounds(turn));
  const results = await runTools(calls.tools, { request, ports, table: calls.table, step });
  const unfinished = calls.decisions.length === 0 && (calls.tools.length > 0 || calls.ran > 0 || calls.paused);
  const reply = unfinished ? null : await ports.decide(step, calls.decisions.map((call) => toDecision(call, calls.table)));
  const all = [...results, ...(reply === null ? [] : decisionResults(calls.decisions, reply))];
  if (all.length > 0) turn.messages.push({ role: "tool", results: all });
  if (reply === null) return turn.stopped();
  if (reply.nudge !== null) turn.messages.push({ role: "user", text: reply.nudge });
  if (reply.accepted) return { type: "turn-finished", outcome: "decided" };
  if (reply.over) return turn.failed(failureOf("protocol", `${turn.context.provider}: no valid decision in the attempts allowed`, { code: "E_TURN_ATTEMPTS" }));
  return turn.stopped();
}

function decisionResults(calls: readonly ToolCallPart[], reply: DecisionReply): ToolResult[] {
  return calls.flatMap((call) => {
    const result = reply.results.find((one) => one.call === call.call);
    if (result === undefined) return [];
    return [{ call: call.call, providerCall: call.providerCall, name: call.name, isError: result.isError, content: [{ type: "text" as const, text: result.text }] }];
  });
}

/** How often a model may try to call something where nothing can be called. */
const LOST_ROUNDS = 2;

/** Chat and presentation: the turn ends with the first step that calls nothing. */
async function answerInText(turn: Turn, reply: Reply): Promise<TurnPart | null> {
  const { request, ports, step } = turn;
  const handedIn = contentOfAnswer(reply.tools);
  if (handedIn !== "") return { type: "turn-finished", outcome: "finished", text: handedIn, finish: "stop" };
  if (reply.tools.length + reply.ran === 0 && !reply.paused) return { type: "turn-finished", outcome: "finished", text: reply.text, finish: reply.finish };
  if (turn.rounds > (request.useTools ? turn.maxRounds : LOST_ROUNDS)) return turn.failed(outOfRounds(turn), { text: reply.text });
  const results = request.useTools ? await runTools(reply.tools, { request, ports, table: reply.table, step }) : reply.tools.map(notNow);
  if (results.length > 0) turn.messages.push({ role: "tool", results });
  return turn.stopped();
}

/** A model used to deciding may hand in its presentation as an answer. */
function contentOfAnswer(calls: readonly ToolCallPart[]): string {
  const input = calls.find((call) => call.name === "new_answer")?.input;
  const content = typeof input === "object" && input !== null && !Array.isArray(input) ? (input as { readonly content?: unknown }).content : undefined;
  return typeof content === "string" ? content : "";
}

function notNow(call: ToolCallPart): ToolResult {
  const text = "No tool can be called now. Write the answer itself.";
  return { call: call.call, providerCall: call.providerCall, name: call.name, isError: true, content: [{ type: "text", text }] };
}

