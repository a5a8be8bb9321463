// `massgen mcp stats`: how tools were used in the stored runs of this folder.
import { neutraliseLine } from "../../../security/index.ts";
import { defineCommand } from "../../command.ts";
import { columns } from "../../columns.ts";
import { JSON_OPTIONS } from "../mcp-options.ts";
import type { UsageRow } from "../../../mcp/index.ts";
import type { StoredRun } from "../../stored-runs.ts";

export const mcpStatsCommand = defineCommand({
  usage: ["mcp stats [RUN...] [--json]"],
  details: "Counted from the runs' logs: all runs of this folder, or those named (an id, the beginning of one, a folder, or `last`).",
  options: JSON_OPTIONS,
  examples: ["massgen mcp stats", "massgen mcp stats last --json"],
  run: async ({ options, positionals }, { io }) => {
    const [{ findRun, readRuns, runFolders }, { UsageStatistics }] = await Promise.all([
      import("../../stored-runs.ts"),
      import("../../../mcp/index.ts"),
    ]);
    const usage = new UsageStatistics();
    let runs = 0;
    const count = ({ entries }: StoredRun): void => {
      runs += 1;
      for (const entry of entries) usage.add(entry);
    };
    const unreadable = (folder: string, reason: string): void => void io.terminal.stderr.write(`${folder}: ${reason}\n`);
    for (const name of positionals) count(await findRun(name, io));
    if (positionals.length === 0) for await (const run of readRuns(await runFolders(io), io, unreadable)) count(run);
    const rows = usage.rows();
    const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
    if (options.json) say(JSON.stringify({ runs, rows }, null, 2));
    else if (rows.length === 0)
      say(runs === 0 ? "There are no runs in this folder." : "No tool of an MCP server was called in these runs.");
    else for (const line of columns([HEADS, ...rows.map(cells)])) say(line);
    return 0;
  },
});

const HEADS = ["server", "tool", "agent", "calls", "errors", "denied", "saved", "bytes", "p50 ms", "p95 ms", "p99 ms"];

function cells({ server, tool, agent, calls, errors, denials, cacheHits, bytes, p50, p95, p99 }: UsageRow): readonly string[] {
  const ms = (value: number | null): string => (value === null ? "-" : value < 10 ? value.toFixed(1) : String(Math.round(value)));
  const names = [server ?? "(none)", tool, agent].map((name) => neutraliseLine(name, 60));
  return [...names, ...[calls, errors, denials, cacheHits, bytes].map(String), ms(p50), ms(p95), ms(p99)];
}
