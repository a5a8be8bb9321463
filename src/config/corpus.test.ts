// Every configuration of the reference release loads as it is. The files are not part of this project: without them these tests are skipped.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KEYS, read } from "./config.test-support.ts";
import { checkFiles, configSchema } from "./index.ts";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createFiles } from "../io/index.ts";
import { parse } from "yaml";

const CORPUS = join(process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "../../../shared/data"), "massgen-configs");
const FILES = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith(".yaml")) : [];
const ALL = "reasoning text enable_web_search enable_code_interpreter";

/** `id = type model options…`; a dash where the file names no model. Read off the files by eye. */
const AGENTS: Readonly<Record<string, readonly string[]>> = {
  azure_openai_multi: ["azure_gpt4 = azure_openai gpt-4.1", "azure_gpt5 = azure_openai gpt-5-chat"],
  azure_openai_single: ["azure_gpt4_agent = azure_openai gpt-4.1"],
  claude_code_context_sharing: ["claude_code_agent1 = claude_code - cwd", "claude_code_agent2 = claude_code - cwd"],
  claude_code_discord_mcp_example: ["claude_code_discord_mcp = claude_code - cwd permission_mode allowed_tools mcp:discord"],
  "claude_code_flash2.5": [
    "claude_code_agent = claude_code - cwd",
    "gemini-2.5-flash = gemini gemini-2.5-flash enable_web_search enable_code_execution",
  ],
  claude_code_gpt5nano: [
    "claude_code = claude_code - cwd permission_mode allowed_tools",
    "gpt-5-nano = openai gpt-5-nano reasoning enable_web_search enable_code_interpreter",
  ],
  claude_code_single: ["claude_code_agent = claude_code - cwd"],
  claude_code_twitter_mcp_example: ["claude_code_twitter_mcp = claude_code - cwd permission_mode allowed_tools mcp:twitter"],
  fast_timeout_example: [`fast-gpt-5-1 = openai gpt-5 ${ALL}`, `fast-gpt-5-2 = openai gpt-5 ${ALL}`],
  gemini_4o_claude: [
    "gemini2.5flash = gemini gemini-2.5-flash enable_web_search",
    "gpt-4o = openai gpt-4o enable_web_search enable_code_interpreter",
    "claude-3-5-haiku = claude claude-3-5-haiku-20241022 enable_web_search enable_code_execution",
  ],
  gemini_gpt5nano_claude: [
    "gemini2.5flash = gemini gemini-2.5-flash enable_web_search",
    `gpt-5-nano = openai gpt-5-nano ${ALL}`,
    "claude-3-5-haiku = claude claude-3-5-haiku-20241022 enable_web_search enable_code_execution",
  ],
  gemini_mcp_example: ["gemini2.5flash_mcp_weather = gemini gemini-2.5-flash mcp:weather"],
  geminicode_gpt5nano_claude: [
    "gemini2.5flash = gemini gemini-2.5-flash enable_web_search enable_code_execution",
    `gpt-5-nano = openai gpt-5-nano ${ALL}`,
    "claude-3-5-haiku = claude claude-3-5-haiku-20241022 enable_web_search enable_code_execution",
  ],
  glm_gemini_claude: [
    "glm-4.5 = zai glm-4.5",
    "gemini-2.5-flash = gemini gemini-2.5-flash enable_web_search",
    "claude-3.5-haiku = claude claude-3-5-haiku-20241022 enable_web_search enable_code_execution",
  ],
  gpt5_nano: [
    `gpt-5-nano-1 = openai gpt-5-nano ${ALL}`,
    `gpt-5-nano-2 = openai gpt-5-nano ${ALL}`,
    `gpt-5-nano-3 = openai gpt-5-nano ${ALL}`,
  ],
  gpt5mini_claude_code_discord_mcp_example: [
    "claude_code_discord_mcp = claude_code - cwd permission_mode allowed_tools mcp:discord",
    "gpt-5-mini = openai gpt-5-mini reasoning enable_web_search enable_code_interpreter",
  ],
  gpt5nano_glm_qwen: [
    "gpt-oss-1 = chatcompletion gpt-oss-120b",
    "zai_glm45_agent = zai glm-4.5-air temperature top_p",
    "Qwen3-4b = lmstudio qwen/qwen3-4b-2507",
  ],
  multi_agent_playwright_automation: [
    "claude_code_playwright_automation = claude_code - cwd allowed_tools mcp:playwright",
    "gpt-5-nano_analysis = openai gpt-5-nano enable_web_search enable_code_interpreter",
  ],
  news_analysis: [
    `news_gatherer = openai gpt-5-nano ${ALL}`,
    "trend_analyst = grok grok-3-mini temperature max_tokens",
    `news_synthesizer = openai gpt-5-nano ${ALL}`,
  ],
  research_team: [
    "information_gatherer = grok grok-3-mini enable_web_search",
    `domain_expert = openai gpt-5-nano ${ALL}`,
    `synthesizer = openai gpt-5-nano ${ALL}`,
  ],
  single_agent: ["gemini_agent = gemini gemini-2.5-flash enable_web_search"],
  "single_flash2.5": ["gemini_agent = gemini gemini-2.5-flash enable_web_search"],
  single_gpt5nano: [`gpt-5-nano = openai gpt-5-nano ${ALL}`],
  technical_analysis: [
    `technical_researcher = openai gpt-5-nano ${ALL}`,
    "cost_analyst = grok grok-3-mini temperature max_tokens",
    `technical_advisor = openai gpt-5-nano ${ALL}`,
  ],
  three_agents_default: [
    "gemini2.5flash = gemini gemini-2.5-flash enable_web_search",
    `gpt5nano = openai gpt-5-nano ${ALL}`,
    "grok3mini = grok grok-3-mini enable_web_search",
  ],
  three_agents_opensource: [
    "gpt-oss-1 = chatcompletion gpt-oss-120b",
    "qwen = chatcompletion Qwen/Qwen3-4B-fast",
    "gpt-oss-2 = chatcompletion accounts/fireworks/models/gpt-oss-20b",
  ],
  two_agents_gpt5: [`primary_agent = openai gpt-5 ${ALL}`, `secondary_agent = openai gpt-5-nano ${ALL}`],
  zai_coding_team: [
    "architecture_glm45 = zai glm-4.5 temperature top_p",
    "implementation_glm45 = zai glm-4.5 temperature top_p",
    "review_glm45_air = zai glm-4.5-air temperature top_p",
    "perf_reliability_glm45_air = zai glm-4.5-air temperature top_p",
  ],
  zai_glm45: ["zai_glm45_agent = zai glm-4.5 temperature top_p"],
};

