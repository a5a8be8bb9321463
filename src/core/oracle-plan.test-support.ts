// The oracle's second half, for tests only: what should be running after a log, and how the run ends. Also by re-reading it all.
import type { AgentId, AnswerId, Label } from "./ids.ts";
import type { Entry, EventOf } from "./events.ts";
import {
  agentsIn,
  answersIn,
  candidatesIn,
  decisionIn,
  forced,
  group,
  hasAnswered,
  isOpen,
  isOut,
  isSettled,
  living,
  newest,
  settingsIn,
  standingVote,
  startOf,
  textsShown,
  turnsIn,
  undecided,
  waitsAtGate,
  type Log,
  type Look,
  type Of,
  type OracleDecision,
} from "./oracle.test-support.ts";

export type OraclePlan = {
  readonly turns: readonly {
    readonly agent: AgentId;
    readonly kind: string;
    readonly shown: readonly AnswerId[];
    readonly mayAnswer: boolean;
    readonly mayVote: readonly Label[];
    readonly letFinish: boolean;
  }[];
  readonly intents: readonly string[];
  readonly presenter: AgentId | null;
  readonly deadlines: readonly string[];
  readonly end: {
    readonly outcome: string;
    readonly answer: string | null;
    readonly source: string | null;
    readonly winner: AnswerId | null;
    readonly cause: string | null;
    readonly degraded: number;
  } | null;
};

/** What the rules say should be running after this log. */
export function planIn(log: Log): OraclePlan {
  const nothing = { turns: [], intents: [], presenter: null, deadlines: [], end: null };
  if (startOf(log) === null || log.at(-1)?.type === "run-end") return nothing;
  if (isCancelled(log)) return { ...nothing, end: endOf(log) };
  const decided = decisionIn(log);
  if (decided === null) {
    const answers = answersIn(log);
    const look = { log, answers, candidates: group(log, answers) };
    const waits = agentsIn(log).length > 1 && !isOpen(look);
    return {
      ...nothing,
      turns: turnsWanted(look),
      deadlines: [...(waits ? ["first-answers"] : []), "orchestrator"],
      end: living(look).length === 0 ? endOf(log) : null,
    };
  }
  const intents = openIntents(log, decided);
  const wantedNow = isPaused(log) ? intents.filter(({ isBegun }) => isBegun) : intents;
  if (intents.length > 0) return { ...nothing, intents: wantedNow.map(({ call }) => call) };
  const wanted = presenterOf(log, decided);
  const presentation = presentationIn(log);
  if (wanted !== null) return { ...nothing, presenter: isPaused(log) && presentation === null ? null : wanted };
  return { ...nothing, end: endOf(log) };
}

const lastOf = (log: Log, test: (entry: Entry) => boolean): Entry | undefined => log.filter(test).at(-1);
const isCommand = (entry: Entry, name: string): boolean => entry.type === "command-received" && entry.command.name === name;
const isCancelled = (log: Log): boolean =>
  lastOf(log, (entry) => entry.type === "run-resumed" || isCommand(entry, "cancel"))?.type === "command-received";

function isPaused(log: Log): boolean {
  const last = lastOf(log, (entry) => entry.type === "run-resumed" || isCommand(entry, "pause") || isCommand(entry, "resume"));
  return last !== undefined && isCommand(last, "pause");
}

function turnsWanted(look: Look): OraclePlan["turns"] {
  return agentsIn(look.log).flatMap(({ id }) => turnWanted(look, id) ?? []);
}

