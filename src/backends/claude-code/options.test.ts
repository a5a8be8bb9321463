// What a Claude Code process is started with: its tools and mode, and which of the user's keys, logins, proxies and settings it gets.
import { describe, expect, test } from "vitest";
import type { BackendConfig } from "../../config/index.ts";
import { environmentOf, sessionOptions, type Surroundings } from "./options.ts";

const config = (more: Partial<BackendConfig> = {}): BackendConfig => ({
  type: "claude_code",
  model: null,
  baseUrl: null,
  apiKey: null,
  options: {},
  extraBody: {},
  mcpServers: [],
  geminiSchema: "json",
  ...more,
});
const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  env: {},
  cwd: "/work",
  stateFolder: "/state",
  isRoot: false,
  executable: null,
  resume: null,
  sessionId: "s",
  servers: ["massgen", "files"],
  ...more,
});
const environment = (env: Readonly<Record<string, string>>, more: Partial<BackendConfig> = {}): Record<string, string> =>
  environmentOf(config(more), around({ env }));

describe("keys and logins (REQ-BACKEND-15)", () => {
  const LOGIN = { CLAUDE_CODE_OAUTH_TOKEN: "login-1" };

  test.each([
    ["the provider's own address", {}, {}],
    ["the provider's host by name", {}, { baseUrl: "https://api.anthropic.com/v1" }],
    ["this machine", {}, { baseUrl: "http://127.0.0.1:4000" }],
    ["an address the environment names", { ANTHROPIC_BASE_URL: "https://gateway.example/" }, { baseUrl: "https://gateway.example" }],
  ])("a login goes to %s, with the folder that holds one", (_name, env, more) => {
    const made = environment({ ...LOGIN, ...env }, more);
    expect([made["CLAUDE_CODE_OAUTH_TOKEN"], made["CLAUDE_CONFIG_DIR"]]).toEqual(["login-1", undefined]);
  });

  test.each(["https://gateway.example", "http://10.0.0.7:8080", "https://api.anthropic.com.evil.example", "http://api.anthropic.com"])(
    "no login goes to %s, and none is found there",
    (baseUrl) => {
      for (const apiKey of [null, "its-own-key"]) {
        const made = environment(LOGIN, { baseUrl, apiKey });
        expect(Object.values(made)).not.toContain("login-1");
        expect([made["ANTHROPIC_BASE_URL"], made["CLAUDE_CONFIG_DIR"]]).toEqual([baseUrl, "/state"]);
      }
      expect(environment(LOGIN, { baseUrl, options: { setting_sources: ["user"] } })["CLAUDE_CONFIG_DIR"]).toBe("/state");
    },
  );

  test("nothing else of the environment is passed on: no other provider's key, no variable nobody named", () => {
    const made = environment({ PATH: "/bin", OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a", AWS_SECRET_ACCESS_KEY: "w", SOMETHING: "x" });
    expect(made["PATH"]).toBe("/bin");
    for (const value of ["o", "a", "w", "x"]) expect(Object.values(made)).not.toContain(value);
    expect(environment({}, { apiKey: "k", options: { env: { SOMETHING: "mine", COUNT: "2" } } })).toMatchObject({
      ANTHROPIC_API_KEY: "k",
      SOMETHING: "mine",
      COUNT: "2",
    });
  });

  test("the environment's proxy is passed on under the names Claude Code reads, this machine excepted (REQ-BACKEND-29)", () => {
    expect(environment({ ALL_PROXY: "http://proxy.test:1" })).toMatchObject({
      HTTPS_PROXY: "http://proxy.test:1",
      NO_PROXY: "localhost,127.0.0.1,::1",
    });
    expect(environment({})).not.toHaveProperty("NO_PROXY");
  });
});

describe("a session's options (REQ-BACKEND-64)", () => {
  const session = (options: BackendConfig["options"], more: Partial<Surroundings> = {}) =>
    sessionOptions(config({ options }), "SYSTEM", around(more));

  test("nothing of the user's own is read unless it is asked for", () => {
    expect(session({})).toMatchObject({ settingSources: [], strictMcpConfig: true, systemPrompt: "SYSTEM" });
    expect(session({ setting_sources: ["project"] }).settingSources).toEqual(["project"]);
  });

  test("without a list the tools of v0.0.14 are there, dangerous commands are not, and our servers need no question", () => {
    const { tools, allowedTools, disallowedTools, permissionMode } = session({});
    expect(tools).toEqual(expect.arrayContaining(["Read", "Write", "Bash", "WebSearch"]));
    expect(allowedTools).toEqual(expect.arrayContaining(["Bash", "mcp__massgen__*", "mcp__files__*"]));
    expect(disallowedTools).toEqual(["Bash(rm*)", "Bash(sudo*)", "Bash(su*)", "Bash(chmod*)", "Bash(chown*)"]);
    expect(permissionMode).toBe("dontAsk");
  });

  test("a list names what exists and what needs no question; what is disallowed stays so in every mode", () => {
    const listed = session({ allowed_tools: ["Read", "Bash(ls*)", "mcp__files__read"], disallowed_tools: ["Bash(git push*)"] });
    expect(listed).toMatchObject({
      tools: ["Read", "Bash"],
      allowedTools: ["Read", "Bash(ls*)", "mcp__massgen__*", "mcp__files__*"],
      disallowedTools: ["Bash(git push*)"],
    });
  });

  test.each([
    ["acceptEdits", false, "acceptEdits", undefined],
    ["plan", false, "plan", undefined],
    ["bypassPermissions", false, "bypassPermissions", true],
    // Claude Code refuses it to root.
    ["bypassPermissions", true, "dontAsk", undefined],
  ])("the mode %s (root: %s) is %s", (...[mode, isRoot, expected, skip]) => {
    const made = session({ permission_mode: mode, allowed_tools: ["Bash(ls*)"] }, { isRoot });
    expect([made.permissionMode, made.allowDangerouslySkipPermissions]).toEqual([expected, skip]);
    expect(made.allowedTools?.includes("Bash")).toBe(mode === "bypassPermissions");
  });

  test("what else may be set reaches Claude Code", () => {
    const options = {
      system_prompt: "FIRST",
      append_system_prompt: "LAST",
      max_thinking_tokens: 8000,
      max_turns: 9,
      fallback_model: "claude-haiku-4-5",
      effort: "high",
      additional_directories: ["/data"],
    };
    expect(session(options)).toMatchObject({
      systemPrompt: "FIRST\n\nSYSTEM\n\nLAST",
      maxThinkingTokens: 8000,
      maxTurns: 9,
      fallbackModel: "claude-haiku-4-5",
      effort: "high",
      additionalDirectories: ["/data"],
    });
    expect(environment({}, { options: { max_retries: 7 } })["CLAUDE_CODE_MAX_RETRIES"]).toBe("7");
  });
});
