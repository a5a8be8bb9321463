// What each way a provider can end a reply means for the turn. Every reason has an outcome here, unknown ones included.
import type { LanguageModelV4FinishReason } from "@ai-sdk/provider";
import type { FinishReason } from "../core/index.ts";

const BLOCKED = new Set([
  "MODEL_ARMOR",
  "SAFETY",
  "RECITATION",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "IMAGE_OTHER",
  "LANGUAGE",
  "content_filter",
  "sensitive",
]);
const MALFORMED = new Set(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE", "tool_use_failed"]);
/** `stop` under `content-filter` is how chat completions end after the model itself declined. */
const REFUSED = new Set(["refusal", "stop"]);
/** The conversation no longer fits into the model: a larger limit of output tokens would not help. */
const TOO_LONG = new Set(["model_context_window_exceeded", "model_length"]);
/** The provider gave the reply up, for reasons of its own. */
const BROKEN_OFF = new Set(["error", "failed", "cancelled", "abort", "network_error", "insufficient_system_resource", "unknown_error"]);
/** The provider stopped a long step of its own tools and goes on when it gets the conversation back. */
const PAUSED = new Set(["pause_turn"]);

export function finishReasonOf({ unified, raw }: LanguageModelV4FinishReason): FinishReason {
  const name = raw ?? "";
  if (MALFORMED.has(name)) return "malformed-call";
  if (unified === "content-filter") return REFUSED.has(name) ? "refusal" : "content-filter";
  if (BLOCKED.has(name)) return "content-filter";
  if (TOO_LONG.has(name)) return "length";
  if (unified === "interrupted") return "error";
  return unified;
}

export function isPaused({ raw }: LanguageModelV4FinishReason): boolean {
  return raw !== undefined && PAUSED.has(raw);
}

/** True where the provider gave up in the middle: worth asking again, whatever had come. */
export function isBrokenOff(reason: LanguageModelV4FinishReason): boolean {
  return finishReasonOf(reason) === "error" || BROKEN_OFF.has(reason.raw ?? "");
}

/** What people can do about an end; undefined where there is nothing. */
export function adviceFor(finish: FinishReason, raw: string | undefined): string | undefined {
  if (finish !== "length") return undefined;
  return TOO_LONG.has(raw ?? "") ? "Ask for less at a time, or use a model with a longer context." : "Raise max_tokens.";
}

/** Said to people where a reply ended in a way that needs an explanation; null for ordinary ends. */
export function explainFinish(finish: FinishReason, raw: string | undefined, empty: boolean): string | null {
  const why = raw === undefined ? "" : ` (${raw})`;
  switch (finish) {
    case "content-filter":
      return `the provider blocked the reply${why}`;
    case "refusal":
      return `the model declined to answer${why}`;
    case "malformed-call":
      return `the model wrote a tool call that could not be read${why}`;
    case "length":
      if (TOO_LONG.has(raw ?? "")) return `the conversation has become too long for the model${why}`;
      return empty
        ? `the model used up its output tokens before it said anything${why}`
        : `the reply was cut because the limit of output tokens was reached${why}`;
    case "error":
    case "other":
      return empty ? `the reply ended without content${why}` : null;
    default:
      return null;
  }
}