function turnWanted(look: Look, agent: AgentId): OraclePlan["turns"][number] | null {
  const { log, answers, candidates } = look;
  const last = turnsIn(log, agent).at(-1);
  const running = last !== undefined && last.endAt === null ? last : null;
  const asItIs =
    running === null
      ? null
      : {
          agent,
          kind: running.start.kind,
          shown: running.start.shown,
          mayAnswer: running.start.mayAnswer,
          mayVote: running.start.mayVote,
          letFinish: true,
        };
  if (running !== null && running.decision !== null) return asItIs;
  if (isOut(log, agent) || isSettled(look, agent) || waitsAtGate(look, agent)) return null;
  const together = settingsIn(log)?.firstAnswers !== "as_they_come";
  const answered = hasAnswered(look, agent);
  if (answered && (candidates.length < 2 || !isOpen(look))) return null;
  if (isPaused(log)) return asItIs;
  const letFinish = dropsInARow(log, agent) >= 2;
  if (!answered && agentsIn(log).length === 1 && settingsIn(log)?.singleAgent === "chat")
    return { agent, kind: "chat", shown: [], mayAnswer: false, mayVote: [], letFinish };
  if (!answered && together) return { agent, kind: "first", shown: [], mayAnswer: true, mayVote: [], letFinish };
  const seen = running === null ? [] : textsShown(answers, running.start.shown, running.startAt);
  const fresh =
    running !== null &&
    newest(answers.filter(({ at }) => at < running.startAt))
      .concat(answers.filter(({ at }) => at > running.startAt))
      .every(({ text }) => seen.includes(text));
  const view =
    fresh && running !== null
      ? { shown: running.start.shown, mayVote: running.start.mayVote }
      : { shown: newest(answers).map(({ id }) => id), mayVote: candidates.map(({ label }) => label) };
  const hasVoted = turnsIn(log, agent).some(({ decision }) => decision?.type === "vote-submitted");
  return {
    agent,
    kind: answered || hasVoted ? "evaluation" : "first",
    mayAnswer: !answered || mayAnswerAgain(look, agent),
    letFinish,
    ...view,
  };
}

/** Rules 8 and 13. */
function mayAnswerAgain(look: Look, agent: AgentId): boolean {
  const { log, answers } = look;
  const settings = settingsIn(log);
  if (settings === undefined || living(look).length === 1) return false;
  if (answers.filter((answer) => answer.agent === agent).length >= settings.maxAnswersPerAgent) return false;
  const voided = answers.filter(({ at }) => {
    const before = log.slice(0, at);
    const after = log.slice(0, at + 1);
    return agentsIn(log).some(
      ({ id }) => standingVote(before, id, answersIn(before)) !== null && standingVote(after, id, answersIn(after)) === null,
    );
  });
  return voided.length < settings.maxVoteRounds;
}

/** Rule 11. */
function dropsInARow(log: Log, agent: AgentId): number {
  const steps = log.filter(
    (entry, at) => entry.type === "model-step" && entry.agent === agent && (isInTurn(log, at) || isInPresentation(log, at)),
  );
  const finished = steps.findLastIndex((entry) => entry.type === "model-step" && entry.finish !== "interrupted");
  return steps.length - 1 - finished;
}

function isInTurn(log: Log, at: number): boolean {
  const entry = log[at];
  if (entry?.type !== "model-step") return false;
  const last = turnsIn(log.slice(0, at), entry.agent).at(-1);
  return last !== undefined && last.endAt === null && last.start.turn === entry.turn;
}

function isInPresentation(log: Log, at: number): boolean {
  const entry = log[at];
  const open = presentationIn(log.slice(0, at));
  return (
    entry?.type === "model-step" && open !== null && open.end === null && open.start.turn === entry.turn && open.start.agent === entry.agent
  );
}

type OraclePresentation = { readonly start: Of<"presentation-start">; readonly end: Of<"presentation-end"> | null };

/** Rules 18 and 21: the winner's presentation; one that did not end before a resume never was. */
function presentationIn(log: Log): OraclePresentation | null {
  const decided = decisionIn(log);
  const winner = answersIn(log).find(({ id }) => id === decided?.winner)?.agent;
  let found: OraclePresentation | null = null;
  log.forEach((entry, at) => {
    if (decided === null || at <= decided.at || found?.end) return;
    if (entry.type === "run-resumed") found = null;
    if (entry.type === "presentation-start" && entry.agent === winner) found = { start: entry, end: null };
    if (entry.type === "presentation-end" && found !== null && found.start.turn === entry.turn) found = { start: found.start, end: entry };
  });
  return found;
}

function presenterOf(log: Log, decided: OracleDecision): AgentId | null {
  const winner = answersIn(log).find(({ id }) => id === decided.winner)?.agent;
  const agent = agentsIn(log).find(({ id }) => id === winner);
  if (agent === undefined || agentsIn(log).length === 1 || !agent.presents || isOut(log, agent.id) || presentationIn(log)?.end) return null;
  return agent.id;
}

type OracleIntent = {
  readonly call: string;
  readonly agent: AgentId;
  readonly at: number;
  readonly isBegun: boolean;
  readonly over: "done" | "failed" | null;
};

