// A run as metrics: the MCP layer's own, and tokens and durations of model calls by the names of OpenTelemetry's conventions.
import type { RunEvent } from "../core/index.ts";
import { MCP_COUNTERS, MCP_HISTOGRAMS, mcpMeter, type Attributes, type MetricsSink } from "../mcp/index.ts";

type Instruments<Record> = { readonly [name: string]: Record };
type Counter = { add(value: number, attributes: Attributes): void };
type Histogram = { record(value: number, attributes: Attributes): void };
/** What is used of OpenTelemetry's `Meter`. */
export type MeterLike = {
  createCounter(name: string, options: { readonly unit: string; readonly description: string }): Counter;
  createHistogram(name: string, options: { readonly unit: string; readonly description: string }): Histogram;
};

function made<Kind, Description extends { readonly unit: string; readonly description: string }>(
  table: Instruments<Description>,
  make: (name: string, options: Description) => Kind,
): Instruments<Kind> {
  return Object.fromEntries(Object.entries(table).map(([name, options]) => [name, make(name, options)]));
}

/** Feed it the new entries of runs in order. */
export function runMetrics(meter: MeterLike): (event: RunEvent) => void {
  const counters = made(MCP_COUNTERS, (name, options) => meter.createCounter(name, options));
  const histograms = made(MCP_HISTOGRAMS, (name, options) => meter.createHistogram(name, options));
  const tokens = meter.createHistogram("gen_ai.client.token.usage", { unit: "{token}", description: "Tokens of a model call, by type." });
  const sink: MetricsSink = {
    add: (name, value, attributes) => counters[name]?.add(value, attributes),
    record: (name, value, attributes) => histograms[name]?.record(value, attributes),
  };
  const ofMcp = mcpMeter(sink);
  return (event) => {
    ofMcp(event);
    if (event.type !== "model-step") return;
    const { inputTokens, outputTokens } = event.usage;
    const attributes = { "gen_ai.operation.name": "chat", "gen_ai.response.model": event.model ?? "", "massgen.agent": event.agent };
    if (inputTokens !== null) tokens.record(inputTokens, { ...attributes, "gen_ai.token.type": "input" });
    if (outputTokens !== null) tokens.record(outputTokens, { ...attributes, "gen_ai.token.type": "output" });
  };
}
