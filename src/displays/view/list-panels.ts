// The lists: tools, votes and answers, MCP servers, events, help. Each is a function from the run to rows.
import { clockTime, cost, duration, plural, shortArguments } from "../format.ts";
import type { Frame } from "./frame.ts";
import { fit, textWidth } from "./measure.ts";
import type { AgentView, AnswerView, RunView } from "./model.ts";
import type { Span } from "./spans.ts";
import { blankRow, harmless, spanRow, textRows, type TextRow } from "./text-rows.ts";
import { agentStyle, type Style } from "./theme.ts";
import type { ToolView } from "./tool-view.ts";

const name = (view: RunView, id: AgentView["id"] | null): Span => {
  const agent = id === null ? undefined : view.agents.get(id);
  return [agent === undefined ? "dim" : agentStyle(agent.index), id === null ? "" : `${harmless(id)} `];
};
const heading = (text: string): TextRow => spanRow(["title", text]);

const TOOL_LOOKS: Readonly<Record<ToolView["state"], Span>> = {
  running: ["accent", "… "],
  ok: ["good", "✓ "],
  cached: ["good", "✓ (cache) "],
  failed: ["bad", "✗ "],
  denied: ["bad", "✗ refused "],
  planned: ["warn", "planned "],
};

export function toolRows({ view, now }: Frame): TextRow[] {
  if (view.tools.length === 0) return [spanRow(["dim", "No tool has been called."])];
  return view.tools.flatMap((tool) => {
    const took = duration(tool.durationMs ?? now - tool.startedAt);
    const head = spanRow(TOOL_LOOKS[tool.state], name(view, tool.agent), ["tool", harmless(tool.name)], ["dim", `  ${took}`]);
    const input = spanRow(["dim", `    ${harmless(shortArguments(tool.input, 1000))}`]);
    const outcome: TextRow[] = tool.outcome === "" ? [] : [spanRow(["faint", `    └ ${harmless(tool.outcome.slice(0, 1000))}`])];
    return [head, input, ...outcome];
  });
}

export function voteRows({ view }: Frame): TextRow[] {
  const agents = [...view.agents.values()];
  const answers = agents.flatMap((agent) => agent.answers.toReversed().map((answer, index) => ({ agent, answer, newest: index === 0 })));
  return [
    ...ballotRows(view),
    blankRow,
    heading(answers.length === 0 ? "No answer yet" : "Answers, the newest of each agent first"),
    ...answers.flatMap(({ agent, answer, newest }) => [
      blankRow,
      spanRow(
        [agentStyle(agent.index), harmless(answer.id)],
        ["dim", newest ? "" : "  superseded"],
        ["warn", answer.late ? "  too late to count" : ""],
      ),
      ...answerRows(answer, newest ? "text" : "dim"),
    ]),
  ];
}

/** Who voted is public at once, for what only when voting is closed. */
export function ballotRows(view: RunView): TextRow[] {
  const agents = [...view.agents.values()];
  if (!view.votingClosed) {
    const voted = agents.filter(({ vote }) => vote !== null).length;
    return [
      heading(`Votes: ${voted} of ${agents.length}, sealed until the decision`),
      ...agents.filter(({ vote }) => vote !== null).map(({ id }) => spanRow(["text", "  "], name(view, id), ["good", "has voted"])),
    ];
  }
  const ballots = standingVotes(view);
  if (ballots.length === 0) return [heading("Votes: none")];
  const tally = new Map<string, number>();
  for (const ballot of ballots) tally.set(ballot.for, (tally.get(ballot.for) ?? 0) + 1);
  const answers = widest([...tally.keys()]);
  const voters = widest(ballots.map(({ voter }) => voter));
  const most = [...tally].toSorted(([, a], [, b]) => b - a);
  return [
    heading("Votes"),
    ...most.map(([answer, votes]) =>
      spanRow(["text", `  ${column(answer, answers)}  `], ["accent", "█".repeat(votes)], ["dim", ` ${plural(votes, "vote")}`]),
    ),
    blankRow,
    ...ballots.map((ballot) =>
      spanRow(
        ["text", "  "],
        [name(view, ballot.voter)[0], column(ballot.voter, voters)],
        ["accent", " → "],
        ["text", column(ballot.for, answers)],
        ["dim", `  ${harmless(ballot.reason)}`],
      ),
    ),
  ];
}

