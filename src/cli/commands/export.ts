// `massgen export RUN`: a stored run as one Markdown, HTML or JSON document.
import { causeInWords, cost, FATES, tokens } from "../../displays/index.ts";
import { neutralise } from "../../security/index.ts";
import { usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import type { OptionTable } from "../option-table.ts";
import { checkOutputFile, writeNamedFile } from "../output-file.ts";
import type { StoredRun } from "../stored-runs.ts";

const OPTIONS = {
  format: {
    kind: "choice",
    choices: ["md", "markdown", "html", "json"],
    placeholder: "FORMAT",
    group: "Output",
    help: "md (default), html (one file to send) or json (result and all entries)",
  },
  output: { kind: "text", placeholder: "FILE", short: "o", group: "Output", help: "write to FILE instead of standard output" },
} as const satisfies OptionTable;

export const exportCommand = defineCommand({
  usage: ["export RUN [--format FORMAT] [--output FILE]"],
  details: "RUN is an id from `massgen runs`, the run's folder, or `last`.",
  options: OPTIONS,
  examples: ["massgen export last --output council.md"],
  run: async ({ options, positionals: [name, extra] }, { io }) => {
    if (name === undefined || extra !== undefined) throw usageError("Name one run; `massgen runs` lists them");
    if (options.output !== null) await checkOutputFile({ path: options.output }, io);
    const { findRun } = await import("../stored-runs.ts");
    const run = await findRun(name, io);
    const text = await documentOf(run, options.format ?? formatOf(options.output));
    if (options.output === null) io.terminal.stdout.write(text);
    else {
      await writeNamedFile({ path: options.output }, text, io);
      io.terminal.stderr.write(`Written to ${options.output}\n`);
    }
    return 0;
  },
});

/** The ending of the file says what is wanted where the option does not. */
function formatOf(output: string | null): string {
  const ending = output?.toLowerCase().match(/\.(html?|json)$/)?.[1] ?? "md";
  return ending === "htm" ? "html" : ending;
}

async function documentOf(run: StoredRun, format: string): Promise<string> {
  if (format === "html") return (await import("../export/html.ts")).htmlOf(run);
  return format === "json" ? `${JSON.stringify({ result: run.result, entries: run.entries }, null, 2)}\n` : markdownOf(run);
}

/** Question, answer, votes and every version of every answer; answers are quoted so that their headings do not mix with ours. */
export function markdownOf({ result, entries }: StoredRun): string {
  const start = entries.find((entry) => entry.type === "run-start");
  const votes = result.votes.map((vote) => `| ${cell(vote.voter)} | ${cell(vote.for)} | ${cell(vote.reason)} |`);
  return `${[
    `# ${neutralise(start?.question ?? "A run").replace(/\s+/g, " ")}`,
    "",
    neutralise(result.answer ?? "*There is no answer.*").trim(),
    "",
    "## How it came about",
    "",
    result.winner === null
      ? "No agent gave an answer."
      : `The answer of **${cell(result.winner.id)}** (${cell(result.winner.answer)}): ${causeInWords(result.cause)}.`,
    "",
    ...(votes.length === 0 ? [] : ["| voter | for | reason |", "|---|---|---|", ...votes, ""]),
    ...(start?.agents ?? []).map(
      (agent) => `- ${cell(agent.id)}: ${cell(agent.backend)}${agent.model === null ? "" : ` ${cell(agent.model)}`}`,
    ),
    "",
    ...(result.workspace === null ? [] : [`Files of the answer: ${cell(result.workspace)}`, ""]),
    `Tokens: ${tokens(result.usage)}; ${cost(result.cost, result.unpricedSteps)}; run ${result.runId}.`,
    "",
    ...plannedCalls(result),
    "## Answers",
    ...result.answers.flatMap((answer) => [
      "",
      `### ${cell(answer.answer)}${answer.late ? " (too late to count)" : ""}`,
      "",
      ...quote(answer.content),
    ]),
  ].join("\n")}\n`;
}

function plannedCalls({ intents = [] }: StoredRun["result"]): readonly string[] {
  if (intents.length === 0) return [];
  const rows = intents.map(
    ({ agent, server, tool, input, fate }) =>
      `| ${cell(agent)} | ${cell(`${server}/${tool}`)} | ${cell(JSON.stringify(input))} | ${FATES[fate]} |`,
  );
  return ["## Planned calls", "", "| agent | tool | arguments | what became of it |", "|---|---|---|---|", ...rows, ""];
}

const cell = (text: string): string => neutralise(text).replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
const quote = (text: string): string[] =>
  neutralise(text)
    .trim()
    .split("\n")
    .map((line) => `> ${line}`.trimEnd());
