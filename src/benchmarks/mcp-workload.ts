// The same work for every backend: some calls one after the other, some at once, then the answer; and what the events of such a run say about it.
import type { ModelScript } from "./scripted-models.ts";
import { mean, quantile } from "./statistics.ts";
import type { TimedEntry, TimedRun } from "./timed-run.ts";
import type { Figure } from "./contract.ts";

export type Workload = {
  /** Calls one after the other. */
  readonly calls: number;
  /** Calls at once, after them. */
  readonly parallel: number;
};

/** How the tool ends under the name each wire gives it. */
const TOOL = "echo";

/** The question a real model is asked; a scripted one does it without being asked. */
export const questionOf = ({ calls, parallel }: Workload): string =>
  `This is a measurement of tools. Call the tool ${TOOL} ${calls} times, one call after the other, with the texts 1 to ${calls}. ` +
  `Then call it ${parallel} times in one step, in parallel, with the texts a1 to a${parallel}. Then answer with the word: done.`;

export function workloadScript({ calls, parallel }: Workload): ModelScript {
  return ({ tools, results }) => {
    const tool = tools.find((name) => name.endsWith(TOOL));
    const answer = tools.find((name) => name.endsWith("new_answer"));
    if (tool !== undefined && results < calls) return { calls: [{ name: tool, input: { text: String(results + 1) } }] };
    if (tool !== undefined && results < calls + parallel)
      return { calls: Array.from({ length: parallel }, (_, index) => ({ name: tool, input: { text: `a${index + 1}` } })) };
    return answer === undefined ? { text: "done" } : { calls: [{ name: answer, input: { content: "done" } }] };
  };
}

type Call = { readonly step: string; readonly from: number; readonly to: number };

function callsOf(entries: readonly TimedEntry[]): readonly Call[] {
  const started = new Map<string, { readonly step: string; readonly from: number }>();
  const calls: Call[] = [];
  for (const { entry, ms } of entries) {
    if (entry.type === "tool-call" && entry.server !== null) started.set(entry.call, { step: `${entry.turn} ${entry.step}`, from: ms });
    const begun = entry.type === "tool-result" ? started.get(entry.call) : undefined;
    if (begun !== undefined) calls.push({ ...begun, to: ms });
  }
  return calls;
}

type Group = { readonly from: number; readonly to: number; readonly size: number };

/** Calls that a model asked for in one step, as one span, in the order of their beginning. */
function groupsOf(calls: readonly Call[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { step, from, to } of calls) {
    const known = groups.get(step);
    const group = known ?? { from, to, size: 0 };
    groups.set(step, { from: Math.min(group.from, from), to: Math.max(group.to, to), size: group.size + 1 });
  }
  return [...groups.values()].toSorted((a, b) => a.from - b.from);
}

const firstMs = (entries: readonly TimedEntry[], isIt: (entry: TimedEntry["entry"]) => boolean): number | null =>
  entries.find(({ entry }) => isIt(entry))?.ms ?? null;

/** The figures of one run. A call lasts from its request to its result as the log has them: checks, server and bookkeeping included. */
export function figuresOf({ entries, result, cpuMs, wallMs, peakRssMb }: TimedRun): Readonly<Record<string, Figure>> {
  const calls = callsOf(entries);
  const groups = groupsOf(calls);
  const alone = groups.filter(({ size }) => size === 1);
  // The first call waits for the server to start, which is another thing than what a call costs.
  const [first, ...later] = alone.map(({ from, to }) => to - from);
  const widest = groups.filter(({ size }) => size > 1).toSorted((a, b) => b.size - a.size)[0];
  const between = alone.slice(1).map(({ from }, index) => from - (alone[index]?.to ?? from));
  const ready = entries.find(({ entry }) => entry.type === "mcp-server-state" && entry.state === "ready")?.entry;
  return {
    connect: firstMs(entries, (entry) => entry.type === "mcp-server-state" && entry.state === "ready"),
    tools: ready?.type === "mcp-server-state" ? (ready.tools ?? null) : null,
    calls: calls.length,
    first: first ?? null,
    p50: quantile(later, 0.5),
    p95: quantile(later, 0.95),
    p99: quantile(later, 0.99),
    between: mean(between),
    parallel: widest === undefined ? null : widest.to - widest.from,
    atOnce: widest?.size ?? null,
    steps: result.agents[0]?.steps ?? null,
    wall: wallMs,
    cpu: cpuMs,
    memory: peakRssMb,
  };
}
