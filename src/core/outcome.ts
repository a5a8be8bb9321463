// How a run ended and why it is degraded: the facts that `run-end` records.
import type { RunOutcome } from "./events.ts";
import type { Answer, Council, Decision, State } from "./state.ts";
import { forceDecision } from "./decide.ts";

/** The outcome of a run with nothing left to do. */
export function outcomeOf(state: State): RunOutcome {
  const { decision, cancelled } = state.council;
  const degraded = degradedLines(state);
  if (cancelled) return { ...storedResult(state, decision), outcome: "interrupted", degraded };
  if (!decision?.winner) {
    return { outcome: "no-answer", answer: null, source: null, winner: null, cause: decision?.cause ?? null, degraded };
  }
  const presented = presentedText(state.council);
  const stored = storedResult(state, decision);
  return {
    ...stored,
    outcome: "answered",
    ...(presented === null ? {} : { answer: presented, source: "presentation" as const }),
    degraded,
  };
}

/** One line for each thing that went wrong, in a stable order; also asked for while the run goes on. */
export function degradedLines(state: State): readonly string[] {
  const { council } = state;
  return [
    ...causeLines(council),
    ...outLines(council),
    ...serverLines(state),
    ...intentLines(state),
    ...conflictLines(state),
    ...presentationLines(council),
  ];
}

/** What was presented, where a presentation has ended well and said something. */
function presentedText({ presentation }: Council): string | null {
  const end = presentation?.end;
  return end?.outcome === "done" && end.text.trim() !== "" ? end.text : null;
}

/** A cancelled run without a decision still hands out the best answer so far, but names no winner. */
function storedResult({ council }: State, decision: Decision | null): Omit<RunOutcome, "outcome" | "degraded"> {
  const best = (decision ?? forceDecision(council, "answer-now").decision)?.winner ?? null;
  const source = best === null ? null : "stored";
  return {
    answer: best?.content ?? null,
    source,
    winner: decision?.winner ? winnerOf(decision.winner) : null,
    cause: decision?.cause ?? null,
  };
}

function winnerOf({ agent, label, id }: Answer): NonNullable<RunOutcome["winner"]> {
  return { id: agent, label, answer: id };
}

function causeLines({ decision }: Council): readonly string[] {
  if (decision?.cause === "timeout") return ["The time limit ended the coordination before the agents had agreed."];
  if (decision?.cause === "budget") return ["The budget ended the coordination before the agents had agreed."];
  if (decision?.cause === "answer-now") return ["An answer was asked for before the agents had agreed."];
  return [];
}

function outLines({ members }: Council): readonly string[] {
  return members.flatMap(({ info, out }) => (out === null ? [] : [`${info.id} is out: ${out.message}`]));
}

function serverLines({ lostServers }: State): readonly string[] {
  return [...lostServers].map(([server, message]) => `MCP server ${server} was not available: ${message}`);
}

function intentLines({ intents }: State): readonly string[] {
  return intents.flatMap(({ tool, server, result }) =>
    result?.isError ? [`The recorded call of ${tool} (${server}) ${result.unknown ? "has an unknown outcome" : "failed"}.`] : [],
  );
}

function conflictLines({ conflicts }: State): readonly string[] {
  return [...conflicts].map(
    ([path, count]) =>
      `${count === 1 ? "One file" : `${count} files`} in ${path} had been changed meanwhile and did not get the answer's changes.`,
  );
}

function presentationLines(council: Council): readonly string[] {
  const { decision, members, presentation } = council;
  const winner = decision?.winner;
  const member = winner ? members[winner.ordinal] : undefined;
  if (member === undefined || members.length < 2 || !member.info.presents || presentedText(council) !== null) return [];
  const end = presentation?.end;
  if (!end && member.out === null) return [];
  const reason = end ? (end.failure?.message ?? (end.outcome === "done" ? "it was empty" : `it was ${end.outcome}`)) : "its agent is out";
  return [`The stored answer is the result, because there is no presentation: ${reason}`];
}
