// What each provider's errors mean, in the words these providers use.
import { describe, expect, test } from "vitest";
import type { FailureCategory } from "../core/index.ts";
import { classifyError } from "./classify-error.ts";
import { retryDelay } from "./retry.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const context = { provider: "P (m)", keyVariables: ["P_API_KEY"], apiKey: "key-123456", now: NOW };
type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

/** As the SDK throws it. */
function failing({ status, body, headers = {} }: Answer): Error {
  const responseBody = typeof body === "string" ? body : JSON.stringify(body);
  return Object.assign(new Error("Bad"), { name: "AI_APICallError", statusCode: status, responseBody, responseHeaders: headers });
}
const trouble = (answer: Answer) => classifyError(failing(answer), context);
const said = (message: string, rest: object = {}): object => ({ error: { message, ...rest } });

describe("errors by provider (REQ-BACKEND-36)", () => {
  test.each<[string, number, unknown, FailureCategory]>([
    ["Gemini: a wrong key", 400, said("API key not valid. Please pass a valid API key.", { status: "INVALID_ARGUMENT" }), "authentication"],
    ["Gemini: an expired key", 400, said("API key expired. Please renew the API key.", { status: "INVALID_ARGUMENT" }), "authentication"],
    ["Gemini: no credits", 429, said("Your prepayment credits are depleted.", { status: "RESOURCE_EXHAUSTED" }), "quota"],
    ["Gemini: a limit of the minute", 429, said("Quota exceeded for metric: x, limit: 10", { status: "RESOURCE_EXHAUSTED" }), "rate-limit"],
    ["Gemini: overloaded", 503, said("The model is overloaded.", { status: "UNAVAILABLE" }), "overloaded"],
    ["Gemini: too slow", 504, said("Deadline expired", { status: "DEADLINE_EXCEEDED" }), "timeout"],
    [
      "Claude: a wrong key",
      401,
      { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
      "authentication",
    ],
    [
      "Claude: the account's own limit",
      400,
      said("You have reached your specified API usage limits. You will regain access on 2026-02-01.", { type: "invalid_request_error" }),
      "quota",
    ],
    ["Claude: overloaded", 529, said("Overloaded", { type: "overloaded_error" }), "overloaded"],
    ["Claude: too large", 413, said("Request exceeds the maximum size", { type: "request_too_large" }), "bad-request"],
    ["OpenAI: a wrong key", 401, said("Incorrect API key provided: key-123456.", { code: "invalid_api_key" }), "authentication"],
    ["OpenAI: no money", 429, said("You exceeded your current quota", { type: "insufficient_quota" }), "quota"],
    [
      "OpenAI: requests of a day",
      429,
      said("Rate limit reached for gpt-5 on requests per day (RPD): Limit 200, Used 200. Please try again in 7m12s.", {
        code: "rate_limit_exceeded",
      }),
      "quota",
    ],
    [
      "OpenAI: requests of a minute",
      429,
      said("Rate limit reached on requests per min (RPM): Limit 3. Please try again in 20s.", { code: "rate_limit_exceeded" }),
      "rate-limit",
    ],
    [
      "OpenAI: a region",
      403,
      said("Country, region, or territory not supported", { code: "unsupported_country_region_territory" }),
      "authentication",
    ],
    [
      "Groq: tokens of a day",
      429,
      said("Rate limit reached for model `x` on tokens per day (TPD): Limit 100000", { type: "tokens" }),
      "quota",
    ],
    ["Cerebras: tokens of a day", 429, { message: "Tokens per day limit exceeded - too many tokens processed." }, "quota"],
    ["OpenRouter: free models of a day", 429, said("Rate limit exceeded: free-models-per-day. Add 10 credits", { code: 429 }), "quota"],
    ["OpenRouter: no credits", 402, said("Insufficient credits", { code: 402 }), "quota"],
    ["DeepSeek: no money", 402, said("Insufficient Balance", { type: "unknown_error" }), "quota"],
    ["Z.ai: no money", 429, said("Insufficient balance or no resource package. Please recharge.", { code: "1113" }), "quota"],
    ["Moonshot: no money", 429, said("Your account is suspended", { type: "exceeded_current_quota_error" }), "quota"],
    ["Qwen: no money", 400, said("Access denied, please make sure your account is in good standing.", { code: "Arrearage" }), "quota"],
    ["xAI: no credits", 403, { code: "permission-denied", error: "Your newly created team doesn't have any credits yet." }, "quota"],
    ["xAI: the month's limit", 429, { error: "Your team has used all available credits or reached its monthly spending limit." }, "quota"],
    ["Azure: no such deployment", 404, said("The API deployment does not exist", { code: "DeploymentNotFound" }), "configuration"],
    ["Ollama: no such model", 404, { error: 'model "x" not found, try pulling it first' }, "configuration"],
    ["a server in Python", 400, { detail: "max_tokens is too large" }, "bad-request"],
    ["Mistral: a limit", 429, { message: "Requests rate limit exceeded" }, "rate-limit"],
    ["any: a page of a proxy", 502, "<html>Bad gateway</html>", "overloaded"],
    ["any: a proxy that wants a password", 407, "", "authentication"],
    ["any: a request it does not understand", 422, said("Unprocessable"), "bad-request"],
  ])("%s", (...[, status, body, category]) => {
    const { failure } = trouble({ status, body });
    expect(failure.category).toBe(category);
    expect(failure.message).toContain(`HTTP ${status}`);
    expect(failure.message).not.toContain("key-123456");
    // The provider's own words, unless a proxy answered with a page.
    if (typeof body !== "string") expect(failure.message).not.toContain(": Bad");
    if (category === "authentication") expect(failure.next).toContain("P_API_KEY");
    if (category === "quota") expect(retryDelay(trouble({ status, body, headers: { "retry-after": "1" } }), 1, 0)).toBeNull();
  });

  test.each<[string, Answer, number | null]>([
    ["seconds", { status: 429, body: said("slow"), headers: { "Retry-After": "7" } }, 7_000],
    [
      "milliseconds, which are more exact",
      { status: 429, body: said("slow"), headers: { "retry-after-ms": "1500", "retry-after": "2" } },
      1_500,
    ],
    ["a date", { status: 503, body: said("busy"), headers: { "retry-after": "Fri, 02 Jan 2026 03:04:35 GMT" } }, 30_000],
    [
      "Google's RetryInfo",
      { status: 429, body: said("slow", { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" }] }) },
      34_400,
    ],
    ["a minute and more, which nobody waits for", { status: 429, body: said("slow"), headers: { "retry-after": "61" } }, null],
    ["a mistake, which waiting does not mend", { status: 400, body: said("no"), headers: { "retry-after": "1" } }, null],
  ])("a wait given in %s", (_name, answer, delay) => {
    expect(retryDelay(trouble(answer), 1, 0)).toBe(delay);
  });

  test("without a wait the pauses double, are spread by chance, and end", () => {
    const busy = trouble({ status: 503, body: said("busy") });
    expect([1, 2, 3, 4].map((attempt) => retryDelay(busy, attempt, 0))).toEqual([500, 1_000, 2_000, null]);
    expect(retryDelay(busy, 1, 0.999)).toBe(1_000);
  });
});
