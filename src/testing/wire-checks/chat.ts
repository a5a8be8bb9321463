// Rules of chat completions: known keys, a result directly after every call, arguments that are JSON texts.
import type { ReplayRequest } from "../replay-types.ts";
import { bagOf, bagsOf, nameProblems, pairProblems, unknownKeys, type Bag, type WireCheck } from "./wire-check.ts";

const BODY = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "stream",
  "stream_options",
  "temperature",
  "top_p",
  "max_tokens",
  "max_completion_tokens",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "response_format",
  "reasoning_effort",
  "verbosity",
  "parallel_tool_calls",
  "user",
]);
const MESSAGE = new Set(["role", "content", "tool_calls", "tool_call_id", "name", "reasoning_content"]);

function isJsonObject(text: unknown): boolean {
  try {
    return typeof text === "string" && typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function messageProblems(messages: readonly Bag[]): string[] {
  const problems: string[] = [];
  messages.forEach((message, index) => {
    const where = `messages[${index}]`;
    problems.push(...unknownKeys(message, MESSAGE, where));
    if (message["role"] === "system" && index > 0) problems.push(`${where}: a system message in the middle`);
    const calls = bagsOf(message["tool_calls"]);
    for (const call of calls) {
      if (!isJsonObject(bagOf(call["function"])["arguments"])) problems.push(`${where}: arguments are no JSON object`);
    }
    const follow = messages.slice(index + 1);
    const end = follow.findIndex((next) => next["role"] !== "tool");
    const results = (end < 0 ? follow : follow.slice(0, end)).map((result) => String(result["tool_call_id"]));
    if (message["role"] === "assistant")
      problems.push(
        ...pairProblems(
          calls.map((call) => String(call["id"])),
          results,
          where,
        ),
      );
  });
  if (messages.at(-1)?.["role"] === "assistant") problems.push("the last message is the assistant's");
  return problems;
}

/** `allow`: further keys of the body that a provider knows. */
export function chatCheck(allow: readonly string[] = []): WireCheck {
  const known = new Set([...BODY, ...allow]);
  return {
    reply: () => {},
    request: ({ body, path }: ReplayRequest) => {
      if (body === null) return ["the body is no JSON"];
      const tools = bagsOf(body["tools"]).map((tool) => bagOf(tool["function"]));
      return [
        ...(path.endsWith("/chat/completions") ? [] : [`unknown path ${path}`]),
        ...unknownKeys(body, known, "body"),
        ...nameProblems(tools.map((tool) => String(tool["name"]))),
        ...tools
          .filter((tool) => bagOf(tool["parameters"])["type"] !== "object")
          .map((tool) => `${String(tool["name"])}: the root of the parameters is no object`),
        ...messageProblems(bagsOf(body["messages"])),
      ];
    },
  };
}
