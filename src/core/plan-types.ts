// What `plan(state)` says: the work that should be running now. The runtime brings reality in line with it after every event.
import type { AgentId, AnswerId, CallId, Label } from "./ids.ts";
import type { Cause, DeadlineName, RunOutcome, TurnKind } from "./events.ts";

export type TurnPlan = {
  readonly agent: AgentId;
  readonly kind: TurnKind;
  /** Every current answer that this turn's requests must have shown, in log order. A running turn with another list is outdated by news. */
  readonly shown: readonly AnswerId[];
  readonly mayAnswer: boolean;
  /** Labels of the candidates that can be voted for; empty where no vote is offered. */
  readonly mayVote: readonly Label[];
  /** True where two steps in a row were dropped for news: the next step is let finish. */
  readonly letFinish: boolean;
};

export type PresentationPlan = {
  readonly agent: AgentId;
  readonly answer: AnswerId;
  readonly cause: Cause;
};

export type Plan = {
  /** At most one per agent. An agent with a running turn and no entry here must stop. */
  readonly turns: readonly TurnPlan[];
  /** The winner's recorded intents that are still to be executed, each once, in order; the presentation waits for them. */
  readonly intents: readonly CallId[];
  readonly presentation: PresentationPlan | null;
  /** Deadlines that still matter, in milliseconds of active run time; reached ones are reported by `deadline-reached`. */
  readonly deadlines: readonly { readonly deadline: DeadlineName; readonly atMs: number }[];
  /** Not null when nothing is left to do: the runtime appends `run-end` with it. */
  readonly end: RunOutcome | null;
};
