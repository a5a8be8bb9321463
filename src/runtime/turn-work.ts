// One turn of one agent, from its first request to the fact that ends it.
import { currentTurn, nextAnswerId, type EventOf, type Failure, type OpenCall, type RunEvent, type TurnPlan } from "../core/index.ts";
import { consume, type Consumed } from "./consume.ts";
import type { RunContext } from "./context.ts";
import { contractBroken, noDecision, turnTimeout, unusable } from "./failures.ts";
import type { Job } from "./job.ts";
import { decide, portsOf } from "./ports.ts";
import { turnRequest } from "./turn-request.ts";
import { textOf } from "./whole-text.ts";

export type TurnStart = {
  readonly planned: TurnPlan;
  /** `turn-start` is in the log. */
  readonly stored: Promise<void>;
  /** Decisions of a finished step that nobody has judged. */
  readonly undecided: readonly OpenCall[];
};

export async function turnWork(run: RunContext, job: Job, { planned, stored, undecided }: TurnStart): Promise<readonly RunEvent[]> {
  await stored;
  if (undecided.length > 0) await decide(run, job, undecided);
  if (job.ending) return [end(job, job.decided ? "done" : "interrupted")];
  job.limit(run.limit("turnTimeoutMs"));
  const { backend } = run.spec(job.agent);
  const consumed = await consume(run, job, () => backend.runTurn(turnRequest(run, job, planned), portsOf(run, job)));
  return endOfTurn(run, job, consumed);
}

function endOfTurn(run: RunContext, job: Job, consumed: Consumed): readonly RunEvent[] {
  const { finished } = consumed;
  if (job.decided) return [end(job, "done")];
  if (job.stopped === "timeout") return [failed(job, turnTimeout(run.limit("turnTimeoutMs")))];
  if (job.stopped !== null) return [end(job, "interrupted")];
  switch (finished.outcome) {
    case "decided":
      return [failed(job, noDecision())];
    case "interrupted":
      return [job.newsSent ? end(job, "interrupted") : failed(job, contractBroken("it was interrupted by nobody"))];
    case "failed":
      return [failed(job, finished.failure ?? contractBroken("it failed without a reason"))];
    case "finished":
      return endOfChat(run, job, consumed);
  }
}

/** Plain chat has no workflow tools: the text of the last step is the answer. */
function endOfChat(run: RunContext, job: Job, { finished, lastStep }: Consumed): readonly RunEvent[] {
  const { agent, turn } = job;
  if (currentTurn(run.state, agent)?.kind !== "chat") return [failed(job, noDecision())];
  const content = finished.text ?? textOf(lastStep?.parts ?? []);
  if (content.trim() === "") return [failed(job, unusable("The model said nothing."))];
  const answer: EventOf<"answer-submitted"> = {
    type: "answer-submitted",
    agent,
    turn,
    answer: nextAnswerId(run.state, agent),
    content,
    late: false,
  };
  const cut: readonly RunEvent[] =
    (finished.finish ?? lastStep?.finish) === "length"
      ? [
          {
            type: "warning",
            code: "E_PROVIDER_REPLY",
            agent,
            message: "The answer was cut off at the model's limit.",
            next: "Raise `max_tokens`.",
          },
        ]
      : [];
  return [...cut, answer, end(job, "done")];
}

function end({ agent, turn }: Job, outcome: "done" | "interrupted"): RunEvent {
  return { type: "turn-end", agent, turn, outcome };
}

function failed({ agent, turn }: Job, failure: Failure): RunEvent {
  return { type: "turn-end", agent, turn, outcome: "failed", failure };
}
