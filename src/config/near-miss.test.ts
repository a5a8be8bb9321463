import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distance, nearestTo, skeletonOf } from "./near-miss.ts";

const KNOWN = [
  "type",
  "model",
  "api_key",
  "base_url",
  "mcp_servers",
  "temperature",
  "top_p",
  "max_tokens",
  "args",
  "env",
  "url",
  "orchestrator_timeout_seconds",
];

describe("near misses (REQ-CONFIG-8)", () => {
  test.each([
    ["temprature", "temperature"],
    ["Temperature", "temperature"],
    ["max-tokens", "max_tokens"],
    ["maxTokens", "max_tokens"],
    ["max tokens", "max_tokens"],
    ["MAX_TOKENS", "max_tokens"],
    ["mcp_server", "mcp_servers"],
    ["mcpServers", "mcp_servers"],
    ["mоdel", "model"],
    ["mοdel", "model"],
    ["m0del", "model"],
    ["ｍodel", "model"],
    ["mod\u200bel", "model"],
    ["tpye", "type"],
    ["arg", "args"],
    ["envs", "env"],
    ["URL", "url"],
    ["api_kye", "api_key"],
    ["bas_url", "base_url"],
    ["orchestrator_timeout", "orchestrator_timeout_seconds"],
  ])("%s is taken for %s", (word, meant) => expect(nearestTo(word, KNOWN)).toBe(meant));

  test.each(["frobnicate", "cwd", "arc", "urn", "max", "top_k_value", "telemetry", "", "_", "x".repeat(1000), "constructor", "toolbox"])(
    "%s is near to nothing",
    (word) => {
      expect(nearestTo(word, KNOWN)).toBeNull();
    },
  );

  test("a known word is no near miss of itself", () => expect(nearestTo("type", ["type"])).toBeNull());

  test("two spellings with one skeleton are always near", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{4,8}(_[a-z]{3,8}){1,2}$/),
        (word) =>
          nearestTo(word.toUpperCase().replaceAll("_", "-"), [word]) === word && skeletonOf(word.toUpperCase()) === skeletonOf(word),
      ),
    );
  });
});

describe("spelling distance", () => {
  /** The textbook recursion, slow and obviously right. */
  function slow(a: string, b: string): number {
    if (a === "" || b === "") return a.length + b.length;
    const replaced = slow(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
    const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0] ? slow(a.slice(2), b.slice(2)) + 1 : Infinity;
    return Math.min(replaced, swapped, slow(a.slice(1), b) + 1, slow(a, b.slice(1)) + 1);
  }

  test("equals the textbook's up to the limit", () => {
    const word = fc.stringMatching(/^[abc]{0,6}$/);
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, limit) => distance(a, b, limit) === Math.min(slow(a, b), limit + 1)),
    );
  });
});
