import { describe, expect, test } from "vitest";
import { backendWith, config, KEYS, line, onlyAgent, onlyServer, read, serverWith } from "./config.test-support.ts";

const warningsOf = async (text: string): Promise<readonly string[]> => (await read(text)).problems.map(line);

describe("agents (REQ-CONFIG-2)", () => {
  test("one agent stands under agent", async () => {
    const loaded = await config("agent:\n  id: solo\n  backend: {type: gemini, model: gemini-3-pro}\n  system_message: Be brief.");
    expect(onlyAgent(loaded)).toMatchObject({ id: "solo", systemMessage: "Be brief.", backend: { type: "gemini", model: "gemini-3-pro" } });
  });

  test("agents in a list without id are called agent1, agent2 by their position", async () => {
    const loaded = await config(
      "agents:\n  - backend: {type: gemini}\n  - id: b\n    backend: {type: openai}\n  - backend: {type: claude}",
    );
    expect(loaded.agents.map(({ id, backend }) => [id, backend.type])).toEqual([
      ["agent1", "gemini"],
      ["b", "openai"],
      ["agent3", "claude"],
    ]);
  });

  test("agents as a map take the key as id, a written id wins", async () => {
    const loaded = await config("agents:\n  alice:\n    backend: {type: gemini}\n  bob:\n    id: robert\n    backend: {type: openai}");
    expect(loaded.agents.map(({ id }) => id)).toEqual(["alice", "robert"]);
  });

  test("agent wins over agents, with a warning", async () => {
    const text = "agents:\n  - {id: a, backend: {type: gemini}}\nagent:\n  id: b\n  backend: {type: openai}";
    expect(onlyAgent(await config(text)).id).toBe("b");
    expect(await warningsOf(text)).toEqual(["2:3 warning `agents` is ignored, because `agent` is given too"]);
  });

  test("an id that is a number is taken as it is written", async () => {
    expect(onlyAgent(await config("agent:\n  id: 007\n  backend: {type: gemini}")).id).toBe("007");
  });

  test("limits of an agent are kept under its id", async () => {
    const loaded = await config(
      "agent:\n  id: a\n  backend: {type: gemini}\n  budget: {max_cost_usd: 0.5, max_tool_calls: 3}\nbudget: {max_minutes: 10}",
    );
    expect(loaded.agentBudgets).toEqual({
      a: { maxCostUsd: 0.5, maxTokens: null, maxModelCalls: null, maxToolCalls: 3, maxMinutes: null },
    });
    expect(loaded.budget.maxMinutes).toBe(10);
  });
});

