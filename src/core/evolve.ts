// Reads one entry of the log into the state. Total: it never throws, and passes over what it does not know, what no open turn
// accounts for and what comes after the end. Streaming and bookkeeping events return the very same state.
import type { Entry, EventOf, RunEvent } from "./events.ts";
import { conclude, forceDecision } from "./decide.ts";
import { failTurn, reviveMember, startTurn } from "./evolve-turns.ts";
import { answerRecorded, OUTCOME_UNKNOWN, voteRecorded } from "./decision-words.ts";
import { recordAnswer, recordVote, viewOf, voteStands } from "./evolve-decisions.ts";
import { addToTalk, beginTurn, emptyTalk, noteToolCall, recordResult, recordStep, rewindPresentation } from "./evolve-talks.ts";
import type { CallId } from "./ids.ts";
import { plannedBy } from "./intents.ts";
import { canGoOn, memberOf } from "./selectors.ts";
import { initialState, type Council, type Intent, type Member, type State, type Talk } from "./state.ts";

type Handler<Type extends RunEvent["type"]> = (state: State, event: EventOf<Type>) => State;
type Handlers = { readonly [Type in RunEvent["type"]]: Handler<Type> };

/** The state after one more entry of the log. */
export function evolve(state: State, entry: Entry): State {
  if (!Object.hasOwn(handlers, entry.type)) return state;
  if (state.ended !== null && !(entry.type === "run-resumed" && canGoOn(state))) return state;
  if ((state.run === null) !== (entry.type === "run-start")) return state;
  // the table holds for each type the handler of that very type
  return (handlers[entry.type] as Handler<typeof entry.type>)(state, entry);
}

/** For displays, statistics and the runtime; coordination does not depend on it. */
const unchanged = (state: State): State => state;

