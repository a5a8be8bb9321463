// An agent's conversation for a model that chooses freely: tool calls are the JSON objects the model writes, results come as messages.
import type { ChatHistoryItem } from "node-llama-cpp";
import type { Message, ToolResult } from "../../core/index.ts";
import { asJsonCall, type Option } from "./options-of-turn.ts";
import { textOfContent } from "./tool-text.ts";

const RESULT_CHARACTERS = 8_000;

/** `options` are described in the system message; one option alone needs no description. */
export function chatHistory(system: string, messages: readonly Message[], options: readonly Option[]): readonly ChatHistoryItem[] {
  const head = [system, describe(options)].filter((text) => text !== "").join("\n\n");
  return [...(head === "" ? [] : [{ type: "system" as const, text: head }]), ...joinUsers(messages.flatMap(toItems))];
}

function describe(options: readonly Option[]): string {
  if (options.length < 2) return options[0]?.kind === "decision" ? "Write your answer as plain text; it is handed in as it stands." : "";
  const lines = options.map(({ name, description, schema }) => `- ${name}: ${description} Arguments: ${JSON.stringify(schema)}`);
  return ['Reply with exactly one JSON object {"tool": name, "arguments": {…}} and nothing else. What you can call:', ...lines].join("\n");
}

function toItems(message: Message): ChatHistoryItem[] {
  switch (message.role) {
    case "user":
      return [{ type: "user", text: message.text }];
    case "assistant": {
      const text = message.parts
        .flatMap((part) => (part.type === "text" ? [part.text] : part.type === "tool-call" ? [asJsonCall(part)] : []))
        .join("\n");
      return text === "" ? [] : [{ type: "model", response: [text] }];
    }
    case "tool":
      return message.results.map((result) => ({ type: "user", text: toolText(result) }));
  }
}

function toolText({ name, isError, content }: ToolResult): string {
  return `${isError ? "Error" : "Result"} of ${name}:\n${textOfContent(content, RESULT_CHARACTERS)}`;
}

/** Many templates want users and models to take turns. */
function joinUsers(items: readonly ChatHistoryItem[]): ChatHistoryItem[] {
  const joined: ChatHistoryItem[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (item.type === "user" && last?.type === "user") joined[joined.length - 1] = { type: "user", text: `${last.text}\n\n${item.text}` };
    else joined.push(item);
  }
  return joined;
}
