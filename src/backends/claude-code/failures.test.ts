// A result of Claude Code is a failure when any of its three fields says so, and none where we ended it ourselves.
import type { SDKResultMessage } from "@anthropic-ai/claude-agent-sdk";
import { describe, expect, test } from "vitest";
import { failureOfBreak, failureOfResult, failureOfStart } from "./failures.ts";

type Fields = {
  readonly subtype?: string;
  readonly is_error?: boolean;
  readonly terminal_reason?: string;
  readonly api_error_status?: number;
  readonly result?: string;
  readonly errors?: readonly string[];
};
const resultOf = (fields: Fields): SDKResultMessage =>
  ({ type: "result", subtype: "success", is_error: false, result: "", errors: [], ...fields }) as unknown as SDKResultMessage;

describe("what a result means (REQ-BACKEND-60)", () => {
  test.each<[string, Fields, string | null, string | null]>([
    ["an ordinary end", { terminal_reason: "completed" }, null, null],
    ["an end an older release does not explain", {}, null, null],
    ["an end by our own hook", { is_error: true, terminal_reason: "hook_stopped" }, null, null],
    [
      "an interruption in the stream",
      { subtype: "error_during_execution", is_error: true, terminal_reason: "aborted_streaming" },
      null,
      null,
    ],
    ["an interruption of a tool", { subtype: "error_during_execution", is_error: true, terminal_reason: "aborted_tools" }, null, null],
    ["an error that calls itself a success", { is_error: true, result: "API Error: 529" }, "overloaded", "overloaded"],
    ["a success with an orderless reason", { terminal_reason: "prompt_too_long" }, null, "bad-request"],
    ["an error by its subtype alone", { subtype: "error_max_turns", errors: ["Reached 3 turns"] }, null, "protocol"],
    ["too many turns", { subtype: "error_max_turns", is_error: true, terminal_reason: "max_turns" }, null, "protocol"],
    ["a status of the provider", { is_error: true, api_error_status: 401 }, null, "authentication"],
    ["a status nobody lists", { is_error: true, api_error_status: 599 }, null, "overloaded"],
    ["a rate limit", { is_error: true, api_error_status: 429 }, null, "rate-limit"],
    ["a bill that is not paid", { is_error: true }, "billing_error", "quota"],
    ["a bill that is not paid, under another status", { is_error: true, api_error_status: 400 }, "billing_error", "quota"],
    ["a model nobody knows", { is_error: true, api_error_status: 404 }, "invalid_request", "configuration"],
    ["a request that took too long", { is_error: true, api_error_status: 504 }, "server_error", "timeout"],
    ["a reason nobody knows", { is_error: true, terminal_reason: "moon_phase" }, null, "protocol"],
  ])("%s", (...[, fields, assistantError, category]) => {
    const failure = failureOfResult(resultOf(fields), assistantError);
    expect(failure?.category ?? null).toBe(category);
    if (failure !== null) expect(failure.message).toMatch(/^Claude Code: ./);
  });

  test("a program that is missing is a matter of configuration, one that broke is not", () => {
    for (const said of ["spawn claude ENOENT", "Claude Code process exited with code 127"])
      expect(failureOfBreak(new Error(said))).toMatchObject({
        category: "configuration",
        next: expect.stringContaining("claude_code_path"),
      });
    expect(failureOfStart(new Error("Native CLI binary for linux-x64 not found. Set options.pathToClaudeCodeExecutable."))).toMatchObject({
      category: "configuration",
      message: "Claude Code is not installed: its program was not found.",
      next: expect.stringContaining("claude_code_path"),
    });
    expect(failureOfStart(new Error("EACCES"))).toMatchObject({ message: "Claude Code could not be started: EACCES" });
    expect(failureOfBreak("exit code 1")).toMatchObject({ category: "network", message: expect.stringContaining("exit code 1") });
  });
});
