// Compares what should be running with what is: the changes that bring the two together. Pure.
import type { AgentId, AnswerId, Plan, PresentationPlan, TurnPlan } from "../core/index.ts";

/** A job as the comparison sees it. */
export type JobView = {
  readonly agent: AgentId;
  readonly kind: "turn" | "presentation" | "repair";
  readonly shown: readonly AnswerId[];
  /** It has been told that news arrived. */
  readonly newsSent: boolean;
  /** It has its decision or was told to stop: it ends by itself. */
  readonly ending: boolean;
};

export type Change =
  | { readonly type: "start-turn"; readonly turn: TurnPlan }
  | { readonly type: "start-presentation"; readonly presentation: PresentationPlan }
  | { readonly type: "send-news"; readonly agent: AgentId }
  | { readonly type: "stop"; readonly agent: AgentId };

export type PlannedWork = Pick<Plan, "turns" | "presentation">;

/** Stops come first. An agent does one thing at a time: what waits for an ending job is started once that has ended. */
export function difference(wanted: PlannedWork, jobs: ReadonlyMap<AgentId, JobView>): readonly Change[] {
  const changes: Change[] = [];
  const turns = new Map(wanted.turns.map((turn) => [turn.agent, turn]));
  for (const job of jobs.values()) {
    if (!job.ending) changes.push(...changeOf(job, turns.get(job.agent), wanted.presentation));
  }
  for (const turn of wanted.turns) if (!jobs.has(turn.agent)) changes.push({ type: "start-turn", turn });
  const { presentation } = wanted;
  if (presentation !== null && !jobs.has(presentation.agent)) changes.push({ type: "start-presentation", presentation });
  return changes;
}

function changeOf(job: JobView, turn: TurnPlan | undefined, presentation: PresentationPlan | null): readonly Change[] {
  const needed = job.kind === "presentation" ? presentation?.agent === job.agent : turn !== undefined;
  if (!needed) return [{ type: "stop", agent: job.agent }];
  const outdated = job.kind === "turn" && turn !== undefined && !sameList(job.shown, turn.shown);
  return outdated && !job.newsSent ? [{ type: "send-news", agent: job.agent }] : [];
}

function sameList(a: readonly AnswerId[], b: readonly AnswerId[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}
