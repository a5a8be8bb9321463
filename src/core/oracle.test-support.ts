// A second, deliberately slow reading of the coordination rules, for tests only. It keeps no state: every question re-reads the whole
// log, and it shares no code with `evolve`, `plan`, the tally or the candidates. Numbers are those of the rules.
import type { AgentId, AnswerId, Label } from "./ids.ts";
import type { Entry, EventOf, FailureCategory, RunAgent } from "./events.ts";

export type Log = readonly Entry[];
export type Of<Type extends Entry["type"]> = Extract<Entry, { type: Type }>;
type OracleTurn = {
  readonly start: Of<"turn-start">;
  readonly startAt: number;
  decisionAt: number | null;
  decision: Entry | null;
  endAt: number | null;
  end: Entry | null;
};
type OracleAnswer = {
  readonly id: AnswerId;
  readonly agent: AgentId;
  readonly text: string;
  readonly content: string;
  readonly at: number;
};
type OracleCandidate = { readonly text: string; readonly answers: readonly OracleAnswer[]; readonly label: Label };
export type OracleDecision = { readonly at: number; readonly winner: AnswerId | null; readonly cause: string };

/**
 * The entries that count: from the first `run-start` to the end. An interrupted end is undone by a resume; where time or budget had
 * ended the run, so is everything from the entry that forced the decision on. Where nobody was left, the end alone is undone, if
 * somebody's trouble may have passed.
 */
export function effective(log: Log): Log {
  const kept: Entry[] = [];
  let closed: Of<"run-end"> | null = null;
  for (const entry of log) {
    if (kept.length === 0 && entry.type !== "run-start") continue;
    if (kept.length > 0 && entry.type === "run-start") continue;
    if (closed !== null && entry.type !== "run-resumed") continue;
    if (closed !== null && closed.result.outcome === "no-answer" && closed.result.cause === null) {
      const before = [...kept];
      const outs = agentsIn(before).map(({ id }) => outFor(turnsIn(before, id), before));
      if (!outs.some((category) => category !== null && MAY_PASS.includes(category))) continue;
    } else if (closed !== null && closed.result.outcome !== "interrupted") {
      const decided = decisionIn([...kept]);
      if (![closed.result.cause, decided?.cause].every((cause) => cause === "timeout" || cause === "budget")) continue;
      // what has changed the world is not taken back
      if (kept.some((_, at) => at > (decided?.at ?? at) && carriesOut(kept, at))) continue;
      kept.length = decided?.at ?? kept.length;
    }
    closed = entry.type === "run-end" ? entry : null;
    kept.push(entry);
  }
  return kept;
}

/** Rule 17: what the agent had planned by then, each call once, as texts that are equal for equal calls. */
function plansBefore(log: Log, agent: AgentId, before: number): readonly string[] {
  const plans = new Map<string, string>();
  for (const entry of log.slice(0, before)) {
    if (entry.type !== "intent-recorded" || plans.has(entry.call) || !agentsIn(log).some(({ id }) => id === entry.agent)) continue;
    plans.set(entry.call, entry.agent === agent ? JSON.stringify([entry.server, entry.tool, entry.input]) : "");
  }
  return [...plans.values()].filter((text) => text !== "");
}

/** True where the entry begins or ends a call that was planned before and was not over. */
function carriesOut(log: Log, at: number): boolean {
  const entry = log[at];
  if (entry?.type !== "intent-started" && entry?.type !== "intent-executed") return false;
  const known = agentsIn(log).map(({ id }) => id);
  const recorded = log.findIndex((each) => each.type === "intent-recorded" && each.call === entry.call && known.includes(each.agent));
  if (recorded < 0 || recorded > at) return false;
  const since = log.slice(recorded, at);
  const begun = since.findIndex((each) => each.type === "intent-started" && each.call === entry.call);
  const isCut = begun >= 0 && since.slice(begun).some((each) => each.type === "run-resumed");
  return !isCut && !since.some((each) => each.type === "intent-executed" && each.call === entry.call);
}

export const startOf = (log: Log): Of<"run-start"> | null => (log[0]?.type === "run-start" ? log[0] : null);
export const agentsIn = (log: Log): readonly RunAgent[] => startOf(log)?.agents ?? [];
export const settingsIn = (log: Log) => startOf(log)?.settings;
const words = (text: string): string =>
  text
    .split(/\s+/u)
    .filter((word) => word !== "")
    .join(" ");
const labelNumber = (label: Label): number => Number(/\d+$/u.exec(label)?.[0] ?? 0);

