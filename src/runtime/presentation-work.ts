// The presentation: one text of the winner, taken only when it is whole.
import type { EventOf, Failure, FinishReason, RunEvent } from "../core/index.ts";
import { consume, textOf, type Consumed } from "./consume.ts";
import type { RunContext } from "./context.ts";
import { contractBroken, failure, presentationTimeout, unusable } from "./failures.ts";
import type { Job } from "./job.ts";
import { portsOf } from "./ports.ts";
import { presentationRequest } from "./turn-request.ts";

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
  const finish = finished.finish ?? lastStep?.finish ?? "stop";
  return FAULTS[finish] ?? (text.trim() === "" ? unusable("The presentation was empty.") : null);
}

const FAULTS: { readonly [Reason in FinishReason]?: Failure } = {
  length: unusable("The presentation was cut off at the model's limit."),
  "content-filter": failure("refused", "E_PROVIDER_REPLY", "The provider's filter stopped the presentation."),
  refusal: failure("refused", "E_PROVIDER_REPLY", "The model refused to present."),
  "malformed-call": unusable("The model tried to call a tool instead of presenting."),
  "tool-calls": unusable("The model tried to call a tool instead of presenting."),
  error: unusable("The presentation ended in an error."),
  interrupted: unusable("The presentation was interrupted."),
};
