// Carries out the calls of a finished reply and finds out whether the turn is over.
import { isRecord, type ToolCallPart, type ToolResult } from "../core/index.ts";
import type { DecisionReply, TurnPart } from "./contract.ts";
import type { Reply } from "./reply.ts";
import { runTools, toDecision } from "./run-calls.ts";
import { failureOf } from "./trouble.ts";
import { outOfRounds } from "./tool-rounds.ts";
import type { Turn } from "./turn.ts";

/** The turn's last part, or null where the next step should follow. */
export async function decide(turn: Turn, calls: Reply): Promise<TurnPart | null> {
  const { ports, request, step } = turn;
  if (calls.tools.length > 0 && turn.rounds > turn.maxRounds) return turn.failed(outOfRounds(turn.context.provider, turn.maxRounds));
  const results = await runTools(calls.tools, { request, ports, table: calls.table, step });
  const unfinished = calls.decisions.length === 0 && (calls.tools.length > 0 || calls.ran > 0 || calls.paused);
  const reply = unfinished
    ? null
    : await ports.decide(
        step,
        calls.decisions.map((call) => toDecision(call, calls.table)),
      );
  const all = [...results, ...(reply === null ? [] : decisionResults(calls.decisions, reply))];
  if (all.length > 0) turn.messages.push({ role: "tool", results: all });
  if (reply === null) return turn.stopped();
  if (reply.nudge !== null) turn.messages.push({ role: "user", text: reply.nudge });
  if (reply.accepted) return { type: "turn-finished", outcome: "decided" };
  if (reply.over)
    return turn.failed(
      failureOf("protocol", `${turn.context.provider}: no valid decision in the attempts allowed`, { code: "E_TURN_ATTEMPTS" }),
    );
  return turn.stopped();
}

function decisionResults(calls: readonly ToolCallPart[], reply: DecisionReply): ToolResult[] {
  return calls.flatMap((call) => {
    const result = reply.results.find((one) => one.call === call.call);
    if (result === undefined) return [];
    return [
      {
        call: call.call,
        providerCall: call.providerCall,
        name: call.name,
        isError: result.isError,
        content: [{ type: "text" as const, text: result.text }],
      },
    ];
  });
}

/** How often a model may try to call something where nothing can be called. */
const LOST_ROUNDS = 2;

/** Chat and presentation: the turn ends with the first step that calls nothing. */
export async function answerInText(turn: Turn, reply: Reply): Promise<TurnPart | null> {
  const { request, ports, step } = turn;
  const handedIn = contentOfAnswer(reply.tools);
  if (handedIn !== "") return { type: "turn-finished", outcome: "finished", text: handedIn, finish: "stop" };
  if (reply.tools.length + reply.ran === 0 && !reply.paused)
    return { type: "turn-finished", outcome: "finished", text: reply.text, finish: reply.finish };
  if (turn.rounds > (request.useTools ? turn.maxRounds : LOST_ROUNDS))
    return turn.failed(outOfRounds(turn.context.provider, turn.maxRounds), { text: reply.text });
  const results = request.useTools ? await runTools(reply.tools, { request, ports, table: reply.table, step }) : reply.tools.map(notNow);
  if (results.length > 0) turn.messages.push({ role: "tool", results });
  return turn.stopped();
}

/** A model used to deciding may hand in its presentation as an answer. */
function contentOfAnswer(calls: readonly ToolCallPart[]): string {
  const input = calls.find((call) => call.name === "new_answer")?.input;
  const content = isRecord(input) ? input["content"] : undefined;
  return typeof content === "string" ? content : "";
}

function notNow(call: ToolCallPart): ToolResult {
  const text = "No tool can be called now. Write the answer itself.";
  return { call: call.call, providerCall: call.providerCall, name: call.name, isError: true, content: [{ type: "text", text }] };
}
