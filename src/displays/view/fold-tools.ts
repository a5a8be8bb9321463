// The part of the fold that follows tool calls, permissions and intents.
import type { AgentId, CallId, Content, Entry } from "../../core/index.ts";
import { contentText } from "../format.ts";
import { agentOf, type RunView } from "./model.ts";
import type { ToolView } from "./tool-view.ts";
import { addTool } from "./transcript.ts";

/** Tool calls kept for the list of tools. */
const MAX_TOOLS = 2000;
/** Characters of a result that are kept for the views. */
const MAX_OUTCOME = 4000;

export function foldTools(view: RunView, entry: Entry): void {
  switch (entry.type) {
    case "tool-call":
      return begin(view, { ...entry, name: entry.server === null ? entry.tool : `${entry.server}/${entry.tool}` });
    case "tool-verdict":
      if (entry.verdict === "deny") end(view, entry.call, { state: "denied", outcome: `${entry.reason} (${entry.rule})` });
      return;
    case "tool-progress": {
      const tool = toolOf(view, entry.call);
      if (tool !== undefined) tool.progress = { done: entry.progress, total: entry.total, message: entry.message };
      return;
    }
    case "tool-result":
      // What the model was told of a call that was only planned; what comes of it is told later.
      if (toolOf(view, entry.call)?.state === "planned" && !entry.isError) return;
      return end(view, entry.call, {
        state: entry.isError ? "failed" : entry.cached === true ? "cached" : "ok",
        outcome: textOf(entry.content),
        durationMs: entry.durationMs,
      });
    case "permission-asked":
      view.permissions.push({
        id: entry.seq,
        call: entry.call,
        agent: entry.agent,
        server: entry.server,
        tool: entry.tool,
        input: entry.input,
      });
      agentOf(view, entry.agent).status = "asking";
      return;
    case "permission-answered":
      view.permissions = view.permissions.filter(({ call }) => call !== entry.call);
      agentOf(view, entry.agent).status = "tool";
      return;
    case "form-asked": {
      const { seq: id, call, agent, server, form, filled, problem } = entry;
      view.forms.push({ id, call, agent, server, form, filled, problem });
      agentOf(view, agent).status = "asking";
      return;
    }
    case "form-answered":
      view.forms = view.forms.filter(({ call }) => call !== entry.call);
      agentOf(view, entry.agent).status = "tool";
      return;
    case "intent-recorded":
      return plan(view, entry.call);
    case "intent-started":
      return makePlanned(view, entry.call);
    case "intent-executed":
      return end(view, entry.call, {
        state: entry.isError ? "failed" : "ok",
        outcome: textOf(entry.content),
        ...(entry.durationMs === undefined ? {} : { durationMs: entry.durationMs }),
      });
    case "run-end":
      // What the chosen answer does not stand for, and what a stop has left, was not made.
      for (const tool of view.tools) if (tool.state === "planned") tool.state = "dropped";
      return;
    default:
      return;
  }
}

type Begun = {
  readonly call: CallId;
  readonly agent: AgentId;
  readonly name: string;
  readonly input: ToolView["input"];
  readonly at: number;
};

function begin(view: RunView, { call, agent, name, input, at }: Begun): void {
  const shown = agentOf(view, agent);
  const tool: ToolView = { call, agent, name, input, startedAt: at, state: "running", durationMs: null, outcome: "", progress: null };
  view.tools.push(tool);
  if (view.tools.length > MAX_TOOLS) view.tools.splice(0, MAX_TOOLS / 10);
  addTool(shown.transcript, tool);
  shown.runningTools++;
  shown.status = "tool";
  shown.detail = name;
}

type Ending = { readonly state: ToolView["state"]; readonly outcome: string; readonly durationMs?: number };

function end(view: RunView, call: CallId, { state, outcome, durationMs }: Ending): void {
  const tool = toolOf(view, call);
  if (tool === undefined) return;
  const wasRunning = tool.state === "running";
  // A refused call also has a result; the reason of the refusal says more.
  if (tool.state !== "denied") {
    tool.state = state;
    tool.outcome = outcome;
  }
  tool.durationMs = durationMs ?? tool.durationMs;
  if (wasRunning) ended(view, tool);
}

function ended(view: RunView, tool: ToolView): void {
  const agent = agentOf(view, tool.agent);
  agent.runningTools = Math.max(0, agent.runningTools - 1);
  if (agent.runningTools > 0 || (agent.status !== "tool" && agent.status !== "asking")) return;
  agent.status = "working";
  agent.detail = "";
}

function plan(view: RunView, call: CallId): void {
  const tool = toolOf(view, call);
  if (tool === undefined || tool.state !== "running") return;
  tool.state = "planned";
  tool.durationMs = 0;
  ended(view, tool);
}

function makePlanned(view: RunView, call: CallId): void {
  const tool = toolOf(view, call);
  if (tool?.state !== "planned") return;
  tool.state = "running";
  const agent = agentOf(view, tool.agent);
  agent.runningTools++;
  agent.status = "tool";
  agent.detail = tool.name;
}

/** From the newest: the calls that change are nearly always the last ones. */
const toolOf = (view: RunView, call: CallId): ToolView | undefined => view.tools.findLast((tool) => tool.call === call);

function textOf(content: readonly Content[]): string {
  let text = "";
  for (const part of content) {
    text += text === "" ? contentText(part) : `\n${contentText(part)}`;
    if (text.length > MAX_OUTCOME) break;
  }
  return text.length > MAX_OUTCOME ? `${text.slice(0, MAX_OUTCOME)}…` : text;
}
