import { describe, expect, test } from "vitest";
import { BACKEND_TABLE } from "./index.ts";
import { config, KEYS, line, onlyAgent, read } from "./config.test-support.ts";

const agent = (backend: Readonly<Record<string, unknown>>): string => JSON.stringify({ agent: { backend } });
const connection = async (backend: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = KEYS) => {
  const { type, baseUrl, apiKey } = onlyAgent(await config(agent(backend), { env })).backend;
  return { type, baseUrl, apiKey };
};
const problems = async (backend: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) =>
  (await read(agent(backend), { env })).problems.map(line);

const TYPES = Object.keys(BACKEND_TABLE);
const ADDRESSES: Readonly<Record<string, object>> = { azure_openai: { azure_endpoint: "https://me.openai.azure.com" } };

describe("keys", () => {
  test.each(TYPES)("an api_key in the file works for %s and is no option (REQ-CONFIG-4)", async (type) => {
    const loaded = await config(agent({ type, model: "m", api_key: "written-in-the-file", ...ADDRESSES[type] }), { env: {} });
    expect(onlyAgent(loaded).backend.apiKey).toBe("written-in-the-file");
    expect(onlyAgent(loaded).backend.options).not.toHaveProperty("api_key");
    expect(loaded.secrets).toContain("written-in-the-file");
  });

  test("a key written in the file is taken before the variable", async () => {
    expect((await connection({ type: "openai", api_key: "mine-1" })).apiKey).toBe("mine-1");
    expect((await connection({ type: "openai", api_key: "" })).apiKey).toBe(KEYS["OPENAI_API_KEY"]);
  });

  test("variables are looked up in order, blanks around a key are dropped, an empty one does not count", async () => {
    expect((await connection({ type: "gemini" }, { GOOGLE_API_KEY: " ", GEMINI_API_KEY: " second-key\n" })).apiKey).toBe("second-key");
    expect((await connection({ type: "gemini" }, { GOOGLE_API_KEY: "first-key", GEMINI_API_KEY: "second-key" })).apiKey).toBe("first-key");
  });

  test("a missing key names the variable", async () => {
    expect(await problems({ type: "gemini" })).toEqual([
      "1:21 No key for Google Gemini: the variable GOOGLE_API_KEY or GEMINI_API_KEY is not set; set it in the environment or in .env",
    ]);
  });

  test.each(["claude_code", "lmstudio", "ollama", "vllm", "sglang", "local"])("%s needs no key", async (type) => {
    expect((await connection({ type }, {})).apiKey).toBeNull();
  });
});

describe("a key goes to its own provider only (REQ-CONFIG-15)", () => {
  test.each([
    ["chatcompletion", "https://api.cerebras.ai/v1", KEYS["CEREBRAS_API_KEY"]],
    ["chatcompletion", "https://api.z.ai/api/paas/v4/", KEYS["ZAI_API_KEY"]],
    ["chatcompletion", "https://api.openai.com/v1", KEYS["OPENAI_API_KEY"]],
    ["chatcompletion", "https://api.studio.nebius.ai/v1", KEYS["NEBIUS_API_KEY"]],
    ["chatcompletion", "https://evil.example/api.openai.com", null],
    ["chatcompletion", "https://api.openai.com.evil.example/v1", null],
    ["chatcompletion", "http://10.0.0.7:8000/v1", null],
    ["zai", "https://open.bigmodel.cn/api/paas/v4", KEYS["ZAI_API_KEY"]],
    ["openai", "https://api.cerebras.ai/v1", KEYS["CEREBRAS_API_KEY"]],
  ])("%s at %s", async (type, base_url, key) => {
    expect((await connection({ type, model: "m", base_url })).apiKey).toBe(key);
  });

  test("a foreign address for a provider of its own needs a key in the file", async () => {
    expect(await problems({ type: "openai", base_url: "https://gateway.example/v1" }, KEYS)).toEqual([
      "1:49 No key is sent to gateway.example: it is not a known host of OpenAI (Responses API), and OPENAI_API_KEY goes to its own provider only; to send a key, set `api_key`, for example to ${OPENAI_API_KEY}",
    ]);
    expect((await connection({ type: "openai", base_url: "https://gateway.example/v1", api_key: "${OPENAI_API_KEY}" })).apiKey).toBe(
      KEYS["OPENAI_API_KEY"],
    );
  });

  test("an unknown https address of chatcompletion is named as one that gets no key", async () => {
    expect(await problems({ type: "chatcompletion", model: "m", base_url: "https://llm.example/v1" }, KEYS)).toEqual([
      "1:69 warning No key is sent to llm.example: it is a provider that is not known; to send a key, set `api_key`, for example to ${YOUR_KEY}",
    ]);
  });

  test("a server on this machine gets the key of the type, and needs none", async () => {
    expect((await connection({ type: "gemini", base_url: "http://127.0.0.1:9999/v1beta" })).apiKey).toBe(KEYS["GOOGLE_API_KEY"]);
    expect((await connection({ type: "gemini", base_url: "http://127.0.0.1:9999/v1beta" }, {})).apiKey).toBeNull();
  });

  test("a key over plain http to another machine is warned of", async () => {
    expect(await problems({ type: "chatcompletion", model: "m", base_url: "http://10.0.0.7:8000/v1", api_key: "some-key" })).toEqual([
      "1:69 warning The key is sent without encryption, because `base_url` begins with http://",
    ]);
  });
});

