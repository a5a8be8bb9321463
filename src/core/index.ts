// The door of the pure core: events, ids, evolve, plan, judge, prompts. No I/O, no clock, no randomness.
export * from "./ids.ts";
export * from "./message.ts";
export * from "./forms.ts";
export * from "./settings.ts";
export * from "./events.ts";
export * from "./plan-types.ts";
export { assignLabels, compareLabels } from "./labels.ts";
export {
  initialState,
  type Answer,
  type Candidate,
  type Decision,
  type Intent,
  type OpenCall,
  type OpenTurn,
  type Presentation,
  type State,
  type Vote,
} from "./state.ts";
export { evolve } from "./evolve.ts";
export { plan } from "./plan.ts";
export { judge, type JudgedCall, type Judgement } from "./judge.ts";
export { ballotFor, presentationPrompt, promptFor, systemPrompt } from "./prompts.ts";
export { newAnswerTool, voteTool, workflowTools, type WorkflowToolDefinition } from "./workflow-tools.ts";
export { canonicalJson } from "./canonical-json.ts";
export { isRecord } from "./is-record.ts";
export { conversationOf } from "./conversation.ts";
export { callRecorded, OUTCOME_UNKNOWN } from "./decision-words.ts";
export { intentReports, type IntentFate, type IntentReport } from "./intents.ts";
export { degradedLines } from "./outcome.ts";
export {
  agentsOf,
  agentStates,
  answersOf,
  candidates,
  canGoOn,
  currentTurn,
  decisionOf,
  keptFilesOf,
  nextAnswerId,
  nextTurnId,
  openCalls,
  presentationState,
  standingVotes,
  tally,
  type AgentState,
  type CandidateCount,
} from "./selectors.ts";
export { addKnown, addUsage, UNKNOWN_USAGE } from "./usage.ts";
export { UsageStatistics, type UsageRow } from "./usage-statistics.ts";
