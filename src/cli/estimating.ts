// `massgen run --estimate`: says what a run would take, asks no model, and ends.
import type { HistoryMessage } from "../core/index.ts";
import { neutralise } from "../security/index.ts";
import { loadEstimate } from "../session/index.ts";
import type { CommandContext } from "./command.ts";
import { estimateLines } from "./estimate-text.ts";
import type { TeamSource } from "./services.ts";
import { budgetOf, tell, warningLine, type WorkOptions } from "./work.ts";

type Asked = {
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  readonly source: TeamSource;
  readonly gate: boolean;
  readonly warnings: readonly string[];
};

/** The estimate goes to standard output, as JSON with `--display json`. @returns the exit code */
export async function estimate(
  { question, history, source, gate, warnings }: Asked,
  options: WorkOptions,
  context: CommandContext,
): Promise<number> {
  const { io, services } = context;
  const { config: given, warnings: found } = await services.configure(source, io);
  tell(context, options, [...warnings, ...found.map(warningLine)]);
  const config = { ...given, orchestrator: { ...given.orchestrator, gate: gate || given.orchestrator.gate } };
  const { ASSUMED, CHARACTERS_PER_TOKEN, estimateRun } = await loadEstimate();
  const { locked, policy: policyFile } = options;
  const onNotice = (line: string): void => tell(context, options, [`massgen: ${line}`]);
  const result = await estimateRun(config, { io, question, history, locked, policyFile, onNotice });
  const maxCostUsd = budgetOf(options).maxCostUsd ?? config.budget.maxCostUsd;
  const words = { assumed: ASSUMED, charactersPerToken: CHARACTERS_PER_TOKEN, maxCostUsd };
  const text =
    options.display === "json"
      ? JSON.stringify({ type: "estimate", ...result, assumed: ASSUMED })
      : estimateLines(result, words).join("\n");
  io.terminal.stdout.write(`${neutralise(text)}\n`);
  return 0;
}
