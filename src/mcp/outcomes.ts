// The outcomes of tool calls, made in one place so that they read alike.
import { neutralise } from "../security/index.ts";
import type { Content } from "../core/index.ts";
import type { ToolFailureCode, ToolOutcome } from "./contract.ts";
import { capResult, type ResultCap } from "./cap-result.ts";
import { convertToolResult, RESULT_LIMITS } from "./convert-result.ts";

/** An outcome and how many bytes the server sent for it. */
export type MeasuredOutcome = { readonly outcome: ToolOutcome; readonly bytes: number };

export function failed(code: ToolFailureCode, message: string, retryable = false): ToolOutcome {
  return { ok: false, code, message: neutralise(message), retryable };
}

export const unmeasured = (outcome: ToolOutcome): MeasuredOutcome => ({ outcome, bytes: 0 });

/** A server's result as an outcome; what the tool itself reports as an error is one. */
export async function outcomeOf(result: unknown, cap: ResultCap): Promise<MeasuredOutcome> {
  const { content: whole, isError, bytes } = convertToolResult(result, RESULT_LIMITS);
  const content = await capResult(whole, cap);
  if (!isError) return { outcome: { ok: true, content }, bytes };
  const first = content.find((item) => item.type === "text");
  return {
    outcome: {
      ok: false,
      code: "tool-error",
      message: first?.type === "text" ? first.text : "The tool reported an error.",
      retryable: false,
      content,
    },
    bytes,
  };
}

/** What a model is shown of an outcome. */
export function contentOf(outcome: ToolOutcome): readonly Content[] {
  return outcome.ok ? outcome.content : (outcome.content ?? [{ type: "text", text: outcome.message }]);
}