describe("sections (REQ-CONFIG-3)", () => {
  const agent = "agent: {backend: {type: gemini}}\n";

  test("ui.type and display are read as ui.display_type and ui, with warnings", async () => {
    expect((await config(`${agent}ui:\n  type: terminal`)).ui.display).toBe("terminal");
    const text = `${agent}display:\n  type: simple\n  logging_enabled: false`;
    expect((await config(text)).ui).toEqual({ display: "simple", logging: false });
    expect(await warningsOf(text)).toEqual(["2:1 warning `display` is read as `ui`", "3:3 warning `type` is read as `display_type`"]);
  });

  test("a former spelling beside the present one is ignored and said to be", async () => {
    const text = `${agent}ui: {type: simple, display_type: terminal}`;
    expect((await config(text)).ui.display).toBe("terminal");
    expect(await warningsOf(text)).toEqual(["2:6 warning `type` is ignored, because `display_type` is given too"]);
  });

  test("sections left empty count as absent", async () => {
    const text = `${agent}ui:\ntimeout_settings:\norchestrator:\nbudget:\n`;
    expect((await read(text)).problems).toEqual([]);
    expect(await config(text)).toEqual(await config(agent));
  });

  test("null values of a backend count as absent", async () => {
    const { backend } = onlyAgent(await config(backendWith("model: null", "temperature:", "mcp_servers:", "api_key: ~")));
    expect(backend).toMatchObject({ model: "gemini-2.5-flash", options: {}, mcpServers: [], apiKey: KEYS["GOOGLE_API_KEY"] });
  });

  test("yes and no without quotes are true and false, as they were in YAML 1.1", async () => {
    const loaded = await config(`${backendWith("enable_web_search: yes", "enable_code_execution: Off")}\nui: {logging_enabled: no}`);
    expect(onlyAgent(loaded).backend.options).toEqual({ enable_web_search: true, enable_code_execution: false });
    expect(loaded.ui.logging).toBe(false);
  });

  test("use_orchestrator_for_single_agent is a setting of the orchestrator", async () => {
    expect((await config(`${agent}ui: {use_orchestrator_for_single_agent: false}`)).orchestrator.singleAgentThroughOrchestrator).toBe(
      false,
    );
    expect((await config(agent)).orchestrator.singleAgentThroughOrchestrator).toBe(true);
  });

  test("keys of the older program that mean nothing any more are accepted and named", async () => {
    expect(await warningsOf(backendWith("use_multi_mcp: true", "max_mcp_message_history: 50"))).toEqual([
      "4:5 warning `use_multi_mcp` is not needed: any number of servers can be used",
      "5:5 warning `max_mcp_message_history` is not needed: an agent's conversation keeps whole tool results",
    ]);
  });
});

describe("defaults (REQ-CONFIG-20)", () => {
  test("everything that is left out has its default, in milliseconds", async () => {
    expect(await config("agent: {backend: {model: gemini-2.5-pro}}")).toEqual({
      file: "team.yaml",
      agents: [
        {
          id: "agent1",
          systemMessage: null,
          backend: {
            type: "gemini",
            model: "gemini-2.5-pro",
            baseUrl: "https://generativelanguage.googleapis.com/v1beta",
            apiKey: KEYS["GOOGLE_API_KEY"],
            options: {},
            extraBody: {},
            mcpServers: [],
            geminiSchema: "json",
          },
        },
      ],
      ui: { display: null, logging: true },
      timeouts: { orchestratorMs: 1_800_000, turnMs: 900_000, modelCallMs: 300_000, toolCallMs: 120_000, presentationMs: 300_000 },
      orchestrator: {
        firstAnswers: "together",
        firstAnswerDeadlineMs: 300_000,
        maxAnswersPerAgent: 3,
        maxVoteRounds: 3,
        earlyDecision: true,
        gate: false,
        decision: "vote",
        writes: "everyone",
        seed: null,
        singleAgentThroughOrchestrator: true,
        snapshotStorage: null,
        agentTemporaryWorkspace: null,
        snapshotLimitBytes: 200_000_000,
        contextPaths: [],
      },
      budget: { maxCostUsd: null, maxTokens: null, maxModelCalls: null, maxToolCalls: null, maxMinutes: null },
      agentBudgets: {},
      secrets: [KEYS["GOOGLE_API_KEY"]],
    });
  });

  test("what is given replaces the defaults", async () => {
    const loaded = await config(
      [
        "agent: {backend: {type: gemini}}",
        "timeout_settings: {orchestrator_timeout_seconds: 0.5, tool_call_timeout_seconds: 7}",
        "orchestrator: {first_answers: as_they_come, max_answers_per_agent: 1, early_decision: false, writes: winner, seed: 7, snapshot_storage: snaps}",
      ].join("\n"),
    );
    expect(loaded.timeouts).toMatchObject({ orchestratorMs: 500, toolCallMs: 7000, turnMs: 900_000 });
    expect(loaded.orchestrator).toMatchObject({
      firstAnswers: "as_they_come",
      maxAnswersPerAgent: 1,
      earlyDecision: false,
      writes: "winner",
      seed: 7,
      snapshotStorage: "snaps",
    });
  });
});

