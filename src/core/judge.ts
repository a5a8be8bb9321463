// Judges the decisions of one finished step (rules 1, 9 and 12): at most one counts, every call gets a result, three attempts per turn.
import type { CallId, Label, TurnId } from "./ids.ts";
import type { DecisionFault, RunEvent } from "./events.ts";
import type { Json } from "./message.ts";
import type { Answer, OpenTurn, State } from "./state.ts";
import { candidatesAmong } from "./candidates.ts";
import { answerRecorded, voteRecorded } from "./decision-words.ts";
import { voteStands } from "./evolve-decisions.ts";
import { answerKey, plannedBy } from "./intents.ts";
import { nudgeFor } from "./prompts.ts";
import { nextAnswerId } from "./selectors.ts";
import { NEW_ANSWER, VOTE } from "./workflow-names.ts";

export type JudgedCall = {
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly input?: Json;
  readonly malformed?: string;
};

export type Judgement = {
  /** To be appended in order: the decision or its refusal first, so that a crash in between loses none; then one `tool-result` per call. */
  readonly events: readonly RunEvent[];
  /** The turn is over: a decision was accepted, or the attempts are used up. */
  readonly over: boolean;
  readonly accepted: boolean;
  readonly results: readonly { readonly call: CallId; readonly isError: boolean; readonly text: string }[];
  /** Said as a user message where there was no call to answer and another attempt is left. */
  readonly nudge: string | null;
};

export const MAX_ATTEMPTS = 3;

type Verdict =
  | { readonly ok: true; readonly event: RunEvent; readonly text: string }
  | { readonly ok: false; readonly fault: DecisionFault; readonly message: string };

/** `calls` are the `new_answer` and `vote` calls of a finished step; an empty list is a step that called nothing at all. */
export function judge(state: State, turn: TurnId, calls: readonly JudgedCall[]): Judgement {
  const open = state.council.members.find((member) => member.turn?.turn === turn)?.turn ?? null;
  if (open === null || open.decided) return closedTurn(calls);
  const verdict = verdictOn(state, open, calls);
  return verdict.ok ? acceptance(open, calls, verdict) : refusal(open, calls, verdict);
}

function verdictOn(state: State, open: OpenTurn, calls: readonly JudgedCall[]): Verdict {
  const [call, ...others] = calls;
  if (call === undefined) return refuse("none", "The message called no tool.");
  if (others.length > 0) return refuse("several", "Only one decision per turn: call exactly one tool, once. None of these calls counted.");
  if (call.name === NEW_ANSWER && open.mayAnswer) return judgeAnswer(state, open, call);
  if (call.name === VOTE && open.mayVote.length > 0) return judgeVote(state, open, call);
  return refuse("not-offered", `\`${call.name}\` is not offered in this turn.`);
}

function judgeAnswer(state: State, open: OpenTurn, call: JudgedCall): Verdict {
  const content = textField(call, "content");
  if (content === null) return refuse("malformed", "The arguments must be a JSON object with the text `content`.");
  if (content.trim() === "") return refuse("empty", "The answer is empty.");
  const twin = shownTwin(state, open, answerKey(content, plannedBy(state, open.agent)));
  if (twin !== null) return refuse("duplicate", `This equals the answer of ${twin}. If it is the best, vote for ${twin}.`);
  const late = state.council.decision !== null;
  const event = {
    type: "answer-submitted",
    agent: open.agent,
    turn: open.turn,
    answer: nextAnswerId(state, open.agent),
    content,
    late,
  } as const;
  return { ok: true, event, text: answerRecorded(late) };
}

function judgeVote(state: State, open: OpenTurn, call: JudgedCall): Verdict {
  const name = textField(call, "agent_id");
  if (name === null) return refuse("malformed", "The arguments must be a JSON object with the texts `agent_id` and `reason`.");
  const wanted = name.trim().toLowerCase();
  const chosen = shownUnder(
    state,
    open,
    open.mayVote.find((label) => label.toLowerCase() === wanted),
  );
  if (chosen === null) return refuse("unknown-label", `There is no answer with that label. The labels are: ${open.mayVote.join(", ")}.`);
  const reason = textField(call, "reason") ?? "";
  const event = { type: "vote-submitted", agent: open.agent, turn: open.turn, for: chosen.id, reason, shown: open.shown } as const;
  const stands = voteStands(state.council, chosen, open.seen);
  return { ok: true, event, text: voteRecorded(stands) };
}

/** The label under which the agent was shown an answer that is still current and equal to this one. */
function shownTwin({ council }: State, open: OpenTurn, key: string): Label | null {
  if (!council.currentKeys.has(key) || !open.seen.has(key)) return null;
  return candidatesAmong(council, open.shown).find((candidate) => candidate.key === key)?.label ?? null;
}

function shownUnder({ council }: State, open: OpenTurn, label: Label | undefined): Answer | null {
  const candidate = candidatesAmong(council, open.shown).find((each) => each.label === label);
  return candidate?.answers.find((answer) => answer.label === label) ?? null;
}

function textField({ input, malformed }: JudgedCall, field: string): string | null {
  if (malformed !== undefined || typeof input !== "object" || input === null || Array.isArray(input)) return null;
  const value: unknown = Object.hasOwn(input, field) ? Reflect.get(input, field) : undefined;
  return typeof value === "string" ? value : null;
}

function refuse(fault: DecisionFault, message: string): Verdict {
  return { ok: false, fault, message };
}

function acceptance(open: OpenTurn, calls: readonly JudgedCall[], { event, text }: Extract<Verdict, { ok: true }>): Judgement {
  const results = calls.map(({ call }) => ({ call, isError: false, text }));
  return { events: [event, ...toolResults(open, calls, { text, code: null })], over: true, accepted: true, results, nudge: null };
}

function refusal(open: OpenTurn, calls: readonly JudgedCall[], { fault, message }: Extract<Verdict, { ok: false }>): Judgement {
  const attempt = open.attempts + 1;
  const over = attempt >= MAX_ATTEMPTS;
  const nudge = calls.length === 0 && !over ? nudgeFor(open) : null;
  const event = {
    type: "decision-invalid",
    agent: open.agent,
    turn: open.turn,
    fault,
    attempt,
    message,
    ...(nudge === null ? {} : { nudge }),
  } as const;
  const results = calls.map(({ call }) => ({ call, isError: true, text: message }));
  return { events: [event, ...toolResults(open, calls, { text: message, code: fault })], over, accepted: false, results, nudge };
}

/** Calls of a turn that is not open change nothing; they are only answered. */
function closedTurn(calls: readonly JudgedCall[]): Judgement {
  const text = "This turn is over; the call did not count.";
  return { events: [], over: true, accepted: false, results: calls.map(({ call }) => ({ call, isError: true, text })), nudge: null };
}

function toolResults(
  open: OpenTurn,
  calls: readonly JudgedCall[],
  outcome: { readonly text: string; readonly code: string | null },
): readonly RunEvent[] {
  return calls.map(({ call, providerCall, name }): RunEvent => ({
    type: "tool-result",
    agent: open.agent,
    turn: open.turn,
    call,
    providerCall,
    name,
    isError: outcome.code !== null,
    code: outcome.code,
    content: [{ type: "text", text: outcome.text }],
    durationMs: 0,
  }));
}
