// What a person reads for each mistake, word for word: one row per mistake, with every problem the text has.
import { describe, expect, test } from "vitest";
import { line, read } from "./config.test-support.ts";

type Row = readonly [name: string, lines: readonly string[], problems: readonly string[]];

const GEMINI = ["agent:", "  backend:", "    type: gemini"];
const SERVER = [...GEMINI, "    mcp_servers:", "      s:"];

const FORM: readonly Row[] = [
  ["an empty file", [""], ["1:1 The file holds no configuration (expected a mapping with `agents:`)"]],
  ["only comments", ["# nothing", ""], ["1:1 The file holds no configuration (expected a mapping with `agents:`)"]],
  ["a list at the top", ["- backend: {type: gemini}"], ["1:1 The configuration cannot be a list (expected a mapping with `agents`)"]],
  ["plain words", ["hello there"], ['1:1 The configuration cannot be text "hello there" (expected a mapping with `agents`)']],
  [
    "a tab for indentation",
    ["agent:", "\tbackend:", "\t\ttype: gemini"],
    ["2:1 A tab is used for indentation; YAML allows only spaces", "3:1 A tab is used for indentation; YAML allows only spaces"],
  ],
  ["a NUL character", ["agent: {backend: {type: gem\0ini}}"], ["1:28 The file holds a NUL character here; remove it"]],
  ["a control character", ["agent: 1", "x: \u001b[31m"], ["2:4 The file holds a control character (U+001B) here; remove it"]],
  ["a quote that is not closed", ["agent:", '  id: "a', "  backend: {type: gemini}"], ["2:7 A closing quote is missing"]],
  [
    "a bracket that is not closed",
    ["agent:", "  backend: {type: gemini", "ui: {}"],
    ["3:1 The closing bracket is missing, or is not indented further than its key"],
  ],
  [
    "two keys in one line",
    ["agent: backend: 1"],
    ["1:8 A second `key: value` begins in the same line; put it on a line of its own, or the value in quotes"],
  ],
  ["a key without a colon", ["agents", "ui: {}"], ["1:1 A key must stand on one line and be followed by a colon and a space"]],
  [
    "an indentation that fits nothing",
    ["agents:", "  - id: a", "   backend: {type: gemini}"],
    ["3:1 This line neither begins a list item (`- `) nor lines up with the item above"],
  ],
  ["a value that begins with @", ["agent: {id: @me}"], ["1:13 A value cannot begin with this sign; put it in quotes"]],
  [
    "an unknown escape",
    ["agent:", '  id: "C:\\dir"'],
    ["2:10 Unknown escape after \\ inside double quotes; use single quotes, or write \\\\ for a backslash"],
  ],
  ["two documents", [...GEMINI, "---", "agent: 1"], ["5:1 A second document begins here (after `---`); a configuration is one document"]],
  [
    "an alias without an anchor",
    ["agent:", "  id: *me", "  backend: {type: gemini}"],
    ["2:7 The `*` names an anchor that is not defined above; put a value that begins with `*` in quotes"],
  ],
  ["an alias within itself", ["agent: &a", "  backend: *a"], ["2:12 The alias (`*name`) stands inside the value it repeats"]],
  [
    "a tag",
    [...GEMINI, "    model: !secret x"],
    ["4:20 Tags (`!name`) are not used in configurations; put a value that begins with `!` in quotes"],
  ],
  [
    "a key that is no text",
    [...GEMINI, "    ? [a, b]", "    : 1"],
    ["4:7 A key must be text; here it is a list, a mapping or nothing. Put text that holds { } [ ] in quotes"],
  ],
  ["a key twice", [...GEMINI, "    model: a", "    model: b"], ["5:5 `model` stands twice in the same mapping; first on line 4"]],
];

