// A second, deliberately slow reading of the coordination rules, for tests only. It keeps no state: every question re-reads the whole
// log, and it shares no code with `evolve`, `plan`, the tally or the candidates. Numbers are those of the rules.
import type { AgentId, AnswerId, Label } from "./ids.ts";
import type { Entry, EventOf, FailureCategory, RunAgent } from "./events.ts";

type Log = readonly Entry[];
type Of<Type extends Entry["type"]> = Extract<Entry, { type: Type }>;
type OracleTurn = { readonly start: Of<"turn-start">; readonly startAt: number; decisionAt: number | null; decision: Entry | null; endAt: number | null; end: Entry | null };
type OracleAnswer = { readonly id: AnswerId; readonly agent: AgentId; readonly text: string; readonly content: string; readonly at: number };
type OracleCandidate = { readonly text: string; readonly answers: readonly OracleAnswer[]; readonly label: Label };
export type OracleDecision = { readonly at: number; readonly winner: AnswerId | null; readonly cause: string };

/** The entries that count: from the first `run-start` to the end; an interrupted end is undone by a resume. */
export function effective(log: Log): Log {
  const kept: Entry[] = [];
  let closed: Of<"run-end"> | null = null;
  for (const entry of log) {
    if (kept.length === 0 && entry.type !== "run-start") continue;
    if (kept.length > 0 && entry.type === "run-start") continue;
    if (closed !== null && !(entry.type === "run-resumed" && closed.result.outcome === "interrupted")) continue;
    closed = entry.type === "run-end" ? entry : null;
    kept.push(entry);
  }
  return kept;
}

const startOf = (log: Log): Of<"run-start"> | null => (log[0]?.type === "run-start" ? log[0] : null);
const agentsIn = (log: Log): readonly RunAgent[] => startOf(log)?.agents ?? [];
const settingsIn = (log: Log) => startOf(log)?.settings;
const words = (text: string): string => text.split(/\s+/u).filter((word) => word !== "").join(" ");
const labelNumber = (label: Label): number => Number(/\d+$/u.exec(label)?.[0] ?? 0);

const begun = new WeakMap<Log, readonly OracleTurn[]>();

/** Rules 1 and 21: the turns that were really begun, each with its first decision and its end. */
function allTurns(log: Log): readonly OracleTurn[] {
  const turns: OracleTurn[] = begun.has(log) ? [...(begun.get(log) ?? [])] : [];
  if (begun.has(log)) return turns;
  log.forEach((entry, at) => {
    if (entry.type === "run-resumed") turns.filter(({ endAt }) => endAt === null).forEach((turn) => Object.assign(turn, { endAt: at, end: entry }));
    if (!("agent" in entry) || !("turn" in entry) || !agentsIn(log).some(({ id }) => id === entry.agent)) return;
    const own = turns.filter(({ start }) => start.agent === entry.agent);
    const open = own.find(({ endAt }) => endAt === null);
    if (entry.type === "turn-start" && open === undefined && !wasOut(own, log.slice(0, at))) {
      turns.push({ start: entry, startAt: at, decision: null, decisionAt: null, end: null, endAt: null });
    }
    if (open === undefined || open.start.turn !== entry.turn) return;
    if (entry.type === "turn-end") Object.assign(open, { endAt: at, end: entry });
    const knows = (id: AnswerId): boolean => turns.some(({ decision }) => decision?.type === "answer-submitted" && decision.answer === id);
    const counts = entry.type === "answer-submitted" ? !knows(entry.answer) : entry.type === "vote-submitted" && knows(entry.for);
    if (counts && open.decision === null) Object.assign(open, { decision: entry, decisionAt: at });
  });
  begun.set(log, turns);
  return turns;
}

function turnsIn(log: Log, agent: AgentId): readonly OracleTurn[] {
  return allTurns(log).filter(({ start }) => start.agent === agent);
}

const FOR_GOOD: readonly FailureCategory[] = ["authentication", "configuration"];
const MAY_PASS: readonly FailureCategory[] = ["authentication", "rate-limit", "quota", "overloaded", "network", "timeout"];

