// Which facts must survive a power cut before anybody acts on them: what was paid for, what was decided, and calls that may have effects.
import type { RunEvent } from "../core/index.ts";

export function mustSync(event: RunEvent): boolean {
  switch (event.type) {
    case "run-start":
    case "run-resumed":
    case "run-end":
    case "answer-submitted":
    case "vote-submitted":
    case "presentation-end":
    case "intent-recorded":
    case "changes-applied":
    case "intent-started":
    case "intent-executed":
    case "permission-answered":
    case "form-answered":
      return true;
    case "model-step":
      return event.finish !== "interrupted";
    case "tool-call":
      return event.effect !== "read-only";
    default:
      return false;
  }
}
