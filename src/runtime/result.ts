// What a run returns: the same object for the library, the last JSON line and `--output file.json` (docs/contracts.md §2).
import type { AgentId, AnswerId, Cause, IntentReport, Label, RunId, Usage, UsageRow } from "../core/index.ts";

export type AgentSummary = {
  readonly id: AgentId;
  readonly label: Label;
  readonly backend: string;
  readonly model: string | null;
  readonly state: "answered" | "voted" | "abstained" | "out" | "working";
  readonly usage: Usage;
  /** US dollars; null where no price is known. */
  readonly cost: number | null;
  readonly steps: number;
  readonly toolCalls: number;
};

export type RunResult = {
  readonly type: "run-result";
  /** What was presented, or the stored answer; null where there is none. */
  readonly answer: string | null;
  readonly source: "presentation" | "stored" | null;
  readonly winner: { readonly id: AgentId; readonly label: Label; readonly answer: AnswerId } | null;
  readonly cause: Cause | null;
  readonly degraded: readonly string[];
  readonly votes: readonly {
    readonly voter: AgentId;
    readonly for: AnswerId;
    readonly reason: string;
    /** True for a vote for the winning answer or one that is equal to it: equal answers are one candidate. */
    readonly forWinner: boolean;
  }[];
  readonly answers: readonly {
    readonly answer: AnswerId;
    readonly agent: AgentId;
    readonly label: Label;
    readonly content: string;
    readonly late: boolean;
  }[];
  readonly agents: readonly AgentSummary[];
  /** Calls that were recorded while agents deliberated, and what became of each; absent where there were none. */
  readonly intents?: readonly IntentReport[];
  readonly usage: Usage;
  /** US dollars; null where no price at all is known. */
  readonly cost: number | null;
  /** Model responses without a known price: what they cost is not in `cost`. */
  readonly unpricedSteps: number;
  /** How tools were used, by agent, server and tool; absent where none was. */
  readonly tools?: readonly UsageRow[];
  readonly exitCode: number;
  /** True where `resume` takes the run up again; absent where it would give this result once more. */
  readonly resumable?: true;
  readonly runId: RunId;
  /** The folder with the files of the final answer; null where its agent has none that are kept. */
  readonly workspace: string | null;
  /** The run's folder; null with `--no-logs`. */
  readonly runPath: string | null;
};
