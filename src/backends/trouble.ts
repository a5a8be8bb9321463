// What went wrong with a model request, and whether asking again can help.
import type { Failure, FailureCategory } from "../core/index.ts";
import { ERROR_REGISTRY, type ErrorCode } from "../errors/index.ts";

export type Trouble = {
  readonly failure: Failure;
  /** How long the provider asked us to wait, in milliseconds; null where it said nothing. */
  readonly retryAfterMs: number | null;
  /** The model wrote a tool call its provider could not read: worth one corrective attempt, never a plain repetition. */
  readonly malformedCall: boolean;
};

const CODES: Readonly<Record<FailureCategory, ErrorCode>> = {
  authentication: "E_PROVIDER_AUTH",
  configuration: "E_PROVIDER_REQUEST",
  quota: "E_PROVIDER_QUOTA",
  "rate-limit": "E_PROVIDER_RATE",
  overloaded: "E_PROVIDER_OVERLOADED",
  network: "E_PROVIDER_NETWORK",
  timeout: "E_PROVIDER_TIMEOUT",
  "bad-request": "E_PROVIDER_REQUEST",
  refused: "E_PROVIDER_REPLY",
  protocol: "E_PROVIDER_REPLY",
  budget: "E_BUDGET",
  interrupted: "E_TURN_TIMEOUT",
  internal: "E_INTERNAL",
};

export function failureOf(
  category: FailureCategory,
  message: string,
  more: { readonly code?: ErrorCode; readonly next?: string } = {},
): Failure {
  const code = more.code ?? CODES[category];
  return { category, code, message, next: more.next ?? ERROR_REGISTRY[code].next };
}

export function troubleOf(
  category: FailureCategory,
  message: string,
  more: { readonly retryAfterMs?: number | null; readonly malformedCall?: boolean; readonly next?: string } = {},
): Trouble {
  return {
    failure: failureOf(category, message, more.next === undefined ? {} : { next: more.next }),
    retryAfterMs: more.retryAfterMs ?? null,
    malformedCall: more.malformedCall ?? false,
  };
}
