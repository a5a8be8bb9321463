// Carries out the tool calls of one finished step: our own tools inside the step, servers' tools through the broker.
import { addUsage, type AssistantPart, type ToolCallPart, type ToolResult, type Usage } from "../core/index.ts";
import { contentOf } from "../mcp/index.ts";
import type { DecisionCall, TurnPart, TurnPorts, TurnRequest } from "./contract.ts";
import type { OwnResult, OwnTool } from "./own-tool.ts";
import type { TableEntry, ToolTable } from "./tool-table.ts";

export type SortedCalls = { readonly decisions: readonly ToolCallPart[]; readonly tools: readonly ToolCallPart[] };

const DECISIONS = new Set(["new_answer", "vote"]);

/** A decision stays one when it was not offered: the judge has words for that. Where there is nothing to decide it is a call like any other. */
export function sortCalls(parts: readonly AssistantPart[], workflow: boolean, table: ToolTable): SortedCalls {
  const calls = parts.filter((part): part is ToolCallPart => part.type === "tool-call" && part.providerExecuted !== true);
  const decides = (call: ToolCallPart): boolean => workflow && (DECISIONS.has(call.name) || table.find(call.name)?.kind === "workflow");
  return { decisions: calls.filter(decides), tools: calls.filter((call) => !decides(call)) };
}

export function toDecision(call: ToolCallPart, table: ToolTable): DecisionCall {
  const entry = table.find(call.name);
  const name = entry?.kind === "workflow" ? entry.name : call.name;
  const input = call.input === undefined ? {} : { input: entry === null ? call.input : entry.restore(call.input) };
  return {
    call: call.call,
    providerCall: call.providerCall,
    name,
    ...input,
    ...(call.malformed === undefined ? {} : { malformed: call.malformed }),
  };
}

export type OwnRun = { readonly parts: readonly AssistantPart[]; readonly ran: number; readonly usage: Usage };

type OwnRunning = { readonly table: ToolTable; readonly signal: AbortSignal; readonly step: number; readonly usage: Usage };
type OwnCall = { readonly call: ToolCallPart; readonly entry: TableEntry; readonly own: OwnTool };

function ownCalls(parts: readonly AssistantPart[], table: ToolTable): OwnCall[] {
  return parts.flatMap((part) => {
    if (part.type !== "tool-call" || part.providerExecuted === true) return [];
    const entry = table.find(part.name);
    return entry?.own === undefined ? [] : [{ call: part, entry, own: entry.own }];
  });
}

/**
 * Runs our own tools among the calls; their calls and results become parts of the step, so that they are recorded with it.
 * Says what it does as it goes, for people; nothing where there is no such call.
 */
export async function* runOwnTools(parts: readonly AssistantPart[], run: OwnRunning): AsyncGenerator<TurnPart, OwnRun> {
  const mine = ownCalls(parts, run.table);
  if (mine.length === 0) return { parts, ran: 0, usage: run.usage };
  for (const { call, entry } of mine) {
    yield {
      type: "own-tool-call",
      step: run.step,
      call: call.call,
      providerCall: call.providerCall,
      name: entry.name,
      input: call.input ?? {},
    };
  }
  const results = await Promise.all(mine.map(({ call, entry, own }) => own.run(entry.restore(call.input ?? {}), run.signal)));
  for (const [index, { call, entry }] of mine.entries()) {
    const { output = "", isError = false } = results[index] ?? {};
    const text = typeof output === "string" ? output : JSON.stringify(output);
    yield { type: "own-tool-result", call: call.call, providerCall: call.providerCall, name: entry.name, isError, text };
  }
  const marked = new Map(mine.map(({ call, entry }) => [call, { ...call, name: entry.name, providerExecuted: true as const }]));
  const added = mine.flatMap(({ call, entry }, index) => resultParts(call.providerCall, entry.name, results[index]));
  return {
    parts: [...parts.map((part) => (part.type === "tool-call" ? (marked.get(part) ?? part) : part)), ...added],
    ran: mine.length,
    usage: results.reduce((sum, result) => (result.usage === undefined ? sum : addUsage(sum, result.usage)), run.usage),
  };
}

function resultParts(providerCall: string, name: string, result: OwnResult | undefined): AssistantPart[] {
  if (result === undefined) return [];
  const sources = (result.sources ?? []).map((source): AssistantPart => ({ type: "source", ...source }));
  return [{ type: "provider-tool-result", providerCall, name, output: result.output }, ...sources];
}

type Running = { readonly request: TurnRequest; readonly ports: TurnPorts; readonly table: ToolTable; readonly step: number };

/** All calls at once; the broker orders those that must not overlap. Unknown names go there too, so that the refusal is on record. */
export function runTools(calls: readonly ToolCallPart[], running: Running): Promise<readonly ToolResult[]> {
  return Promise.all(calls.map((call) => runTool(call, running)));
}

async function runTool(call: ToolCallPart, { request, ports, table, step }: Running): Promise<ToolResult> {
  const entry = table.find(call.name);
  const written = call.input ?? call.malformed ?? {};
  const outcome = await ports.tools.call({
    turn: request.turn,
    step,
    call: call.call,
    providerCall: call.providerCall,
    name: entry?.name ?? call.name,
    input: entry === null ? written : entry.restore(written),
    signal: ports.abort,
  });
  return { call: call.call, providerCall: call.providerCall, name: call.name, isError: !outcome.ok, content: contentOf(outcome) };
}
