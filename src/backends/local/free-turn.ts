// How a model of 1B parameters or more takes a turn: it chooses freely among decisions and tools, held to a grammar made from their schemas.
import type { Message, ToolCallPart, ToolResult } from "../../core/index.ts";
import { contentOf } from "../../mcp/index.ts";
import type { TurnPart } from "../contract.ts";
import { roundsUsed } from "../tool-rounds.ts";
import { chatHistory } from "./chat-history.ts";
import { generate, makeGrammar, preparePrompt, type Generated } from "./generate.ts";
import { isCompleteObject } from "./json-text.ts";
import type { LastPart, LocalTurn } from "./local-turn.ts";
import { streamText } from "./stream-text.ts";
import { asJsonCall, begunChoice, grammarOf, optionsOf, readChoice, type Option } from "./options-of-turn.ts";

const REPLY_TOKENS = 1024;

type State = { readonly turn: LocalTurn; readonly messages: Message[]; rounds: number; attempt: number };

export async function* freeTurn(turn: LocalTurn): AsyncGenerator<TurnPart, LastPart> {
  const { request, ports } = turn;
  if (request.useTools) await ports.tools.settled(request.limits.toolGraceMs, ports.abort);
  const state: State = { turn, messages: [...request.messages], rounds: 0, attempt: 0 };
  for (;;) {
    const refusal = turn.interrupted() ?? (await turn.begin());
    if (refusal !== null) return refusal;
    const last = yield* oneStep(state);
    if (last !== null) return last;
  }
}

async function* oneStep(state: State): AsyncGenerator<TurnPart, LastPart> {
  const { turn } = state;
  const { request, ports } = turn;
  const tools = request.useTools && state.rounds < request.limits.toolRounds ? ports.tools.list() : [];
  const options = optionsOf(request, tools);
  const plain = options.length === 1 && isPlain(options[0]);
  const reply = yield* write(state, options, plain);
  const chosen = plain ? plainChoice(options, reply.text) : readChoice(reply.text, options);
  if (chosen?.option.kind === "text") return yield* finish(turn, chosen.input, reply.end);
  const name = chosen?.option.name ?? begunChoice(reply.text) ?? "";
  if (chosen === null && name === "") return yield* withoutCall(state, reply);
  const call = turn.toolCall(name, chosen === null ? { malformed: reply.text } : { input: chosen.input });
  yield turn.modelStep([call], "tool-calls");
  state.messages.push({ role: "assistant", parts: [call] });
  if (!tools.some((tool) => tool.name === name)) return await decide(state, call);
  await callTool(state, call);
  if (state.rounds === request.limits.toolRounds) yield roundsUsed(turn.modelName, state.rounds);
  return null;
}

/** Answering in plain text is what models do best; a grammar is only for choices. */
function isPlain(option: Option | undefined): boolean {
  return option?.kind === "text" || option?.name === "new_answer";
}

function plainChoice(options: readonly Option[], text: string): ReturnType<typeof readChoice> {
  const option = options[0];
  return option === undefined ? null : { option, input: { content: text.trim() } };
}

async function* write(state: State, options: readonly Option[], plain: boolean): AsyncGenerator<TurnPart, Generated> {
  const { turn, messages } = state;
  const { bench, request } = turn;
  const prompt = preparePrompt(bench.engine, chatHistory(request.system, messages, options));
  const grammar = plain ? {} : { grammar: await makeGrammar(bench.engine, grammarOf(options)), complete: isCompleteObject };
  const writing = generate(bench, {
    prompt,
    sampling: turn.sampling(state.attempt),
    maxTokens: turn.maxTokens(REPLY_TOKENS),
    signal: turn.signal,
    meter: turn.meter,
    ...grammar,
  });
  return plain ? yield* streamText(turn, writing) : await unshown(turn, writing);
}

/** A choice is not shown while it is written; one that is no vote is let finish. */
async function unshown(turn: LocalTurn, writing: AsyncGenerator<string, Generated>): Promise<Generated> {
  let text = "";
  for (;;) {
    const { done, value } = await writing.next();
    if (done) return value;
    text += value;
    const begun = begunChoice(text);
    if (begun !== null && begun !== "vote") turn.keep();
  }
}

async function* finish(turn: LocalTurn, input: unknown, end: Generated["end"]): AsyncGenerator<TurnPart, LastPart> {
  const text = typeof input === "object" && input !== null && "content" in input && typeof input.content === "string" ? input.content : "";
  yield turn.modelStep([{ type: "text", text }], end);
  return { type: "turn-finished", outcome: "finished", text, finish: end };
}

async function* withoutCall(state: State, reply: Generated): AsyncGenerator<TurnPart, LastPart> {
  yield state.turn.modelStep([{ type: "text", text: reply.text }], reply.end);
  state.messages.push({ role: "assistant", parts: [{ type: "text", text: reply.text }] });
  return decide(state, null);
}

async function decide(state: State, call: ToolCallPart | null): Promise<LastPart> {
  const { last, reply } = await state.turn.decide(call);
  state.attempt += 1;
  if (last !== null) return last;
  if (call !== null)
    state.messages.push({
      role: "tool",
      results: reply.results.map((result) => ({ ...toResult(call, result.isError), content: [{ type: "text", text: result.text }] })),
    });
  if (reply.nudge !== null) state.messages.push({ role: "user", text: reply.nudge });
  return null;
}

async function callTool(state: State, call: ToolCallPart): Promise<void> {
  const { turn } = state;
  const { request, ports } = turn;
  const outcome = await ports.tools.call({
    turn: request.turn,
    step: turn.step,
    call: call.call,
    providerCall: call.providerCall,
    name: call.name,
    input: call.input ?? { malformed_arguments: asJsonCall(call) },
    signal: ports.abort,
  });
  state.messages.push({ role: "tool", results: [{ ...toResult(call, !outcome.ok), content: contentOf(outcome) }] });
  state.rounds += 1;
  turn.step += 1;
}

function toResult({ call, providerCall, name }: ToolCallPart, isError: boolean): Omit<ToolResult, "content"> {
  return { call, providerCall, name, isError };
}
