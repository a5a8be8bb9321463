// Makes what servers wrote into names and messages harmless before anybody records, logs or shows it.
import type { RunEvent } from "../core/index.ts";
import { neutralise } from "../security/index.ts";

/** The event with a harmless `message`; the rest of it is ours. */
export function cleanEvent(event: RunEvent): RunEvent {
  return "message" in event && typeof event.message === "string" ? { ...event, message: neutralise(event.message) } : event;
}
