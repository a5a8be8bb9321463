// What the `mcp` commands share: the configuration without keys, its servers, and output from which secrets and escapes are taken.
import { formatProblem } from "../errors/index.ts";
import type { MassgenConfig } from "../config/index.ts";
import { neutralise, secretSource } from "../security/index.ts";
import { createRedactor } from "../log/index.ts";
import type { Io } from "../io/index.ts";
import type { McpSession } from "../session/index.ts";
import { usageError } from "./arguments.ts";
import type { CommandContext } from "./command.ts";
import { withDotEnv } from "./environment.ts";
import { packageFolder } from "./package-folder.ts";

export type ServersAtHand = {
  readonly config: MassgenConfig;
  /** With the `.env` of the folder. */
  readonly io: Io;
  readonly out: SafeOutput;
};

/** Everything that servers and configurations say goes through here. */
export type SafeOutput = {
  line(text?: string): void;
  json(value: unknown): void;
  /** To standard error. */
  remark(text: string): void;
};

/** Reads a configuration for its servers alone: no model and no key is needed. Throws UsageError with all its mistakes. */
export async function serversAtHand(file: string | null, context: CommandContext): Promise<ServersAtHand> {
  if (file === null) throw usageError("Say which configuration is meant: --config FILE");
  const { io, warnings: dotEnv } = await withDotEnv(context.io);
  const { loadConfig } = await import("../config/index.ts");
  const { config, warnings } = await loadConfig({
    source: file,
    files: io.files,
    env: io.env,
    mode: "check",
    secrets: secretSource(io),
    examples: await packageFolder("examples", io),
  });
  const out = safeOutput(config.secrets, io);
  const ofServers = warnings.filter(({ path, code }) => path.includes("mcp_servers") && code !== "unset-variable"); // A server that waits for a variable says so itself.
  for (const problem of [...dotEnv, ...ofServers]) out.remark(`massgen: ${formatProblem(problem)}`);
  return { config, io, out };
}

export function safeOutput(secrets: readonly string[], { terminal }: Pick<Io, "terminal">): SafeOutput {
  const redactor = createRedactor(secrets);
  const clean = (text: string): string => neutralise(redactor?.text(text) ?? text);
  return {
    line: (text = "") => void terminal.stdout.write(`${clean(text)}\n`),
    json: (value) =>
      void terminal.stdout.write(`${JSON.stringify(value, (_key, item: unknown) => (typeof item === "string" ? clean(item) : item), 2)}\n`),
    remark: (text) => void terminal.stderr.write(`${clean(text)}\n`),
  };
}

const INTERRUPTED = 130;

/**
 * Lets `work` look at the servers when each works or has failed, and ends them afterwards. Resolves to its exit code; a person who interrupts
 * ends it with 130, before `work` where the servers are not settled, and a second time at once.
 */
export async function withServers(
  session: McpSession,
  { process }: Pick<CommandContext, "process">,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const { signal } = stop;
  const interrupt = (): void =>
    signal.aborted ? process.exitNow(INTERRUPTED) : stop.abort(new DOMException("The person interrupted.", "AbortError"));
  const listening = process.onStop(interrupt);
  try {
    await session.settled(signal);
    const code = signal.aborted ? INTERRUPTED : await work(signal);
    return signal.aborted ? INTERRUPTED : code;
  } finally {
    await session.close();
    listening.stop();
  }
}
