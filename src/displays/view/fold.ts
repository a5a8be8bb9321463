// From log entries to what the views show. Reads fields only; types it does not know leave the view as it is.
import type { AgentId, DeltaEvent, Entry, EventOf, Failure, RunEvent } from "../../core/index.ts";
import type { LiveItem } from "../../log/contract.ts";
import { duration, failureText } from "../format.ts";
import { hearOnce } from "../heard-once.ts";
import { rememberSpeech, type Said } from "../said.ts";
import { foldSurroundings } from "./fold-surroundings.ts";
import { foldTools } from "./fold-tools.ts";
import { tellEvent } from "./tell-event.ts";
import { agentOf, emptyView, newAgent, type AgentView, type EventView, type RunView } from "./model.ts";
import { addDelta, addLines, closeRow } from "./transcript.ts";

/** One-line events kept for the list of events; the log keeps everything. */
const MAX_EVENTS = 2000;

export type Fold = { readonly view: RunView; apply(item: LiveItem): void };

/** A view that follows a run. It owns and changes its `view`; nobody else may. */
export function followRun(): Fold {
  const view = emptyView();
  const hear = hearOnce();
  const said = rememberSpeech();
  return {
    view,
    apply: (item) => {
      const heard = hear(item);
      if (heard === null) return;
      if (heard.kind === "entry") return foldEntry(view, heard.entry, said);
      said.hear(heard.delta);
      foldDelta(view, heard.delta);
    },
  };
}

/** The view of a whole log. */
export function viewOf(entries: Iterable<Entry>): RunView {
  const fold = followRun();
  for (const entry of entries) fold.apply({ kind: "entry", entry });
  return fold.view;
}

function foldDelta(view: RunView, delta: DeltaEvent): void {
  const agent = agentOf(view, delta.agent);
  const thinking = delta.type === "reasoning-delta";
  addDelta(agent.transcript, thinking ? "thought" : "speech", delta.delta);
  if (view.presentation?.agent === agent.id) {
    if (!thinking) view.presentation.text += delta.delta;
    return;
  }
  if (agent.runningTools === 0) setStatus(agent, thinking ? "thinking" : "writing");
}

function foldEntry(view: RunView, entry: Entry, said: Said): void {
  // The time nobody worked on it does not count.
  view.startedAt = entry.at - entry.activeMs;
  view.lastAt = entry.at;
  foldTools(view, entry);
  foldSurroundings(view, entry);
  const fold = Object.hasOwn(FOLDS, entry.type) ? FOLDS[entry.type as keyof typeof FOLDS] : undefined;
  (fold as ((view: RunView, event: RunEvent, said: Said) => void) | undefined)?.(view, entry, said);
  const told = tellEvent(entry);
  if (told !== null) noteEvent(view, told);
}

