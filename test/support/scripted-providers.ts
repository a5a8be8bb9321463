// All providers on one address of this machine: whatever their protocol, they answer, vote for the first label and present.
import { LLMock } from "@copilotkit/aimock";
import { xaiDialect } from "./xai-dialect.ts";

export type ScriptedRequest = {
  readonly model: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content?: unknown;
    readonly tool_calls?: readonly { readonly function: { readonly name: string } }[];
  }[];
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters?: unknown } }[];
};
/** A tool to be called before the answer, by the end of its name; null = answer now. */
export type ToolWish = (
  request: ScriptedRequest,
  called: (name: string) => boolean,
) => { readonly name: string; readonly input: object } | null;

export type ScriptedProviders = {
  readonly requests: readonly ScriptedRequest[];
  /** Keys and addresses for the program's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  close(): Promise<unknown>;
};

export async function scriptedProviders(wish: ToolWish = () => null): Promise<ScriptedProviders> {
  const requests: ScriptedRequest[] = [];
  const mock = new LLMock({ port: 0 });
  mock.on({ predicate: () => true }, ((request: ScriptedRequest) => (requests.push(request), reply(request, wish))) as never);
  await mock.start();
  const { url } = mock;
  const xai = await xaiDialect(url);
  return { requests, url, env: environment(url, xai.url), close: () => Promise.all([xai.close(), mock.stop()]) };
}

function environment(url: string, xaiUrl: string): Readonly<Record<string, string>> {
  const key = "docs-key-0000";
  return {
    GEMINI_API_KEY: key,
    OPENAI_API_KEY: key,
    ANTHROPIC_API_KEY: key,
    XAI_API_KEY: key,
    AZURE_OPENAI_API_KEY: key,
    AZURE_OPENAI_ENDPOINT: url,
    GOOGLE_GEMINI_BASE_URL: `${url}/v1beta`,
    OPENAI_BASE_URL: `${url}/v1`,
    ANTHROPIC_BASE_URL: `${url}/v1`,
    XAI_BASE_URL: `${xaiUrl}/v1`,
  };
}

function reply(request: ScriptedRequest, wish: ToolWish): object {
  const { tools = [], messages, model } = request;
  const called = (name: string): boolean =>
    messages.some(({ tool_calls: calls = [] }) => calls.some((call) => call.function.name.endsWith(name)));
  const call = (name: string, input: object): object => {
    const full = tools.find((tool) => tool.function.name.endsWith(name))?.function.name ?? name;
    return {
      toolCalls: [{ name: full, arguments: JSON.stringify(input) }],
      finishReason: model.startsWith("gemini") ? "stop" : "tool_calls",
    };
  };
  // Some providers keep declared what was called before; nobody votes twice here.
  if (called("vote") || !tools.some(({ function: { name } }) => name.endsWith("new_answer") || name.endsWith("vote")))
    return { content: "Presented." };
  const wanted = wish(request, called);
  if (wanted !== null) return call(wanted.name, wanted.input);
  return called("new_answer")
    ? call("vote", { agent_id: "agent1", reason: "It is complete." })
    : call("new_answer", { content: `An answer of ${model}.` });
}
