// Turns a provider's error into one of our categories, from its names, its status, its headers and its chain of causes, in that order.
import type { FailureCategory } from "../core/index.ts";
import { errorFields, type ErrorFields } from "./error-fields.ts";
import { troubleOf, type Trouble } from "./trouble.ts";

export type ErrorContext = {
  /** Shown to people, e.g. `Google Gemini`. */
  readonly provider: string;
  /** Variables that may hold the key, for the next step of an authentication failure. */
  readonly keyVariables: readonly string[];
  /** Cut out of messages, should a provider repeat it. */
  readonly apiKey: string | null;
  /** Milliseconds since the epoch, for `Retry-After` dates. */
  readonly now: number;
};

type Rule = readonly [FailureCategory, (fields: ErrorFields) => boolean];

const NETWORK_CODES =
  /^(E(CONN|HOST|NET|PIPE|AI_|ADDR|NOTFOUND|PROTO)|UND_ERR_|ERR_(SOCKET|TLS|SSL|STREAM|HTTP2)|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;
const NETWORK_WORDS = /cannot connect to api|fetch failed|other side closed|socket hang up|terminated|network/i;
const has =
  (...names: readonly string[]) =>
  (fields: ErrorFields) =>
    names.some((name) => fields.names.has(name));
const says = (pattern: RegExp) => (fields: ErrorFields) => pattern.test(fields.message);
const status =
  (...codes: readonly number[]) =>
  (fields: ErrorFields) =>
    fields.status !== null && codes.includes(fields.status);

function dayQuota(fields: ErrorFields): boolean {
  return fields.details.some((detail) => {
    const violations = Array.isArray(detail["violations"]) ? (detail["violations"] as readonly Record<string, unknown>[]) : [];
    return violations.some((violation) =>
      /per_?day/i.test(`${String(violation["quotaId"] ?? "")} ${String(violation["quotaMetric"] ?? "")}`),
    );
  });
}

/** Most providers tell the limits of a day only in words. */
const DAY = /\bper[ _-]?day\b|\((?:TPD|RPD)\)|\bdaily\b.{0,40}\b(?:limit|quota)/i;
const SPENT = new RegExp(
  [
    "credit balance is too low",
    "specified API usage limits",
    "insufficient balance",
    "credits? (?:are|is) depleted",
    "used all available credits",
    "monthly spending limit",
    "doesn't have any credits",
    "exceeded your current quota, please check your plan and billing details\\. for more information on this error, read the docs: https://platform\\.openai",
  ].join("|"),
  "i",
);
const limited = (fields: ErrorFields): boolean => fields.status === 429 || has("rate_limit_error", "rate_limit_exceeded")(fields);

/** First match wins. Names come before statuses: a 429 may be a spent account, a 400 a wrong key. */
const RULES: readonly Rule[] = [
  [
    "quota",
    has(
      "insufficient_quota",
      "billing_hard_limit_reached",
      "billing_not_active",
      "credit_balance_too_low",
      "exceeded_current_quota_error",
      "arrearage",
    ),
  ],
  ["quota", says(SPENT)],
  ["quota", dayQuota],
  ["quota", (fields) => limited(fields) && says(DAY)(fields)],
  ["quota", status(402)],
  ["authentication", has("api_key_invalid", "invalid_api_key", "authentication_error", "unauthenticated")],
  ["authentication", says(/api key (not valid|expired|not found)|incorrect api key|invalid (x-)?api[- ]key/i)],
  ["rate-limit", has("rate_limit_error", "rate_limit_exceeded", "resource_exhausted", "too_many_requests")],
  ["overloaded", has("overloaded_error", "unavailable", "server_error", "api_error", "internal_server_error", "engine_overloaded")],
  ["timeout", has("timeout_error", "deadline_exceeded")],
  ["configuration", has("not_found_error", "model_not_found", "deploymentnotfound", "redirected", "foreign-host", "web-page")],
  ["authentication", has("permission_error", "permission_denied")],
  ["authentication", status(401, 403, 407)],
  ["configuration", status(404)],
  ["rate-limit", status(429)],
  ["timeout", status(408, 504)],
  ["overloaded", (fields) => fields.status !== null && (fields.status >= 500 || fields.status === 409 || fields.status === 425)],
  ["bad-request", (fields) => fields.status !== null && fields.status >= 400],
  ["bad-request", has("invalid_request_error", "invalid_argument", "failed_precondition", "invalid_prompt")],
  ["timeout", (fields) => fields.systemCodes.some((code) => /TIMEOUT|ETIMEDOUT/.test(code))],
  ["network", (fields) => fields.systemCodes.some((code) => NETWORK_CODES.test(code))],
  ["network", (fields) => (fields.status === null || fields.status === 200) && says(NETWORK_WORDS)(fields)],
  ["protocol", (fields) => /JSONParse|TypeValidation|InvalidResponse|NoContent|EmptyResponse|StreamProvider/.test(fields.kind)],
  ["protocol", says(/invalid json response|failed to process successful response/i)],
];

const MALFORMED_CALL = /tool_use_failed|malformed_function_call/;

function retryDelayOf(fields: ErrorFields, now: number): number | null {
  const ms = Number(fields.headers["retry-after-ms"]);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const after = fields.headers["retry-after"];
  if (after !== undefined) {
    const seconds = Number(after);
    if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  for (const detail of fields.details) {
    const delay = detail["retryDelay"];
    const seconds = typeof delay === "string" ? Number.parseFloat(delay) : Number.NaN;
    if (Number.isFinite(seconds)) return seconds * 1000;
  }
  return null;
}

function wording(fields: ErrorFields, context: ErrorContext): string {
  const said = context.apiKey === null || context.apiKey.length < 6 ? fields.message : fields.message.replaceAll(context.apiKey, "***");
  const one = said.replace(/\s+/g, " ").trim();
  const short = one.length > 600 ? `${one.slice(0, 600)}…` : one;
  return `${context.provider}: ${short}${fields.status === null || fields.status === 200 ? "" : ` (HTTP ${fields.status})`}`;
}

function nextStep(category: FailureCategory, fields: ErrorFields, context: ErrorContext): string | undefined {
  if (fields.names.has("web-page")) return "Correct `base_url`: it must be the address of the API (many end in `/v1`), not of a site.";
  return category === "authentication" && context.keyVariables.length > 0
    ? `Check the value of ${context.keyVariables.join(" or ")}.`
    : undefined;
}

/** What an error of a request or a stream means. Whether we aborted the request ourselves must have been looked at before. Never throws. */
export function classifyError(error: unknown, context: ErrorContext): Trouble {
  const fields = errorFields(error);
  const malformedCall = [...fields.names].some((name) => MALFORMED_CALL.test(name));
  const category = malformedCall ? "protocol" : (RULES.find(([, matches]) => matches(fields))?.[0] ?? "protocol");
  const next = nextStep(category, fields, context);
  return troubleOf(category, wording(fields, context), {
    retryAfterMs: retryDelayOf(fields, context.now),
    malformedCall,
    ...(next === undefined ? {} : { next }),
  });
}