describe("folders of agents", () => {
  const agent = "agent: {backend: {type: gemini, cwd: work}}";

  test("every backend can have a working folder, and paths for all agents are read or written (REQ-CONFIG-1)", async () => {
    const loaded = await config(`${agent}\norchestrator: {context_paths: [docs, {path: src, permission: write}], snapshot_limit_mb: 0.5}`);
    expect(loaded.agents[0]?.backend.options).toEqual({ cwd: "work" });
    expect(loaded.orchestrator).toMatchObject({
      snapshotLimitBytes: 500_000,
      contextPaths: [
        { path: "docs", permission: "read" },
        { path: "src", permission: "write" },
      ],
    });
  });

  test("a path that is left out, or a permission that is none, is a mistake", async () => {
    const { problems } = await read(`${agent}\norchestrator: {context_paths: [{permission: write}, {path: a, permission: all}]}`);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("needs `path`"),
      expect.stringContaining("`permission`"),
    ]);
  });
});

describe("MCP servers (REQ-CONFIG-1, REQ-CONFIG-19)", () => {
  test("the list form and the map form give the same servers", async () => {
    const list = await config(
      backendWith(
        "mcp_servers:",
        "  - {name: one, command: npx, args: [-y, a]}",
        "  - {name: two, url: 'https://x.example/mcp', type: sse}",
      ),
    );
    const map = await config(
      backendWith("mcp_servers:", "  one: {command: npx, args: [-y, a]}", "  two: {url: 'https://x.example/mcp', type: sse}"),
    );
    expect(onlyAgent(map).backend.mcpServers).toEqual(onlyAgent(list).backend.mcpServers);
    expect(onlyAgent(map).backend.mcpServers.map(({ name, transport }) => [name, transport.type])).toEqual([
      ["one", "stdio"],
      ["two", "sse"],
    ]);
  });

  test("a server that says nothing else gets every default", async () => {
    expect(onlyServer(await config(serverWith("command: server")))).toEqual({
      name: "s",
      transport: { type: "stdio", command: "server", args: [], env: {}, cwd: null },
      allowedTools: null,
      excludeTools: [],
      shared: "auto",
      maxProcesses: 4,
      maxConcurrency: null,
      idleTimeoutMs: 300_000,
      lazy: true,
      connectTimeoutMs: 60_000,
      callTimeoutMs: 120_000,
      maxTotalTimeoutMs: 600_000,
      restart: { max: 3, backoffMs: 1000 },
      maxMessageBytes: 16 * 1024 * 1024,
      protocol: null,
      security: {},
      extra: {},
    });
  });

  test("seconds become milliseconds, the call time-out follows the general one, within the longest total", async () => {
    const text = serverWith(
      "url: https://x.example/mcp",
      "timeout: 2.5",
      "http_read_timeout: 300",
      "connect_timeout: 5",
      "max_total_timeout: 30",
      "restart: {max: 1, backoff: 0.25}",
      "idle_timeout: 0",
    );
    const server = onlyServer(await config(`${text}\ntimeout_settings: {tool_call_timeout_seconds: 45}`));
    expect(server.transport).toMatchObject({ type: "streamable-http", timeoutMs: 2500, readTimeoutMs: 300_000 });
    expect(server).toMatchObject({
      connectTimeoutMs: 5000,
      callTimeoutMs: 30_000,
      maxTotalTimeoutMs: 30_000,
      restart: { max: 1, backoffMs: 250 },
      idleTimeoutMs: 0,
    });
  });

  test.each(["http", "streamable_http"])("type %s means streamable-http, with a warning", async (type) => {
    const text = serverWith(`type: ${type}`, "url: http://localhost:8000/mcp");
    expect(onlyServer(await config(text)).transport.type).toBe("streamable-http");
    expect(await warningsOf(text)).toEqual([`6:15 warning \`type: ${type}\` is read as \`type: streamable-http\``]);
  });

  test("a command is split like a shell would, or given as a list of words; args follow", async () => {
    const asText = onlyServer(await config(serverWith(`command: node "my server.js" --name 'it''s'`, "args: [--port, 8080]")));
    expect(asText.transport).toMatchObject({ command: "node", args: ["my server.js", "--name", "its", "--port", "8080"] });
    const asList = onlyServer(await config(serverWith("command: [node, my server.js]", "args: [--fast, true]")));
    expect(asList.transport).toMatchObject({ command: "node", args: ["my server.js", "--fast", "true"] });
  });

  test("env values may be numbers, true and empty, and stay as they are written", async () => {
    const { transport } = onlyServer(await config(serverWith("command: x", "env: {PORT: 8080, VERSION: 1.10, DEBUG: true, EMPTY: }")));
    expect(transport).toMatchObject({ env: { PORT: "8080", VERSION: "1.10", DEBUG: "true", EMPTY: "" } });
  });

  test("the security block is kept as it is written, and so are keys that other parts own", async () => {
    const text = serverWith(
      "command: x",
      "security: {level: moderate, env: {mode: denylist}}",
      "breaker: {failures: 3}",
      "writes: winner",
      "shared: false",
      "protocol: legacy",
    );
    expect(onlyServer(await config(text))).toMatchObject({
      security: { level: "moderate", env: { mode: "denylist" } },
      extra: { breaker: { failures: 3 } },
      writes: "winner",
      shared: false,
      protocol: "legacy",
    });
  });

  test("keys of the other transport are named as without effect", async () => {
    expect(await warningsOf(serverWith("url: https://x.example/", "env: {A: b}"))).toEqual([
      "7:9 warning `env` has no effect for a server of type streamable-http",
    ]);
    const named = await warningsOf(serverWith("url: https://x.example/", "env: {A: '${A}'}", "headers: {X: '${A}'}"));
    expect(named.filter((told) => told.includes("no effect"))).toEqual([]);
    expect(await warningsOf(serverWith("command: x", "timeout: 30"))).toEqual([
      "7:9 warning `timeout` has no effect for a server of type stdio; `connect_timeout` and `call_timeout` bound it",
    ]);
  });
});

