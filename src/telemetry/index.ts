// The door of telemetry: nothing is loaded and nothing is sent unless the environment names where to.
import type { RunEvent } from "../core/index.ts";
import type { Environment } from "../io/index.ts";

/** Follows the new entries of runs and sends what they say to the collector that the environment names. */
export type Telemetry = {
  /** Never throws, never waits. */
  follow(entry: RunEvent & { readonly run: string; readonly at: number }): void;
  /** Sends what is left, for at most five seconds; never rejects. */
  close(): Promise<void>;
};

const ENDPOINTS = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] as const;

/**
 * Off unless one of OpenTelemetry's own variables names an endpoint, and with `OTEL_SDK_DISABLED=true`.
 * Only the real environment counts: a `.env` that lies in a folder must not send anything anywhere.
 */
export function telemetryIsWanted(env: Environment): boolean {
  return env["OTEL_SDK_DISABLED"]?.toLowerCase() !== "true" && ENDPOINTS.some((name) => (env[name] ?? "") !== "");
}

/** Loads the OpenTelemetry libraries. Call it only where `telemetryIsWanted`. */
export const openTelemetry = async (): Promise<Telemetry> => (await import("./exporting.ts")).startExporting();
