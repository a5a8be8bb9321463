// How tools were used, as a fold of the run's events: the same figures come from a live run and from its log.
import type { EventOf, RunEvent } from "./events.ts";
import type { AgentId } from "./ids.ts";
import { DurationHistogram } from "./duration-histogram.ts";

export type UsageRow = {
  readonly agent: AgentId;
  /** Null for names that stood for no tool. */
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
  readonly errors: number;
  /** Calls per failure code, e.g. `timeout`. */
  readonly codes: { readonly [code: string]: number };
  readonly denials: number;
  /** Calls answered from another agent's answer. */
  readonly cacheHits: number;
  /** Bytes of text and media that were returned. */
  readonly bytes: number;
  /** Milliseconds, with an error of at most 3 %; null before the first answer. Denied calls do not count. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly totalMs: number;
};

type Counter = {
  readonly agent: AgentId;
  readonly server: string | null;
  readonly tool: string;
  calls: number;
  codes: Map<string, number>;
  cacheHits: number;
  bytes: number;
  durations: DurationHistogram;
};

/** Never counted as an answer of the server. */
const BEFORE_THE_SERVER = new Set(["denied", "invalid-input", "unknown-tool", "breaker-open", "budget"]);

export class UsageStatistics {
  readonly #counters = new Map<string, Counter>();
  readonly #open = new Map<string, Counter>();
  /** Recorded and not made yet. */
  readonly #recorded = new Map<string, Counter>();

  /** Takes any event; only calls and results count, a recorded call when it is made. A result without its call is not counted. */
  add(event: RunEvent): void {
    if (event.type === "tool-call") this.#open.set(event.call, this.#counter(event));
    else if (event.type === "tool-result") this.#close(event);
    else if (event.type === "intent-recorded") this.#keep(event.call);
    else if (event.type === "intent-executed") this.#closeRecorded(event);
  }

  /** By agent, server and tool in the order of their first call. */
  rows(): readonly UsageRow[] {
    return [...this.#counters.values()].map(({ agent, server, tool, calls, codes, cacheHits, bytes, durations }) => ({
      agent,
      server,
      tool,
      calls,
      cacheHits,
      bytes,
      errors: [...codes.values()].reduce((sum, count) => sum + count, 0),
      codes: Object.fromEntries(codes),
      denials: codes.get("denied") ?? 0,
      p50: durations.quantile(0.5),
      p95: durations.quantile(0.95),
      p99: durations.quantile(0.99),
      totalMs: durations.sum,
    }));
  }

  #counter({ agent, server, tool }: EventOf<"tool-call">): Counter {
    const key = JSON.stringify([agent, server, tool]);
    const known = this.#counters.get(key) ?? {
      agent,
      server,
      tool,
      calls: 0,
      codes: new Map<string, number>(),
      cacheHits: 0,
      bytes: 0,
      durations: new DurationHistogram(),
    };
    this.#counters.set(key, known);
    return known;
  }

  #keep(call: string): void {
    const counter = this.#open.get(call);
    if (counter) this.#recorded.set(call, counter);
    this.#open.delete(call);
  }

  #closeRecorded({ call, code, content, durationMs = 0 }: EventOf<"intent-executed">): void {
    const counter = this.#recorded.get(call);
    this.#recorded.delete(call);
    if (counter) count(counter, { code: code ?? null, content, durationMs });
  }

  #close(result: EventOf<"tool-result">): void {
    const counter = this.#open.get(result.call);
    this.#open.delete(result.call);
    if (counter) count(counter, result);
  }
}

type Counted = Pick<EventOf<"tool-result">, "code" | "content" | "cached" | "durationMs">;

function count(counter: Counter, { code, content, cached, durationMs }: Counted): void {
  counter.calls += 1;
  if (code !== null) counter.codes.set(code, (counter.codes.get(code) ?? 0) + 1);
  if (cached) counter.cacheHits += 1;
  if (code === null || !BEFORE_THE_SERVER.has(code)) counter.durations.add(durationMs);
  for (const item of content)
    counter.bytes +=
      "text" in item ? Buffer.byteLength(item.text) : "base64" in item ? Math.floor(item.base64.length * 0.75) : item.uri.length;
}
