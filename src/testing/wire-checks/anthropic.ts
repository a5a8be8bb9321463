// Rules of the Anthropic Messages API: results first and directly after their calls, thinking blocks back with their signatures, plain object roots.
import type { ReplayReply, ReplayRequest } from "../replay-types.ts";
import { bagOf, bagsOf, nameProblems, pairProblems, unknownKeys, valuesOf, type Bag, type WireCheck } from "./wire-check.ts";

const BODY = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "tools",
  "tool_choice",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "thinking",
  "metadata",
  "output_config",
  "context_management",
  "container",
  "service_tier",
  "cache_control",
]);
const MOST_CACHE_MARKS = 4;

function marksIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + marksIn(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, item]) => sum + (key === "cache_control" ? 1 : marksIn(item)), 0);
}

function toolProblems(tools: readonly Bag[]): string[] {
  return tools.flatMap((tool) => {
    if (tool["input_schema"] === undefined) return [];
    const schema = bagOf(tool["input_schema"]);
    const combined = ["oneOf", "anyOf", "allOf"].filter((key) => schema[key] !== undefined);
    return [
      ...(schema["type"] === "object" ? [] : [`${String(tool["name"])}: the root of the schema is no object`]),
      ...combined.map((key) => `${String(tool["name"])}: ${key} at the root of the schema`),
    ];
  });
}

function messageProblems(messages: readonly Bag[]): string[] {
  const problems: string[] = [];
  messages.forEach((message, index) => {
    const where = `messages[${index}]`;
    if (message["role"] !== (index % 2 === 0 ? "user" : "assistant"))
      problems.push(`${where} has the role ${String(message["role"])}: roles must alternate, the user first`);
    const blocks = bagsOf(message["content"]);
    const calls = blocks.filter((block) => block["type"] === "tool_use").map((block) => String(block["id"]));
    const next = bagsOf(messages[index + 1]?.["content"]);
    const results = next.filter((block) => block["type"] === "tool_result");
    if (message["role"] === "assistant")
      problems.push(
        ...pairProblems(
          calls,
          results.map((block) => String(block["tool_use_id"])),
          where,
        ),
      );
    const misplaced = next.findIndex((block) => block["type"] !== "tool_result");
    if (calls.length > 0 && misplaced >= 0 && misplaced < results.length) problems.push(`messages[${index + 1}]: results must come first`);
    for (const block of blocks) if (block["type"] === "text" && block["text"] === "") problems.push(`${where}: an empty text block`);
  });
  const last = messages.at(-1);
  // A reply that paused with the provider's own tools goes on from the assistant's message.
  const paused = bagsOf(last?.["content"]).some((block) => block["type"] === "server_tool_use");
  if (last?.["role"] !== "user" && !paused) problems.push("the last message is not the user's");
  return problems;
}

/** Signatures of thinking blocks, by the thinking they sign, from the events of one reply. */
function signaturesOf(reply: ReplayReply): [string, string][] {
  const thinking = new Map<number, { text: string; signature: string }>();
  for (const value of valuesOf(reply).map(bagOf)) {
    const index = Number(value["index"]);
    const delta = bagOf(value["delta"]);
    if (bagOf(value["content_block"])["type"] === "thinking") thinking.set(index, { text: "", signature: "" });
    const block = thinking.get(index);
    if (block === undefined) continue;
    if (typeof delta["thinking"] === "string") block.text += delta["thinking"];
    if (typeof delta["signature"] === "string") block.signature += delta["signature"];
  }
  return [...thinking.values()].map(({ text, signature }) => [text, signature]);
}

function thinkingProblems(messages: readonly Bag[], served: ReadonlyMap<string, string>): string[] {
  const blocks = messages.flatMap((message) => bagsOf(message["content"])).filter((block) => block["type"] === "thinking");
  const known = blocks.filter((block) => served.has(String(block["thinking"])));
  return known
    .filter((block) => served.get(String(block["thinking"])) !== block["signature"])
    .map(() => "a thinking block goes back without the signature it came with");
}

export function anthropicCheck(allow: readonly string[] = []): WireCheck {
  const served = new Map<string, string>();
  const known = new Set([...BODY, ...allow]);
  return {
    reply: (reply) => {
      for (const [text, signature] of signaturesOf(reply)) served.set(text, signature);
    },
    request: ({ body, path }: ReplayRequest) => {
      if (body === null) return ["the body is no JSON"];
      const tools = bagsOf(body["tools"]);
      const messages = bagsOf(body["messages"]);
      return [
        ...(/\/messages(\?|$)/.test(path) ? [] : [`unknown path ${path}`]),
        ...unknownKeys(body, known, "body"),
        ...(typeof body["max_tokens"] === "number" ? [] : ["max_tokens is missing"]),
        ...(marksIn(body) > MOST_CACHE_MARKS ? [`${marksIn(body)} cache marks`] : []),
        ...nameProblems(tools.map((tool) => String(tool["name"]))),
        ...toolProblems(tools),
        ...messageProblems(messages),
        ...thinkingProblems(messages, served),
        ...(tools.length === 0 && /"tool_use"/.test(JSON.stringify(messages))
          ? ["tool calls in the conversation and no tools in the request"]
          : []),
      ];
    },
  };
}