const AGENTS: readonly Row[] = [
  ["no agents", ["ui: {display_type: simple}"], ["1:1 The configuration names no agent: it needs `agents:` (a list) or `agent:`"]],
  ["an empty list of agents", ["agents: []"], ["1:1 The configuration names no agent: it needs `agents:` (a list) or `agent:`"]],
  ["a misspelt agents", ["agnets:", "  - backend: {type: gemini}"], ["1:1 Unknown key `agnets` (did you mean agents?)"]],
  [
    "agents that are text",
    ["agents: gemini"],
    ['1:9 `agents` cannot be text "gemini" (expected a list of agents, or a map of id to agent)'],
  ],
  ["an agent that is text", ["agents:", "  - gemini"], ['2:5 `agents[0]` cannot be text "gemini" (expected a mapping with `backend`)']],
  ["an agent without a backend", ["agents:", "  - id: bob"], ["2:5 The agent bob needs a `backend` with `type` or `model`"]],
  [
    "two agents of one id",
    ["agents:", "  - {id: a, backend: {type: gemini}}", "  - {id: a, backend: {type: gemini}}"],
    ['3:10 Two agents have the id "a" (first on line 2)'],
  ],
  [
    "an id of blanks",
    ["agent:", '  id: " "', "  backend: {type: gemini}"],
    ['2:7 `id` cannot be text " " (expected a name of 1 to 100 visible characters)'],
  ],
  [
    "a backend without type and model",
    ["agent:", "  backend: {temperature: 1}"],
    [
      "2:12 It has no `type` and no `model`: which provider answers is not clear (expected `type`: gemini, claude, openai, grok, azure_openai, chatcompletion, cerebras, together, fireworks, groq, nebius, openrouter, deepseek, mistral, moonshot, qwen, poe, zai, lmstudio, ollama, vllm, sglang, claude_code, local)",
    ],
  ],
  ["a misspelt type", ["agent: {backend: {type: gemnii}}"], ['1:25 There is no backend type "gemnii" (did you mean gemini?)']],
  [
    "another program's name of a type",
    ["agent: {backend: {type: anthropic}}"],
    ['1:25 There is no backend type "anthropic" (did you mean claude?)'],
  ],
  ["a type that is a number", ["agent: {backend: {type: 5}}"], ["1:25 `type` cannot be 5; put it in quotes (expected text)"]],
  [
    "a model that is a number",
    [...GEMINI, "    model: 4.1"],
    ["4:12 `model` cannot be 4.1; put it in quotes (expected the name of a model)"],
  ],
  [
    "an Azure backend without a deployment",
    ["agent: {backend: {type: azure_openai, azure_endpoint: 'https://x.openai.azure.com'}}"],
    ["1:18 azure_openai needs `model`: the name of your deployment"],
  ],
  [
    "an Azure backend without an endpoint",
    ["agent: {backend: {type: azure_openai, model: d}}"],
    ["1:18 azure_openai needs the endpoint of your resource: `azure_endpoint`, or the variable AZURE_OPENAI_ENDPOINT"],
  ],
  [
    "a key above backend",
    ["agent:", "  model: gemini-2.5-pro", "  backend: {type: gemini}"],
    ["2:3 warning `model` has no effect here: it belongs under `backend`"],
  ],
];

