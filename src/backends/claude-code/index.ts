// The `claude_code` backend: one process per agent for the whole conversation, every MCP tool through our own broker, decisions as native tools.
// It never empties a folder, never reads the user's settings unless asked to, and its process cannot outlive ours.
import { createHash } from "node:crypto";
import { BACKEND_TABLE } from "../../config/index.ts";
import type { BackendConfig } from "../../config/types.ts";
import { newAnswerTool, voteTool, type AgentId, type Json, type Message } from "../../core/index.ts";
import { runsAsRoot, type Io } from "../../io/index.ts";
import type { AgentTools } from "../../mcp/contract.ts";
import { declare } from "../../mcp/index.ts";
import type { FileAccess } from "../../workspaces/contract.ts";
import type { Backend, TurnPart, TurnPorts, TurnRequest } from "../contract.ts";
import { OneByOne } from "../one-by-one.ts";
import { pricingOf } from "../price.ts";
import { asideOptions, asOneMessage } from "./aside.ts";
import { failureOfStart } from "./failures.ts";
import { ListWatch } from "./list-watch.ts";
import { allowsMcpTool, nativeTools, sessionOptions, type NativeTools } from "./options.ts";
import { startProgram } from "./program.ts";
import { keyOfServer, placeOf, SEARCH_SERVER } from "./server-keys.ts";
import { ClaudeSession } from "./session.ts";
import { ToolServer, type ServedTool } from "./tool-server.ts";
import { ClaudeTurn, type TurnContext } from "./turn.ts";
import { WORKFLOW_SERVER } from "./workflow-server.ts";

export type ClaudeCodeRequest = {
  readonly agent: AgentId;
  readonly config: BackendConfig;
  readonly io: Io;
  /** The agent's working folder: created where it does not exist, never emptied. */
  readonly workspace: string;
  readonly stateDir: string;
  /** What Claude Code's own tools may touch; null or absent = they are not judged. */
  readonly access?: FileAccess | null;
  /** What is said to Claude Code, in lines; for `--debug`. */
  readonly onRequest?: (line: string) => void;
};

export async function createClaudeCodeBackend(request: ClaudeCodeRequest): Promise<Backend> {
  return new ClaudeCodeBackend(request);
}

/** The search for tools is ours; `allowed_tools` is about the servers' own. */
const isServed = (native: NativeTools, exposed: string): boolean => !exposed.startsWith("mcp__") || allowsMcpTool(native, exposed);

type SessionStart = { readonly sessionId: string; readonly resume: string | null; readonly servers: ReadonlyMap<string, ToolServer> };

class ClaudeCodeBackend implements Backend {
  readonly capabilities = BACKEND_TABLE["claude_code"]!;
  readonly answersBeside = true;
  readonly #request: ClaudeCodeRequest;
  /** Questions beside a turn: one more process at a time is enough. */
  readonly #asides = new OneByOne();
  readonly #asideSessions = new Set<ClaudeSession>();
  #session: ClaudeSession | null = null;
  #sessionId = "";
  #turn: ClaudeTurn | null = null;
  #tools: AgentTools | null = null;
  readonly #lists: ListWatch;

  constructor(request: ClaudeCodeRequest) {
    this.#request = request;
    this.#lists = new ListWatch(request.io.clock);
  }

