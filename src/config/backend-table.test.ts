import { describe, expect, test } from "vitest";
import { config, onlyAgent } from "./config.test-support.ts";
import { BACKEND_TABLE, familyOf, presetOfHost } from "./index.ts";
import { OPTION_FIELDS } from "./options.ts";

const TYPES = [
  "gemini",
  "openai",
  "claude",
  "grok",
  "azure_openai",
  "chatcompletion",
  "cerebras",
  "together",
  "fireworks",
  "groq",
  "nebius",
  "openrouter",
  "deepseek",
  "mistral",
  "moonshot",
  "qwen",
  "poe",
  "zai",
  "lmstudio",
  "ollama",
  "vllm",
  "sglang",
  "claude_code",
  "local",
];

describe("the table of backends", () => {
  test("holds every type under its own name", () => {
    expect(Object.keys(BACKEND_TABLE).toSorted()).toEqual(TYPES.toSorted());
    for (const [type, row] of Object.entries(BACKEND_TABLE)) expect(row.type).toBe(type);
  });

  test("no property of every object is taken for a backend", () => {
    expect(BACKEND_TABLE["constructor"]).toBeUndefined();
    expect(BACKEND_TABLE["toString"]).toBeUndefined();
  });

  test("every option of every backend is described", () => {
    const missing = Object.values(BACKEND_TABLE).flatMap((row) => row.options.filter((name) => OPTION_FIELDS[name] === undefined));
    expect(missing).toEqual([]);
  });

  test("every described option belongs to a backend", () => {
    const used = new Set(Object.values(BACKEND_TABLE).flatMap((row) => row.options));
    expect(Object.keys(OPTION_FIELDS).filter((name) => !used.has(name))).toEqual([]);
  });

  test("no host belongs to two providers, and default addresses stand on own hosts", () => {
    const rows = Object.values(BACKEND_TABLE).filter(({ type }) => type !== "claude_code");
    const hosts = rows.flatMap((row) => row.hosts);
    expect(new Set(hosts).size).toBe(hosts.length);
    for (const row of rows.filter(({ hosts: own, defaultBaseUrl }) => own.length > 0 && defaultBaseUrl !== null)) {
      expect(presetOfHost(row.defaultBaseUrl ?? "")).toBe(row.type);
    }
  });
});

describe("presets (REQ-CONFIG-15)", () => {
  const OTHERS = Object.fromEntries(Object.values(BACKEND_TABLE).flatMap((row) => row.keyVariables.map((name) => [name, `other-${name}`])));

  test.each([
    ["cerebras", "https://api.cerebras.ai/v1", ["CEREBRAS_API_KEY"]],
    ["together", "https://api.together.xyz/v1", ["TOGETHER_API_KEY"]],
    ["fireworks", "https://api.fireworks.ai/inference/v1", ["FIREWORKS_API_KEY"]],
    ["groq", "https://api.groq.com/openai/v1", ["GROQ_API_KEY"]],
    ["nebius", "https://api.studio.nebius.ai/v1", ["NEBIUS_API_KEY"]],
    ["openrouter", "https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY"]],
    ["deepseek", "https://api.deepseek.com/v1", ["DEEPSEEK_API_KEY"]],
    ["mistral", "https://api.mistral.ai/v1", ["MISTRAL_API_KEY"]],
    ["moonshot", "https://api.moonshot.cn/v1", ["MOONSHOT_API_KEY", "KIMI_API_KEY"]],
    ["qwen", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", ["QWEN_API_KEY", "DASHSCOPE_API_KEY"]],
    ["poe", "https://api.poe.com/v1", ["POE_API_KEY"]],
    ["zai", "https://api.z.ai/api/paas/v4", ["ZAI_API_KEY"]],
    ["lmstudio", "http://localhost:1234/v1", []],
    ["ollama", "http://localhost:11434/v1", []],
    ["vllm", "http://localhost:8000/v1", ["VLLM_API_KEY"]],
    ["sglang", "http://localhost:30000/v1", ["SGLANG_API_KEY"]],
  ])("%s is asked at %s with the key of %j and no other, also as chatcompletion", async (type, baseUrl, variables) => {
    const read = async (backend: object) => {
      const env = { ...OTHERS, ...Object.fromEntries(variables.map((name) => [name, `own-${name}`])) };
      return onlyAgent(await config(JSON.stringify({ agent: { backend } }), { env })).backend;
    };
    const key = variables[0] === undefined ? null : `own-${variables[0]}`;
    expect(await read({ type, model: "m" })).toMatchObject({ baseUrl, apiKey: key });
    if (baseUrl.startsWith("https:"))
      expect(await read({ type: "chatcompletion", model: "m", base_url: baseUrl })).toMatchObject({ baseUrl, apiKey: key });
  });
});

describe("a model's family (REQ-CONFIG-16)", () => {
  test.each([
    ["gemini-2.5-flash", "gemini"],
    ["Gemini-9-ultra", "gemini"],
    ["models/gemini-3-pro", "gemini"],
    ["claude-opus-4-1-20250805", "claude"],
    ["claude-next", "claude"],
    ["gpt-5-nano", "openai"],
    ["gpt-7", "openai"],
    ["chatgpt-4o-latest", "openai"],
    ["o3-mini-high", "openai"],
    ["o9", "openai"],
    ["grok-4", "grok"],
    ["glm-4.5-air", "zai"],
    ["deepseek-chat", "deepseek"],
    ["mistral-large-latest", "mistral"],
    ["codestral-2508", "mistral"],
    ["kimi-k2", "moonshot"],
    ["qwen3-max", "qwen"],
    ["qwen-plus", "qwen"],
    ["smollm2.gguf", "local"],
    ["hf:someone/model", "local"],
    ["gpt-oss-120b", null],
    ["oracle", null],
    ["o", null],
    ["Qwen/Qwen3-4B-fast", null],
    ["accounts/fireworks/models/gpt-oss-20b", null],
    ["my-gemini-model", null],
    ["", null],
    ["constructor", null],
  ])("%s belongs to %s", (model, family) => expect(familyOf(model)).toBe(family));
});

describe("the owner of a host (REQ-CONFIG-15)", () => {
  test.each([
    ["https://api.cerebras.ai/v1", "cerebras"],
    ["https://api.z.ai/api/paas/v4/", "zai"],
    ["https://API.OpenAI.com/v1", "openai"],
    ["https://eu.api.openai.com/v1", "openai"],
    ["https://my-resource.openai.azure.com/", "azure_openai"],
    ["https://api.studio.nebius.ai/v1", "nebius"],
    ["https://api.openai.com:8443/v1", "openai"],
    ["https://evil.example/z.ai", null],
    ["https://evil.example/?u=https://api.z.ai", null],
    ["https://api.z.ai.evil.example/", null],
    ["https://notapi.z.ai/", null],
    ["https://z.ai/", null],
    ["https://openai.com/", null],
    ["http://api.openai.com/v1", null],
    ["https://api.openai.com@evil.example/", null],
    ["https://me@api.openai.com/", null],
    ["https://evilapi.openai.com/", null],
    ["https://127.0.0.1/api.openai.com", null],
    ["api.openai.com", null],
    ["", null],
  ])("%s is owned by %s", (url, type) => expect(presetOfHost(url)).toBe(type));

  test("a backslash does not hide another host", () => {
    expect(presetOfHost("https://evil.example\\@api.openai.com/")).toBeNull();
  });
});