/** Rules 2, 3 and 21: whether the agent is out, from its turns and the resumes in between. */
function wasOut(turns: readonly OracleTurn[], log: Log): boolean {
  let out: FailureCategory | null = null;
  let strikes = 0;
  log.forEach((entry, at) => {
    const turn = turns.find((each) => each.endAt === at);
    if (turns.some((each) => each.decisionAt === at)) strikes = 0;
    if (entry.type === "run-resumed" && out !== null && MAY_PASS.includes(out)) {
      out = null;
      strikes = 1;
    }
    if (turn === undefined || entry.type !== "turn-end" || entry.outcome === "interrupted") return;
    const category = entry.failure?.category ?? "protocol";
    const isFatal = entry.outcome === "failed" && FOR_GOOD.includes(category);
    if (!isFatal && turn.decisionAt !== null) return;
    strikes += 1;
    if (isFatal || turn.start.kind !== "evaluation" || strikes >= 2) out = category;
  });
  return out !== null;
}

export function isOut(log: Log, agent: AgentId): boolean {
  return wasOut(turnsIn(log, agent), log);
}

/** Every accepted answer, in log order, late ones included. */
export function answersIn(log: Log): readonly OracleAnswer[] {
  return allTurns(log)
    .flatMap(({ decision, decisionAt }) =>
      decision?.type === "answer-submitted" && decisionAt !== null
        ? [{ id: decision.answer, agent: decision.agent, text: words(decision.content), content: decision.content, at: decisionAt }]
        : [])
    .sort((a, b) => a.at - b.at);
}

/** The log up to its decision: nothing after it counts for answers and votes. */
function undecided(log: Log): Log {
  return log.slice(0, (decisionIn(log)?.at ?? log.length) + 1);
}

function newest(answers: readonly OracleAnswer[]): readonly OracleAnswer[] {
  return answers.filter((answer, index) => !answers.slice(index + 1).some(({ agent }) => agent === answer.agent));
}

/** Rule 7. */
function group(log: Log, answers: readonly OracleAnswer[]): readonly OracleCandidate[] {
  const order = agentsIn(log).map(({ id }) => id);
  const texts = [...new Set(newest(answers).map(({ text }) => text))];
  return texts
    .map((text) => {
      const same = newest(answers).filter((answer) => answer.text === text).sort((a, b) => order.indexOf(a.agent) - order.indexOf(b.agent));
      const labels = agentsIn(log).filter(({ id }) => same.some(({ agent }) => agent === id)).map(({ label }) => label);
      return { text, answers: same, label: labels.reduce((low, each) => (labelNumber(each) < labelNumber(low) ? each : low)) };
    })
    .sort((a, b) => labelNumber(a.label) - labelNumber(b.label));
}

export function candidatesIn(log: Log): readonly OracleCandidate[] {
  return group(log, answersIn(undecided(log)));
}

/** Rule 10: the agent's last vote, unless an answer came before or after it that it had not seen, or its choice is gone. */
function standingVote(log: Log, agent: AgentId, answers: readonly OracleAnswer[]): EventOf<"vote-submitted"> | null {
  const last = turnsIn(log, agent).filter(({ decision }) => decision?.type === "vote-submitted").at(-1);
  if (last === undefined || last.decision?.type !== "vote-submitted" || last.decisionAt === null) return null;
  const vote = last.decision;
  const at = last.decisionAt;
  const seen = textsShown(answers, vote.shown, at);
  const choice = answers.find(({ id }) => id === vote.for)?.text;
  const hasSeen = newest(answers.filter((each) => each.at < at)).concat(answers.filter((each) => each.at > at)).every(({ text }) => seen.includes(text));
  const moments = [at, ...answers.filter((each) => each.at > at).map((each) => each.at)];
  const stayed = moments.every((moment) => newest(answers.filter((each) => each.at <= moment)).some(({ text }) => text === choice));
  return hasSeen && stayed ? vote : null;
}

function textsShown(answers: readonly OracleAnswer[], shown: readonly AnswerId[], before: number): readonly string[] {
  return answers.filter(({ id, at }) => at < before && shown.includes(id)).map(({ text }) => text);
}

export function votesIn(log: Log): readonly EventOf<"vote-submitted">[] {
  const part = undecided(log);
  return agentsIn(log).flatMap(({ id }) => standingVote(part, id, answersIn(part)) ?? []);
}

