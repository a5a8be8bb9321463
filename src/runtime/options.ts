// What a run is started with, and what whoever started it holds while it lasts.
import type { AgentId, CoordinationSettings, Entry, HistoryMessage, State } from "../core/index.ts";
import type { Backend } from "../backends/contract.ts";
import type { Clock } from "../io/index.ts";
import type { RunLog } from "../log/contract.ts";
import type { Recorder, ToolBroker } from "../mcp/contract.ts";
import type { Budget } from "./budget.ts";
import type { Steering } from "./contract.ts";
import type { OpenRunFiles } from "../workspaces/contract.ts";
import type { RunResult } from "./result.ts";

export type AgentSpec = {
  readonly id: AgentId;
  readonly backendName: string;
  readonly model: string | null;
  readonly systemMessage: string | null;
  readonly presents: boolean;
  /** Closed by whoever made it: it may serve the next run of the conversation too. */
  readonly backend: Backend;
};

/** Durations in milliseconds. */
export type RunLimits = {
  readonly turnTimeoutMs: number;
  readonly modelCallTimeoutMs: number;
  readonly toolRounds: number;
  readonly toolGraceMs: number;
};

export const DEFAULT_RUN_LIMITS: RunLimits = { turnTimeoutMs: 900_000, modelCallTimeoutMs: 300_000, toolRounds: 25, toolGraceMs: 1_500 };

export type StartOptions = {
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  readonly agents: readonly AgentSpec[];
  readonly settings: CoordinationSettings;
  readonly limits?: Partial<RunLimits>;
  readonly budget?: Budget;
  /** Name and version of this program, for the log. */
  readonly program: string;
  /** Degraded runs exit with 5. Default false. */
  readonly strict?: boolean;
  /** The run appends to it and closes it at the end. */
  readonly log: RunLog;
  readonly clock: Clock;
  /** Opens the tools of the run; the run closes what it gets. Default: no tools. */
  readonly openTools?: (record: Recorder) => ToolBroker | null;
  /** Opens what the run has to do with files; the run closes what it gets. Default: nothing. */
  readonly openFiles?: OpenRunFiles;
  /** The entries of a run that goes on: its question, history, settings and agents are those of the log; backends are found by agent id. */
  readonly resumeFrom?: readonly Entry[];
};

export type Run = {
  /** Rejects with `E_RUN_LOG` when the log cannot be written, with the error itself for a bug; everything else is a result. */
  readonly result: Promise<RunResult>;
  readonly steering: Steering;
  /** Adds a fact from outside the run. */
  readonly record: Recorder;
  /** Cancels the run and resolves when it is over; never rejects. */
  stop(): Promise<void>;
  /** What the run has come to so far. */
  state(): State;
};