const begun = new WeakMap<Log, readonly OracleTurn[]>();

/** Rules 1 and 21: the turns that were really begun, each with its first decision and its end. */
function allTurns(log: Log): readonly OracleTurn[] {
  const turns: OracleTurn[] = begun.has(log) ? [...(begun.get(log) ?? [])] : [];
  if (begun.has(log)) return turns;
  log.forEach((entry, at) => {
    if (entry.type === "run-resumed")
      turns.filter(({ endAt }) => endAt === null).forEach((turn) => Object.assign(turn, { endAt: at, end: entry }));
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

export function turnsIn(log: Log, agent: AgentId): readonly OracleTurn[] {
  return allTurns(log).filter(({ start }) => start.agent === agent);
}

const FOR_GOOD: readonly FailureCategory[] = ["authentication", "configuration"];
const MAY_PASS: readonly FailureCategory[] = ["authentication", "rate-limit", "quota", "overloaded", "network", "timeout", "budget"];

/** Rules 2, 3 and 21: whether the agent is out, from its turns and the resumes in between. */
const wasOut = (turns: readonly OracleTurn[], log: Log): boolean => outFor(turns, log) !== null;

function outFor(turns: readonly OracleTurn[], log: Log): FailureCategory | null {
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
  return out;
}

export function isOut(log: Log, agent: AgentId): boolean {
  return wasOut(turnsIn(log, agent), log);
}

/** Every accepted answer, in log order, late ones included. */
export function answersIn(log: Log): readonly OracleAnswer[] {
  return allTurns(log)
    .flatMap(({ decision, decisionAt }) =>
      decision?.type === "answer-submitted" && decisionAt !== null
        ? [
            {
              id: decision.answer,
              agent: decision.agent,
              text: [words(decision.content), ...plansBefore(log, decision.agent, decisionAt)].join("\n"),
              content: decision.content,
              at: decisionAt,
            },
          ]
        : [],
    )
    .sort((a, b) => a.at - b.at);
}

/** The log up to its decision: nothing after it counts for answers and votes. */
export function undecided(log: Log): Log {
  return log.slice(0, (decisionIn(log)?.at ?? log.length) + 1);
}

export function newest(answers: readonly OracleAnswer[]): readonly OracleAnswer[] {
  return answers.filter((answer, index) => !answers.slice(index + 1).some(({ agent }) => agent === answer.agent));
}

/** Rule 7. */
export function group(log: Log, answers: readonly OracleAnswer[]): readonly OracleCandidate[] {
  const order = agentsIn(log).map(({ id }) => id);
  const texts = [...new Set(newest(answers).map(({ text }) => text))];
  return texts
    .map((text) => {
      const same = newest(answers)
        .filter((answer) => answer.text === text)
        .sort((a, b) => order.indexOf(a.agent) - order.indexOf(b.agent));
      const labels = agentsIn(log)
        .filter(({ id }) => same.some(({ agent }) => agent === id))
        .map(({ label }) => label);
      return { text, answers: same, label: labels.reduce((low, each) => (labelNumber(each) < labelNumber(low) ? each : low)) };
    })
    .sort((a, b) => labelNumber(a.label) - labelNumber(b.label));
}

export function candidatesIn(log: Log): readonly OracleCandidate[] {
  return group(log, answersIn(undecided(log)));
}

/** Rule 10: the agent's last vote, unless an answer came before or after it that it had not seen, or its choice is gone. */
export function standingVote(log: Log, agent: AgentId, answers: readonly OracleAnswer[]): EventOf<"vote-submitted"> | null {
  const last = turnsIn(log, agent)
    .filter(({ decision }) => decision?.type === "vote-submitted")
    .at(-1);
  if (last === undefined || last.decision?.type !== "vote-submitted" || last.decisionAt === null) return null;
  const vote = last.decision;
  const at = last.decisionAt;
  const seen = textsShown(answers, vote.shown, at);
  const choice = answers.find(({ id }) => id === vote.for)?.text;
  const hasSeen = newest(answers.filter((each) => each.at < at))
    .concat(answers.filter((each) => each.at > at))
    .every(({ text }) => seen.includes(text));
  const moments = [at, ...answers.filter((each) => each.at > at).map((each) => each.at)];
  const stayed = moments.every((moment) => newest(answers.filter((each) => each.at <= moment)).some(({ text }) => text === choice));
  return hasSeen && stayed ? vote : null;
}

export function textsShown(answers: readonly OracleAnswer[], shown: readonly AnswerId[], before: number): readonly string[] {
  return answers.filter(({ id, at }) => at < before && shown.includes(id)).map(({ text }) => text);
}

export function votesIn(log: Log): readonly EventOf<"vote-submitted">[] {
  const part = undecided(log);
  return agentsIn(log).flatMap(({ id }) => standingVote(part, id, answersIn(part)) ?? []);
}

/** Rule 2: the last failed evaluation, where nothing was decided or is new since. */
function abstains(log: Log, agent: AgentId, answers: readonly OracleAnswer[]): boolean {
  const turns = turnsIn(log, agent);
  const failed = turns
    .filter(
      (turn) =>
        turn.end?.type === "turn-end" && turn.end.outcome !== "interrupted" && turn.decision === null && turn.start.kind === "evaluation",
    )
    .at(-1);
  if (failed === undefined || failed.endAt === null) return false;
  const at = failed.endAt;
  if (turns.some(({ decisionAt }) => decisionAt !== null && decisionAt > at)) return false;
  // an agent that came back on a resume abstains no longer
  if (log.some((entry, index) => entry.type === "run-resumed" && index > at && isOut(log.slice(0, index), agent))) return false;
  if (wasOut(turns, log.slice(0, at + 1))) return false;
  const seen = textsShown(answers, failed.start.shown, failed.startAt);
  return newest(answers.filter((each) => each.at < at))
    .concat(answers.filter((each) => each.at > at))
    .every(({ text }) => seen.includes(text));
}

export type Look = { readonly log: Log; readonly answers: readonly OracleAnswer[]; readonly candidates: readonly OracleCandidate[] };

export const living = ({ log }: Look): readonly RunAgent[] => agentsIn(log).filter(({ id }) => !isOut(log, id));
export const hasAnswered = ({ answers }: Look, agent: AgentId): boolean => answers.some((answer) => answer.agent === agent);
export const isSettled = ({ log, answers }: Look, agent: AgentId): boolean =>
  standingVote(log, agent, answers) !== null || abstains(log, agent, answers);

/** Rule 5. */
export function isOpen(look: Look): boolean {
  if (settingsIn(look.log)?.firstAnswers === "as_they_come") return true;
  if (look.log.some((entry) => entry.type === "deadline-reached" && entry.deadline === "first-answers")) return true;
  return living(look).every(({ id }) => hasAnswered(look, id));
}

/** The gate: agents behind the first two wait until these differ, one of them is out, or the time for first answers is over; open once, it stays open. */
export function waitsAtGate({ log, answers }: Look, agent: AgentId): boolean {
  const settings = settingsIn(log);
  const pair = agentsIn(log)
    .slice(0, 2)
    .map(({ id }) => id);
  if (settings?.gate !== true || settings.firstAnswers === "as_they_come" || pair.includes(agent)) return false;
  if (agentsIn(log).some(({ id }) => !pair.includes(id) && turnsIn(log, id).length > 0)) return false;
  if (log.some((entry) => entry.type === "deadline-reached" && entry.deadline === "first-answers") || pair.some((id) => isOut(log, id)))
    return false;
  const texts = pair.map((id) => newest(answers).find((answer) => answer.agent === id)?.text ?? null);
  return texts.includes(null) || texts[0] === texts[1];
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
    .sort(
      (a, b) =>
        b.votes - a.votes ||
        b.others - a.others ||
        order.indexOf(a.candidate.answers[0]?.agent as AgentId) - order.indexOf(b.candidate.answers[0]?.agent as AgentId),
    );
}

const winnerOf = (place: Place | undefined): AnswerId | null => place?.candidate.answers[0]?.id ?? null;

/** Rule 20. */
export function forced(look: Look, cause: string): Omit<OracleDecision, "at"> {
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
  const begun = alive.filter(({ id }) => !waitsAtGate(look, id));
  if (begun.length > 1 && begun.every(({ id }) => answers.filter(({ agent }) => agent === id).length === 1)) {
    const texts = new Set(begun.map(({ id }) => answers.find(({ agent }) => agent === id)?.text));
    if (texts.size === 1)
      return { winner: look.candidates.find(({ text }) => texts.has(text))?.answers[0]?.id ?? null, cause: "unanimous" };
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

const DECIDERS: readonly Entry["type"][] = [
  "answer-submitted",
  "vote-submitted",
  "turn-end",
  "deadline-reached",
  "budget-state",
  "command-received",
  "run-resumed",
];
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
