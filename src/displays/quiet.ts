// `--quiet`: nothing but the answer on standard output; where the run failed, one line on standard error that says why and what to do.
import type { Failure } from "../core/index.ts";
import { ERROR_REGISTRY } from "../errors/index.ts";
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";
import type { Display } from "./contract.ts";
import type { DisplayContext } from "./context.ts";
import { oneLine, withNext } from "./format.ts";
import { bad } from "./line.ts";
import { winnerLines } from "./result-lines.ts";
import { answerText, plainLine } from "./simple.ts";

export function quietDisplay({ terminal }: DisplayContext): Display {
  let failure: Failure | null = null;
  return {
    show: (item) => {
      failure = failureIn(item) ?? failure;
    },
    finish: async (result) => {
      if (result.answer !== null) terminal.stdout.write(answerText(result.answer));
      const why = result.exitCode === 0 ? "" : whyFailed(result, failure);
      if (why !== "") terminal.stderr.write(`${plainLine(bad(`massgen: ${oneLine(why)}`))}\n`);
    },
    dispose: () => undefined,
  };
}

const failureIn = (item: LiveItem): Failure | null =>
  item.kind === "entry" && item.entry.type === "turn-end" && item.entry.outcome === "failed" ? (item.entry.failure ?? null) : null;

/** What is missing, each thing that went wrong, and what to do: the next step of the newest failure, and going on. Empty where a stopped run has an answer. */
function whyFailed(result: RunResult, failure: Failure | null): string {
  const missing = result.answer === null ? winnerLines(result).map(({ text }) => text) : [];
  const resume = result.resumable === true && result.runPath !== null ? [`Go on with: massgen resume ${result.runId}`] : [];
  const parts = [...missing, ...result.degraded, ...nextSteps(result, failure), ...resume];
  const said = parts.reduce((before, part) => (before === "" ? part : withNext(before, part)), "");
  return result.answer === null && failure !== null ? `${said} [${failure.code}]` : said;
}

function nextSteps({ cause, exitCode }: RunResult, failure: Failure | null): readonly string[] {
  if (exitCode === 130) return [];
  if (cause === "timeout") return ["Allow more time with --orchestrator-timeout."];
  if (cause === "budget") return [ERROR_REGISTRY.E_BUDGET.next];
  return failure?.next === undefined ? [] : [failure.next];
}