/** Rule 2: the last failed evaluation, where nothing was decided or is new since. */
function abstains(log: Log, agent: AgentId, answers: readonly OracleAnswer[]): boolean {
  const turns = turnsIn(log, agent);
  const failed = turns.filter((turn) => turn.end?.type === "turn-end" && turn.end.outcome !== "interrupted" && turn.decision === null && turn.start.kind === "evaluation").at(-1);
  if (failed === undefined || failed.endAt === null) return false;
  const at = failed.endAt;
  if (turns.some(({ decisionAt }) => decisionAt !== null && decisionAt > at)) return false;
  // an agent that came back on a resume abstains no longer
  if (log.some((entry, index) => entry.type === "run-resumed" && index > at && isOut(log.slice(0, index), agent))) return false;
  if (wasOut(turns, log.slice(0, at + 1))) return false;
  const seen = textsShown(answers, failed.start.shown, failed.startAt);
  return newest(answers.filter((each) => each.at < at)).concat(answers.filter((each) => each.at > at)).every(({ text }) => seen.includes(text));
}

type Look = { readonly log: Log; readonly answers: readonly OracleAnswer[]; readonly candidates: readonly OracleCandidate[] };

const living = ({ log }: Look): readonly RunAgent[] => agentsIn(log).filter(({ id }) => !isOut(log, id));
const hasAnswered = ({ answers }: Look, agent: AgentId): boolean => answers.some((answer) => answer.agent === agent);
const isSettled = ({ log, answers }: Look, agent: AgentId): boolean => standingVote(log, agent, answers) !== null || abstains(log, agent, answers);

/** Rule 5. */
function isOpen(look: Look): boolean {
  if (settingsIn(look.log)?.firstAnswers === "as_they_come") return true;
  if (look.log.some((entry) => entry.type === "deadline-reached" && entry.deadline === "first-answers")) return true;
  return living(look).every(({ id }) => hasAnswered(look, id));
}

type Place = { readonly candidate: OracleCandidate; readonly votes: number; readonly others: number };

/** Rule 15: the place of each candidate. */
function places({ log, answers, candidates }: Look): readonly Place[] {
  const votes = agentsIn(log).flatMap(({ id }) => standingVote(log, id, answers) ?? []);
  const order = agentsIn(log).map(({ id }) => id);
  return candidates
    .map((candidate) => {
      const own = votes.filter((vote) => answers.find(({ id }) => id === vote.for)?.text === candidate.text);
      const others = own.filter((vote) => !candidate.answers.some(({ agent }) => agent === vote.agent));
      return { candidate, votes: own.length, others: others.length };
    })
    .sort((a, b) => b.votes - a.votes || b.others - a.others || order.indexOf(a.candidate.answers[0]?.agent as AgentId) - order.indexOf(b.candidate.answers[0]?.agent as AgentId));
}

const winnerOf = (place: Place | undefined): AnswerId | null => place?.candidate.answers[0]?.id ?? null;

/** Rule 20. */
function forced(look: Look, cause: string): Omit<OracleDecision, "at"> {
  const [first] = places(look);
  if (first !== undefined && first.votes > 0) return { winner: winnerOf(first), cause };
  const registered = agentsIn(look.log).find(({ id }) => hasAnswered(look, id));
  return { winner: newest(look.answers).find(({ agent }) => agent === registered?.id)?.id ?? null, cause };
}

/** Rules 7, 8, 14, 15 and 20, at the last entry of a log in which nothing was decided before. */
function verdict(log: Log): Omit<OracleDecision, "at"> | null {
  const answers = answersIn(log);
  const look = { log, answers, candidates: group(log, answers) };
  const last = log.at(-1);
  if (last?.type === "deadline-reached" && last.deadline === "orchestrator") return forced(look, "timeout");
  if (last?.type === "budget-state" && last.agent === null && last.exhausted) return forced(look, "budget");
  if (answers.length === 0) return null;
  if (log.some((entry) => entry.type === "command-received" && entry.command.name === "answer-now")) return forced(look, "answer-now");
  const alive = living(look);
  if (alive.length > 1 && alive.every(({ id }) => answers.filter(({ agent }) => agent === id).length === 1)) {
    const texts = new Set(alive.map(({ id }) => answers.find(({ agent }) => agent === id)?.text));
    if (texts.size === 1) return { winner: look.candidates.find(({ text }) => texts.has(text))?.answers[0]?.id ?? null, cause: "unanimous" };
  }
  if (look.candidates.length === 1 && alive.every(({ id }) => hasAnswered(look, id) || isSettled(look, id))) {
    return { winner: look.candidates[0]?.answers[0]?.id ?? null, cause: "single" };
  }
  if (!isOpen(look)) return null;
  const electorate = settingsIn(log)?.firstAnswers === "as_they_come" ? alive : alive.filter(({ id }) => hasAnswered(look, id));
  if (electorate.length === 0 && alive.length > 0) return null;
  const waiting = electorate.filter(({ id }) => !isSettled(look, id)).length;
  const [first, second] = places(look);
  const lead = (first?.votes ?? 0) - (second?.votes ?? 0);
  if (waiting > 0 && (settingsIn(log)?.earlyDecision !== true || lead <= waiting)) return null;
  return { winner: winnerOf(first), cause: second !== undefined && lead === 0 ? "tie" : "votes" };
}

