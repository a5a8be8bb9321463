// What our MCP layer costs, with policy, breaker and validation on (and, without a bar, with the audit trail too), beside the bare protocol library and two other clients on the same server, alternating.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  aiSdk,
  askOf,
  bare,
  entry,
  offered,
  ourBroker,
  ours,
  porter,
  REAL,
  serverArgs,
  settled,
  THIN,
  type Caller,
  type Target,
} from "./support/mcp-clients.ts";
import { median, quantile, report } from "./support/report.ts";

const ROUNDS = 11;
const SEQUENTIAL = 200;
const BATCHES = 20;
const PARALLEL = 16;
const folder = mkdtempSync(join(tmpdir(), "massgen-bench-mcp-"));
let n = 0;

/** Milliseconds of each call, one after the other. */
async function sequential(caller: Caller, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const expected = String((n += 1));
    const began = performance.now();
    const text = await caller.ask(n);
    times.push(performance.now() - began);
    if (!text.includes(expected)) throw new Error(`${caller.name} answered ${text} instead of ${expected}.`);
  }
  return times;
}

/** Calls per second, 16 at a time. */
async function parallel(caller: Caller): Promise<number> {
  const began = performance.now();
  for (let batch = 0; batch < BATCHES; batch += 1) await Promise.all(Array.from({ length: PARALLEL }, () => caller.ask((n += 1))));
  return (BATCHES * PARALLEL * 1000) / (performance.now() - began);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
type Measured = { readonly caller: Caller; readonly times: number[]; readonly seconds: number[]; readonly perSecond: number[] };

async function compareCalls(target: Target): Promise<{ sequential: number; parallel: number; p99: number }> {
  const callers = [
    await bare(target),
    await ours(target, join(folder, "calls")),
    await ours(target, join(folder, "audited"), true),
    await aiSdk(target),
    await porter(target),
  ];
  const rows: readonly Measured[] = callers.map((caller) => ({ caller, times: [], seconds: [], perSecond: [] }));
  try {
    for (const { caller } of rows) await sequential(caller, 2 * SEQUENTIAL);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
        const times = await sequential(row.caller, SEQUENTIAL);
        row.times.push(...times);
        row.seconds.push(sum(times));
        row.perSecond.push(await parallel(row.caller));
      }
    }
  } finally {
    await Promise.all(callers.map((caller) => caller.close()));
  }
  const [reference, own] = rows;
  if (!reference || !own) throw new Error("Two callers are needed.");
  console.log(`\n${target.name}, ${target.tool}`);
  for (const { caller, times, perSecond } of rows)
    console.log(
      `${caller.name.padEnd(12)} median ${median(times).toFixed(3)} ms, p99 ${quantile(times, 0.99).toFixed(3)} ms, 16 parallel ${median(perSecond).toFixed(0)} calls/s`,
    );
  const ratios = (pick: (row: Measured) => readonly number[]): number =>
    median(pick(own).map((value, at) => value / (pick(reference)[at] ?? Number.NaN)));
  return {
    sequential: ratios(({ seconds }) => seconds),
    parallel: ratios(({ perSecond }) => perSecond),
    p99: quantile(own.times, 0.99) - median(reference.times),
  };
}

/** Milliseconds until all of `count` servers that start late have their tools. */
async function connect(count: number): Promise<number> {
  const slow = join(import.meta.dirname, "support/slow-start.mjs");
  const { broker, close } = await ourBroker(
    Array.from({ length: count }, (_, at) => entry(`slow${at}`, [slow, "-", `--name=slow${at}`])),
    join(folder, `connect-${(n += 1)}`),
  );
  const began = performance.now();
  await settled(broker);
  const took = performance.now() - began;
  if (offered(broker) !== count * 9) throw new Error(`Only ${offered(broker)} tools were offered.`);
  await close();
  return took;
}

/** Milliseconds from the start until known tools are offered, and how often the list was asked for before the first call was answered. */
async function cached(): Promise<{ offeredMs: number; listings: number }> {
  const log = join(folder, "server.log");
  const servers = [entry("count", serverArgs(log))];
  const methods = (): string[] =>
    readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { method?: string }).method ?? []);
  const first = await ourBroker(servers, join(folder, "cached"));
  await settled(first.broker);
  await first.close();
  const times: number[] = [];
  let listings = 0;
  for (let round = 0; round < 5; round += 1) {
    const before = methods().length;
    const began = performance.now();
    const { broker, close } = await ourBroker(servers, join(folder, "cached"));
    await settled(broker);
    times.push(performance.now() - began);
    if (offered(broker) === 0) throw new Error("No tool was offered.");
    await askOf(broker, (n += 1));
    const sent = methods().slice(before);
    listings += sent.slice(0, sent.indexOf("tools/call")).filter((method) => method === "tools/list").length;
    await close();
  }
  return { offeredMs: median(times), listings };
}

try {
  const thin = await compareCalls(THIN);
  console.log(
    `without a bar, on a server that does nothing: sequential ${thin.sequential.toFixed(2)} x, parallel ${thin.parallel.toFixed(2)} x`,
  );
  const calls = await compareCalls(REAL);
  const pairs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const one = await connect(1);
    pairs.push((await connect(5)) / one);
  }
  const { offeredMs, listings } = await cached();
  report([
    { name: "mcp-parallel", value: calls.parallel, unit: "x", bar: 0.9, atLeast: true },
    { name: "mcp-connect-five", value: median(pairs), unit: "x", bar: 1.3 },
    { name: "mcp-cached-offer", value: offeredMs, unit: "ms", bar: 10 },
    { name: "mcp-cached-listings", value: listings, unit: "lists", bar: 0 },
    { name: "mcp-overhead-p99", value: calls.p99, unit: "ms", bar: 100 },
    { name: "mcp-sequential", value: calls.sequential, unit: "x", bar: 1.15 },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