/** Rule 17; what was begun and not finished before a resume counts as failed. */
function intentsIn(log: Log): readonly OracleIntent[] {
  const known = agentsIn(log).map(({ id }) => id);
  return log.flatMap((entry, at) => {
    if (entry.type !== "intent-recorded" || !known.includes(entry.agent)) return [];
    if (log.slice(0, at).some((other) => other.type === "intent-recorded" && other.call === entry.call && known.includes(other.agent)))
      return [];
    const result = log.find(
      (other, later): other is Of<"intent-executed"> => later > at && other.type === "intent-executed" && other.call === entry.call,
    );
    const begunAt = log.findIndex((other, later) => later > at && other.type === "intent-started" && other.call === entry.call);
    const cutAt = begunAt < 0 ? -1 : log.findIndex((other, later) => later > begunAt && other.type === "run-resumed");
    const isCut = cutAt >= 0 && (result === undefined || log.indexOf(result) > cutAt);
    const over = isCut || result?.isError ? "failed" : result ? "done" : null;
    return [{ call: entry.call, agent: entry.agent, at, isBegun: begunAt >= 0, over }];
  });
}

function openIntents(log: Log, decided: OracleDecision): readonly OracleIntent[] {
  const winner = answersIn(log).find(({ id }) => id === decided.winner);
  return intentsIn(log).filter(({ agent, at, over }) => winner !== undefined && agent === winner.agent && at < winner.at && over === null);
}

function endOf(log: Log): OraclePlan["end"] {
  const decided = decisionIn(log);
  const answers = answersIn(log);
  const presentation = presentationIn(log);
  const degraded = degradedCount(log);
  const cause = decided?.cause ?? null;
  const stored = answers.find(({ id }) => id === decided?.winner);
  if (isCancelled(log)) {
    const best =
      stored ??
      answers.find(
        ({ id }) => id === forced({ log: undecided(log), answers: answersIn(undecided(log)), candidates: candidatesIn(log) }, "").winner,
      );
    return {
      outcome: "interrupted",
      answer: best?.content ?? null,
      source: best ? "stored" : null,
      winner: stored?.id ?? null,
      cause,
      degraded,
    };
  }
  if (stored === undefined) return { outcome: "no-answer", answer: null, source: null, winner: null, cause, degraded };
  const text = presentation?.end?.outcome === "done" && presentation.end.text.trim() !== "" ? presentation.end.text : null;
  return {
    outcome: "answered",
    answer: text ?? stored.content,
    source: text === null ? "stored" : "presentation",
    winner: stored.id,
    cause,
    degraded,
  };
}

function degradedCount(log: Log): number {
  const decided = decisionIn(log);
  const outs = agentsIn(log).filter(({ id }) => isOut(log, id));
  const servers = log.filter(
    (entry, at) =>
      entry.type === "mcp-server-state" &&
      tellsServer(entry) &&
      entry.state !== "ready" &&
      !log
        .slice(at + 1)
        .some(
          (later) =>
            later.type === "mcp-server-state" && later.server === entry.server && later.agent === entry.agent && tellsServer(later),
        ),
  );
  const intents = intentsIn(log).filter(({ over }) => over === "failed");
  const carried = Map.groupBy(
    log.filter((entry) => entry.type === "changes-applied"),
    ({ path }) => path,
  );
  const conflicts = [...carried.values()].filter((entries) => (entries.at(-1)?.conflicts ?? []).length > 0);
  const cut = ["timeout", "answer-now", "budget"].includes(decided?.cause ?? "") ? 1 : 0;
  return cut + outs.length + servers.length + intents.length + conflicts.length + (lacksPresentation(log) ? 1 : 0);
}

/** Whether it says that a server works or does not: an attempt that is only beginning says neither. */
function tellsServer({ state, message }: EventOf<"mcp-server-state">): boolean {
  return state === "ready" || state === "failed" || (state === "reconnecting" && message !== undefined);
}

function lacksPresentation(log: Log): boolean {
  const winner = answersIn(log).find(({ id }) => id === decisionIn(log)?.winner)?.agent;
  const agent = agentsIn(log).find(({ id }) => id === winner);
  if (agent === undefined || agentsIn(log).length === 1 || !agent.presents) return false;
  const end = presentationIn(log)?.end;
  if (!end) return isOut(log, agent.id);
  return end.outcome !== "done" || end.text.trim() === "";
}
