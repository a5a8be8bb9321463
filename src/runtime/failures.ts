// The failures that the runtime itself finds, in the words of the log.
import type { Failure, FailureCategory } from "../core/index.ts";
import { ERROR_REGISTRY, type ErrorCode } from "../errors/index.ts";

export function failure(category: FailureCategory, code: ErrorCode, message: string): Failure {
  return { category, code, message, next: ERROR_REGISTRY[code].next };
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

export const turnTimeout = (ms: number): Failure => failure("timeout", "E_TURN_TIMEOUT", `The turn took longer than ${seconds(ms)}.`);
export const presentationTimeout = (ms: number): Failure => ({
  ...failure("timeout", "E_TURN_TIMEOUT", `The presentation took longer than ${seconds(ms)}.`),
  next: "Raise `presentation_timeout_seconds`.",
});
export const noDecision = (): Failure => failure("protocol", "E_TURN_ATTEMPTS", "The turn ended without an answer or a vote.");
export const contractBroken = (what: string): Failure => failure("internal", "E_INTERNAL", `The backend broke its contract: ${what}.`);
export const threw = (error: unknown): Failure =>
  failure("internal", "E_INTERNAL", `The backend failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`);
export const unusable = (what: string): Failure => failure("protocol", "E_PROVIDER_REPLY", what);