const handlers: Handlers = {
  "run-start": (_, event) => ({
    ...initialState,
    run: {
      question: event.question,
      history: event.history,
      settings: event.settings,
      ordinals: new Map(event.agents.map(({ id }, ordinal) => [id, ordinal])),
    },
    council: { ...initialState.council, members: event.agents.map(newMember) },
    talks: event.agents.map(() => emptyTalk),
  }),
  "run-resumed": (stopped, { orchestratorTimeoutMs }) => {
    const state = withTimeout(goOnFrom(stopped), orchestratorTimeoutMs);
    const { council } = state;
    const presentation = council.presentation?.end === null ? null : council.presentation;
    const members = council.members.map(reviveMember);
    const intents = state.intents.map(closeIntent);
    return settle({ ...state, intents, ended: null }, { ...council, members, presentation, cancelled: false, paused: false });
  },
  "run-end": (state, event) => ({ ...state, ended: event.result }),
  "turn-start": (state, event) => {
    const member = memberOf(state, event.agent);
    if (member === null || member.out !== null || member.turn !== null) return state;
    return withTalk(withMember(state, startTurn(state.council, member, event)), member.ordinal, (talk) => beginTurn(talk, event.prompt));
  },
  "turn-end": (state, event) => {
    const member = inOpenTurn(state, event);
    if (member === null) return state;
    return settle(state, replaceMember(state.council, failTurn(member, event, state.council)));
  },
  "answer-submitted": (state, event) => {
    const member = inOpenTurn(state, event);
    if (member === null || member.turn?.decided !== false || state.council.answers.has(event.answer)) return state;
    const text = answerRecorded(state.council.decision !== null);
    const handedIn = { ...event, intents: plannedBy(state, event.agent) };
    return noteDecision(settle(state, recordAnswer(state.council, member, handedIn)), member, text);
  },
  "vote-submitted": (state, event) => {
    const member = inOpenTurn(state, event);
    const target = state.council.answers.get(event.for);
    if (member === null || member.turn?.decided !== false || target === undefined) return state;
    const text = voteRecorded(voteStands(state.council, target, viewOf(state.council, event.shown).seen));
    return noteDecision(settle(state, recordVote(state.council, member, event)), member, text);
  },
  "decision-invalid": (state, event) => {
    const member = inOpenTurn(state, event);
    if (member === null || member.turn === null) return state;
    const counted = withMember(state, { ...member, turn: { ...member.turn, attempts: member.turn.attempts + 1 } });
    return withTalk(counted, member.ordinal, (talk) => addToTalk(talk, { kind: "user", text: event.nudge ?? "" }));
  },
  "deadline-reached": (state, event) => {
    if (event.deadline === "orchestrator") return forceEnd(state, "timeout");
    return settle(state, { ...state.council, firstAnswersClosed: true });
  },
  "budget-state": (state, event) => (event.agent === null && event.exhausted ? forceEnd(state, "budget") : state),
  "command-received": (state, { command }) => {
    const { council } = state;
    if (command.name === "answer-now") return settle(state, { ...council, answerNow: true });
    if (command.name === "cancel") return { ...state, council: { ...council, cancelled: true } };
    if (command.name === "pause") return { ...state, council: { ...council, paused: true } };
    if (command.name === "resume") return { ...state, council: { ...council, paused: false } };
    return state;
  },
  "presentation-start": (state, event) => {
    const { council } = state;
    const member = memberOf(state, event.agent);
    if (member === null || council.decision?.winner?.agent !== event.agent || council.presentation?.end) return state;
    const presentation = { agent: event.agent, turn: event.turn, end: null };
    const started = { ...replaceMember(council, { ...member, turns: member.turns + 1 }), presentation };
    return withTalk({ ...state, council: started }, member.ordinal, (talk) => rewindPresentation(talk, event.prompt));
  },
  "presentation-end": (state, event) => {
    const { presentation } = state.council;
    if (presentation === null || presentation.end !== null || presentation.turn !== event.turn) return state;
    const end = { outcome: event.outcome, text: event.text, failure: event.failure ?? null };
    return { ...state, council: { ...state.council, presentation: { ...presentation, end } } };
  },
  "model-step": (state, event) => {
    const member = inOpenTurn(state, event) ?? inPresentation(state, event);
    if (member === null) return state;
    const drops = event.finish === "interrupted" ? member.drops + 1 : 0;
    const counted = drops === member.drops ? state : withMember(state, { ...member, drops });
    return event.finish === "interrupted" || event.finish === "error"
      ? counted
      : withTalk(counted, member.ordinal, (talk) => recordStep(talk, event));
  },
  "tool-call": (state, event) => withTalkOf(state, event, (talk) => noteToolCall(talk, event)),
  "tool-result": (state, event) => withTalkOf(state, event, (talk) => recordResult(talk, event)),
  "intent-recorded": (state, event) => {
    if (memberOf(state, event.agent) === null) return state;
    if (state.intents.some(({ call }) => call === event.call)) return state;
    const { agent, turn, call, server, tool, input } = event;
    return { ...state, intents: [...state.intents, { agent, turn, call, server, tool, input, started: false, result: null }] };
  },
  "intent-started": (state, event) => withIntent(state, event.call, (intent) => ({ ...intent, started: true })),
  "intent-executed": (state, event) => {
    const result = { isError: event.isError, unknown: event.code === "outcome-unknown", content: event.content };
    return withIntent(state, event.call, (intent) => ({ ...intent, started: true, result }));
  },
  "mcp-server-state": (state, event) => {
    // Between two attempts, with a reason: lost until one succeeds.
    const lost = event.state === "failed" || (event.state === "reconnecting" && event.message !== undefined);
    if (!lost && event.state !== "ready") return state;
    const key = event.agent === null ? event.server : `${event.server} (${event.agent})`;
    if (event.state === "ready" && !state.lostServers.has(key)) return state;
    const lostServers = new Map(state.lostServers);
    lostServers.delete(key);
    if (lost) lostServers.set(key, event.message ?? "it failed");
    return { ...state, lostServers };
  },
  "snapshot-saved": (state, { answer, path, final }) => (final === true ? { ...state, keptFiles: { answer, path } } : state),
  "changes-applied": (state, { path, conflicts }) => {
    const left = new Map(state.conflicts);
    left.delete(path);
    if (conflicts.length > 0) left.set(path, conflicts.length);
    // The decision has changed the world: it is not taken back, whatever had forced it.
    return { ...state, conflicts: left, beforeForced: null };
  },
  "text-start": unchanged,
  "text-delta": unchanged,
  "text-end": unchanged,
  "reasoning-start": unchanged,
  "reasoning-delta": unchanged,
  "reasoning-end": unchanged,
  "retry-scheduled": unchanged,
  "tool-verdict": unchanged,
  "tool-progress": unchanged,
  "permission-asked": unchanged,
  "permission-answered": unchanged,
  "form-asked": unchanged,
  "form-answered": unchanged,
  "breaker-state": unchanged,
  "catalog-changed": unchanged,
  warning: unchanged,
};