const FORMER_UI = ["former-name"];
const WARNINGS: Readonly<Record<string, readonly string[]>> = {
  claude_code_context_sharing: FORMER_UI,
  "claude_code_flash2.5": FORMER_UI,
  claude_code_single: FORMER_UI,
  "single_flash2.5": ["former-name", "former-name"],
};

describe.skipIf(FILES.length === 0)("the reference's configurations (REQ-CONFIG-24; skipped where MASSGEN_CORPUS has none)", () => {
  test.each(FILES)("%s loads as it is", async (file) => {
    const name = file.replace(/\.yaml$/, "");
    const { config, problems } = await read(readFileSync(join(CORPUS, file), "utf8"), {
      file,
      env: { ...KEYS, AZURE_OPENAI_ENDPOINT: "https://me.openai.azure.com" },
    });
    const found = config?.agents.map(({ id, backend }) =>
      [
        id,
        "=",
        backend.type,
        backend.model ?? "-",
        ...Object.keys(backend.options),
        ...backend.mcpServers.map((server) => `mcp:${server.name}`),
      ].join(" "),
    );
    expect(found).toEqual(AGENTS[name]);
    expect(problems.map(({ code }) => code)).toEqual(WARNINGS[name] ?? []);
  });

  test("all of them pass a check without keys", async () => {
    const paths = FILES.map((name) => join(CORPUS, name));
    expect((await checkFiles(paths, { files: createFiles(), env: {}, examples: null })).ok).toBe(true);
  });

  test("each agent gets the key of its own provider (REQ-CONFIG-15)", async () => {
    const { config } = await read(readFileSync(join(CORPUS, "three_agents_opensource.yaml"), "utf8"));
    expect(config?.agents.map(({ backend }) => backend.apiKey)).toEqual([
      KEYS["CEREBRAS_API_KEY"],
      KEYS["NEBIUS_API_KEY"],
      KEYS["FIREWORKS_API_KEY"],
    ]);
  });

  test("the JSON Schema accepts them (REQ-CONFIG-22)", () => {
    const validate = new Ajv2020({ strict: false }).compile(configSchema());
    expect(FILES.filter((name) => !validate(parse(readFileSync(join(CORPUS, name), "utf8"))))).toEqual([]);
  });
});
