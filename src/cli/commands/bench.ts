// `massgen bench mcp|coordination|council`: measures this program, its backends, and whether a council pays on the person's own questions.
import { join, resolve } from "node:path";
import type { BenchReport, McpBackend, Progress } from "../../benchmarks/index.ts";
import type { Io } from "../../io/index.ts";
import { quoted, usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { withDotEnv } from "../environment.ts";
import { packageFolder } from "../package-folder.ts";
import { nearest } from "../nearest.ts";
import type { OptionTable, OptionValues } from "../option-table.ts";
import { checkOutputFile, writeNamedFile } from "../output-file.ts";
import { warningLine } from "../work.ts";

const number = { kind: "number", whole: true, placeholder: "N", group: "Benchmark" } as const;
const OPTIONS = {
  calls: { ...number, min: 1, max: 20, help: "mcp: calls one after the other, 1 to 20 (10)" },
  parallel: { ...number, min: 2, max: 16, help: "mcp: calls at once, 2 to 16 (8)" },
  backends: { kind: "text", placeholder: "LIST", group: "Benchmark", help: "mcp: which ones, with commas between (all)" },
  live: { kind: "flag", group: "Benchmark", help: "mcp: ask the real providers with your keys, which costs money" },
  "claude-code": {
    kind: "text",
    placeholder: "FILE",
    group: "Benchmark",
    help: "mcp: Claude Code's program, where it is not `claude` on the PATH",
  },
  agents: { kind: "text", placeholder: "LIST", group: "Benchmark", help: "coordination: sizes of the teams (1,3,5,10)" },
  rounds: { ...number, min: 1, max: 100, help: "coordination: runs for each team (5)" },
  config: {
    kind: "text",
    placeholder: "FILE",
    group: "Benchmark",
    help: "council: the team, which is asked for real; without it scripted models play one",
  },
  questions: {
    kind: "text",
    placeholder: "FILE",
    group: "Benchmark",
    help: "council: your questions, as YAML, JSON or one in each line (.txt)",
  },
  json: { kind: "flag", group: "Output", help: "the figures as JSON on standard output" },
  html: { kind: "text", placeholder: "FILE", group: "Output", help: "write one HTML file with the figures and plots, too" },
} as const satisfies OptionTable;
type Options = OptionValues<typeof OPTIONS>;

const BENCHES: Readonly<Record<string, (options: Options, io: Io, progress: Progress) => Promise<BenchReport>>> = {
  mcp,
  coordination,
  council,
};

export const benchCommand = defineCommand({
  usage: [
    "bench mcp [--backends LIST] [--live]        the same MCP work by every backend",
    "bench coordination [--agents LIST]          what coordinating costs",
    "bench council --questions FILE [--config TEAM]   one model, best-of-N, self-consistency and a council at equal cost",
  ],
  details:
    "Without `--live` or `--config` nothing is paid: the models are scripted on this machine, and the figures say what the program itself costs.",
  options: OPTIONS,
  examples: [
    "massgen bench mcp",
    "massgen bench coordination --json",
    "massgen bench council --questions questions.yaml --config team.yaml --html council.html",
  ],
  run: async ({ options, positionals: [name = "", extra] }, outside) => {
    const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
    const names = Object.keys(BENCHES);
    if (bench === undefined || extra !== undefined)
      throw usageError(
        name === "" ? `Say what to measure: ${names.join(", ")}` : `bench cannot measure ${quoted(extra ?? name)}`,
        nearest(name, names),
      );
    // What asks real models finds its keys as a run does.
    const { io, warnings } = options.live || options.config !== null ? await withDotEnv(outside.io) : { io: outside.io, warnings: [] };
    for (const warning of warnings) io.terminal.stderr.write(`${warningLine(warning)}\n`);
    const page = options.html === null ? null : { path: options.html, option: "--html" };
    if (page !== null) await checkOutputFile(page, io);
    const report = await bench(options, io, (line) => void io.terminal.stderr.write(`${line}\n`));
    if (options.json) io.terminal.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else for (const line of (await import("../bench-text.ts")).benchLines(report)) io.terminal.stdout.write(`${line}\n`);
    if (page !== null) await writeNamedFile(page, (await import("../export/bench-html.ts")).benchHtml(report), io);
    return report.rows.every(({ figures }) => "problem" in figures) ? 4 : 0;
  },
});

async function mcp(options: Options, io: Io, progress: Progress): Promise<BenchReport> {
  const { benchMcp, MCP_BACKENDS } = await import("../../benchmarks/index.ts");
  const wanted = options.backends === null ? MCP_BACKENDS : options.backends.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !MCP_BACKENDS.some((known) => known === name));
  if (unknown !== undefined) throw usageError(`bench mcp has no backend ${quoted(unknown)}`, nearest(unknown, MCP_BACKENDS));
  const examples = await packageFolder("examples", io);
  if (examples === null) throw usageError("The server that is measured is missing: this package was installed without its examples");
  return benchMcp(
    {
      calls: options.calls ?? 10,
      parallel: options.parallel ?? 8,
      backends: MCP_BACKENDS.filter((name: McpBackend) => wanted.some((given) => given === name)),
      live: options.live,
      server: join(examples, "bench/echo-server.mjs"),
      node: process.execPath,
      claudeCode: options["claude-code"] === null ? null : resolve(io.cwd, options["claude-code"]),
    },
    io,
    progress,
  );
}

async function coordination(options: Options, io: Io, progress: Progress): Promise<BenchReport> {
  const agents = (options.agents ?? "1,3,5,10").split(",").map(Number);
  if (agents.some((size) => !Number.isInteger(size) || size < 1 || size > 100))
    throw usageError("--agents takes whole numbers from 1 to 100 with commas between, such as 1,3,5");
  const { benchCoordination } = await import("../../benchmarks/index.ts");
  return benchCoordination({ agents, rounds: options.rounds ?? 5 }, io, progress);
}

async function council(options: Options, io: Io, progress: Progress): Promise<BenchReport> {
  if (options.questions === null) throw usageError("Say which questions are asked: --questions FILE");
  const { benchCouncil, readQuestions, scriptedTeam, teamOfFile } = await import("../../benchmarks/index.ts");
  const questions = await readQuestions(await placeOf(options.questions, io), io);
  if (options.config !== null)
    return benchCouncil({ team: await teamOfFile(await placeOf(options.config, io), io), questions, live: true }, io, progress);
  const team = await scriptedTeam();
  try {
    return await benchCouncil({ team, questions, live: false }, io, progress);
  } finally {
    await team.close();
  }
}

/** A file here, else a shipped one of that name, as configurations are found. */
async function placeOf(name: string, io: Io): Promise<string> {
  const here = resolve(io.cwd, name);
  const examples = await packageFolder("examples", io);
  if (examples === null) return here;
  const { candidatesFor } = await import("../../config/index.ts");
  for (const place of [...candidatesFor(here, join(examples, "bench")), ...candidatesFor(here, examples)])
    if (await io.files.exists(place)) return place;
  return here;
}
