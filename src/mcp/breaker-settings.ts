// The thresholds of the circuit breaker: `breaker` of a server entry, with defaults for everything.
import type { McpServerConfig } from "../config/types.ts";
import { booleanSetting, numberSetting } from "./extra-keys.ts";

export type BreakerSettings = {
  readonly enabled: boolean;
  /** Failures in a row that open it. */
  readonly maxFailures: number;
  /** The first wait; it grows with every cycle that brings no recovery. */
  readonly resetTimeMs: number;
  readonly backoffMultiplier: number;
  /** The longest wait as a multiple of `resetTimeMs`. */
  readonly maxBackoffMultiplier: number;
  /** Part of the wait that is random, in both directions. */
  readonly jitter: number;
  /** Calls looked at for the two rates. */
  readonly window: number;
  /** The rates count from this many calls on. */
  readonly minCalls: number;
  /** Share of time-outs that opens it; 1.01 = never. */
  readonly timeoutRate: number;
  /** A call longer than this is slow; 0 = none is. */
  readonly slowCallMs: number;
  readonly slowCallRate: number;
  /** Probes in a row that close it. */
  readonly probes: number;
};

export const DEFAULT_BREAKER: BreakerSettings = {
  enabled: true,
  maxFailures: 3,
  resetTimeMs: 30_000,
  backoffMultiplier: 2,
  maxBackoffMultiplier: 16,
  jitter: 0.1,
  window: 20,
  minCalls: 10,
  timeoutRate: 0.5,
  slowCallMs: 0,
  slowCallRate: 0.8,
  probes: 1,
};

/** Throws `MCPConfigurationError` for a value that makes no sense. */
export function breakerSettings(server: McpServerConfig): BreakerSettings {
  const d = DEFAULT_BREAKER;
  const number = (key: string, fallback: number, least = 0): number => numberSetting(server, "breaker", { key, fallback, least });
  return {
    enabled: booleanSetting(server, "breaker", { key: "enabled", fallback: d.enabled }),
    maxFailures: number("max_failures", d.maxFailures, 1),
    resetTimeMs: number("reset_time", d.resetTimeMs / 1000) * 1000,
    backoffMultiplier: number("backoff_multiplier", d.backoffMultiplier, 1),
    maxBackoffMultiplier: number("max_backoff_multiplier", d.maxBackoffMultiplier, 1),
    jitter: Math.min(0.9, number("jitter", d.jitter)),
    window: number("window", d.window, 1),
    minCalls: number("min_calls", d.minCalls, 1),
    timeoutRate: number("timeout_rate", d.timeoutRate),
    slowCallMs: number("slow_call", d.slowCallMs / 1000) * 1000,
    slowCallRate: number("slow_call_rate", d.slowCallRate),
    probes: number("probes", d.probes, 1),
  };
}
