// Rules of the OpenAI Responses API: one output per function call, reasoning items only whole (encrypted) where nothing is stored.
import type { ReplayRequest } from "../replay-types.ts";
import { bagOf, bagsOf, nameProblems, pairProblems, unknownKeys, valuesOf, type Bag, type WireCheck } from "./wire-check.ts";

const BODY = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "stream",
  "store",
  "include",
  "reasoning",
  "text",
  "temperature",
  "top_p",
  "max_output_tokens",
  "parallel_tool_calls",
  "service_tier",
  "user",
  "metadata",
  "previous_response_id",
  "truncation",
  "prompt_cache_key",
  "safety_identifier",
]);

function itemProblems(items: readonly Bag[], stored: boolean): string[] {
  const calls = items.filter((item) => item["type"] === "function_call");
  const outputs = items.filter((item) => item["type"] === "function_call_output");
  const reasoning = items.filter((item) => item["type"] === "reasoning");
  const orphan = items.findIndex(
    (item, index) => item["type"] === "reasoning" && (items[index + 1] === undefined || items[index + 1]?.["role"] === "user"),
  );
  const early = outputs.filter(
    (output) =>
      items.indexOf(output) < items.findIndex((item) => item["type"] === "function_call" && item["call_id"] === output["call_id"]),
  );
  return [
    ...pairProblems(
      calls.map((item) => String(item["call_id"])),
      outputs.map((item) => String(item["call_id"])),
      "input",
    ),
    ...early.map((output) => `the output of ${String(output["call_id"])} stands before its call`),
    ...(stored
      ? []
      : items.filter((item) => item["type"] === "item_reference").map((item) => `${String(item["id"])} is referred to and not stored`)),
    ...(stored
      ? []
      : reasoning
          .filter((item) => typeof item["encrypted_content"] !== "string")
          .map((item) => `reasoning ${String(item["id"])} without its encrypted content`)),
    ...(orphan < 0 ? [] : ["a reasoning item without the item it belongs to"]),
  ];
}

export function responsesCheck(allow: readonly string[] = []): WireCheck {
  const encrypted = new Map<string, string>();
  const known = new Set([...BODY, ...allow]);
  return {
    reply: (reply) => {
      for (const value of valuesOf(reply).map(bagOf)) {
        const item = bagOf(value["item"]);
        if (item["type"] === "reasoning" && typeof item["encrypted_content"] === "string")
          encrypted.set(String(item["id"]), item["encrypted_content"]);
      }
    },
    request: ({ body, path }: ReplayRequest) => {
      if (body === null) return ["the body is no JSON"];
      const items = bagsOf(body["input"]);
      const tools = bagsOf(body["tools"]).filter((tool) => tool["type"] === "function");
      const changed = items.filter(
        (item) => encrypted.has(String(item["id"])) && item["encrypted_content"] !== encrypted.get(String(item["id"])),
      );
      return [
        ...(/\/responses(\?|$)/.test(path) ? [] : [`unknown path ${path}`]),
        ...unknownKeys(body, known, "body"),
        ...nameProblems(tools.map((tool) => String(tool["name"]))),
        ...tools
          .filter((tool) => bagOf(tool["parameters"])["type"] !== "object")
          .map((tool) => `${String(tool["name"])}: the root of the parameters is no object`),
        ...itemProblems(items, body["store"] !== false),
        ...changed.map((item) => `reasoning ${String(item["id"])} goes back changed`),
      ];
    },
  };
}