/** Rule 20. */
function forceEnd(state: State, cause: "timeout" | "budget"): State {
  if (state.council.decision !== null) return state;
  return { ...state, council: forceDecision(state.council, cause), beforeForced: state };
}

/** What followed a forced decision that ended the run is undone; numbers that were given out stay used. */
function goOnFrom(state: State): State {
  const { ended, beforeForced, council } = state;
  if (ended === null || ended.outcome === "interrupted" || beforeForced === null) return state;
  const members = beforeForced.council.members.map((member, ordinal) => {
    const { turns, answerNumbers } = council.members[ordinal] ?? member;
    return { ...member, turns, answerNumbers };
  });
  return { ...beforeForced, council: { ...beforeForced.council, members } };
}

/** An intent that was begun has changed the world: the decision that began it is not taken back, whatever had forced it. */
function withIntent(state: State, call: CallId, change: (intent: Intent) => Intent): State {
  const index = state.intents.findIndex((intent) => intent.call === call && intent.result === null);
  const intent = state.intents[index];
  return intent === undefined ? state : { ...state, intents: state.intents.with(index, change(intent)), beforeForced: null };
}

/** What a former process had begun and not finished is not begun again. */
function closeIntent(intent: Intent): Intent {
  if (!intent.started || intent.result !== null) return intent;
  return { ...intent, result: { isError: true, unknown: true, content: [{ type: "text", text: OUTCOME_UNKNOWN }] } };
}

function withTimeout(state: State, orchestratorTimeoutMs: number | undefined): State {
  if (state.run === null || orchestratorTimeoutMs === undefined) return state;
  return { ...state, run: { ...state.run, settings: { ...state.run.settings, orchestratorTimeoutMs } } };
}

function newMember(info: Member["info"], ordinal: number): Member {
  return {
    info,
    ordinal,
    current: null,
    versions: 0,
    vote: null,
    hasVoted: false,
    abstention: null,
    failures: 0,
    out: null,
    turn: null,
    turns: 0,
    begun: false,
    answerNumbers: 0,
    drops: 0,
    lastShown: [],
    lastDecided: false,
  };
}

/** The state with a new council, after asking whether that decides the run. */
function settle(state: State, council: Council): State {
  return state.run === null ? state : { ...state, council: conclude(council, state.run.settings) };
}

function noteDecision(state: State, { ordinal }: Member, text: string): State {
  return withTalk(state, ordinal, (talk) => addToTalk(talk, { kind: "decided", text }));
}

function inOpenTurn(state: State, event: Pick<EventOf<"turn-end">, "agent" | "turn">): Member | null {
  const member = memberOf(state, event.agent);
  return member?.turn?.turn === event.turn ? member : null;
}

function inPresentation(state: State, event: Pick<EventOf<"turn-end">, "agent" | "turn">): Member | null {
  const { presentation } = state.council;
  const isOpen = presentation !== null && presentation.end === null;
  return isOpen && presentation.agent === event.agent && presentation.turn === event.turn ? memberOf(state, event.agent) : null;
}

function replaceMember(council: Council, member: Member): Council {
  return { ...council, members: council.members.with(member.ordinal, member) };
}

function withMember(state: State, member: Member): State {
  return { ...state, council: replaceMember(state.council, member) };
}

function withTalk(state: State, ordinal: number, change: (talk: Talk) => Talk): State {
  const talk = state.talks[ordinal];
  if (talk === undefined) return state;
  const changed = change(talk);
  return changed === talk ? state : { ...state, talks: state.talks.with(ordinal, changed) };
}

function withTalkOf(state: State, event: { readonly agent: Member["info"]["id"] }, change: (talk: Talk) => Talk): State {
  const member = memberOf(state, event.agent);
  return member === null ? state : withTalk(state, member.ordinal, change);
}
