// The state of a run as a person reads it in `system_status.txt`; a pure function of the log.
import type { AgentId, Entry } from "../core/index.ts";
import { neutraliseLine } from "../security/index.ts";
import { lineOf, type StatusLine } from "./status-lines.ts";

/** Lines of events kept for the file; the log keeps everything. */
const MOST_EVENTS = 1000;

export type StatusText = {
  /** True where the file has become stale. */
  take(entry: Entry): boolean;
  text(): string;
};

type AgentState = { title: string; state: string; turns: number; answers: number; vote: string | null };
type Status = {
  run: string;
  question: string;
  phase: string;
  startedAt: number | null;
  at: number;
  votesOpen: boolean;
  readonly agents: Map<AgentId, AgentState>;
  readonly servers: Map<string, string>;
  events: string[];
  older: number;
};

export function followStatus(): StatusText {
  const status: Status = {
    run: "",
    question: "",
    phase: "starting",
    startedAt: null,
    at: 0,
    votesOpen: false,
    agents: new Map(),
    servers: new Map(),
    events: [],
    older: 0,
  };
  return {
    take: (entry) => {
      status.run = entry.run;
      status.startedAt ??= entry.at;
      status.at = entry.at;
      const line = lineOf(entry);
      foldPhase(status, entry);
      foldAgent(status, entry);
      if (line !== null) note(status, line);
      return line !== null;
    },
    text: () => textOf(status),
  };
}

function foldPhase(status: Status, entry: Entry): void {
  switch (entry.type) {
    case "run-start":
      status.phase = "answering";
      status.question = entry.question;
      for (const { id, backend, model } of entry.agents)
        status.agents.set(id, { title: [backend, model].filter(Boolean).join(" "), state: "waiting", turns: 0, answers: 0, vote: null });
      return;
    case "presentation-start":
      status.phase = "presenting";
      status.votesOpen = true;
      return;
    case "run-end":
      status.phase = `finished (${entry.result.outcome})`;
      status.votesOpen = true;
      return;
    case "mcp-server-state":
      return void status.servers.set(entry.server, `${entry.state}${entry.tools === undefined ? "" : `, ${entry.tools} tools`}`);
    default:
      return;
  }
}

function foldAgent(status: Status, entry: Entry): void {
  if (!("agent" in entry) || entry.agent === null || entry.agent === undefined) return;
  const agent = status.agents.get(entry.agent);
  if (agent === undefined) return;
  switch (entry.type) {
    case "turn-start":
      agent.turns += 1;
      agent.state = entry.kind === "evaluation" ? "comparing" : "working";
      if (entry.kind === "evaluation" && status.phase === "answering") status.phase = "comparing";
      return;
    case "answer-submitted":
      agent.state = "answered";
      agent.answers += 1;
      // No standing vote has seen this answer.
      if (!entry.late) for (const other of status.agents.values()) other.vote = null;
      return;
    case "vote-submitted":
      agent.state = "voted";
      if (!status.votesOpen) agent.vote = `${entry.for}: ${entry.reason}`;
      return;
    case "turn-end":
      if (entry.outcome === "failed") agent.state = `failed: ${entry.failure?.message ?? "no reason given"}`;
      else if (entry.outcome === "interrupted") agent.state = "waiting";
      return;
    case "presentation-start":
      agent.state = "presenting";
      return;
    case "presentation-end":
      agent.state = entry.outcome === "done" ? "presented" : `could not present (${entry.outcome})`;
      return;
    default:
      return;
  }
}

function note(status: Status, { agent, text, at }: StatusLine): void {
  status.events.push(`${since(status, at)}  ${agent === null ? "" : `${agent} `}${text}`);
  if (status.events.length <= MOST_EVENTS) return;
  status.events.splice(0, MOST_EVENTS / 10);
  status.older += MOST_EVENTS / 10;
}

/** `0:07.4` since the run began. */
function since({ startedAt }: Status, at: number): string {
  const tenths = Math.max(0, Math.floor((at - (startedAt ?? at)) / 100));
  const seconds = Math.floor(tenths / 10);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}.${tenths % 10}`.padStart(8);
}

function textOf(status: Status): string {
  const names = [...status.agents.keys()];
  const width = Math.min(30, Math.max(0, ...names.map((name) => name.length)));
  const agents = [...status.agents].map(([id, { title, state, turns, answers, vote }]) => {
    const voted = vote !== null && status.votesOpen ? `, for ${vote}` : "";
    return `  ${id.padEnd(width)}  ${title}  ${state}${voted}; answers: ${answers}, turns: ${turns}`;
  });
  const lines = [
    `Run ${status.run}`,
    `Question: ${status.question}`,
    `State: ${status.phase}, ${since(status, status.at).trim()} after its start`,
    "",
    "Agents",
    ...agents,
    ...(status.servers.size === 0 ? [] : ["", "MCP servers", ...[...status.servers].map(([name, state]) => `  ${name}  ${state}`)]),
    "",
    "Events",
    ...(status.older === 0 ? [] : [`  ${status.older} older ones are in events.jsonl`]),
    ...status.events.map((line) => `  ${line}`),
  ];
  return `${lines.map((line) => line.slice(0, 2) + neutraliseLine(line.slice(2), 1000)).join("\n")}\n`;
}