const FOLDS = {
  "run-start": (view: RunView, { question, agents }: EventOf<"run-start">) => {
    view.question = question;
    view.phase = "answering";
    agents.forEach((agent, index) => view.agents.set(agent.id, newAgent(agent.id, index, agent)));
  },
  "run-resumed": (view: RunView) => {
    // Whoever asked is gone.
    view.permissions = [];
    view.forms = [];
  },
  "turn-start": (view: RunView, { agent, kind }: EventOf<"turn-start">, said: Said) => {
    said.forget(agent);
    const shown = agentOf(view, agent);
    setStatus(shown, "working");
    shown.evaluating = kind === "evaluation";
    if (view.phase === "answering" && kind === "evaluation") view.phase = "voting";
  },
  "turn-end": (view: RunView, { agent, outcome, failure }: EventOf<"turn-end">) => {
    const shown = agentOf(view, agent);
    closeRow(shown.transcript);
    if (outcome === "interrupted") interrupted(shown);
    else if (outcome === "failed") failed(shown, failure);
    else if (shown.status !== "answered" && shown.status !== "voted") setStatus(shown, "done");
  },
  "answer-submitted": (view: RunView, { agent, answer, content, late }: EventOf<"answer-submitted">, said: Said) => {
    const shown = agentOf(view, agent);
    shown.answers.push({ id: answer, content, late });
    const repeated = said.already(agent, content);
    addLines(shown.transcript, "good", `answer ${answer}${late ? " (too late to count)" : ""}${repeated ? ": the text above" : ""}`);
    if (!repeated) addLines(shown.transcript, "answer", content);
    setStatus(shown, "answered");
    // No standing vote has seen this answer.
    if (!late) for (const other of view.agents.values()) other.vote = null;
  },
  "vote-submitted": (view: RunView, { agent, for: answer, reason }: EventOf<"vote-submitted">) => {
    const shown = agentOf(view, agent);
    if (!view.votingClosed) shown.vote = { for: answer, reason };
    setStatus(shown, "voted");
    addLines(shown.transcript, "good", "has voted");
  },
  "decision-invalid": (view: RunView, { agent, message }: EventOf<"decision-invalid">) =>
    addLines(agentOf(view, agent).transcript, "note", `decides again: ${message}`),
  "presentation-start": (view: RunView, { agent }: EventOf<"presentation-start">) => {
    view.phase = "presenting";
    view.votingClosed = true;
    view.presentation = { agent, text: "" };
    const shown = agentOf(view, agent);
    addLines(shown.transcript, "good", "presents the answer");
    setStatus(shown, "presenting");
  },
  "presentation-end": (view: RunView, { agent, outcome, failure }: EventOf<"presentation-end">) => {
    const shown = agentOf(view, agent);
    closeRow(shown.transcript);
    setStatus(shown, "done");
    if (outcome !== "done") addLines(shown.transcript, "bad", `could not present: ${failure?.message ?? outcome}`);
  },
  "run-end": (view: RunView) => {
    view.phase = "done";
    view.votingClosed = true;
    view.permissions = [];
    view.forms = [];
    for (const agent of view.agents.values()) if (BUSY.has(agent.status) || agent.status === "waiting") setStatus(agent, "done");
  },
  "text-end": (view: RunView, { agent }: { readonly agent: AgentId }) => closeRow(agentOf(view, agent).transcript),
  "reasoning-end": (view: RunView, { agent }: { readonly agent: AgentId }) => closeRow(agentOf(view, agent).transcript),
  "model-step": (view: RunView, { agent, usage, costUsd }: EventOf<"model-step">) => {
    const shown = agentOf(view, agent);
    shown.steps++;
    shown.tokensIn += usage.inputTokens ?? 0;
    shown.tokensOut += usage.outputTokens ?? 0;
    if (costUsd !== null) shown.costUsd = (shown.costUsd ?? 0) + costUsd;
  },
  "retry-scheduled": (view: RunView, { agent, delayMs, failure }: EventOf<"retry-scheduled">) => {
    const shown = agentOf(view, agent);
    setStatus(shown, "retrying", `in ${duration(delayMs)}`);
    addLines(shown.transcript, "bad", `tries again in ${duration(delayMs)}: ${failure.message}`);
  },
};

const BUSY: ReadonlySet<AgentView["status"]> = new Set(["working", "thinking", "writing", "tool", "asking", "retrying", "presenting"]);

function setStatus(agent: AgentView, status: AgentView["status"], detail = ""): void {
  agent.status = status;
  agent.detail = detail;
}

function interrupted(agent: AgentView): void {
  agent.restarts++;
  addLines(agent.transcript, "note", "stops here: there is news, or the run is decided");
  if (BUSY.has(agent.status)) setStatus(agent, "waiting");
}

function failed(agent: AgentView, failure: Failure | undefined): void {
  setStatus(agent, agent.evaluating ? "abstained" : "out", failure?.message ?? "no reason given");
  addLines(agent.transcript, "bad", `failed: ${failureText(failure)}`);
}

function noteEvent(view: RunView, event: EventView): void {
  view.events.push(event);
  if (view.events.length <= MAX_EVENTS) return;
  const gone = MAX_EVENTS / 10;
  view.events.splice(0, gone);
  view.droppedEvents += gone;
}
