// The lists: tools, votes and answers, MCP servers, events, help. Each is a function from the run to rows.
import { clockTime, cost, duration, plural, shortArguments, shorten } from "../format.ts";
import { ballotRows } from "./ballot-rows.ts";
import type { Frame } from "./frame.ts";
import type { AnswerView } from "./model.ts";
import type { Span } from "./spans.ts";
import { agentName as name, blankRow, harmless, heading, ledRow, spanRow, textRows, type TextRow } from "./text-rows.ts";
import { agentStyle, type Style } from "./theme.ts";
import type { ToolView } from "./tool-view.ts";

const TOOL_LOOKS: Readonly<Record<ToolView["state"], Span>> = {
  running: ["accent", "… "],
  ok: ["good", "✓ "],
  cached: ["good", "✓ (cache) "],
  failed: ["bad", "✗ "],
  denied: ["bad", "✗ refused "],
  planned: ["warn", "planned "],
  dropped: ["dim", "not made "],
};

/** Characters of arguments and of results in the list of tools; the log keeps all. */
const MAX_TEXT = 600;

export function toolRows({ view, now }: Frame): TextRow[] {
  if (view.tools.length === 0) return [spanRow(["dim", "No tool has been called."])];
  return view.tools.flatMap((tool) => {
    const took = duration(tool.durationMs ?? now - tool.startedAt);
    const head = spanRow(TOOL_LOOKS[tool.state], name(view, tool.agent), ["tool", harmless(tool.name)], ["dim", `  ${took}`]);
    const input = shortArguments(tool.input, MAX_TEXT);
    return [
      head,
      ...(input === "" ? [] : [ledRow([["dim", "    "]], "dim", input)]),
      ...(tool.outcome === "" ? [] : [ledRow([["faint", "    └ "]], "faint", shorten(tool.outcome, MAX_TEXT))]),
    ];
  });
}

export function voteRows({ view }: Frame): TextRow[] {
  const agents = [...view.agents.values()];
  const answers = agents.flatMap((agent) => agent.answers.toReversed().map((answer, index) => ({ agent, answer, newest: index === 0 })));
  return [
    ...ballotRows(view),
    blankRow,
    heading(answers.length === 0 ? (view.phase === "done" ? "No answer" : "No answer yet") : "Answers, the newest of each agent first"),
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
  const dropped: TextRow[] = view.droppedEvents === 0 ? [] : [spanRow(["dim", `${view.droppedEvents} older events are in the log.`])];
  return [
    ...dropped,
    ...view.events.map((event) =>
      ledRow(
        [["faint", `${clockTime(event.at).padStart(6)}  `], name(view, event.agent)],
        event.tone === "note" ? "text" : event.tone,
        event.text,
      ),
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
  ["e", "events; the warnings counted on top stand among them"],
  ["r", "the result, as soon as there is one"],
  ["a", "answer now: decide with the answers there are"],
  ["p", "pause and go on"],
  ["y", "copy the shown agent's newest answer, or the result"],
  ["c", "colours: dark, light, none"],
  ["q", "leave (asks while the run is going on); Ctrl-C stops the run, twice leaves at once"],
];

const KEY_COLUMNS = 17;

export function helpRows(): TextRow[] {
  return [
    heading("Keys"),
    ...KEYS.map(([key, meaning]) => ledRow([["key", `  ${key}`.padEnd(KEY_COLUMNS)]], "text", meaning)),
    blankRow,
    ...textRows("dim", "  ", "Text can be selected and copied with the mouse. Everything shown is also in the run's folder."),
  ];
}

/** Cost, tokens and steps of each agent. */
export function spendingRows({ view }: Frame): TextRow[] {
  return [...view.agents.values()].map((agent) =>
    spanRow(["text", "  "], name(view, agent.id), [
      "dim",
      `${plural(agent.steps, "step")}, ${agent.tokensIn} tokens in, ${agent.tokensOut} out, ${cost(agent.costUsd)}`,
    ]),
  );
}