describe("addresses (REQ-CONFIG-17)", () => {
  test.each(TYPES.filter((type) => type !== "local"))("base_url works for %s", async (type) => {
    expect((await connection({ type, model: "m", api_key: "k", base_url: "http://localhost:4000/root" })).baseUrl).toBe(
      "http://localhost:4000/root",
    );
  });

  test("a full endpoint is cut to its root, a bare host gets the version path, the last slash goes", async () => {
    const root = async (type: string, base_url: string) => (await connection({ type, model: "m", base_url })).baseUrl;
    expect(await root("chatcompletion", "http://localhost:8000/v1/chat/completions")).toBe("http://localhost:8000/v1");
    expect(await root("openai", "https://api.openai.com/v1/responses/")).toBe("https://api.openai.com/v1");
    expect(await root("claude", "https://api.anthropic.com/v1/messages")).toBe("https://api.anthropic.com/v1");
    expect(await root("claude", "https://api.anthropic.com")).toBe("https://api.anthropic.com/v1");
    expect(await root("gemini", "https://generativelanguage.googleapis.com/")).toBe("https://generativelanguage.googleapis.com/v1beta");
    expect(await root("lmstudio", "http://localhost:1234")).toBe("http://localhost:1234/v1");
    expect(await root("zai", "https://api.z.ai/api/paas/v4/")).toBe("https://api.z.ai/api/paas/v4");
  });

  test.each([
    ["gemini", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_API_KEY"],
    ["openai", "OPENAI_BASE_URL", "OPENAI_API_KEY"],
    ["claude", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"],
    ["claude_code", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"],
    ["grok", "XAI_BASE_URL", "XAI_API_KEY"],
  ])("%s takes %s from the environment, and sends its key there", async (type, variable, keyVariable) => {
    const env = { ...KEYS, [variable]: "https://gateway.example/x" };
    expect(await connection({ type }, env)).toEqual({ type, baseUrl: "https://gateway.example/x", apiKey: KEYS[keyVariable] });
    expect((await connection({ type, base_url: "http://localhost:1/y" }, env)).baseUrl).toBe("http://localhost:1/y");
  });

  test("an address in the environment that is none is a problem that names the variable", async () => {
    expect(await problems({ type: "openai" }, { ...KEYS, OPENAI_BASE_URL: "gateway" })).toEqual([
      "1:21 `OPENAI_BASE_URL` is not an absolute URL; it begins with https:// or http://",
    ]);
  });

  test("Azure takes its endpoint from azure_endpoint, base_url or the variable, in this order", async () => {
    const env = { ...KEYS, AZURE_OPENAI_ENDPOINT: "https://env.openai.azure.com/" };
    const azure = { type: "azure_openai", model: "d" };
    expect(
      (await connection({ ...azure, azure_endpoint: "https://a.openai.azure.com", base_url: "https://b.openai.azure.com" }, env)).baseUrl,
    ).toBe("https://a.openai.azure.com");
    expect((await connection({ ...azure, base_url: "https://b.openai.azure.com" }, env)).baseUrl).toBe("https://b.openai.azure.com");
    expect(await connection(azure, env)).toEqual({
      type: "azure_openai",
      baseUrl: "https://env.openai.azure.com",
      apiKey: KEYS["AZURE_OPENAI_API_KEY"],
    });
  });
});

describe("the type (REQ-CONFIG-16)", () => {
  test.each([
    [{ model: "gemini-2.5-flash" }, "gemini"],
    [{ model: "gpt-6-turbo" }, "openai"],
    [{ type: "openrouter", model: "gpt-5", api_key: "k" }, "openrouter"],
    [{ model: "gpt-oss-120b", base_url: "https://api.cerebras.ai/v1" }, "cerebras"],
    [{ model: "deepseek-r1", base_url: "https://api.groq.com/openai/v1", api_key: "k" }, "groq"],
    [{ model: "my-model", base_url: "http://localhost:8000/v1" }, "chatcompletion"],
    [{ model: "gpt-4o", base_url: "http://localhost:8000/v1" }, "chatcompletion"],
    [{ model: "gemini-2.5-pro", base_url: "http://localhost:8000" }, "gemini"],
    [{ model: "smollm2.gguf" }, "local"],
  ])("%j is %s", async (backend, type) => expect((await connection(backend)).type).toBe(type));

  test("an unknown family needs a type", async () => {
    expect((await problems({ model: "mystery-1" }))[0]).toMatch(
      /^1:30 It has no `type`, and its model belongs to no known family: which provider answers is not clear/,
    );
  });

  test("a model that is left out is the provider's default, where there is one", async () => {
    const model = async (backend: Readonly<Record<string, unknown>>) => onlyAgent(await config(agent(backend))).backend.model;
    expect(await model({ type: "gemini" })).toBe("gemini-2.5-flash");
    expect(await model({ type: "chatcompletion", base_url: "https://api.cerebras.ai/v1" })).toBe("gpt-oss-120b");
    expect(await model({ type: "lmstudio" })).toBeNull();
    expect(await problems({ type: "chatcompletion" }, KEYS)).toEqual(["1:21 chatcompletion needs `model`"]);
  });
});

describe("options (REQ-CONFIG-14)", () => {
  const options = async (backend: Readonly<Record<string, unknown>>) => onlyAgent(await config(agent(backend))).backend.options;

  test("what the backend knows is passed on as it is written", async () => {
    const written = {
      reasoning: { effort: "high", summary: "auto" },
      text: { verbosity: "low" },
      enable_web_search: true,
      enable_code_interpreter: true,
      temperature: 0.2,
      max_tokens: 3000,
    };
    expect(await options({ type: "openai", ...written })).toEqual(written);
    expect(await options({ type: "vllm", top_k: 20, repetition_penalty: 1.1, chat_template_kwargs: { enable_thinking: false } })).toEqual({
      top_k: 20,
      repetition_penalty: 1.1,
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  test("max_output_tokens and stop_sequences are read under the names used here, with a warning", async () => {
    expect(await options({ type: "gemini", max_output_tokens: 10, stop_sequences: ["X"] })).toEqual({ max_tokens: 10, stop: ["X"] });
    expect(await problems({ type: "gemini", max_output_tokens: 10 }, KEYS)).toEqual([
      "1:38 warning `max_output_tokens` is read as `max_tokens`",
    ]);
  });

  test("fields of the provider's API are no misspellings, and are said not to be sent", async () => {
    expect(await problems({ type: "openai", top_k: 5, seed: 1, n: 2, stop: "x", logprobs: true }, KEYS)).toEqual(
      ["top_k", "seed", "n", "stop", "logprobs"].map((key) =>
        expect.stringContaining(`warning \`${key}\` is not an option of openai and is not sent; to send it, put it under \`extra_body\``),
      ),
    );
  });

  test("extra_body is kept as it is, and its secrets are remembered", async () => {
    const extra_body = { search_parameters: { mode: "auto" }, top_k: 5, auth_token: "planted-token" };
    const loaded = await config(agent({ type: "grok", extra_body }));
    expect(onlyAgent(loaded).backend.extraBody).toEqual(extra_body);
    expect(loaded.secrets).toContain("planted-token");
  });

  test("a key that belongs beside backend is named, a budget there is an error", async () => {
    expect(await problems({ type: "gemini", system_message: "x" }, KEYS)).toEqual([
      "1:38 warning `system_message` has no effect here: it belongs beside `backend`, not under it",
    ]);
    expect(await problems({ type: "gemini", budget: {} }, KEYS)).toEqual([
      "1:38 `budget` has no effect here: it belongs beside `backend`, not under it",
    ]);
  });
});