const MAX_COLUMN = 24;
const widest = (names: readonly string[]): number => Math.min(MAX_COLUMN, Math.max(0, ...names.map((text) => textWidth(harmless(text)))));
const column = (text: string, width: number): string => fit(harmless(text), width);

type Ballot = { readonly voter: AgentView["id"]; readonly for: string; readonly reason: string };

/** What the run decided by; a vote that came after the decision is in the log and in no count. */
function standingVotes(view: RunView): readonly Ballot[] {
  if (view.result !== null) return view.result.votes;
  return [...view.agents.values()].flatMap(({ id, vote }) => (vote === null ? [] : [{ voter: id, ...vote }]));
}

const known = new WeakMap<AnswerView, readonly TextRow[]>();

/** An answer may be a megabyte: its rows are made once. */
function answerRows(answer: AnswerView, style: Style): readonly TextRow[] {
  const rows = known.get(answer) ?? textRows("text", "  ", answer.content);
  known.set(answer, rows);
  return style === "text" ? rows : rows.slice(0, 3);
}

export function serverRows({ view, now }: Frame): TextRow[] {
  if (view.servers.size === 0) return [spanRow(["dim", "This run uses no MCP server."])];
  return [...view.servers.values()].flatMap((server) => {
    const style: Style = server.state === "ready" ? "good" : server.state === "failed" ? "bad" : "accent";
    const tools = server.tools === null ? "" : `  ${plural(server.tools, "tool")}`;
    const breaker: Span = server.breaker === "closed" ? ["text", ""] : ["bad", `  breaker ${server.breaker}`];
    const calls = view.tools.filter((tool) => tool.name.startsWith(`${server.name}/`)).length;
    const waits = server.state === "connecting" || server.state === "reconnecting" ? ` for ${duration(now - server.since)}` : "";
    const head = spanRow(
      ["title", harmless(server.name)],
      [style, `  ${server.state}${waits}`],
      ["dim", `${tools}  ${plural(calls, "call")}`],
      breaker,
    );
    return server.message === "" ? [head] : [head, ...textRows("dim", "    ", server.message)];
  });
}

export function eventRows({ view }: Frame): TextRow[] {
  const start = view.startedAt ?? 0;
  const dropped: TextRow[] = view.droppedEvents === 0 ? [] : [spanRow(["dim", `${view.droppedEvents} older events are in the log.`])];
  return [
    ...dropped,
    ...view.events.map((event) =>
      spanRow(["faint", `${clockTime(event.at - start).padStart(6)}  `], name(view, event.agent), [
        event.tone === "note" ? "text" : event.tone,
        harmless(event.text),
      ]),
    ),
  ];
}

const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ["1 … 9", "show that agent at full size; two digits for agents from 10 on"],
  ["← → Tab", "mark the next agent; Enter shows it at full size, Esc goes back"],
  ["↑ ↓ PgUp PgDn", "scroll; Home and End jump; the mouse wheel works too"],
  ["/  n  N", "search in an agent's text, next and previous place"],
  ["t", "tools: every call, its arguments, duration and outcome"],
  ["v", "votes, and all answers with their versions"],
  ["m", "MCP servers"],
  ["e", "events"],
  ["r", "the result, as soon as there is one"],
  ["a", "answer now: decide with the answers there are"],
  ["p", "pause and go on"],
  ["y", "copy the shown agent's newest answer, or the result"],
  ["c", "colours: dark, light, none"],
  ["q", "leave (asks while the run is going on); Ctrl-C stops the run, twice leaves at once"],
];

export function helpRows(): TextRow[] {
  return [
    heading("Keys"),
    ...KEYS.map(([key, meaning]) => spanRow(["key", `  ${key.padEnd(15)}`], ["text", meaning])),
    blankRow,
    ...textRows("dim", "  ", "Text can be selected and copied with the mouse. Everything shown is also in the run's folder."),
  ];
}

/** Cost, tokens and steps of each agent. */
export function spendingRows({ view }: Frame): TextRow[] {
  return [...view.agents.values()].map((agent) =>
    spanRow(["text", "  "], name(view, agent.id), [
      "dim",
      `${agent.steps} steps, ${agent.tokensIn} tokens in, ${agent.tokensOut} out, ${cost(agent.costUsd)}`,
    ]),
  );
}
