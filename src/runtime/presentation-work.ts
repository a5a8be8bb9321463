// The presentation: one text of the winner, taken only when it is whole.
import type { EventOf, Failure, RunEvent } from "../core/index.ts";
import { consume, type Consumed } from "./consume.ts";
import type { RunContext } from "./context.ts";
import { contractBroken, presentationTimeout } from "./failures.ts";
import type { Job } from "./job.ts";
import { portsOf } from "./ports.ts";
import { presentationRequest } from "./turn-request.ts";
import { faultOfText, textOf } from "./whole-text.ts";

export async function presentationWork(run: RunContext, job: Job, stored: Promise<void>): Promise<readonly RunEvent[]> {
  await stored;
  const timeoutMs = run.settings.presentationTimeoutMs;
  job.limit(timeoutMs);
  const { backend } = run.spec(job.agent);
  const consumed = await consume(run, job, () => backend.runTurn(presentationRequest(run, job), portsOf(run, job)));
  const text = consumed.finished.text ?? textOf(consumed.lastStep?.parts ?? []);
  if (job.stopped === "timeout") return [end(job, text, presentationTimeout(timeoutMs))];
  if (job.stopped !== null) return [{ ...end(job, text, null), outcome: "interrupted" }];
  return [end(job, text, faultOf(consumed, text))];
}

function end({ agent, turn }: Job, text: string, fault: Failure | null): EventOf<"presentation-end"> {
  const base = { type: "presentation-end", agent, turn, text } as const;
  return fault === null ? { ...base, outcome: "done" } : { ...base, outcome: "failed", failure: fault };
}

/** A text that is cut, refused or empty is no result. */
function faultOf({ finished, lastStep }: Consumed, text: string): Failure | null {
  if (finished.outcome === "failed") return finished.failure ?? contractBroken("it failed without a reason");
  if (finished.outcome !== "finished") return contractBroken(`a presentation cannot end as ${finished.outcome}`);
  return faultOfText(text, finished.finish ?? lastStep?.finish ?? "stop");
}
