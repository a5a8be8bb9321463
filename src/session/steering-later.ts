// Steering of a run that is not started yet: what is asked for in the meantime is done as soon as it is.
import type { Steering } from "../runtime/index.ts";

export class SteeringLater implements Steering {
  #run: Steering | null = null;
  readonly #waiting: ((run: Steering) => void)[] = [];

  attach(run: Steering): void {
    this.#run = run;
    for (const act of this.#waiting.splice(0)) act(run);
  }

  #do(act: (run: Steering) => void): void {
    if (this.#run === null) this.#waiting.push(act);
    else act(this.#run);
  }

  answerNow(): void {
    this.#do((run) => run.answerNow());
  }

  cancel(): void {
    this.#do((run) => run.cancel());
  }

  pause(): void {
    this.#do((run) => run.pause());
  }

  resume(): void {
    this.#do((run) => run.resume());
  }

  permission(...answer: Parameters<Steering["permission"]>): void {
    this.#do((run) => run.permission(...answer));
  }
}
