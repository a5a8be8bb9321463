// Calls that agents have planned instead of making them: which of them an answer stands for, and what became of each.
import { canonicalJson } from "./canonical-json.ts";
import type { AgentId, CallId } from "./ids.ts";
import type { Content, Json } from "./message.ts";
import type { Answer, Intent, State } from "./state.ts";
import { foldText } from "./fold-text.ts";

/** The planned calls that an answer of this agent would hand in now, in the order in which they were planned. */
export function plannedBy(state: Pick<State, "intents">, agent: AgentId): readonly Intent[] {
  return state.intents.filter((intent) => intent.agent === agent);
}

/** What makes two answers equal: the folded text, and the same planned calls in the same order. */
export function answerKey(content: string, intents: readonly Intent[]): string {
  return [foldText(content), ...intents.map(({ server, tool, input }) => canonicalJson([server, tool, input]))].join("\n");
}

/** The planned calls behind an answer. */
export function intentsBehind(state: Pick<State, "intents">, { intents }: Answer): readonly Intent[] {
  return intents.length === 0 ? [] : state.intents.filter(({ call }) => intents.includes(call));
}

/** `waiting`: not decided, not begun or not finished; `dropped`: decided for an answer that does not hold it. */
export type IntentFate = "waiting" | "done" | "failed" | "unknown" | "dropped";
export type IntentReport = {
  readonly agent: AgentId;
  readonly call: CallId;
  readonly server: string;
  readonly tool: string;
  readonly input: Json;
  readonly fate: IntentFate;
  /** What the server answered, or why the call failed; empty where it was never made. */
  readonly content: readonly Content[];
};

/** Every planned call of the run in the order of the log. */
export function intentReports(state: State): readonly IntentReport[] {
  return state.intents.map((intent) => {
    const { agent, call, server, tool, input, result } = intent;
    return { agent, call, server, tool, input, fate: fateOf(intent, state), content: result?.content ?? [] };
  });
}

function fateOf({ call, result }: Intent, { council: { decision } }: State): IntentFate {
  if (result !== null) return result.unknown ? "unknown" : result.isError ? "failed" : "done";
  return decision === null || decision.winner?.intents.includes(call) ? "waiting" : "dropped";
}