const VALUES: readonly Row[] = [
  [
    "a temperature in quotes",
    [...GEMINI, '    temperature: "0.5"'],
    ['4:18 `temperature` cannot be text "0.5"; remove the quotes (expected a number from 0 to 2)'],
  ],
  ["a temperature of nine", [...GEMINI, "    temperature: 9"], ["4:18 `temperature` cannot be 9 (expected a number from 0 to 2)"]],
  ["tokens with a fraction", [...GEMINI, "    max_tokens: 1.5"], ["4:17 `max_tokens` cannot be 1.5 (expected a whole number above 0)"]],
  ["tokens without end", [...GEMINI, "    max_tokens: .inf"], ["4:17 `max_tokens` cannot be .inf (expected a whole number above 0)"]],
  [
    "a flag in quotes",
    [...GEMINI, "    enable_web_search: 'yes'"],
    ['4:24 `enable_web_search` cannot be text "yes"; remove the quotes (expected true or false)'],
  ],
  ["a misspelt key", [...GEMINI, "    temprature: 0.5"], ["4:5 Unknown key `temprature` (did you mean temperature?)"]],
  ["a key with dashes", [...GEMINI, "    mcp-servers: {}"], ["4:5 Unknown key `mcp-servers` (did you mean mcp_servers?)"]],
  ["a key in capitals", [...GEMINI, "    Model: x"], ["4:5 Unknown key `Model` (did you mean model?)"]],
  [
    "a key in camel case",
    ["agent: {backend: {type: gemini}, systemMessage: x}"],
    ["1:34 Unknown key `systemMessage` (did you mean system_message?)"],
  ],
  ["a Cyrillic letter in a key", [...GEMINI, "    mоdel: x"], ["4:5 Unknown key `mоdel` (did you mean model?)"]],
  [
    "a plural",
    ["agent: {backend: {type: gemini}, system_messages: x}"],
    ["1:34 Unknown key `system_messages` (did you mean system_message?)"],
  ],
  [
    "an option of another backend",
    [...GEMINI, "    enable_code_interpreter: true"],
    ["4:5 warning `enable_code_interpreter` is not an option of gemini and is not sent (did you mean enable_code_execution?)"],
  ],
  [
    "an unknown option",
    [...GEMINI, "    frobnicate: 1"],
    ["4:5 warning `frobnicate` is not an option of gemini and is not sent; to send it, put it under `extra_body`"],
  ],
  [
    "a key of the thinking that the provider lacks, beside one that none has",
    ["agent: {backend: {type: grok, api_key: k, reasoning: {effort: low, max_tokens: 9, sumary: auto}}}"],
    [
      "1:68 warning `reasoning.max_tokens` is not an option of grok and is not sent (expected effort)",
      "1:83 Unknown key `sumary` (did you mean summary?)",
    ],
  ],
  [
    "an address of the model inside the program",
    ["agent: {backend: {type: local, base_url: 'http://127.0.0.1:1/v1'}}"],
    ["1:32 warning `base_url` has no effect on `local`, whose model runs inside this program; for a server write `type: chatcompletion`"],
  ],
  [
    "an unknown display",
    [...GEMINI, "ui: {display_type: rich}"],
    ['4:20 `display_type` cannot be text "rich" (expected rich_terminal, terminal, simple or json)'],
  ],
  [
    "a misspelt display",
    [...GEMINI, "ui: {display_type: rich-terminal}"],
    ['4:20 `display_type` cannot be text "rich-terminal" (expected rich_terminal, terminal, simple or json) (did you mean rich_terminal?)'],
  ],
  [
    "a time limit of zero",
    [...GEMINI, "timeout_settings: {turn_timeout_seconds: 0}"],
    ["4:42 `turn_timeout_seconds` cannot be 0 (expected a number of seconds above 0 and at most 604800)"],
  ],
  [
    "a misspelt time limit",
    [...GEMINI, "timeout_settings: {orchestrator_timeout: 30}"],
    ["4:20 Unknown key `orchestrator_timeout` (did you mean orchestrator_timeout_seconds?)"],
  ],
  ["an unknown limit", [...GEMINI, "budget: {max_joy: 3}"], ["4:10 Unknown key `max_joy`: it has no effect"]],
  ["a limit in the wrong place", [...GEMINI, "max_cost_usd: 1"], ["4:1 `max_cost_usd` has no effect here: it belongs under `budget`"]],
  ["a budget below zero", [...GEMINI, "budget: {max_cost_usd: -1}"], ["4:24 `max_cost_usd` cannot be -1 (expected a number above 0)"]],
  [
    "a section that is a list",
    [...GEMINI, "orchestrator: [early_decision]"],
    ["4:15 `orchestrator` cannot be a list (expected a mapping of `key: value` lines)"],
  ],
  ["an unknown section", [...GEMINI, "telemetry: {}"], ["4:1 warning Unknown key `telemetry`: it has no effect"]],
  ["a base_url without a scheme", [...GEMINI, "    base_url: localhost:8000"], ["4:15 `base_url` must begin with https:// or http://"]],
  [
    "a base_url with a password",
    [...GEMINI, "    base_url: https://me:pw@example.com/v1"],
    ["4:15 `base_url` holds a user name or password; use `headers` or `api_key` instead"],
  ],
  [
    "an unset variable",
    [...GEMINI, "    api_key: ${NOT_SET_HERE}"],
    ["4:14 The variable NOT_SET_HERE in `api_key` is not set; set it in the environment or in .env"],
  ],
];

