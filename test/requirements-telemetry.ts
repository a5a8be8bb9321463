// What telemetry promises.

export const TELEMETRY_REQUIREMENTS = {
  "REQ-OTEL-1":
    "Where OpenTelemetry's variables name an endpoint, a run is one trace of run, turns, model calls and tool calls, without a word of content.",
  "REQ-OTEL-2": "Tokens, durations and the MCP layer's counters go to the same collector as metrics.",
  "REQ-OTEL-3":
    "Nothing is loaded or sent unless configured; a collector that is away delays the end by seconds at most and changes nothing else.",
  "REQ-OTEL-4": "Service name and resource attributes are those of OpenTelemetry's variables, where they are set.",
} as const;
