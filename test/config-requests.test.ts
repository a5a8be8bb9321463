// The configurations MassGen ships: each agent's first request holds exactly what its file asks for.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseConfigText, type BackendConfig } from "../src/config/index.ts";
import {
  anthropicReply,
  chatServer,
  driveTurn,
  geminiCall,
  impatientIo,
  replayServer,
  responsesReply,
  testBackend,
} from "../src/testing/index.ts";

const ROOT = join(process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "..", "..", "shared", "data"), "massgen-configs");
const present = existsSync(ROOT);
if (!present) console.log(`no MassGen configurations at ${ROOT}: their tests are skipped`);
const FILES = present ? readdirSync(ROOT).filter((name) => name.endsWith(".yaml")) : [];
const KEYS = Object.fromEntries(
  ["GEMINI", "OPENAI", "ANTHROPIC", "XAI", "CEREBRAS", "ZAI", "NEBIUS", "FIREWORKS", "AZURE_OPENAI", "NOTION_TOKEN_ONE"].map((name) => [
    `${name}_API_KEY`,
    `test-key-of-${name}`,
  ]),
);

type Body = Readonly<Record<string, unknown>>;
type Sent = { readonly path: string; readonly body: Body };

const DECISIONS = {
  gemini: geminiCall("new_answer", { content: "x" }, "s"),
  claude: anthropicReply([{ type: "tool_use", id: "t", name: "new_answer", input: { content: "x" } }]),
  openai: responsesReply([{ type: "function_call", call_id: "c", name: "new_answer", arguments: { content: "x" } }]),
  grok: responsesReply([{ type: "function_call", call_id: "c", name: "new_answer", arguments: { content: "x" } }]),
} as const;

/** The first request of one agent, with the provider's address replaced by a server of ours. */
async function firstRequest(config: BackendConfig): Promise<Sent> {
  const decision = DECISIONS[config.type as keyof typeof DECISIONS];
  if (decision !== undefined) {
    await using server = await replayServer([decision]);
    await driveTurn(await testBackend({ ...config, baseUrl: server.url }, impatientIo()));
    const { path, body } = server.take();
    return { path, body: body ?? {} };
  }
  await using server = await chatServer(() => ({ toolCalls: [{ name: "new_answer", arguments: { content: "x" } }] }), {
    models: [config.model ?? "m"],
  });
  const options = config.options["azure_endpoint"] === undefined ? config.options : { ...config.options, azure_endpoint: server.url };
  await driveTurn(
    await testBackend({ ...config, options, baseUrl: config.type === "azure_openai" ? server.url : server.baseUrl }, impatientIo()),
  );
  return { path: "", body: server.requests[0]?.body ?? {} };
}

const typesOf = (body: Body): unknown[] =>
  ((body["tools"] ?? []) as { type?: string; name?: string }[]).map((tool) => tool.type ?? tool.name);
const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (inner as Body | undefined)?.[key], value);

type Expectation = (options: BackendConfig["options"], body: Body) => void;

/** One row per option: where each provider must find it. An option without a row fails the test. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, Expectation>>>> = {
  gemini: {
    // 2.x cannot mix built-ins and functions in a request, so they are functions of ours.
    enable_web_search: (_options, body) => expect(JSON.stringify(body["tools"])).toContain('"web_search"'),
    enable_code_execution: (_options, body) => expect(JSON.stringify(body["tools"])).toContain('"run_python"'),
  },
  claude: {
    enable_web_search: (_options, body) => expect(typesOf(body)).toContain("web_search_20250305"),
    enable_code_execution: (_options, body) => expect(typesOf(body)).toContain("code_execution_20250825"),
  },
  openai: {
    enable_web_search: (_options, body) => expect(typesOf(body)).toContain("web_search"),
    enable_code_interpreter: (_options, body) => expect(typesOf(body)).toContain("code_interpreter"),
    reasoning: (options, body) => expect(body["reasoning"]).toEqual(options["reasoning"]),
    text: (options, body) => expect(at(body, "text", "verbosity")).toBe(at(options, "text", "verbosity")),
  },
  grok: {
    enable_web_search: (_options, body) => expect(typesOf(body)).toContain("web_search"),
    temperature: (options, body) => expect(body["temperature"]).toBe(options["temperature"]),
    max_tokens: (options, body) => expect(body["max_output_tokens"]).toBe(options["max_tokens"]),
  },
  azure_openai: { azure_endpoint: () => {}, api_version: () => {} },
};
const CHAT: Readonly<Record<string, Expectation>> = {
  temperature: (options, body) => expect(body["temperature"]).toBe(options["temperature"]),
  top_p: (options, body) => expect(body["top_p"]).toBe(options["top_p"]),
};
/** Checked by the configuration, never sent. */
const OURS = new Set(["allowed_tools", "exclude_tools", "cwd"]);

async function agentsOf(file: string) {
  const { config, problems } = await parseConfigText(readFileSync(join(ROOT, file), "utf8"), file, {
    env: { ...KEYS, AZURE_OPENAI_ENDPOINT: "http://127.0.0.1:9" },
    mode: "check",
  });
  expect(problems.filter((problem) => problem.severity === "error")).toEqual([]);
  return config?.agents ?? [];
}

describe.skipIf(!present)("REQ-BACKEND-27 MassGen's configurations", () => {
  test.each(FILES)("%s", async (file) => {
    const agents = await agentsOf(file);
    expect(agents.length).toBeGreaterThan(0);
    for (const { backend } of agents) {
      if (backend.type === "claude_code" || backend.type === "local") continue;
      const { path, body } = await firstRequest({ ...backend, apiKey: backend.apiKey ?? "test-key-123456" });
      if (backend.type === "gemini") expect(path).toContain(`/models/${backend.model}:streamGenerateContent`);
      else expect(body["model"]).toBe(backend.model);
      expect(JSON.stringify(body)).toContain('"new_answer"');
      for (const key of Object.keys(backend.options)) {
        if (OURS.has(key)) continue;
        const check = (EXPECTED[backend.type] ?? CHAT)[key];
        expect(check, `${backend.type}.${key} has no expectation`).toBeDefined();
        check?.(backend.options, body);
      }
    }
  });
});
