// The sections beside the agents: what they may hold, their bounds and defaults, and how they become settings.
import { contextPathShape } from "./context-paths.ts";
import { optional, record, withDefault, type ValuesOf } from "./record.ts";
import { choice, flag, listOf, number, text } from "./shapes.ts";
import { DISPLAY_TYPES, type Limits, type MassgenConfig } from "./types.ts";

/** A week: beyond it a number is more probably a mistake, such as milliseconds. */
const LONGEST_SECONDS = 604_800;
const seconds = number({ above: 0, max: LONGEST_SECONDS, unit: "seconds" });
const count = (max: number) => number({ min: 1, max, integer: true });

const UI_FIELDS = {
  display_type: optional(choice(DISPLAY_TYPES), "How a run is shown; chosen by the kind of terminal where it is left out."),
  logging_enabled: withDefault(flag, true, "Whether a run is stored under massgen_logs."),
  use_orchestrator_for_single_agent: withDefault(flag, true, "With one agent: false gives plain chat instead of one recorded answer."),
};

export const uiShape = record(UI_FIELDS, {
  aliases: { type: "display_type", display: "display_type" },
  idle: { debug: "has no effect in a file; use --debug" },
});

export const timeoutShape = record(
  {
    orchestrator_timeout_seconds: withDefault(seconds, 1800, "When coordination ends with the best answer so far."),
    turn_timeout_seconds: withDefault(seconds, 900, "The longest stretch of work of one agent."),
    model_call_timeout_seconds: withDefault(seconds, 300, "The longest single request to a model."),
    tool_call_timeout_seconds: withDefault(seconds, 120, "The longest single tool call, where the server has no `call_timeout`."),
    presentation_timeout_seconds: withDefault(seconds, 300, "The longest final presentation; counts after the other limits."),
  },
  { closed: true },
);

export const orchestratorShape = record({
  first_answers: withDefault(
    choice(["together", "as_they_come"]),
    "together",
    "Whether agents see each other's answers before they give their first.",
  ),
  first_answer_deadline_seconds: withDefault(seconds, 300, "When voting begins without agents that have not answered yet."),
  max_answers_per_agent: withDefault(count(100), 3, "Answers an agent may give; after that it can only vote."),
  max_vote_rounds: withDefault(count(100), 3, "Rounds of votes that new answers may void; after that nobody can answer again."),
  early_decision: withDefault(flag, true, "Decide as soon as the votes that are missing cannot change the winner."),
  gate: withDefault(
    flag,
    false,
    "Start with the first two agents; the others join only where these two give different first answers. Cheap where questions are mostly easy.",
  ),
  decision: withDefault(
    choice(["vote", "merge"]),
    "vote",
    "What the agent with the most votes presents: its answer, or one made of all. Merging helps where answers hold different parts of the whole.",
  ),
  writes: withDefault(
    choice(["everyone", "winner", "ask"]),
    "everyone",
    "Who may call tools that change something: everyone; only the winner, whose calls are recorded while agents deliberate and made once, after the decision; or each call is asked for at a terminal.",
  ),
  seed: optional(number({ min: 0, integer: true }), "Fixes the order of labels and candidates; drawn at random where left out."),
  max_tools: optional(
    number({ min: 2, max: 10_000, integer: true }),
    "Most MCP tools declared to a model at a time, for agents without a `max_tools` of their own; with more, they are found through search_tools.",
  ),
  snapshot_storage: optional(
    text(),
    "Folder for copies of the agents' working folders, one for each answer; under the run where left out.",
  ),
  agent_temporary_workspace: optional(text(), "Folder in which agents read the files of each other's answers."),
  snapshot_limit_mb: withDefault(
    number({ above: 0, max: 1_000_000 }),
    200,
    "Megabytes of files one copy may have; of a larger folder none is made, and that is said.",
  ),
  context_paths: withDefault(
    listOf(contextPathShape, "a list of paths, each with `path` and `permission`"),
    [],
    "Folders of yours that all agents may use.",
  ),
});

const whole = number({ above: 0, integer: true });

export const limitsShape = record(
  {
    max_cost_usd: optional(number({ above: 0 }), "US dollars."),
    max_tokens: optional(whole, "Tokens of all requests, in and out."),
    max_model_calls: optional(whole, "Requests to models."),
    max_tool_calls: optional(whole, "Tool calls."),
    max_minutes: optional(number({ above: 0 }), "Minutes of active run time."),
  },
  { closed: true },
);

export type UiValues = ValuesOf<typeof UI_FIELDS>;

const ms = (value: number): number => Math.round(value * 1000);

export function timeoutsOf(values: ValuesOf<typeof timeoutShape.fields>): MassgenConfig["timeouts"] {
  return {
    orchestratorMs: ms(values.orchestrator_timeout_seconds),
    turnMs: ms(values.turn_timeout_seconds),
    modelCallMs: ms(values.model_call_timeout_seconds),
    toolCallMs: ms(values.tool_call_timeout_seconds),
    presentationMs: ms(values.presentation_timeout_seconds),
  };
}

export function orchestratorOf(values: ValuesOf<typeof orchestratorShape.fields>, ui: UiValues): MassgenConfig["orchestrator"] {
  return {
    firstAnswers: values.first_answers,
    firstAnswerDeadlineMs: ms(values.first_answer_deadline_seconds),
    maxAnswersPerAgent: values.max_answers_per_agent,
    maxVoteRounds: values.max_vote_rounds,
    earlyDecision: values.early_decision,
    gate: values.gate,
    decision: values.decision,
    writes: values.writes,
    seed: values.seed,
    singleAgentThroughOrchestrator: ui.use_orchestrator_for_single_agent,
    snapshotStorage: values.snapshot_storage,
    agentTemporaryWorkspace: values.agent_temporary_workspace,
    snapshotLimitBytes: Math.round(values.snapshot_limit_mb * 1_000_000),
    contextPaths: values.context_paths,
    ...(values.max_tools === null ? {} : { maxTools: values.max_tools }),
  };
}

export function limitsOf(values: ValuesOf<typeof limitsShape.fields>): Limits {
  return {
    maxCostUsd: values.max_cost_usd,
    maxTokens: values.max_tokens,
    maxModelCalls: values.max_model_calls,
    maxToolCalls: values.max_tool_calls,
    maxMinutes: values.max_minutes,
  };
}
