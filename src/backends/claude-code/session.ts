// One Claude Code process and its continuing conversation: what goes in (user messages), what comes out (SDK messages), and how it ends.
import { spawnGuarded, type Clock } from "../../io/index.ts";
import type { Options, Query, SDKMessage, SDKUserMessage, query } from "@anthropic-ai/claude-agent-sdk";
import type { FileAccess } from "../../workspaces/contract.ts";
import { refusalOfNative } from "./native-paths.ts";
import type { ToolServer } from "./tool-server.ts";

/** What the running turn decides about Claude Code's own loop. */
export type TurnHooks = {
  /** Asked after every batch of tool calls, before the next model request: true ends the turn without that request. */
  stopAfterBatch(): Promise<boolean>;
  /** A reason to refuse this tool call, or null. */
  denies(tool: string): string | null;
};

export type SessionRequest = {
  readonly sdk: { readonly query: typeof query };
  readonly options: Options;
  readonly servers: ReadonlyMap<string, ToolServer>;
  readonly clock: Clock;
  /** What Claude Code's own tools may touch; null = they are not judged. */
  readonly access: FileAccess | null;
  /** What is said to Claude Code and what it says beside its messages, in lines; for `--debug`. */
  readonly onRequest?: (line: string) => void;
};

type ToolUse = { readonly tool_name?: string; readonly tool_input?: unknown };

const INTERRUPT_GRACE_MS = 1_000;
const IDLE: TurnHooks = { stopAfterBatch: async () => false, denies: () => null };

export class ClaudeSession {
  readonly #query: Query;
  readonly #clock: Clock;
  readonly #access: FileAccess | null;
  readonly #show: (line: string) => void;
  readonly #inbox: SDKUserMessage[] = [];
  readonly #servers: ReadonlyMap<string, ToolServer>;
  readonly #children = new Set<{ kill(signal: NodeJS.Signals): boolean; exitCode: number | null }>();
  #wake: (() => void) | null = null;
  #ended = false;
  #spent = false;
  #hooks: TurnHooks = IDLE;
  /** A message asked for and not taken yet: a turn that stopped waiting must not lose it. */
  #pending: Promise<IteratorResult<SDKMessage, void>> | null = null;

  constructor(request: SessionRequest) {
    this.#clock = request.clock;
    this.#access = request.access;
    this.#servers = request.servers;
    this.#show = request.onRequest ?? ((): void => undefined);
    const mcpServers = Object.fromEntries(
      [...request.servers].map(([name, instance]) => [
        name,
        { type: "sdk" as const, name, instance: instance as never, timeout: 3_600_000 },
      ]),
    );
    this.#query = request.sdk.query({
      prompt: this.#input(),
      options: {
        ...request.options,
        mcpServers,
        hooks: {
          PreToolUse: [{ hooks: [async (input) => this.#beforeTool(input as ToolUse)] }],
          PostToolBatch: [
            { hooks: [async () => ((await this.#hooks.stopAfterBatch()) ? { continue: false, stopReason: "The turn is over." } : {})] },
          ],
        },
        spawnClaudeCodeProcess: (spawn) => {
          const child = spawnGuarded(spawn);
          const { onRequest } = request;
          if (onRequest === undefined) child.stderr?.resume();
          else child.stderr?.setEncoding("utf8").on("data", (text: string) => onRequest(`Claude Code: ${text.trimEnd()}`));
          this.#children.add(child);
          return child as never;
        },
      },
    });
  }

  async #beforeTool({ tool_name: tool = "", tool_input: input }: ToolUse): Promise<Record<string, unknown>> {
    const reason = this.#hooks.denies(tool) ?? (this.#access === null ? null : await refusalOfNative(tool, input, this.#access));
    if (reason === null) return {};
    return { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason } };
  }

  async *#input(): AsyncGenerator<SDKUserMessage> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) yield message;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** From now on these hooks decide; returns what gives the session back. */
  lease(hooks: TurnHooks): () => void {
    this.#hooks = hooks;
    return () => {
      if (this.#hooks === hooks) this.#hooks = IDLE;
    };
  }

  say(text: string): void {
    this.#show(`to Claude Code: ${JSON.stringify(text)}`);
    this.#inbox.push({ type: "user", message: { role: "user", content: text }, parent_tool_use_id: null });
    this.#wake?.();
  }

  /** Of no use to another turn: its process has ended, or owes an answer that nobody waits for any more. */
  get isSpent(): boolean {
    return this.#spent;
  }

  /** A turn has stopped listening in the middle of an answer. */
  giveUp(): void {
    this.#spent = true;
  }

  /** The next message of the process; null when it has ended. Rejects with the SDK's error when it broke. */
  async next(): Promise<SDKMessage | null> {
    this.#pending ??= this.#query.next();
    try {
      const { value, done } = await this.#pending;
      return done === true || value === undefined ? null : value;
    } finally {
      this.#pending = null;
    }
  }

  /** Stops the step or tool call that is running; its result message follows. Never rejects: a process that is gone needs no interruption. */
  async interrupt(): Promise<void> {
    await this.#query.interrupt().catch(() => undefined);
  }

  toolsChanged(): void {
    for (const server of this.#servers.values()) server.listChanged();
  }

  /** Interrupts first, so that no further request is paid for, then ends the input and the process; kills it where that takes too long. */
  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#within(this.interrupt());
    this.#ended = true;
    this.#wake?.();
    for (const server of this.#servers.values()) await server.close();
    this.#query.close();
    await this.#within(
      this.#query.return(undefined).then(
        () => undefined,
        () => undefined,
      ),
    );
    for (const child of this.#children) if (child.exitCode === null) child.kill("SIGKILL");
  }

  async #within(work: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(INTERRUPT_GRACE_MS, resolve);
    await Promise.race([work, late]);
    timer.cancel();
  }
}
