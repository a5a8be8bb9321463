// What the pieces of running work see of the engine.
import type { AgentId, CallId, CoordinationSettings, EventOf, Failure, RunEvent, RunId, State } from "../core/index.ts";
import type { ToolBroker } from "../mcp/contract.ts";
import type { RunFiles } from "../workspaces/contract.ts";
import type { BudgetWatch } from "./budget.ts";
import type { HeldMessages } from "./held-messages.ts";
import type { Job } from "./job.ts";
import type { RecordedResults } from "./recorded-results.ts";
import type { AgentSpec, RunLimits, StartOptions } from "./options.ts";

/** What a job's work comes to: the facts that end it. */
export type Work = () => Promise<readonly RunEvent[]>;

export type RunContext = {
  readonly options: StartOptions;
  /** The rules' parameters; of a resumed run, those of its log. */
  readonly settings: CoordinationSettings;
  readonly run: RunId;
  readonly state: State;
  readonly over: boolean;
  readonly held: HeldMessages;
  readonly budget: BudgetWatch | null;
  readonly tools: ToolBroker | null;
  readonly results: RecordedResults;
  /** Null where agents have no files that are shown or kept. */
  readonly files: RunFiles | null;
  limit(name: keyof RunLimits): number;
  spec(agent: AgentId): AgentSpec;
  /**
   * Records facts, in order and with nothing in between; the state holds them at once, the promise says that they are stored.
   * Rejects when the log fails, which also ends the run.
   */
  record(...events: readonly RunEvent[]): Promise<void>;
  /** Records a fact that the MCP layer or a person reports. */
  recordOutside(event: RunEvent): Promise<void>;
  /** A call that was started and has no result, as it was recorded. */
  startedCall(call: CallId): EventOf<"tool-call"> | null;
  /** Null = the job may make a model request; else what its turn ends with. */
  admit(job: Job): Promise<Failure | null>;
  /** Runs a job's work; its last facts are recorded in the moment in which the job is gone. */
  launch(job: Job, work: Work): void;
};