  async *runTurn(request: TurnRequest, ports: TurnPorts): AsyncIterable<TurnPart> {
    if (request.beside) return yield* this.#aside(asOneMessage(request), ports);
    this.#tools = ports.tools;
    if (this.#session?.isSpent) {
      await this.#session.close();
      this.#session = null; // Another process goes on where it stood, by its recorded steps.
    }
    try {
      this.#session ??= await this.#open(request, ports);
    } catch (error) {
      return yield { type: "turn-finished", outcome: "failed", failure: failureOfStart(error) };
    }
    this.#turn = new ClaudeTurn(request, ports, {
      session: this.#session,
      sessionId: this.#sessionId,
      ...this.#around(),
    });
    this.#session.toolsChanged();
    yield* this.#turn.run();
    this.#turn = null;
  }

  async *#aside(request: TurnRequest, ports: TurnPorts): AsyncIterable<TurnPart> {
    const leave = await this.#asides.enter();
    let session: ClaudeSession | null = null;
    try {
      const sessionId = uuidFrom(`${request.run}/${request.agent}/${this.#request.io.randomHex(8)}`);
      session = await this.#start(request, { sessionId, resume: null, servers: new Map() });
      this.#asideSessions.add(session);
      yield* new ClaudeTurn(request, ports, { session, sessionId, ...this.#around() }).run();
    } catch (error) {
      yield { type: "turn-finished", outcome: "failed", failure: failureOfStart(error) };
    } finally {
      if (session !== null) this.#asideSessions.delete(session);
      await session?.close();
      leave();
    }
  }

  #around(): Pick<TurnContext, "clock" | "price"> {
    return { clock: this.#request.io.clock, price: pricingOf("claude") };
  }

  async close(): Promise<void> {
    const own = this.#session === null ? [] : [this.#session];
    await Promise.all([...own, ...this.#asideSessions].map((session) => session.close()));
    this.#session = null;
  }

  async #open(request: TurnRequest, ports: TurnPorts): Promise<ClaudeSession> {
    if (request.useTools) await ports.tools.settled(request.limits.toolGraceMs, ports.abort);
    const resume = sessionOf(request.messages);
    this.#sessionId = resume ?? uuidFrom(`${request.run}/${request.agent}/${this.#request.io.randomHex(8)}`);
    return this.#start(request, { sessionId: this.#sessionId, resume, servers: this.#servers(request, ports.tools) });
  }

  async #start(request: TurnRequest, { sessionId, resume, servers }: SessionStart): Promise<ClaudeSession> {
    const { config, io, workspace, stateDir, access = null, onRequest } = this.#request;
    const sdk = await import("@anthropic-ai/claude-agent-sdk");
    await io.files.makeFolder(workspace);
    const stateFolder = `${stateDir}/claude-code`;
    await io.files.makeFolder(stateFolder);
    const named = config.options["claude_code_path"];
    return startProgram(typeof named === "string" ? named : null, io, (executable) => {
      const options = sessionOptions(config, request.system, {
        env: io.env,
        cwd: workspace,
        stateFolder,
        isRoot: runsAsRoot(),
        executable,
        resume,
        sessionId,
        servers: [...servers.keys()],
      });
      const chosen = request.beside ? asideOptions(options, request) : options;
      const { env: _keys, ...shown } = chosen;
      onRequest?.(`Claude Code starts with ${JSON.stringify(shown)}`);
      return new ClaudeSession({
        sdk,
        options: chosen,
        servers,
        clock: io.clock,
        access,
        ...(onRequest === undefined ? {} : { onRequest }),
      });
    });
  }

  #servers(request: TurnRequest, tools: AgentTools): Map<string, ToolServer> {
    const servers = new Map<string, ToolServer>();
    if (request.kind !== "chat") servers.set(WORKFLOW_SERVER, this.#workflowServer(request));
    const keys = new Set([
      // Servers cannot be added later, only tools: those that a search may find need theirs from the start.
      ...[...tools.list(), ...(tools.hidden?.() ?? [])].map((tool) => placeOf(tool.name).server),
      // A server that comes later may bring so many tools that they are searched for.
      ...tools.pending().flatMap((name) => [SEARCH_SERVER, keyOfServer(name)]),
    ]);
    for (const key of keys) servers.set(key, this.#toolServer(key));
    return servers;
  }

  /** Both decisions from the first request with every label of the run, because a tool's schema is frozen for a session; the judge refuses what is not offered. */
  #workflowServer(request: TurnRequest): ToolServer {
    const vote = voteTool(request.allLabels);
    const tools: readonly ServedTool[] = [
      { ...newAnswerTool, readOnly: false },
      { ...vote, description: `${vote.description} Only labels you were shown can be chosen.`, readOnly: false },
    ];
    return new ToolServer(WORKFLOW_SERVER, {
      list: () => tools,
      call: async (_tool, _input, { providerCall }) =>
        (await this.#turn?.desk.decide(providerCall)) ?? { isError: true, content: [{ type: "text", text: "No turn is running." }] },
    });
  }

  #toolServer(key: string): ToolServer {
    const native = nativeTools(this.#request.config);
    const offered = () => (this.#tools?.list() ?? []).filter((tool) => placeOf(tool.name).server === key && isServed(native, tool.name));
    return new ToolServer(key, {
      list: () => {
        this.#lists.read(key);
        return offered().map((tool) => {
          const declared = declare("anthropic", tool);
          return {
            name: placeOf(tool.name).tool,
            description: declared.description,
            inputSchema: declared.schema ?? { type: "object", properties: {} },
            readOnly: tool.readOnly,
          };
        });
      },
      call: async (name, input, { providerCall, signal }) => {
        const tool = offered().find((candidate) => placeOf(candidate.name).tool === name);
        if (tool === undefined || this.#tools === null || this.#turn === null)
          return { isError: true, content: [{ type: "text", text: `There is no tool named ${name} now.` }] };
        const tools = this.#tools;
        const before = new Set(tools.list().map((known) => known.name));
        const result = await this.#turn.desk.callTool(tool.name, declare("anthropic", tool).restore(input as Json), {
          providerCall,
          signal,
          tools,
        });
        const found = tools.list().filter((known) => !before.has(known.name));
        await this.#lists.readAgain(
          found.map((known) => placeOf(known.name).server),
          () => this.#session?.toolsChanged(),
        );
        return result;
      },
    });
  }
}

/** The session an earlier process of this run used, as its steps recorded it. */
function sessionOf(messages: readonly Message[]): string | null {
  for (const message of messages.toReversed()) {
    if (message.role !== "assistant") continue;
    for (const part of message.parts) {
      const session = "metadata" in part ? part.metadata?.["claude_code"]?.["session"] : undefined;
      if (typeof session === "string") return session;
    }
  }
  return null;
}

function uuidFrom(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
