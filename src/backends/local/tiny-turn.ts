// How a model below 1B parameters takes a turn: the program decides what is to be done, the model only answers, ranks and fills in arguments.
import type { ToolResult } from "../../core/index.ts";
import type { TurnPart } from "../contract.ts";
import { bareQuestion, lastToolResult } from "./bare-question.ts";
import { chooseTool } from "./choose-tool.ts";
import { generate, preparePrompt } from "./generate.ts";
import { voteByLikelihood } from "./likelihood-vote.ts";
import type { LastPart, LocalTurn } from "./local-turn.ts";
import { streamText } from "./stream-text.ts";
import { textOfContent } from "./tool-text.ts";
import { writeArguments } from "./tool-arguments.ts";
import { EXAMPLE_SETS, tinyHistory } from "./worked-examples.ts";

const ANSWER_TOKENS = 200;
/** What of a tool's result a tiny model can take in. */
const RESULT_CHARACTERS = 600;
/** The only call comes before the answer, so slow servers are waited for longer than a model that may call later would. */
const TOOL_WAIT_MS = 20_000;
const TRIES = 4;

export async function* tinyTurn(turn: LocalTurn): AsyncGenerator<TurnPart, LastPart> {
  const { ballot, workflow, kind } = turn.request;
  const mayVote = ballot !== null && ballot.candidates.length > 0 && workflow.some(({ name }) => name === "vote");
  const mayAnswer = workflow.some(({ name }) => name === "new_answer");
  if (mayVote && (kind === "evaluation" || !mayAnswer)) return yield* voteByLikelihood(turn, ballot);
  const called = yield* callOneTool(turn);
  if ("last" in called) return called.last;
  return yield* answer(turn, called.result);
}

type Called = { readonly result: string | null } | { readonly last: LastPart };

/** At most one call per turn, before the answer. */
async function* callOneTool(turn: LocalTurn): AsyncGenerator<TurnPart, Called> {
  const { request, ports } = turn;
  const earlier = lastToolResult(request.messages);
  if (earlier !== null) return { result: resultText(earlier) };
  if (!request.useTools) return { result: null };
  await ports.tools.settled(Math.max(TOOL_WAIT_MS, request.limits.toolGraceMs), ports.abort);
  const tools = ports.tools.list();
  if (tools.length === 0) return { result: null };
  const refusal = turn.interrupted() ?? (await turn.begin());
  if (refusal !== null) return { last: refusal };
  const question = bareQuestion(request);
  const about = { question, signal: turn.signal, meter: turn.meter };
  const choice = await chooseTool(turn.bench, { ...about, tools });
  if (choice === null) return { result: null };
  turn.keep();
  const written = await writeArguments(turn.bench, { ...about, tool: choice.tool, sampling: turn.sampling(0) });
  const call = turn.toolCall(choice.tool.name, written);
  yield turn.modelStep([call], "tool-calls");
  const where = { turn: request.turn, step: turn.step, call: call.call, providerCall: call.providerCall, name: call.name };
  const outcome = await ports.tools.call({ ...where, input: "input" in written ? written.input : {}, signal: ports.abort });
  turn.step += 1;
  const stopped = turn.interrupted();
  if (stopped !== null) return { last: stopped };
  return { result: outcome.ok ? textOfContent(outcome.content, RESULT_CHARACTERS) : null };
}

function resultText({ isError, content }: ToolResult): string | null {
  return isError ? null : textOfContent(content, RESULT_CHARACTERS);
}

async function* answer(turn: LocalTurn, result: string | null): AsyncGenerator<TurnPart, LastPart> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const refusal = turn.interrupted() ?? (await turn.begin());
    if (refusal !== null) return refusal;
    const { text, end } = yield* streamAnswer(turn, result, attempt);
    if (turn.request.workflow.length === 0) {
      yield turn.modelStep([{ type: "text", text }], end);
      return { type: "turn-finished", outcome: "finished", text, finish: end };
    }
    const call = turn.toolCall("new_answer", { input: { content: text } });
    yield turn.modelStep([call], "tool-calls");
    const { last } = await turn.decide(call);
    if (last !== null) return last;
  }
  return turn.failed({ category: "protocol", code: "E_TURN_ATTEMPTS", message: `${turn.modelName}: no answer was accepted` });
}

type Answer = { readonly text: string; readonly end: "stop" | "length" };

async function* streamAnswer(turn: LocalTurn, result: string | null, attempt: number): AsyncGenerator<TurnPart, Answer> {
  const { ordinal } = turn.setup;
  const history = tinyHistory(bareQuestion(turn.request), ordinal + attempt, result);
  const spread = ordinal >= EXAMPLE_SETS ? ordinal : 0;
  const { text, end } = yield* streamText(
    turn,
    generate(turn.bench, {
      prompt: preparePrompt(turn.bench.engine, history),
      sampling: turn.sampling(attempt + spread),
      maxTokens: turn.maxTokens(ANSWER_TOKENS),
      signal: turn.signal,
      meter: turn.meter,
    }),
  );
  return { text: end === "length" ? endAtSentence(text) : text.trim(), end };
}

/** What was cut off in the middle ends with its last whole sentence. */
function endAtSentence(text: string): string {
  const whole = /^[\s\S]*[.!?](?=\s|$)/.exec(text.trim())?.[0];
  return whole ?? text.trim();
}
