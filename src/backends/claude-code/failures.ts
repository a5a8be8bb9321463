// What a Claude Code result means: three fields say whether it went wrong (`is_error`, `subtype`, `terminal_reason`), and none of them alone is enough.
import type { SDKResultMessage } from "@anthropic-ai/claude-agent-sdk";
import type { Failure, FailureCategory } from "../../core/index.ts";
import { failureOf } from "../trouble.ts";
import { isProgramMissing } from "./program.ts";

const BY_STATUS: Readonly<Record<number, FailureCategory>> = {
  401: "authentication",
  403: "authentication",
  400: "bad-request",
  402: "quota",
  404: "configuration",
  408: "timeout",
  413: "bad-request",
  429: "rate-limit",
  504: "timeout",
  529: "overloaded",
};
const BY_ERROR: Readonly<Record<string, FailureCategory>> = {
  authentication_failed: "authentication",
  billing_error: "quota",
  rate_limit: "rate-limit",
  overloaded: "overloaded",
  invalid_request: "bad-request",
  model_not_found: "configuration",
  server_error: "overloaded",
  max_output_tokens: "protocol",
};
const BY_REASON: Readonly<Record<string, FailureCategory>> = {
  prompt_too_long: "bad-request",
  model_error: "overloaded",
  api_error: "overloaded",
  image_error: "bad-request",
  malformed_tool_use_exhausted: "protocol",
  blocking_limit: "quota",
  budget_exhausted: "budget",
  max_turns: "protocol",
};

/** Ends on purpose: ours (a hook, an interruption) or the model's own. */
const ORDERLY = new Set(["completed", "hook_stopped", "stop_hook_prevented", "aborted_streaming", "aborted_tools"]);

/** The failure a result stands for; null where the turn ended in order. `assistantError` is the error field of the last assistant message. */
export function failureOfResult(result: SDKResultMessage, assistantError: string | null): Failure | null {
  const reason = result.terminal_reason ?? null;
  const orderly = reason === null ? result.subtype === "success" : ORDERLY.has(reason);
  if (!result.is_error && orderly) return null;
  if (reason === "aborted_streaming" || reason === "aborted_tools" || reason === "hook_stopped") return null;
  const status = "api_error_status" in result ? (result.api_error_status ?? null) : null;
  const category =
    // Who has not paid is told so by a status that means something else.
    (assistantError === "billing_error" ? BY_ERROR[assistantError] : undefined) ??
    (status === null ? undefined : (BY_STATUS[status] ?? (status >= 500 ? "overloaded" : undefined))) ??
    (assistantError === null ? undefined : BY_ERROR[assistantError]) ??
    (reason === null ? undefined : BY_REASON[reason]) ??
    "protocol";
  return failureOf(category, messageOf(result, reason));
}

function messageOf(result: SDKResultMessage, reason: string | null): string {
  const said = result.subtype === "success" ? result.result : result.errors.join("; ");
  return `Claude Code: ${said.trim() === "" ? (reason ?? result.subtype) : said.trim().slice(0, 500)}`;
}

const INSTALL = "Install Claude Code so that `claude` is on the PATH, or name its program in `claude_code_path`.";
const TRY_BY_HAND = "Run `claude` by hand and read what it says.";
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** The failure of a session that could not be begun. */
export function failureOfStart(error: unknown): Failure {
  if (isProgramMissing(error))
    return failureOf("configuration", "Claude Code is not installed: its program was not found.", { next: INSTALL });
  return failureOf("configuration", `Claude Code could not be started: ${textOf(error)}`, { next: TRY_BY_HAND });
}

/** The failure of a process or iterator that broke. */
export function failureOfBreak(error: unknown): Failure {
  const missing = isProgramMissing(error);
  return failureOf(missing ? "configuration" : "network", `Claude Code ended unexpectedly: ${textOf(error)}`, {
    next: missing ? INSTALL : TRY_BY_HAND,
  });
}
