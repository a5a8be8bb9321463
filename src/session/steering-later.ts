// Steering that can be handed on before there is a run: it goes to the run that is going on.
import type { Steering } from "../runtime/index.ts";

type Act = (run: Steering) => void;

export class SteeringLater implements Steering {
  #run: Steering | null = null;
  readonly #waiting: Act[] | null;

  /** `early`: what is told before there is a run is kept for it, or dropped (between the questions of a conversation nobody is meant). */
  constructor(early: "keep" | "drop" = "keep") {
    this.#waiting = early === "keep" ? [] : null;
  }

  /** Null = the run is over. */
  attach(run: Steering | null): void {
    this.#run = run;
    if (run !== null) for (const act of this.#waiting?.splice(0) ?? []) act(run);
  }

  #do(act: Act): void {
    if (this.#run === null) this.#waiting?.push(act);
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

  form(...answer: Parameters<Steering["form"]>): void {
    this.#do((run) => run.form(...answer));
  }
}
