// A question beside the turn: Claude Code does one thing at a time, so another process answers it, without tools, and its session is not kept.
import type { Options } from "@anthropic-ai/claude-agent-sdk";
import type { TurnRequest } from "../contract.ts";

/** `options` of the agent's session, narrowed to one answer. */
export function asideOptions(options: Options, { system, maxTokens }: Pick<TurnRequest, "system" | "maxTokens">): Options {
  return {
    ...options,
    // Without any, Claude Code would introduce itself as a programmer.
    systemPrompt: system.trim() === "" ? "You answer a question." : system,
    tools: [],
    allowedTools: [],
    maxTurns: 1,
    persistSession: false,
    ...(maxTokens === undefined ? {} : { env: { ...options.env, CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(maxTokens) } }),
  };
}

/** The whole conversation as one message: a new session can be told nothing else. */
export function asOneMessage(request: TurnRequest): TurnRequest {
  const said = request.messages.flatMap((message) =>
    message.role === "user"
      ? [{ who: "User", text: message.text }]
      : message.role === "assistant"
        ? [{ who: "Assistant", text: message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n") }]
        : [],
  );
  const text =
    said.length === 1
      ? (said[0]?.text ?? "")
      : [...said.map((one) => `${one.who}: ${one.text}`), "Answer as the assistant, with what it says next and nothing else."].join("\n\n");
  return { ...request, messages: [{ role: "user", text }] };
}
