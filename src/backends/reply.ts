// A finished reply as the loop looks at it: what it calls, how it ended, and whether it is worth asking again.
import type { AssistantPart, FinishReason } from "../core/index.ts";
import { adviceFor, explainFinish, finishReasonOf, isPaused } from "./finish.ts";
import { sortCalls, type OwnRun, type SortedCalls } from "./run-calls.ts";
import type { StepState } from "./step-state.ts";
import type { ToolTable } from "./tool-table.ts";
import { textOf, type Turn } from "./turn.ts";

export type Reply = SortedCalls & {
  readonly parts: readonly AssistantPart[];
  readonly text: string;
  readonly finish: FinishReason;
  readonly explained: string | null;
  /** What people can do about how it ended. */
  readonly advice: string | undefined;
  readonly table: ToolTable;
  /** Own tools that ran in the step. */
  readonly ran: number;
  /** The provider wants to go on with its own tools. */
  readonly paused: boolean;
  readonly empty: boolean;
  /** Nothing but a tool call that the provider itself could not read. */
  readonly malformed: boolean;
};

export function replyOf(
  turn: Turn,
  { state, table }: { readonly state: StepState; readonly table: ToolTable },
  { parts, ran }: OwnRun,
): Reply {
  const calls = sortCalls(parts, turn.decides, table);
  const called = calls.decisions.length + calls.tools.length + ran > 0;
  const text = textOf(parts);
  const empty = !called && text.trim() === "";
  const finish = state.finish === null ? "error" : finishReasonOf(state.finish);
  const explained = explainFinish(finish, state.finish?.raw, empty);
  const paused = state.finish !== null && isPaused(state.finish);
  const advice = adviceFor(finish, state.finish?.raw);
  return { ...calls, parts, text, finish, explained, advice, table, ran, paused, empty, malformed: finish === "malformed-call" && !called };
}

/** Where nobody will ask the model to decide, an unreadable call or an unexplained empty reply is worth one more request. */
export function asksAgain(turn: Turn, { malformed, empty, explained, paused }: Reply): boolean {
  return !turn.decides && !turn.corrected && !paused && (malformed || (empty && explained === null));
}
