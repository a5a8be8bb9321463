import { expect, test } from "vitest";
import { turnRequest } from "./claude-code.test-support.ts";
import { asideOptions, asOneMessage } from "./aside.ts";

const messagesOf = (messages: Parameters<typeof turnRequest>[0]) => asOneMessage(turnRequest(messages)).messages;

test("a single question is passed on as it is, a conversation as one message with its speakers", () => {
  expect(messagesOf({ messages: [{ role: "user", text: "Hi?" }] })).toEqual([{ role: "user", text: "Hi?" }]);
  const [only, ...others] = messagesOf({
    messages: [
      { role: "user", text: "Hi?" },
      { role: "assistant", parts: [{ type: "text", text: "Hello." }] },
      { role: "user", text: "And?" },
    ],
  });
  expect(others).toEqual([]);
  expect(only).toMatchObject({ role: "user", text: expect.stringMatching(/^User: Hi\?\n\nAssistant: Hello\.\n\nUser: And\?\n\nAnswer /) });
});

test("nothing of the agent's tools or session is left in its options", () => {
  const options = { tools: ["Bash"], allowedTools: ["Bash"], systemPrompt: "agent", env: { A: "1" }, model: "m" };
  expect(asideOptions(options, { system: "Be short.", maxTokens: 5 })).toEqual({
    tools: [],
    allowedTools: [],
    systemPrompt: "Be short.",
    maxTurns: 1,
    persistSession: false,
    env: { A: "1", CLAUDE_CODE_MAX_OUTPUT_TOKENS: "5" },
    model: "m",
  });
  expect(asideOptions(options, { system: "" }).systemPrompt).not.toBe("");
});
