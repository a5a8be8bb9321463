// Trouble found before the first request, on its way to become the turn's failure.
import type { Failure } from "../core/index.ts";

export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "FailureError";
    this.failure = failure;
  }
}
