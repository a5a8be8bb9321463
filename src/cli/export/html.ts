// A stored run as one HTML file that can be sent to anybody: it loads nothing, runs nothing, and shows what models wrote as text.
import type { Entry } from "../../core/index.ts";
import { causeInWords, clockTime, contentText, cost, duration, FATES, tokens } from "../../displays/index.ts";
import type { StoredRun } from "../stored-runs.ts";
import { escaped, page, pre, table } from "./markup.ts";
import { plotOf } from "./plot.ts";
import { timelineOf } from "./timeline.ts";
import { castVotes } from "./vote-fates.ts";

/** The longest tool result that is shown whole, in characters. */
const LONGEST_RESULT = 4_000;

export function htmlOf(run: StoredRun): string {
  const { result, entries } = run;
  const question = entries.find((entry) => entry.type === "run-start")?.question ?? "A run";
  return page(
    question.replace(/\s+/g, " ").slice(0, 100),
    `<header><p class="kind">MassGen run ${escaped(result.runId)}</p><h1>${escaped(question.slice(0, 300))}</h1>${question.length > 300 ? pre(question) : ""}</header>
<section><h2>Answer</h2>${result.answer === null ? "<p>There is no answer.</p>" : pre(result.answer)}<p>${why(run)}</p>${workspace(run)}${degraded(run)}</section>
<section><h2>Who worked when</h2>${plotOf(entries)}<p class="legend">Bars are turns, the last one the presentation; dots are answers, ticks are votes, strokes are tool calls.</p></section>
<section><h2>Answers side by side</h2><div class="columns">${answers(run)}</div></section>
${section("Votes", votes(run))}
${section("Tool calls", toolCalls(entries))}
${section("Planned calls", plannedCalls(run))}
<section><h2>Cost</h2>${costs(run)}</section>
<section><h2>Timeline</h2>${table(
      ["time", "who", "what"],
      timelineOf(entries).map(({ at, who, text }) => [clockTime(at), escaped(who), escaped(text)]),
    )}</section>`,
  );
}

const section = (title: string, body: string): string => (body === "" ? "" : `<section><h2>${title}</h2>${body}</section>`);

/** One line: why this answer, and who disagreed. */
function why({ result, ended }: StoredRun): string {
  if (!ended) return "The run has not ended.";
  if (result.winner === null) return "No agent gave an answer.";
  const against = result.votes.filter(({ forWinner }) => !forWinner).map(({ voter }) => voter);
  const dissent = against.length === 0 ? "" : ` ${against.join(", ")} voted for another answer.`;
  return escaped(`The answer ${result.winner.answer} of ${result.winner.id} (${causeInWords(result.cause)}).${dissent}`);
}

const workspace = ({ result }: StoredRun): string =>
  result.workspace === null ? "" : `<p>Files of the answer: <code>${escaped(result.workspace)}</code></p>`;

const degraded = ({ result }: StoredRun): string =>
  result.degraded.length === 0 ? "" : `<ul class="bad">${result.degraded.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`;

function answers({ result }: StoredRun): string {
  return result.agents
    .map(({ id, label, backend, model, state }) => {
      const own = result.answers.filter(({ agent }) => agent === id);
      const versions = own.map(
        ({ answer, content, late }) =>
          `<h4>${escaped(answer)}${late ? " (too late to count)" : ""}${answer === result.winner?.answer ? " ★" : ""}</h4>${pre(content)}`,
      );
      const about = escaped([label, backend, model ?? "", state].filter((word) => word !== "").join(", "));
      return `<article><h3>${escaped(id)}</h3><p class="legend">${about}</p>${versions.join("") || "<p>No answer.</p>"}</article>`;
    })
    .join("\n");
}

function votes(run: StoredRun): string {
  const rows = castVotes(run).map(({ vote, whyNot }) => [
    escaped(vote.agent),
    escaped(vote.for),
    escaped(vote.reason),
    escaped(vote.shown.join(", ")),
    whyNot === null ? "yes" : escaped(`no: ${whyNot}`),
  ]);
  return table(["voter", "for", "reason", "had seen", "counted"], rows);
}

function toolCalls(entries: readonly Entry[]): string {
  const results = new Map(entries.flatMap((entry) => (entry.type === "tool-result" ? [[entry.call, entry] as const] : [])));
  const rows = entries.flatMap((entry) => {
    if (entry.type !== "tool-call") return [];
    const result = results.get(entry.call);
    const text = (result?.content ?? []).map(contentText).join("\n");
    const outcome = result === undefined ? "no result" : `${result.isError ? "failed" : "answered"} in ${duration(result.durationMs)}`;
    const shown = text.length > LONGEST_RESULT ? `${text.slice(0, LONGEST_RESULT)}… (${text.length} characters)` : text;
    const name = entry.server === null ? entry.tool : `${entry.server}/${entry.tool}`;
    return [
      [
        escaped(entry.agent),
        escaped(name),
        pre(JSON.stringify(entry.input, null, 1)),
        escaped(outcome),
        `<details><summary>result</summary>${pre(shown)}</details>`,
      ],
    ];
  });
  return table(["agent", "tool", "arguments", "outcome", ""], rows);
}

function plannedCalls({ result }: StoredRun): string {
  const rows = (result.intents ?? []).map(({ agent, server, tool, input, fate, content }) => [
    escaped(agent),
    escaped(`${server}/${tool}`),
    pre(JSON.stringify(input, null, 1)),
    escaped(FATES[fate]),
    pre(content.map(contentText).join("\n").slice(0, LONGEST_RESULT)),
  ]);
  return table(["agent", "tool", "arguments", "what became of it", ""], rows);
}

function costs({ result, entries }: StoredRun): string {
  const asked = (id: string): string => {
    const models = entries.flatMap((entry) => (entry.type === "model-step" && entry.agent === id && entry.model ? [entry.model] : []));
    return [...new Set(models)].join(", ");
  };
  const rows = result.agents.map(({ id, model, usage, cost: price, steps, toolCalls: calls }) => [
    escaped(id),
    escaped(model ?? asked(id)),
    String(steps),
    String(calls),
    escaped(tokens(usage)),
    escaped(cost(price)),
  ]);
  return table(
    ["agent", "model", "steps", "tool calls", "tokens", "cost"],
    [...rows, ["together", "", "", "", escaped(tokens(result.usage)), escaped(cost(result.cost, result.unpricedSteps))]],
  );
}
