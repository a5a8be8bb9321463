// Asked before every model request. An agent that the run's budget refuses waits for those whose request is paid for already:
// their answers and votes shall still count when the run is decided with what is there.
import type { Failure } from "../core/index.ts";
import type { BudgetWatch } from "./budget.ts";
import { failure } from "./failures.ts";
import type { Job } from "./job.ts";

const OVER = failure("interrupted", "E_INTERNAL", "The turn is over.");

export class Admission {
  readonly #budget: BudgetWatch | null;
  readonly #refused = new Map<Job, () => void>();

  constructor(budget: BudgetWatch | null) {
    this.#budget = budget;
  }

  /** `review` must be called after every change of the running jobs, also after this. */
  ask(job: Job): Promise<Failure | null> {
    if (job.closed) return Promise.resolve(OVER);
    const refusal = this.#budget?.admit(job.agent) ?? null;
    if (refusal === null) return Promise.resolve(null);
    if (!refusal.everybody) return Promise.resolve(refusal.failure);
    return new Promise((resolve) => {
      const answer = (): void => {
        this.#refused.delete(job);
        resolve(refusal.failure);
      };
      this.#refused.set(job, answer);
      if (job.abort.aborted) answer();
      else job.abort.addEventListener("abort", answer, { once: true });
    });
  }

  /** Once only refused jobs are left, the budget is what ends them. */
  review(jobs: Iterable<Job>): void {
    if (this.#refused.size === 0) return;
    for (const job of jobs) if (!this.#refused.has(job)) return;
    const answers = [...this.#refused.values()];
    this.#budget?.exhaust();
    for (const answer of answers) answer();
  }
}