const DECIDERS: readonly Entry["type"][] = ["answer-submitted", "vote-submitted", "turn-end", "deadline-reached", "budget-state", "command-received", "run-resumed"];
const decisions = new WeakMap<Log, OracleDecision | null>();

/** The first moment at which the log is decided. */
export function decisionIn(log: Log): OracleDecision | null {
  const known = decisions.get(log);
  if (known !== undefined) return known;
  const found = firstDecision(log);
  decisions.set(log, found);
  return found;
}

function firstDecision(log: Log): OracleDecision | null {
  for (let at = 0; at < log.length; at += 1) {
    if (!DECIDERS.includes(log[at]?.type ?? "warning")) continue;
    const found = verdict(log.slice(0, at + 1));
    if (found !== null) return { at, ...found };
  }
  return null;
}

export type OraclePlan = {
  readonly turns: readonly { readonly agent: AgentId; readonly kind: string; readonly shown: readonly AnswerId[]; readonly mayAnswer: boolean; readonly mayVote: readonly Label[]; readonly letFinish: boolean }[];
  readonly intents: readonly string[];
  readonly presenter: AgentId | null;
  readonly deadlines: readonly string[];
  readonly end: { readonly outcome: string; readonly answer: string | null; readonly source: string | null; readonly winner: AnswerId | null; readonly cause: string | null; readonly degraded: number } | null;
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
    return { ...nothing, turns: turnsWanted(look), deadlines: [...(waits ? ["first-answers"] : []), "orchestrator"], end: living(look).length === 0 ? endOf(log) : null };
  }
  const intents = openIntents(log, decided);
  if (intents.length > 0) return { ...nothing, intents };
  const wanted = presenterOf(log, decided);
  const presentation = presentationIn(log);
  if (wanted !== null) return { ...nothing, presenter: isPaused(log) && presentation === null ? null : wanted };
  return { ...nothing, end: endOf(log) };
}

const lastOf = (log: Log, test: (entry: Entry) => boolean): Entry | undefined => log.filter(test).at(-1);
const isCommand = (entry: Entry, name: string): boolean => entry.type === "command-received" && entry.command.name === name;
const isCancelled = (log: Log): boolean => lastOf(log, (entry) => entry.type === "run-resumed" || isCommand(entry, "cancel"))?.type === "command-received";

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
  const asItIs = running === null ? null : { agent, kind: running.start.kind, shown: running.start.shown, mayAnswer: running.start.mayAnswer, mayVote: running.start.mayVote, letFinish: true };
  if (running !== null && running.decision !== null) return asItIs;
  if (isOut(log, agent) || isSettled(look, agent)) return null;
  const together = settingsIn(log)?.firstAnswers !== "as_they_come";
  const answered = hasAnswered(look, agent);
  if (answered && (candidates.length < 2 || !isOpen(look))) return null;
  if (isPaused(log)) return asItIs;
  const letFinish = dropsInARow(log, agent) >= 2;
  if (!answered && agentsIn(log).length === 1 && settingsIn(log)?.singleAgent === "chat") return { agent, kind: "chat", shown: [], mayAnswer: false, mayVote: [], letFinish };
  if (!answered && together) return { agent, kind: "first", shown: [], mayAnswer: true, mayVote: [], letFinish };
  const seen = running === null ? [] : textsShown(answers, running.start.shown, running.startAt);
  const fresh = running !== null && newest(answers.filter(({ at }) => at < running.startAt)).concat(answers.filter(({ at }) => at > running.startAt)).every(({ text }) => seen.includes(text));
  const view = fresh && running !== null
    ? { shown: running.start.shown, mayVote: running.start.mayVote }
    : { shown: newest(answers).map(({ id }) => id), mayVote: candidates.map(({ label }) => label) };
  const hasVoted = turnsIn(log, agent).some(({ decision }) => decision?.type === "vote-submitted");
  return { agent, kind: answered || hasVoted ? "evaluation" : "first", mayAnswer: !answered || mayAnswerAgain(look, agent), letFinish, ...view };
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
    return agentsIn(log).some(({ id }) => standingVote(before, id, answersIn(before)) !== null && standingVote(after, id, answersIn(after)) === null);
  });
  return voided.length < settings.maxVoteRounds;
}

