// The MCP layer's figures as counters and histograms, for exporters: a fold of the run's events, the same from a live run and from its log.
import type { EventOf, RunEvent } from "../core/index.ts";

export type Attributes = { readonly [name: string]: string | number | boolean };

/** The two shapes of instrument every metrics library has. Neither may throw. */
export type MetricsSink = {
  add(counter: CounterName, value: number, attributes: Attributes): void;
  record(histogram: HistogramName, value: number, attributes: Attributes): void;
};

type Instrument = { readonly unit: string; readonly description: string };

/** Only ever added to. Units as OpenTelemetry writes them. */
export const MCP_COUNTERS = {
  "massgen.mcp.calls": { unit: "{call}", description: "Tool calls that have ended, by agent, server and tool." },
  "massgen.mcp.errors": { unit: "{call}", description: "Tool calls that failed, by `error.type`." },
  "massgen.mcp.denials": { unit: "{call}", description: "Tool calls that were not allowed, by rule." },
  "massgen.mcp.shared_reads": { unit: "{call}", description: "Tool calls answered from another agent's answer." },
  "massgen.mcp.searches": { unit: "{call}", description: "Searches for tools." },
  "massgen.mcp.server_states": { unit: "{change}", description: "Changes of a server's state." },
  "massgen.mcp.breaker_states": { unit: "{change}", description: "Changes of a circuit breaker's state." },
  "massgen.mcp.catalog_changes": { unit: "{tool}", description: "Tools that were added, removed or changed while a run went on." },
  "massgen.mcp.sampled_requests": { unit: "{request}", description: "Answers of a model that servers asked for." },
} as const satisfies Record<string, Instrument>;

export const MCP_HISTOGRAMS = {
  "mcp.client.operation.duration": { unit: "s", description: "From the call to its result, calls that never reached a server left out." },
  "massgen.mcp.result_size": { unit: "By", description: "Text and media in a result." },
} as const satisfies Record<string, Instrument>;

export type CounterName = keyof typeof MCP_COUNTERS;
export type HistogramName = keyof typeof MCP_HISTOGRAMS;

/** Calls that ended before anything could have been sent. */
const NEVER_SENT = new Set(["denied", "invalid-input", "unknown-tool", "breaker-open", "budget"]);

/** Feed it every event of a run in order, live or stored; it keeps only the calls that are open. */
export function mcpMeter(sink: MetricsSink): (event: RunEvent) => void {
  const open = new Map<string, Attributes>();
  return (event) => {
    switch (event.type) {
      case "tool-call":
        return void open.set(event.call, namesOf(event));
      case "tool-verdict":
        if (event.verdict === "deny") sink.add("massgen.mcp.denials", 1, { ...open.get(event.call), "massgen.rule": event.rule });
        return;
      case "tool-result": {
        const names = open.get(event.call);
        open.delete(event.call);
        return names && measure(sink, event, names);
      }
      case "mcp-server-state":
        return sink.add("massgen.mcp.server_states", 1, { "massgen.mcp.server": event.server, "massgen.state": event.state });
      case "breaker-state":
        return sink.add("massgen.mcp.breaker_states", 1, { "massgen.mcp.server": event.scope, "massgen.state": event.state });
      case "catalog-changed": {
        const changed = event.added.length + event.removed.length + event.changed.length;
        return sink.add("massgen.mcp.catalog_changes", changed, { "massgen.mcp.server": event.server });
      }
      default:
        return; // Not about tools.
    }
  };
}

function namesOf({ agent, server, tool }: EventOf<"tool-call">): Attributes {
  return { "massgen.agent": agent, "gen_ai.tool.name": tool, ...(server === null ? {} : { "massgen.mcp.server": server }) };
}

function measure(
  sink: MetricsSink,
  { cached, code, content, durationMs, found, sampled }: EventOf<"tool-result">,
  names: Attributes,
): void {
  const error: Attributes = code === null ? {} : { "error.type": code };
  if (found) sink.add("massgen.mcp.searches", 1, names);
  sink.add("massgen.mcp.calls", 1, names);
  if (code !== null) sink.add("massgen.mcp.errors", 1, { ...names, ...error });
  if (cached) sink.add("massgen.mcp.shared_reads", 1, names);
  if (sampled) sink.add("massgen.mcp.sampled_requests", sampled.requests, names);
  if ("massgen.mcp.server" in names && !(code !== null && NEVER_SENT.has(code)))
    sink.record("mcp.client.operation.duration", durationMs / 1000, { "mcp.method.name": "tools/call", ...names, ...error });
  sink.record(
    "massgen.mcp.result_size",
    content.reduce((sum, item) => sum + sizeOf(item), 0),
    names,
  );
}

function sizeOf(item: EventOf<"tool-result">["content"][number]): number {
  if ("text" in item) return Buffer.byteLength(item.text);
  return "base64" in item ? Math.floor(item.base64.length * 0.75) : item.uri.length;
}
