// What `run` and `resume` share: opening a session for a team, telling what will answer, and one piece of work from its start to its exit code.
import { chooseDisplay, createDisplay, type DisplayKind } from "../displays/index.ts";
import { formatProblem, type Problem } from "../errors/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { usageError } from "./arguments.ts";
import { asideLines } from "./aside.ts";
import { asking, type Work } from "./asking.ts";
import type { CommandContext } from "./command.ts";
import type { BUDGET_OPTIONS, RUN_OPTIONS } from "./commands/run-options.ts";
import type { OptionValues } from "./option-table.ts";
import { writeOutputFile } from "./output-file.ts";
import type { OpenedSession, SessionOptions, TeamSource } from "./services.ts";

export type WorkOptions = Pick<
  OptionValues<typeof RUN_OPTIONS>,
  | "display"
  | "no-display"
  | "output"
  | "quiet"
  | "strict"
  | "yes"
  | "locked"
  | "policy"
  | "debug"
  | "no-logs"
  | "orchestrator-timeout"
  | keyof typeof BUDGET_OPTIONS
>;

/** What a session is opened with, from the command line. */
export type SessionFlags = Pick<
  WorkOptions,
  "strict" | "yes" | "locked" | "policy" | "debug" | "no-logs" | "orchestrator-timeout" | keyof typeof BUDGET_OPTIONS
>;

export type OpenedWork = { readonly session: OpenedSession; readonly display: DisplayKind };
type Opening = {
  readonly options: WorkOptions;
  readonly source: TeamSource;
  /** Beside those of the configuration. */
  readonly warnings: readonly string[];
  readonly more?: Pick<SessionOptions, "conversation" | "gate">;
};

/** Opens a session, lets `use` work with it and closes it. */
export async function withSession(
  opening: Opening,
  context: CommandContext,
  use: (opened: OpenedWork) => Promise<number>,
): Promise<number> {
  const { options, source, more } = opening;
  const { config, warnings } = await context.services.configure(source, context.io);
  tell(context, options, [...warnings.map(warningLine), ...opening.warnings]);
  const display = chooseDisplay(displayWish(options, config.ui.display), context.io.terminal, context.io.env);
  const notices = new Set<string>();
  const aside = asideLines(context.io.terminal);
  const onNotice = (line: string): void => {
    notices.add(line);
    if (!options.quiet) aside.say(line);
  };
  // The full screen is the one display that shows questions and takes answers.
  const interactive = (): boolean => display === "rich_terminal";
  const sessionOptions = {
    ...optionsOfSession(options, config.ui.logging, context),
    interactive,
    plainProgress: display === "simple",
    origin: originOf(source),
    ...more,
    onNotice,
    ...(options.debug ? { onRequest: aside.say } : {}),
  };
  const session = await context.services.openSession(config, sessionOptions);
  try {
    // What was told while it happened is not told again.
    const banner = await session.banner();
    tell(
      context,
      options,
      banner.filter((line) => !notices.has(line)),
    );
    if (display === "rich_terminal") aside.hold();
    return await use({ session, display });
  } finally {
    await session.close();
    aside.release();
  }
}

/** One question, or one run that goes on. */
export async function workOnce(
  work: Work,
  { session, display: kind }: OpenedWork,
  given: { readonly options: WorkOptions; readonly context: CommandContext },
): Promise<number> {
  const {
    options: { output },
    context,
  } = given;
  const asked = asking(session, context, "question");
  const onResult = output === null ? {} : { onResult: (result: RunResult) => writeOutputFile(output, result, context.io) };
  try {
    const display = await createDisplay(kind, asked.displayContext);
    const { exitCode } = await asked.ask({ ...work, display, ...onResult });
    return exitCode;
  } finally {
    asked.close();
  }
}

/** Displays that contradict each other: better a stop than one that is silently ignored. */
export function checkDisplay(options: WorkOptions): void {
  if (options["no-display"] && options.display !== null && options.display !== "simple") {
    throw usageError(`--no-display and --display ${options.display} exclude each other`);
  }
}

export const warningLine = (problem: Problem): string => `massgen: ${formatProblem(problem)}`;

/** What is told of a session before its work goes to standard error, and nowhere with --quiet. */
export function tell({ io }: CommandContext, { quiet }: Pick<WorkOptions, "quiet">, lines: readonly string[]): void {
  if (!quiet) for (const line of lines) io.terminal.stderr.write(`${line}\n`);
}

function displayWish(options: WorkOptions, configured: DisplayKind | null) {
  return { flag: options["no-display"] ? ("simple" as const) : options.display, configured, quiet: options.quiet };
}

/** What is written beside the log so that `resume` finds the same team. */
export function originOf({ file, backend, model, baseUrl, systemMessage, agents, strictConfig }: TeamSource) {
  return { file, backend, model, baseUrl, systemMessage, agents, strictConfig };
}

export function optionsOfSession(options: SessionFlags, logging: boolean, { io }: Pick<CommandContext, "io">): SessionOptions {
  const timeout = options["orchestrator-timeout"];
  return {
    io,
    logs: logging && !options["no-logs"],
    strict: options.strict,
    yes: options.yes,
    locked: options.locked,
    policyFile: options.policy,
    budget: budgetOf(options),
    ...(timeout === null ? {} : { orchestratorTimeoutMs: timeout * 1000 }),
    ...(options.debug ? { onRequest: (line: string) => void io.terminal.stderr.write(`${line}\n`) } : {}),
  };
}

export function budgetOf(options: Pick<WorkOptions, keyof typeof BUDGET_OPTIONS>): NonNullable<SessionOptions["budget"]> {
  const limits = {
    maxCostUsd: options["max-cost"],
    maxTokens: options["max-tokens"],
    maxModelCalls: options["max-model-calls"],
    maxToolCalls: options["max-tool-calls"],
    maxMinutes: options["max-minutes"],
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null));
}