const SERVERS: readonly Row[] = [
  [
    "servers that are text",
    [...GEMINI, "    mcp_servers: weather"],
    ['4:18 `mcp_servers` cannot be text "weather" (expected a list of servers, or a map of name to server)'],
  ],
  ["a server left empty", SERVER, ["5:9 `s` is empty (expected a mapping with `command` or `url`)"]],
  ["a server without a name", [...GEMINI, "    mcp_servers:", "      - command: x"], ["5:9 A server in the list form needs a `name`"]],
  [
    "a name with a blank",
    [...GEMINI, "    mcp_servers: [{name: my server, command: x}]"],
    ['4:26 `name` cannot be text "my server" (expected a name of 1 to 100 letters, digits, dashes or underscores)'],
  ],
  [
    "a name in the map form with a dot",
    [...GEMINI, "    mcp_servers: {a.b: {command: x}}"],
    ['4:24 A server cannot be called "a.b" (expected a name of 1 to 100 letters, digits, dashes or underscores)'],
  ],
  [
    "two servers of one name",
    [...GEMINI, "    mcp_servers:", "      - {name: a, command: x}", "      - {name: a, command: y}"],
    ['6:9 Two servers of this agent are called "a" (first on line 5)'],
  ],
  [
    "arguments without a command",
    [...SERVER, "        args: [rm, -rf, /x]"],
    ["6:9 A server of type stdio needs a `command` (arguments alone start nothing)"],
  ],
  ["a command that is empty", [...SERVER, "        command: '  '"], ["6:18 `command` is empty"]],
  ["a command with an open quote", [...SERVER, "        command: node 'server.js"], ["6:18 A quote in `command` is not closed"]],
  [
    "an unknown transport",
    [...SERVER, "        type: websocket", "        url: ws://x"],
    ['6:15 `type` cannot be text "websocket" (expected stdio, streamable-http or sse)'],
  ],
  ["http without a url", [...SERVER, "        type: streamable-http"], ["6:9 A server of type streamable-http needs a `url`"]],
  [
    "a url that is none",
    [...SERVER, "        url: example.com/mcp"],
    ["6:14 `url` is not an absolute URL; it begins with https:// or http://"],
  ],
  [
    "a command and a url",
    [...SERVER, "        command: x", "        url: https://x.example"],
    [
      "6:9 The server has a `command` and a `url`, and no `type` that says which one is meant (expected type: stdio, or type: streamable-http)",
    ],
  ],
  ["a misspelt argument key", [...SERVER, "        command: x", "        arg: [a]"], ["7:9 Unknown key `arg` (did you mean args?)"]],
  [
    "arguments that are text",
    [...SERVER, "        command: x", "        args: -y server"],
    ["7:15 `args` cannot be text (expected a list of arguments)"],
  ],
  [
    "an env that is a list",
    [...SERVER, "        command: x", "        env: [A=b]"],
    ["7:14 `env` cannot be a list (expected a mapping of names to texts)"],
  ],
  [
    "a tool list of numbers",
    [...SERVER, "        command: x", "        allowed_tools: [1]"],
    ["7:25 `allowed_tools[0]` cannot be 1; put it in quotes (expected text)"],
  ],
  [
    "a time-out in milliseconds",
    [...SERVER, "        url: https://x.example", "        timeout: 30000"],
    ["7:18 `timeout` cannot be 30000 (expected a number of seconds above 0 and at most 3600)"],
  ],
];

describe.each([
  ["form", FORM],
  ["agents", AGENTS],
  ["values", VALUES],
  ["servers", SERVERS],
] as const)(
  "a mistake of %s is told in words a person can act on (REQ-CONFIG-8, REQ-CONFIG-10, REQ-CONFIG-13, REQ-CONFIG-19, REQ-CONFIG-27)",
  (_, rows) => {
    test.each(rows.map((row) => [row[0], row] as const))("%s", async (_name, [, lines, problems]) => {
      const outcome = await read(lines.join("\n"));
      expect(outcome.problems.map(line)).toEqual(problems);
      const onlyWarnings = outcome.problems.every((problem) => problem.severity === "warning");
      expect(outcome.config === null).toBe(!onlyWarnings);
    });
  },
);

test("every mistake of a file is told in one pass, in the order of the file (REQ-CONFIG-10)", async () => {
  const text = [
    "agents:",
    "  - backend: {type: gemini, temprature: 1}",
    "  - backend: {type: nobody}",
    "ui: {display_type: loud}",
    "budget: {max_minutes: none}",
  ];
  const { problems } = await read(text.join("\n"), { file: "team.yaml" });
  expect(problems.map(({ file, line: row, path, code }) => [file, row, path, code])).toEqual([
    ["team.yaml", 2, "agents[0].backend.temprature", "near-miss"],
    ["team.yaml", 3, "agents[1].backend.type", "unknown-backend"],
    ["team.yaml", 4, "ui.display_type", "unknown-value"],
    ["team.yaml", 5, "budget.max_minutes", "wrong-type"],
  ]);
});

test("an unknown key is a warning, and an error where the check is strict (REQ-CONFIG-9)", async () => {
  const text = [...GEMINI, "    frobnicate: 1", "telemetry: {}"].join("\n");
  expect((await read(text)).problems.map(({ severity }) => severity)).toEqual(["warning", "warning"]);
  expect((await read(text, { strict: true })).problems.map(({ severity }) => severity)).toEqual(["error", "error"]);
});
