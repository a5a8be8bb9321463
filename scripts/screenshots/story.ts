// What the agents of the pictures say: three providers on one address of this machine, each over its own wire and at its own pace.
import { LLMock } from "@copilotkit/aimock";
import type { ScriptedRequest as Request } from "../../test/support/scripted-providers.ts";

type Part = {
  readonly thought: string;
  readonly reads: string;
  readonly answer: string;
  readonly votesFor: string;
  readonly because: string;
  /** Milliseconds between two pieces of its stream. */
  readonly pace: number;
};

export const QUESTION = "How should a small web shop cache its pages?";

const PARTS: Readonly<Record<string, Part>> = {
  "gemini-2.5-flash": {
    thought: "The shop has few products and prices that change at night. I look at what is served today before I advise anything.\n",
    reads: "shop/headers.txt",
    answer:
      "Start with headers: they cost one line and serve every browser.\n\n- `Cache-Control: public, max-age=60` for pages\n- a year and a hash in the name for pictures\n\nA proxy comes later, if at all.",
    votesFor: "max-age=60",
    because: "It begins with what costs nothing and says when to go further.",
    pace: 22,
  },
  "claude-sonnet-4-5": {
    thought: "Staleness matters more than speed here: a wrong price is worse than a slow page. Who knows that a price has changed?\n",
    reads: "shop/traffic.csv",
    answer:
      "Cache what everybody shares, never what belongs to one customer.\n\n1. Headers for pages and pictures, now.\n2. A proxy with purging, once 50 requests a second are usual; the shop tells it which page has changed.\n3. Nothing in the application before a profile says so.\n\nThe cart and the account are `private, no-store`.",
    votesFor: "no-store",
    because: "It keeps the customers' pages out of every cache.",
    pace: 30,
  },
  "gpt-5-mini": {
    thought: "Three ways come to mind: the browser, a proxy, the application. I compare effort with gain. 缓存 is cheap, purging is not.\n",
    reads: "shop/pages.json",
    answer:
      "Compare effort and gain:\n\n| way | effort | gain |\n|---|---|---|\n| headers | an hour | most of it |\n| proxy | a week | peaks |\n| application | a month | little |\n\nSo: headers first, then measure.",
    votesFor: "no-store",
    because: "The clearest order, and it says what must never be cached.",
    pace: 26,
  },
};

const PRESENTATION = `# Caching for a small web shop

**Start with headers, today.** They cost an hour and give most of the gain.

| what | header |
|---|---|
| product pages | \`public, max-age=60\` |
| pictures | \`public, max-age=31536000, immutable\` |
| cart, account | \`private, no-store\` |

1. Add a proxy with purging once 50 requests a second are usual.
2. Leave the application alone until a profile says otherwise.

> A wrong price is worse than a slow page: purge when a price changes.
`;

export type Story = { readonly url: string; close(): Promise<unknown> };

export async function tellStory(): Promise<Story> {
  const mock = new LLMock({ port: 0 });
  for (const [model, part] of Object.entries(PARTS)) {
    const options = { latency: part.pace, chunkSize: 6 };
    mock.on({ predicate: (request) => request.model === model }, ((request: Request) => next(request, part)) as never, options);
  }
  await mock.start();
  return { url: mock.url, close: () => mock.stop() };
}

/** Reads a file, answers, votes and presents, each when it is asked to. */
function next(request: Request, part: Part): object {
  const { tools = [], messages } = request;
  const offered = (name: string): string | undefined => tools.find((tool) => tool.function.name.endsWith(name))?.function.name;
  const called = (name: string): boolean =>
    messages.some(({ tool_calls: calls = [] }) => calls.some((call) => call.function.name.endsWith(name)));
  if (called("vote") || (offered("new_answer") === undefined && offered("vote") === undefined)) return { content: PRESENTATION };
  const read = offered("read_text_file");
  if (!called("new_answer") && !called("read_text_file") && read !== undefined)
    return say(
      request,
      { reasoning: part.thought, content: "Let me look at the shop first.\n" },
      { name: read, input: { path: part.reads } },
    );
  if (!called("new_answer") && offered("vote") === undefined)
    return say(request, { content: part.answer }, { name: offered("new_answer") ?? "new_answer", input: { content: part.answer } });
  return say(
    request,
    { reasoning: "I compare the answers: which one is safe, which one is cheap, and which one says what to do first?\n" },
    { name: offered("vote") ?? "vote", input: { agent_id: labelOf(request, part.votesFor), reason: part.because } },
  );
}

type Call = { readonly name: string; readonly input: object };

function say(request: Request, said: object, { name, input }: Call): object {
  const finishReason = request.model.startsWith("gemini") ? "stop" : "tool_calls";
  const usage = usageOf(request, JSON.stringify([said, input]));
  return { ...said, toolCalls: [{ name, arguments: JSON.stringify(input) }], finishReason, usage };
}

/** About what the provider would count, in the words of every wire. */
function usageOf({ messages, tools = [] }: Request, said: string): object {
  const [input, output] = [JSON.stringify([messages, tools]), said].map((text) => Math.ceil(text.length / 4));
  return {
    prompt_tokens: input,
    completion_tokens: output,
    input_tokens: input,
    output_tokens: output,
    promptTokenCount: input,
    candidatesTokenCount: output,
  };
}

/** The label under which the answer holding `words` is shown: the last one named before them. */
function labelOf({ messages }: Request, words: string): string {
  const shown = messages.map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content))).join("\n");
  return (
    shown
      .slice(0, shown.lastIndexOf(words))
      .match(/agent\d+/g)
      ?.at(-1) ?? "agent1"
  );
}
