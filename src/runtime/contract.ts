// How people steer a run while it is going.
import type { FormAnswer } from "../core/index.ts";

/** What people do while a run is going; the runtime turns each into `command-received`. Never throws, also after the end of the run. */
export type Steering = {
  answerNow(): void;
  cancel(): void;
  pause(): void;
  resume(): void;
  permission(call: string, allow: boolean, remember: "once" | "run" | "always"): void;
  /** Answers the form that a server put before a person during this call. */
  form(call: string, answer: FormAnswer): void;
};
