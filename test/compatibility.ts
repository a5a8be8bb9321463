// What v0.0.14 and v0.0.15 of the Python program could do, and the faults it was found to have: which required behaviour keeps the one and rules
// out the other. `docs/compatibility.md` is made from these tables.

/** One thing the Python program did. `ids` are requirements whose tests show it here; without any, `reason` says why it is not kept. */
export interface Row {
  readonly what: string;
  readonly ids: readonly string[];
  /** Why it is different here, or not here at all. */
  readonly reason?: string;
}

type Rows = Readonly<Record<string, Row>>;
const row = (what: string, ...ids: readonly string[]): Row => ({ what, ids: ids.map((id) => `REQ-${id}`) });
const other = (what: string, reason: string, ...ids: readonly string[]): Row => ({ ...row(what, ...ids), reason });

/** Features of v0.0.14 that every configuration and every habit of its users counts on. */
export const KEPT_14: Rows = {
  council: row("Several agents on one question, votes, and a winner who presents.", "WHOLE-1", "COORD-15.1", "COORD-18.1"),
  "single agent": row("One agent answers alone, in plain chat or with the workflow.", "COORD-19.1", "COORD-19.2"),
  "configuration files": row("Every shipped YAML file loads as it is; JSON too.", "CONFIG-24", "CONFIG-7"),
  "agent and agents": row("`agent` and `agents`, several agents with their own system messages.", "CONFIG-2"),
  "keys in the environment": row("Keys from the environment, `.env`, or `api_key` in the file.", "CONFIG-4", "CONFIG-5", "CONFIG-15"),
  "quick start by flags": row(
    "`--backend`, `--model`, `--system-message`, `--base-url` without a file.",
    "CLI-1",
    "CONFIG-16",
    "CONFIG-21",
  ),
  "backend claude": row("Claude with tools, search and code execution.", "BACKEND-17", "BACKEND-22"),
  "backend claude_code": row("Claude Code with its own tools, `cwd`, `permission_mode` and tool lists.", "BACKEND-60", "WHOLE-9"),
  "backend gemini": row("Gemini with search and code execution.", "BACKEND-4", "BACKEND-22"),
  "backend openai": row("GPT models by the Responses API: reasoning, verbosity, search, code interpreter.", "BACKEND-19", "BACKEND-20"),
  "backend grok": row("Grok with live search.", "BACKEND-22"),
  "backend azure_openai": row("Azure deployments by endpoint and API version.", "BACKEND-21"),
  "backend chatcompletion": row(
    "Any OpenAI-compatible address and the presets for known providers.",
    "BACKEND-22",
    "CONFIG-15",
    "CONFIG-17",
  ),
  "backend lmstudio": other(
    "Local model servers.",
    "Nothing is installed and no model is downloaded for you; what is missing is named with the next step.",
    "BACKEND-23",
  ),
  "provider options": row("Options of a backend entry reach the provider.", "CONFIG-14", "BACKEND-13", "BACKEND-27"),
  "orchestrator timeout": row("A time-out ends the coordination with the best answer there is.", "COORD-20.1", "COORD-20.4"),
  displays: row("`rich_terminal`, `terminal` and `simple`; `--no-display`.", "UI-2", "UI-8", "CLI-3"),
  "agent views": row("Looking into one agent, its text and its tools, during and after the run.", "UI-4", "UI-6"),
  "interactive mode": row("A conversation over several questions with slash commands.", "CLI-5", "UI-7"),
  logs: row("A folder per run with the text of each agent and the final answer; `--no-logs`.", "WHOLE-2", "CLI-6"),
  debug: row("`--debug` shows what is sent, without keys.", "WHOLE-3"),
  "library use": row("Running a council from a program.", "WHOLE-7"),
  workspaces: row(
    "`cwd`, `orchestrator.snapshot_storage` and `agent_temporary_workspace`: agents see copies of each other's files.",
    "WORKSPACE-2",
    "WORKSPACE-5",
    "WORKSPACE-10",
  ),
};

