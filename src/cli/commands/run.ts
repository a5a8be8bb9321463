// `massgen [run] [QUESTION]`: one question, or a conversation.
import { chooseDisplay, createDisplay, type DisplayKind } from "../../displays/index.ts";
import type { Problem } from "../../errors/index.ts";
import type { RunResult } from "../../runtime/result.ts";
import { asking } from "../asking.ts";
import { defineCommand, type CommandContext } from "../command.ts";
import { usageError } from "../arguments.ts";
import { withDotEnv } from "../environment.ts";
import type { OptionValues } from "../option-table.ts";
import { checkOutputFile, writeOutputFile } from "../output-file.ts";
import { readQuestion } from "../question.ts";
import { problemLine } from "../report-error.ts";
import type { OpenedSession, SessionOptions, TeamSource } from "../services.ts";
import { RUN_OPTIONS } from "./run-options.ts";

type Options = OptionValues<typeof RUN_OPTIONS>;

export const runCommand = defineCommand({
  usage: [
    "[run] [OPTIONS] QUESTION",
    "[run] [OPTIONS] -          the question comes from standard input",
    "[run] [OPTIONS]            a conversation",
  ],
  details: "",
  options: RUN_OPTIONS,
  examples: ['massgen run --agents 3 "What is 7 + 5?"', "massgen run --config three_agents_default --display simple"],
  run: async ({ options, positionals }, outside) => {
    checkTogether(options);
    const question = await readQuestion(positionals, outside.io);
    if (options.output !== null) await checkOutputFile(options.output, outside.io);
    const { io, warnings: dotEnvWarnings } = await withDotEnv(outside.io);
    const context = { ...outside, io };
    const { config, warnings } = await context.services.configure(teamSource(options), io);
    tell(context, options, [...[...dotEnvWarnings, ...warnings].map(warningLine), ...unusedFlags(options)]);
    const display = chooseDisplay(displayWish(options, config.ui.display), context.io.terminal, context.io.env);
    const notices = new Set<string>();
    const onNotice = (line: string): void => {
      notices.add(line);
      tell(context, options, [line]);
    };
    const session = await context.services.openSession(config, { ...sessionOptions(options, config.ui.logging, context), onNotice });
    try {
      // What was told while it happened is not told again.
      const banner = await session.banner();
      tell(
        context,
        options,
        banner.filter((line) => !notices.has(line)),
      );
      if (question !== null) return await askOnce({ session, question, display, options }, context);
      const { converse } = await import("../conversation.ts");
      return await converse(session, display, context);
    } finally {
      await session.close();
    }
  },
});

type OneQuestion = { session: OpenedSession; question: string; display: DisplayKind; options: Options };

async function askOnce({ session, question, display: kind, options }: OneQuestion, context: CommandContext): Promise<number> {
  const asked = asking(session, context, "question");
  const { output } = options;
  const onResult = output === null ? {} : { onResult: (result: RunResult) => writeOutputFile(output, result, context.io) };
  try {
    const display = await createDisplay(kind, asked.displayContext);
    const { exitCode } = await asked.ask({ question, history: [], display, ...onResult });
    return exitCode;
  } finally {
    asked.close();
  }
}

/** Options that contradict each other: better a stop than a paid run in which one is silently ignored. */
function checkTogether(options: Options): void {
  if (options.config !== null && options.backend !== null)
    throw usageError("--config and --backend exclude each other: the file names the backends");
  if (options["no-display"] && options.display !== null && options.display !== "simple") {
    throw usageError(`--no-display and --display ${options.display} exclude each other`);
  }
}

/** The older program ignores these beside --config without a word; here they are at least named. */
function unusedFlags(options: Options): string[] {
  if (options.config === null) return [];
  const names = ["model", "base-url", "system-message", "agents"] as const;
  return names.filter((name) => options[name] !== null).map((name) => `massgen: warning: --${name} is not used together with --config`);
}

const warningLine = (problem: Problem): string => `massgen: ${problemLine(problem)}`;

function displayWish(options: Options, configured: DisplayKind | null) {
  return { flag: options["no-display"] ? ("simple" as const) : options.display, configured, quiet: options.quiet };
}

function teamSource(options: Options): TeamSource {
  return {
    file: options.config,
    backend: options.backend,
    model: options.model,
    baseUrl: options["base-url"],
    systemMessage: options["system-message"],
    agents: options.agents,
    strictConfig: options["strict-config"],
  };
}

function sessionOptions(options: Options, logging: boolean, { io }: CommandContext): SessionOptions {
  const timeout = options["orchestrator-timeout"];
  return {
    io,
    logs: logging && !options["no-logs"],
    strict: options.strict,
    yes: options.yes,
    ...(timeout === null ? {} : { orchestratorTimeoutMs: timeout * 1000 }),
  };
}

/** Everything that is not the answer goes to standard error, and nothing at all with --quiet. */
function tell({ io }: CommandContext, { quiet }: Options, lines: readonly string[]): void {
  if (!quiet) for (const line of lines) io.terminal.stderr.write(`${line}\n`);
}
