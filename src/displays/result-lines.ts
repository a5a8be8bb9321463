// The end of a run in words: the vote table, why this answer, what it cost, where it is stored.
import type { IntentFate } from "../core/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { cost, duration, oneLine, plural, shortArguments, shortContent, shorten, tokens, votedFor } from "./format.ts";
import type { Line, Tone } from "./line.ts";

const REASON_WIDTH = 120;
const OUTCOME_WIDTH = 100;

/** What became of a call that was recorded instead of sent, for people. */
export const FATES: Readonly<Record<IntentFate, string>> = {
  waiting: "was not made yet",
  done: "was made once",
  failed: "failed",
  unknown: "has an unknown outcome and is not repeated",
  dropped: "was not made: its answer was not chosen",
};

const CAUSES: Readonly<Record<string, string>> = {
  votes: "most votes",
  unanimous: "all agents gave the same answer",
  single: "the only answer",
  tie: "a tie, decided by the order of the agents",
  timeout: "the time was over",
  "answer-now": "you asked for the answer now",
  budget: "the budget was used up",
};

/** How a run was decided, for people. */
export const causeInWords = (cause: string | null): string => (cause === null ? "not decided" : (CAUSES[cause] ?? cause));

const line = (tone: Tone, text: string): Line => ({ agent: null, tone, text });

/** What stands before the answer: votes and winner. Empty for a run without votes and winner. */
export function linesBeforeAnswer(result: RunResult): readonly Line[] {
  return [...voteTable(result), ...winnerLines(result)];
}

function voteTable(result: RunResult): readonly Line[] {
  if (result.votes.length === 0) return [];
  const width = Math.max(...result.votes.map(({ voter }) => voter.length));
  const rows = result.votes.map((vote) => {
    const { voter, reason } = vote;
    const why = oneLine(reason) === "" ? "" : `  ${shorten(oneLine(reason), REASON_WIDTH)}`;
    return line("note", `  ${voter.padEnd(width)} for ${votedFor(vote, result.winner)}${why}`);
  });
  return [line("heading", "Votes"), ...rows];
}

/** Whose answer won, or that there is none. */
export function winnerLines({ winner, votes, cause, source, exitCode }: RunResult): readonly Line[] {
  if (winner === null) return [line("bad", exitCode === 130 ? "Stopped before any agent gave an answer." : "No agent gave an answer.")];
  const got = votes.filter(({ forWinner }) => forWinner).length;
  const share = votes.length === 0 ? "" : `, ${got} of ${votes.length} votes`;
  const why = cause === null ? "" : ` (${causeInWords(cause)})`;
  const stored = source === "stored" ? "stored answer" : "answer";
  return [line("good", `The ${stored} of ${winner.id}: ${winner.answer}${share}${why}`)];
}

/** The use of servers' tools in one line; `massgen mcp stats` has the rest. */
function toolLines({ tools = [], runPath, runId }: RunResult): readonly Line[] {
  const rows = tools.filter(({ server }) => server !== null);
  if (rows.length === 0) return [];
  const sum = (key: "calls" | "errors" | "denials" | "cacheHits"): number => rows.reduce((total, row) => total + row[key], 0);
  const slowest = Math.max(...rows.map(({ p95 }) => p95 ?? 0));
  const parts = [
    `tools: ${plural(sum("calls"), "call")} of ${plural(new Set(rows.map(({ server }) => server)).size, "server")}`,
    ...(sum("errors") > sum("denials") ? [`${sum("errors") - sum("denials")} failed`] : []),
    ...(sum("denials") > 0 ? [`${sum("denials")} not allowed`] : []),
    ...(sum("cacheHits") > 0 ? [`${plural(sum("cacheHits"), "call")} saved`] : []),
    `slowest p95 ${duration(slowest)}`,
  ];
  return [line("note", `${parts.join("; ")}${runPath === null ? "" : ` (massgen mcp stats ${runId})`}`)];
}

/** What each agent of a team used. */
function agentLines({ agents }: RunResult): readonly Line[] {
  if (agents.length < 2) return [];
  return agents.map((agent) => line("note", `  ${agent.id}: ${plural(agent.steps, "step")}, ${tokens(agent.usage)}, ${cost(agent.cost)}`));
}

export type Footnotes = { readonly elapsedMs: number | null };

/** What stands after the answer: dissent, what went wrong, price, place, and how to go on. */
export function linesAfterAnswer(result: RunResult, { elapsedMs }: Footnotes): readonly Line[] {
  const spent = [
    elapsedMs === null ? [] : [duration(elapsedMs)],
    [tokens(result.usage).replace(/^(?=\d)/, "tokens: ")],
    [cost(result.cost, result.unpricedSteps)],
  ].flat();
  const resumable = result.resumable === true && result.runPath !== null;
  return [
    ...dissentLines(result),
    ...plannedLines(result),
    ...result.degraded.map((reason) => line("bad", `Degraded: ${reason}`)),
    line("note", spent.join("; ")),
    ...agentLines(result),
    ...toolLines(result),
    ...(result.workspace === null ? [] : [line("note", `Files of the answer: ${result.workspace}`)]),
    ...(result.runPath === null ? [] : [line("note", `Stored in ${result.runPath}`)]),
    ...(resumable ? [line("note", `Go on with: massgen resume ${result.runId}`)] : []),
    ...(result.runPath === null
      ? []
      : [
          line("note", `Look at it again with: massgen show ${result.runId}`),
          line("note", `Keep it as a file with: massgen export ${result.runId}`),
        ]),
  ];
}

/** What was done of what agents had planned, one line for each call of the chosen answer; the others are only counted. */
function plannedLines({ intents = [] }: RunResult): readonly Line[] {
  const made = intents.filter(({ fate }) => fate !== "dropped");
  const dropped = intents.length - made.length;
  return [
    ...made.map(({ server, tool, input, fate, content }) => {
      const came = content.length === 0 ? "" : `: ${shortContent(content, OUTCOME_WIDTH)}`;
      const what = `${server}/${tool} ${shortArguments(input, OUTCOME_WIDTH)}`.trimEnd();
      return line(fate === "done" ? "good" : "bad", `Planned call ${what} ${FATES[fate]}${came}`);
    }),
    ...(dropped === 0 ? [] : [line("note", `${plural(dropped, "planned call")} of answers that were not chosen: not made`)]),
  ];
}

function dissentLines({ votes, winner }: RunResult): readonly Line[] {
  const others = votes.filter(({ forWinner }) => !forWinner).map(({ voter, for: answer }) => `${voter} voted for ${answer}`);
  return winner === null || others.length === 0 ? [] : [line("note", `Dissent: ${others.join(", ")}`)];
}
