import { describe, expect, test } from "vitest";
import { UsageError } from "../errors/index.ts";
import { configFromFlags, type Flags } from "./index.ts";

const NOTHING: Flags = { backend: null, model: null, systemMessage: null, baseUrl: null, agents: null, env: {} };
const team = (flags: Partial<Flags>): readonly string[] =>
  configFromFlags({ ...NOTHING, ...flags }).config.agents.map(({ id, backend }) => `${id}: ${backend.type} ${backend.model}`);

function refusal(flags: Partial<Flags>): UsageError {
  try {
    configFromFlags({ ...NOTHING, ...flags });
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("the team without a file (REQ-CONFIG-21)", () => {
  test("is one agent per key found, in a fixed order, three of them", () => {
    const env = { XAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k", OPENAI_API_KEY: "k" };
    expect(team({ env })).toEqual(["gemini: gemini gemini-2.5-flash", "openai: openai gpt-5-mini", "claude: claude claude-sonnet-4-5"]);
    expect(team({ env, agents: 1 })).toHaveLength(1);
  });

  test("is filled up by repeating the first", () => {
    const env = { OPENAI_API_KEY: "k", GROQ_API_KEY: "k" };
    expect(team({ env, agents: 4 })).toEqual([
      "openai-1: openai gpt-5-mini",
      "groq: groq openai/gpt-oss-120b",
      "openai-2: openai gpt-5-mini",
      "openai-3: openai gpt-5-mini",
    ]);
  });

  test("is three local agents where there is no key, an empty one included", () => {
    expect(team({})).toEqual(["local-1: local null", "local-2: local null", "local-3: local null"]);
    expect(team({ env: { OPENAI_API_KEY: " " }, agents: 1 })).toEqual(["local: local null"]);
  });

  test("is one agent where a model, a backend or an address is named, more where asked for", () => {
    const env = { OPENAI_API_KEY: "k", GEMINI_API_KEY: "k", ANTHROPIC_API_KEY: "k" };
    expect(team({ env, model: "gpt-5-nano" })).toEqual(["openai: openai gpt-5-nano"]);
    expect(team({ env, backend: "claude" })).toEqual(["claude: claude claude-sonnet-4-5"]);
    expect(team({ env, backend: "gemini", model: "gemini-3-pro", agents: 2 })).toEqual([
      "gemini-1: gemini gemini-3-pro",
      "gemini-2: gemini gemini-3-pro",
    ]);
    expect(team({ baseUrl: "http://localhost:8000/v1", model: "qwen3" })).toEqual(["qwen3: chatcompletion qwen3"]);
  });

  test("an explicit backend wins over the model's family", () => {
    expect(team({ env: { OPENROUTER_API_KEY: "k" }, backend: "openrouter", model: "gpt-5" })).toEqual(["openrouter: openrouter gpt-5"]);
  });

  test("every agent gets the system message", () => {
    const { config } = configFromFlags({ ...NOTHING, agents: 2, systemMessage: "Be brief." });
    expect(config.agents.map(({ systemMessage }) => systemMessage)).toEqual(["Be brief.", "Be brief."]);
  });

  const REFUSED: readonly { readonly flags: Partial<Flags>; readonly code: string; readonly path: string; readonly message: string }[] = [
    {
      flags: { backend: "gemnii" },
      code: "E_BACKEND_UNKNOWN",
      path: "--backend",
      message: 'There is no backend type "gemnii" (did you mean gemini?)',
    },
    {
      flags: { model: "mystery" },
      code: "E_BACKEND_UNKNOWN",
      path: "--model",
      message: 'The model "mystery" belongs to no known family; name its provider with --backend',
    },
    {
      flags: { backend: "openai", agents: 3 },
      code: "E_KEY_MISSING",
      path: "agents[0].backend",
      message: "No key for OpenAI (Responses API): the variable OPENAI_API_KEY is not set; set it in the environment or in .env",
    },
    {
      flags: { baseUrl: "nowhere", model: "m" },
      code: "E_CONFIG_INVALID",
      path: "--base-url",
      message: "--base-url is not an absolute URL; it begins with https:// or http://",
    },
    {
      flags: { backend: "chatcompletion", baseUrl: "http://localhost:1/v1" },
      code: "E_CONFIG_INVALID",
      path: "agents[0].backend",
      message: "chatcompletion needs --model",
    },
  ];

  test.each(REFUSED)("$flags is refused in the words of the command line", ({ flags, code, path, message }) => {
    const error = refusal(flags);
    expect([error.code, error.exitCode, error.message]).toEqual([code, 2, message]);
    expect(error.problems.map((problem) => problem.path)).toEqual([path]);
    expect(`${error.message}\n${error.next}`.split("environment").length, "the cure is told once").toBeLessThanOrEqual(2);
  });
});
