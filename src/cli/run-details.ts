// What `massgen show` tells of a stored run beside its result: every version of every answer, who had seen what, tools and cost.
import { contentText, cost, FATES, oneLine, plural, shorten, tokens } from "../displays/index.ts";
import { neutralise, neutraliseLine } from "../security/index.ts";
import type { StoredRun } from "./stored-runs.ts";

const REASON_WIDTH = 200;

export function detailLines(run: StoredRun): readonly string[] {
  return [
    ...questionLines(run),
    ...answerLines(run),
    ...voteLines(run),
    ...toolLines(run),
    ...plannedLines(run),
    ...costLines(run),
    whyLine(run),
  ];
}

const heading = (text: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ["", text, ...lines]);

function questionLines({ entries }: StoredRun): readonly string[] {
  const start = entries.find((entry) => entry.type === "run-start");
  return start === undefined ? [] : neutralise(start.question).trim().split("\n");
}

function answerLines({ result }: StoredRun): readonly string[] {
  const lines = result.answers.flatMap(({ answer, label, content, late }) => [
    `  ${neutraliseLine(answer)} (${label}${late ? ", too late to count" : ""})`,
    ...neutralise(content)
      .split("\n")
      .map((line) => `    ${line}`.trimEnd()),
  ]);
  return heading("Answers", lines);
}

function voteLines({ entries }: StoredRun): readonly string[] {
  const lines = entries.flatMap((entry) => {
    if (entry.type !== "vote-submitted") return [];
    const reason = oneLine(entry.reason) === "" ? "" : `: ${shorten(neutraliseLine(entry.reason), REASON_WIDTH)}`;
    return [
      `  ${neutraliseLine(entry.agent)} for ${neutraliseLine(entry.for)}, having seen ${entry.shown.map((id) => neutraliseLine(id)).join(", ")}${reason}`,
    ];
  });
  return heading("Votes cast", lines);
}

function toolLines({ entries }: StoredRun): readonly string[] {
  const results = new Map(entries.flatMap((entry) => (entry.type === "tool-result" ? [[entry.call, entry] as const] : [])));
  const lines = entries.flatMap((entry) => {
    if (entry.type !== "tool-call") return [];
    const result = results.get(entry.call);
    const text = shorten(oneLine((result?.content ?? []).map(contentText).join(" ")), 100);
    const outcome = result === undefined ? "no result" : `${result.isError ? "failed" : "answered"}: ${neutraliseLine(text)}`;
    const name = entry.server === null ? entry.tool : `${entry.server}/${entry.tool}`;
    return [`  ${neutraliseLine(entry.agent)} ${neutraliseLine(name)} ${neutraliseLine(JSON.stringify(entry.input), 100)} ${outcome}`];
  });
  return heading("Tool calls", lines);
}

function plannedLines({ result }: StoredRun): readonly string[] {
  const lines = (result.intents ?? []).map(({ agent, server, tool, input, fate, content }) => {
    const came = content.length === 0 ? "" : `: ${neutraliseLine(shorten(oneLine(content.map(contentText).join(" ")), 100))}`;
    return `  ${neutraliseLine(agent)} ${neutraliseLine(`${server}/${tool}`)} ${neutraliseLine(JSON.stringify(input), 100)} ${FATES[fate]}${came}`;
  });
  return heading("Planned calls", lines);
}

function costLines({ result }: StoredRun): readonly string[] {
  const lines = result.agents.map(
    ({ id, model, usage, cost: price, steps }) =>
      `  ${neutraliseLine(id)}${model === null ? "" : ` (${neutraliseLine(model)})`}: ${plural(steps, "step")}, ${tokens(usage)}, ${cost(price)}`,
  );
  return heading("Cost", lines);
}

/** Who disagreed with the result; the winner's line says why it won. */
function whyLine({ result }: StoredRun): string {
  const against = result.votes.filter(({ forWinner }) => !forWinner);
  if (result.winner === null) return "";
  if (against.length === 0) return result.votes.length === 0 ? "Nobody had to vote." : "Nobody disagreed.";
  return `Disagreed: ${against.map((vote) => `${neutraliseLine(vote.voter)} (for ${neutraliseLine(vote.for)})`).join(", ")}.`;
}
