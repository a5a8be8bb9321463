// What should be running now, read from the state alone. Decides by level: the same state always gives the same plan, so a run
// that was taken up again goes on as if nothing had happened.
import type { CoordinationSettings } from "./settings.ts";
import type { Plan, PresentationPlan, TurnPlan } from "./plan-types.ts";
import type { Label } from "./ids.ts";
import type { Council, Intent, Member, State } from "./state.ts";
import { isEvaluationOpen, isHeldBack, livingMembers } from "./decide.ts";
import { intentsBehind } from "./intents.ts";
import { outcomeOf } from "./outcome.ts";
import { hasSettled } from "./tally.ts";

const NOTHING: Plan = { turns: [], intents: [], presentation: null, deadlines: [], end: null };
/** Steps dropped in a row after which the next one is let finish. */
const DROPS_TO_LET_FINISH = 2;
// one council is asked many times while models talk; its turns are worked out once
const plannedTurns = new WeakMap<Council, readonly TurnPlan[]>();

export function plan(state: State): Plan {
  const { run, council, ended } = state;
  if (run === null || ended !== null) return NOTHING;
  if (council.cancelled) return { ...NOTHING, end: outcomeOf(state) };
  if (council.decision === null) {
    const turns = turnsOf(council, run.settings);
    const isDead = livingMembers(council).length === 0;
    return { ...NOTHING, turns, deadlines: deadlinesOf(council, run.settings), end: isDead ? outcomeOf(state) : null };
  }
  const pending = pendingIntents(state);
  if (pending.length > 0) return { ...NOTHING, intents: callsOf(council.paused ? pending.filter(({ started }) => started) : pending) };
  const presentation = presentationOf(council);
  return { ...NOTHING, presentation, end: presentation === null && !awaitsPresentation(council) ? outcomeOf(state) : null };
}

/** What the chosen answer stands for and has no result yet. */
function pendingIntents(state: State): readonly Intent[] {
  const winner = state.council.decision?.winner;
  return winner ? intentsBehind(state, winner).filter(({ result }) => result === null) : [];
}

const callsOf = (intents: readonly Intent[]): Plan["intents"] => intents.map(({ call }) => call);

function awaitsPresentation({ members, decision, presentation }: Council): boolean {
  const winner = decision?.winner;
  const member = winner ? members[winner.ordinal] : undefined;
  return member !== undefined && members.length > 1 && member.info.presents && member.out === null && !presentation?.end;
}

function presentationOf(council: Council): PresentationPlan | null {
  const { decision, presentation, paused } = council;
  if (!decision?.winner || !awaitsPresentation(council) || (paused && presentation === null)) return null;
  return { agent: decision.winner.agent, answer: decision.winner.id, cause: decision.cause };
}

function deadlinesOf(council: Council, settings: CoordinationSettings): Plan["deadlines"] {
  const orchestrator = { deadline: "orchestrator", atMs: settings.orchestratorTimeoutMs } as const;
  if (council.members.length < 2 || isEvaluationOpen(council, settings)) return [orchestrator];
  return [{ deadline: "first-answers", atMs: settings.firstAnswerDeadlineMs }, orchestrator];
}

function turnsOf(council: Council, settings: CoordinationSettings): readonly TurnPlan[] {
  const known = plannedTurns.get(council);
  if (known !== undefined) return known;
  const now = outlook(council, settings);
  const turns = council.members.flatMap((member) => turnOf(member, now) ?? []);
  plannedTurns.set(council, turns);
  return turns;
}

/** What is the same for every agent at one moment. */
type Outlook = {
  readonly council: Council;
  readonly settings: CoordinationSettings;
  readonly shown: TurnPlan["shown"];
  readonly labels: readonly Label[];
  readonly mayEvaluate: boolean;
  /** Rules 8 and 13: agents that have answered may only vote. */
  readonly voteOnly: boolean;
};

function outlook(council: Council, settings: CoordinationSettings): Outlook {
  return {
    council,
    settings,
    shown: council.currentIds,
    labels: council.candidates.map(({ label }) => label),
    mayEvaluate: council.candidates.length > 1 && isEvaluationOpen(council, settings),
    voteOnly: council.voidedRounds >= settings.maxVoteRounds || livingMembers(council).length === 1,
  };
}

function turnOf(member: Member, now: Outlook): TurnPlan | null {
  if (member.turn?.decided) return asRunning(member, member.turn);
  if (member.out !== null || hasSettled(member)) return null;
  if (isHeldBack(member, now.council, now.settings)) return null;
  const turn = member.current === null ? firstTurn(member, now) : evaluationTurn(member, now);
  if (turn === null || !now.council.paused) return turn;
  return member.turn === null ? null : asRunning(member, member.turn);
}

function firstTurn(member: Member, now: Outlook): TurnPlan {
  const letFinish = member.drops >= DROPS_TO_LET_FINISH;
  const base = { agent: member.info.id, mayAnswer: true, letFinish };
  if (isChat(now)) return { ...base, kind: "chat", shown: [], mayAnswer: false, mayVote: [] };
  if (now.settings.firstAnswers === "together") return { ...base, kind: "first", shown: [], mayVote: [] };
  return { ...base, kind: member.hasVoted ? "evaluation" : "first", ...shownTo(member, now) };
}

function evaluationTurn(member: Member, now: Outlook): TurnPlan | null {
  if (!now.mayEvaluate) return null;
  const mayAnswer = !now.voteOnly && member.versions < now.settings.maxAnswersPerAgent;
  const letFinish = member.drops >= DROPS_TO_LET_FINISH;
  return { agent: member.info.id, kind: "evaluation", mayAnswer, letFinish, ...shownTo(member, now) };
}

/** A running turn whose requests have shown every current answer, or an equal one, is not outdated. */
function shownTo({ turn }: Member, { shown, labels }: Outlook): Pick<TurnPlan, "shown" | "mayVote"> {
  return turn === null || turn.outdated ? { shown, mayVote: labels } : { shown: turn.shown, mayVote: turn.mayVote };
}

/** A running turn that is left alone: it has decided, or the run is paused (then nothing new starts). */
function asRunning(member: Member, { kind, shown, mayAnswer, mayVote }: NonNullable<Member["turn"]>): TurnPlan {
  return { agent: member.info.id, kind, shown, mayAnswer, mayVote, letFinish: true };
}

function isChat({ council, settings }: Outlook): boolean {
  return council.members.length === 1 && settings.singleAgent === "chat";
}
