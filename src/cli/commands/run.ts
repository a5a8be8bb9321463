// `massgen [run] [QUESTION]`: one question, or a conversation.
import { usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { withDotEnv } from "../environment.ts";
import type { OptionValues } from "../option-table.ts";
import { checkOutputFile } from "../output-file.ts";
import { readQuestion } from "../question.ts";
import { teamSource, unusedFlags } from "../team-options.ts";
import { checkDisplay, warningLine, withSession, workOnce } from "../work.ts";
import { RUN_OPTIONS } from "./run-options.ts";

type Options = OptionValues<typeof RUN_OPTIONS>;

export const runCommand = defineCommand({
  usage: [
    "[run] [OPTIONS] QUESTION",
    "[run] [OPTIONS] -          the question comes from standard input",
    "[run] [OPTIONS]            a conversation",
    "[run] --continue [QUESTION] the last conversation of this folder goes on",
  ],
  details: "",
  options: RUN_OPTIONS,
  examples: ['massgen run --agents 3 "What is 7 + 5?"', "massgen run --config three_agents_default --display simple"],
  run: async ({ options, positionals }, outside) => {
    checkTogether(options);
    const question = await readQuestion(positionals, outside.io);
    if (options.output !== null) await checkOutputFile({ path: options.output }, outside.io);
    const { io, warnings } = await withDotEnv(outside.io);
    const context = { ...outside, io };
    const former = options.continue ? await (await import("../former-conversation.ts")).lastConversation(io) : null;
    const continued = former !== null && !hasTeam(options);
    const source = continued ? former.source : await teamSource(options, io);
    const more = { gate: options.gate, ...(former === null ? {} : { conversation: former.place }) };
    const history = former?.history ?? [];
    const notes = [...warnings.map(warningLine), ...unusedFlags(options, { continued })];
    if (options.estimate) {
      if (question === null) throw usageError("--estimate needs the question");
      const { estimate } = await import("../estimating.ts");
      return estimate({ question, history, source, gate: options.gate, warnings: notes }, options, context);
    }
    return withSession({ options, source, warnings: notes, more }, context, async (opened) => {
      if (question !== null) return workOnce({ kind: "question", question, history }, opened, { options, context });
      const { converse } = await import("../conversation.ts");
      return converse(opened.session, { kind: opened.display, history, keepTyped: !options["no-logs"] }, context);
    });
  },
});

/** Options that contradict each other: better a stop than a paid run in which one is silently ignored. */
function checkTogether(options: Options): void {
  if (options.config !== null && options.backend !== null)
    throw usageError("--config and --backend exclude each other: the file names the backends");
  checkDisplay(options);
}

const hasTeam = ({ config, backend, model, agents }: Options): boolean => [config, backend, model, agents].some((value) => value !== null);