/** What v0.0.15 added. */
export const KEPT_15: Rows = {
  "mcp on gemini": row("Gemini agents use any MCP server, several at once.", "WHOLE-6", "BACKEND-2"),
  "mcp beside the built-ins": row("Search and code execution stay possible beside MCP tools.", "BACKEND-4"),
  "mcp over stdio": row("Servers started as a process.", "MCP-1", "MCP-13"),
  "mcp over http": row("Servers by streamable HTTP, with headers.", "MCP-15", "MCP-17"),
  "tool lists": row("`allowed_tools` and `exclude_tools` of an entry and of a backend.", "MCP-24", "CONFIG-18"),
  "mcp security levels": row("`security.level` strict, moderate, permissive, and its lists.", "SEC-1", "SEC-3", "SEC-6"),
  "circuit breaker": row("`MCPCircuitBreaker` holds a failing server back.", "MCP-19", "MCP-26"),
  "mcp errors": row("`MCPError` and its classes.", "MCP-37", "MCP-38"),
  "mcp in the display": row("Calls of MCP tools and the state of servers are shown while they happen.", "UI-2"),
  "session continuity": row("A tool conversation goes on over several rounds.", "BACKEND-14", "COORD-9.5"),
};

/** Faults of the Python program that were found by reading or running it, and what makes each impossible here. Letters: A coordination, B cost and robustness, C command line and configuration, D display and logs, M the MCP layer. */
export const FAULTS: Rows = {
  A1: row("An answer equal to another one was accepted all the same.", "COORD-12.1", "COORD-12.2"),
  A2: row("Votes for answers that no longer stood decided a run.", "COORD-10.1", "COORD-10.2"),
  A3: row("A vote was announced that the same moment made void.", "COORD-10.1", "COORD-1.1"),
  A4: row("The names agents had for each other changed, and some could not be voted for.", "COORD-9.1", "COORD-9.3"),
  A5: row("Real ids were shown and accepted as votes.", "COORD-9.2", "COORD-9.7"),
  A6: row("Some tool calls never got a result, so the next request was refused.", "COORD-1.3", "BACKEND-3"),
  A7: row("An agent was told to vote where nothing could be voted for.", "COORD-8.1", "COORD-4.1"),
  A8: row("Claude Code failed from its second call on and voted several times.", "BACKEND-60", "COORD-1.2"),
  A9: row("Former versions of an answer were lost.", "COORD-10.2", "CLI-6"),
  A10: row("After a time-out the session could not be used again.", "COORD-20.3", "CLI-5"),
  A11: row("The presentation was missing in some displays and in the history.", "COORD-18.1", "CLI-3"),
  A12: row("The presenter did not know the conversation.", "COORD-18.1", "RUN-5"),
  A13: row("Agent ids became file names as they were.", "CONFIG-13", "CLI-6"),
  B1: row("A failing agent was started again for ever.", "BACKEND-6", "COORD-2.1", "COORD-3.1"),
  B2: row("A new answer threw away running requests and finished votes.", "BACKEND-10", "BACKEND-11", "WHOLE-1"),
  B3: row("Each restart lost the conversation and its tool results.", "COORD-9.5", "COORD-9.9"),
  B4: row("Two stubborn agents went on until the time-out.", "COORD-13.1", "COORD-13.2"),
  B5: row("A single agent paid for a vote for itself.", "COORD-19.1"),
  B6: row("There was one clock for everything, and none for the presentation.", "RUN-3", "COORD-20.1"),
  B7: row("Everyone's vote was awaited although it could change nothing.", "COORD-14.2", "COORD-14.5"),
  B8: row("Tokens were counted by spaces.", "BACKEND-1"),
  B9: row("Copies of workspaces followed links and had no bounds.", "WORKSPACE-3", "WORKSPACE-9", "WORKSPACE-7"),
  B10: row("The content of the working folder was deleted at the start.", "WORKSPACE-1"),
  B11: row("Access to files was ruled by the prompt alone.", "WORKSPACE-4"),
  B12: row("An answer could forge the marks around it.", "COORD-9.8"),
  C1: row("`api_key` in a file broke most backends.", "CONFIG-4", "CONFIG-8", "CONFIG-14"),
  C2: row("The second question of a conversation crashed.", "CLI-5", "UI-8"),
  C3: row("The end of the input was an endless loop.", "CLI-5"),
  C4: row("Exit code 0 without an answer, 1 after a good one.", "WHOLE-4", "BACKEND-28"),
  C5: row("Keys of the file and flags were read and had no effect.", "CONFIG-3", "CONFIG-9"),
  C6: row("The installed command did nothing.", "WHOLE-7"),
  C7: row("`.env` replaced the real environment.", "CONFIG-5"),
  C8: row("New models of known families had no backend.", "CONFIG-16"),
  C9: row("`--base-url` took another address than its help said.", "CONFIG-17"),
  C10: row("Software was installed without asking.", "BACKEND-23", "LOCAL-2"),
  C11: row("The history was doubled.", "CLI-5"),
  C12: row("`agents` as a map was refused.", "CONFIG-2"),
  D1: row("Meaning was carried in emoji and read back from text.", "UI-2", "COORD-22.2"),
  D2: row("The simple display wrote a line for each token.", "UI-8"),
  D3: row("Lines of the answer vanished from panels.", "UI-1", "UI-3"),
  D4: row("The display stopped the program while it drew.", "UI-3"),
  D5: row("The log had two lines per token, and keys in it.", "WHOLE-3", "COORD-22.2"),
  D6: row("The files of one question were overwritten by the next.", "CLI-6", "RUN-5"),
  D7: other("Most terminals were classed as slow.", "There is no tuning: one low rate, and only what changed is drawn.", "UI-6"),
  D8: row("Keys reached nine agents, `q` did not quit.", "UI-4"),
  M1: row("An entry without a command ran its first argument.", "CONFIG-19", "SEC-7"),
  M2: row("Shells and inline code were allowed at the strict level.", "SEC-6", "SEC-7"),
  M3: row("Only a program's base name was looked at.", "SECRUN-2"),
  M4: row("An entry could widen the list it was judged by.", "SEC-3"),
  M5: row("Addresses written in other ways, and names that lead to this machine, passed.", "SEC-7", "SECRUN-5"),
  M6: row("Variables that load code, and another provider's keys, reached servers.", "SEC-10", "SECRUN-1"),
  M7: row("Ordinary paths, values and tool names were refused.", "SEC-2", "SCHEMA-1"),
  M8: row("One bad tool name made every server unusable.", "MCP-3", "MCP-4"),
  M9: row("Two tools of different servers shared one name.", "SCHEMA-1"),
  M10: row("A dead server counted as connected and never came back.", "MCP-8", "MCP-9"),
  M11: row("Processes of servers were left behind.", "MCP-13", "MCP-14"),
  M12: row("A slow payment was carried out four times.", "MCP-8", "MCP-10", "MCP-11"),
  M13: row("Servers were connected anew for each turn.", "MCP-20", "MCP-28"),
  M14: row("Only the first page of tools was read.", "MCP-2"),
  M15: row("The breaker never tried again carefully.", "MCP-19", "MCP-26"),
  M16: row("Exceptions held whole entries with their secrets.", "MCP-38", "SEC-4"),
  M17: row("A key went to whatever address a file named.", "BACKEND-15", "CONFIG-15"),
  M18: row("Arguments and results were logged in full.", "MCP-33", "WHOLE-3"),
  M19: row("Tool loops had no bound.", "BACKEND-14", "SEC-9"),
  M20: row("Finish reasons lost tool calls and text.", "BACKEND-5", "BACKEND-26"),
  M21: row("Arguments were sent as the model wrote them, unchecked.", "SCHEMA-9"),
};