describe("JSON and YAML forms (REQ-CONFIG-7)", () => {
  test("a JSON file, tabs and all, is the same configuration", async () => {
    const json = '{\n\t"agent": {"id": "a", "backend": {"type": "gemini", "temperature": 0.5}}\n}';
    expect(await config(json, { file: "t.json" })).toEqual({
      ...(await config("agent: {id: a, backend: {type: gemini, temperature: 0.5}}")),
      file: "t.json",
    });
  });

  test("problems of a JSON file have places, too", async () => {
    const { problems } = await read('{\n  "agent": {"backend": {"type": "gemini",\n    "temperature": "hot"}}}', { file: "t.json" });
    expect(problems.map(line)).toEqual(['3:20 `temperature` cannot be text "hot" (expected a number from 0 to 2)']);
  });

  test("anchors and merge keys are resolved, own keys win", async () => {
    const loaded = await config(
      [
        "agents:",
        "  - id: a",
        "    backend: &base {type: gemini, temperature: 0.1, top_p: 0.9}",
        "  - id: b",
        "    backend: {<<: *base, temperature: 0.7}",
      ].join("\n"),
    );
    expect(loaded.agents.map(({ backend }) => backend.options)).toEqual([
      { temperature: 0.1, top_p: 0.9 },
      { temperature: 0.7, top_p: 0.9 },
    ]);
  });

  test("a byte order mark and Windows line ends do no harm", async () => {
    const { problems } = await read("\uFEFFagent:\r\n  backend:\r\n    type: gemini\r\n    temperature: x\r\n");
    expect(problems.map(line)).toEqual(['4:18 `temperature` cannot be text "x" (expected a number from 0 to 2)']);
  });
});
