// `massgen bench mcp`: Claude Code, Gemini, OpenAI, Claude and the local model on the same MCP work, each by its real path.
import type { Io } from "../io/index.ts";
import type { BenchReport, BenchRow, Column, Figure, Progress } from "./contract.ts";
import { conditionsOf } from "./conditions.ts";
import { figuresOf, questionOf, workloadScript, type Workload } from "./mcp-workload.ts";
import { scriptedModels } from "./scripted-models.ts";
import { timedRun } from "./timed-run.ts";

export const MCP_BACKENDS = ["claude_code", "gemini", "openai", "claude", "local"] as const;
export type McpBackend = (typeof MCP_BACKENDS)[number];

export type McpBenchOptions = Workload & {
  readonly backends: readonly McpBackend[];
  /** Real providers with the keys of the environment, which is paid for; else every model but the local one is scripted. */
  readonly live: boolean;
  /** Path of the server every backend uses. */
  readonly server: string;
  /** What runs it. */
  readonly node: string;
  /** Claude Code's program; null = where it is installed. */
  readonly claudeCode: string | null;
};

const COLUMNS: readonly Column[] = [
  { key: "connect", title: "server ready", unit: "ms" },
  { key: "tools", title: "tools", unit: "" },
  { key: "calls", title: "calls", unit: "" },
  { key: "first", title: "first call", unit: "ms" },
  { key: "p50", title: "call p50", unit: "ms" },
  { key: "p95", title: "call p95", unit: "ms" },
  { key: "p99", title: "call p99", unit: "ms" },
  { key: "between", title: "between calls", unit: "ms" },
  { key: "atOnce", title: "calls at once", unit: "" },
  { key: "parallel", title: "calls at once took", unit: "ms" },
  { key: "wall", title: "whole run", unit: "ms" },
  { key: "cpu", title: "CPU", unit: "ms" },
  { key: "memory", title: "peak memory", unit: "MB" },
];

const SCRIPTED_NOTES = [
  "The models are scripted on this machine over each provider's own wire: the figures are what this program and the server cost, with no model's thinking and no network in them.",
  "The first call waits for the server to start and stands in a column of its own.",
  "Claude Code is its real program; what it spends is not in the CPU and memory columns, which are this process (and the scripted models in it).",
  "The local model is real. One below 1B parameters calls at most one tool, so its row has one call.",
];
const LIVE_NOTES = [
  "Real providers were asked: `between calls` is mostly the model and the network. How many calls were made was the model's own choice.",
];

/** A backend that cannot run (no key, no model, no binary) keeps its row, with the reason in it. */
export async function benchMcp(options: McpBenchOptions, io: Io, progress: Progress): Promise<BenchReport> {
  const models = options.live ? null : await scriptedModels(workloadScript(options));
  const rows: BenchRow[] = [];
  try {
    for (const type of options.backends) {
      progress(`${type} …`);
      const backend = type === "local" || models === null ? { type } : models.backendOf(type);
      const program = type === "claude_code" && options.claudeCode !== null ? { claude_code_path: options.claudeCode } : {};
      rows.push({ name: type, figures: await measured({ ...backend, ...program }, options, io) });
    }
  } finally {
    await models?.close();
  }
  return {
    type: "bench-report",
    bench: "mcp",
    title: `MCP: ${options.calls} calls one after the other, ${options.parallel} at once`,
    mode: options.live ? "live" : "scripted",
    notes: options.live ? LIVE_NOTES : SCRIPTED_NOTES,
    columns: COLUMNS,
    rows,
    plots: ["p50", "p95", "between", "parallel"],
    conditions: conditionsOf(io),
  };
}

async function measured(
  backend: Readonly<Record<string, unknown>>,
  options: McpBenchOptions,
  io: Io,
): Promise<Readonly<Record<string, Figure>>> {
  const servers = { bench: { command: options.node, args: [options.server] } };
  const config = { agent: { id: "bench", backend: { ...backend, mcp_servers: servers } } };
  try {
    const run = await timedRun({ config, question: questionOf(options) }, io);
    if (run.result.answer === null) return { problem: whyNot(run.entries.map(({ entry }) => entry)) };
    return figuresOf(run);
  } catch (error) {
    return { problem: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) };
  }
}

type Ended = { readonly type: string; readonly failure?: { readonly message: string } };
const whyNot = (entries: readonly Ended[]): string =>
  entries.findLast(({ failure }) => failure !== undefined)?.failure?.message ?? "no answer";