/** Rule 11. */
function dropsInARow(log: Log, agent: AgentId): number {
  const steps = log.filter((entry, at) => entry.type === "model-step" && entry.agent === agent && (isInTurn(log, at) || isInPresentation(log, at)));
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
  return entry?.type === "model-step" && open !== null && open.end === null && open.start.turn === entry.turn && open.start.agent === entry.agent;
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

/** Rule 17. */
function intentsIn(log: Log): readonly { readonly call: string; readonly agent: AgentId; readonly result: Of<"intent-executed"> | null }[] {
  const limit = decisionIn(log)?.at ?? Number.POSITIVE_INFINITY;
  const known = agentsIn(log).map(({ id }) => id);
  return log.flatMap((entry, at) => {
    if (entry.type !== "intent-recorded" || at > limit || !known.includes(entry.agent)) return [];
    if (log.slice(0, at).some((other) => other.type === "intent-recorded" && other.call === entry.call && known.includes(other.agent))) return [];
    const result = log.find((other, later): other is Of<"intent-executed"> => later > at && other.type === "intent-executed" && other.call === entry.call);
    return [{ call: entry.call, agent: entry.agent, result: result ?? null }];
  });
}

function openIntents(log: Log, decided: OracleDecision): readonly string[] {
  const winner = answersIn(log).find(({ id }) => id === decided.winner)?.agent;
  return intentsIn(log).filter(({ agent, result }) => agent === winner && result === null).map(({ call }) => call);
}

function endOf(log: Log): OraclePlan["end"] {
  const decided = decisionIn(log);
  const answers = answersIn(log);
  const presentation = presentationIn(log);
  const degraded = degradedCount(log);
  const cause = decided?.cause ?? null;
  const stored = answers.find(({ id }) => id === decided?.winner);
  if (isCancelled(log)) {
    const best = stored ?? answers.find(({ id }) => id === forced({ log: undecided(log), answers: answersIn(undecided(log)), candidates: candidatesIn(log) }, "").winner);
    return { outcome: "interrupted", answer: best?.content ?? null, source: best ? "stored" : null, winner: stored?.id ?? null, cause, degraded };
  }
  if (stored === undefined) return { outcome: "no-answer", answer: null, source: null, winner: null, cause, degraded };
  const text = presentation?.end?.outcome === "done" && presentation.end.text.trim() !== "" ? presentation.end.text : null;
  return { outcome: "answered", answer: text ?? stored.content, source: text === null ? "stored" : "presentation", winner: stored.id, cause, degraded };
}

function degradedCount(log: Log): number {
  const decided = decisionIn(log);
  const outs = agentsIn(log).filter(({ id }) => isOut(log, id));
  const servers = log.filter((entry, at) => entry.type === "mcp-server-state" && entry.state === "failed"
    && !log.slice(at + 1).some((later) => later.type === "mcp-server-state" && later.server === entry.server && later.agent === entry.agent && ["ready", "failed"].includes(later.state)));
  const intents = intentsIn(log).filter(({ result }) => result?.isError === true);
  const cut = ["timeout", "answer-now", "budget"].includes(decided?.cause ?? "") ? 1 : 0;
  return cut + outs.length + servers.length + intents.length + (lacksPresentation(log) ? 1 : 0);
}

function lacksPresentation(log: Log): boolean {
  const winner = answersIn(log).find(({ id }) => id === decisionIn(log)?.winner)?.agent;
  const agent = agentsIn(log).find(({ id }) => id === winner);
  if (agent === undefined || agentsIn(log).length === 1 || !agent.presents) return false;
  const end = presentationIn(log)?.end;
  if (!end) return isOut(log, agent.id);
  return end.outcome !== "done" || end.text.trim() === "";
}
