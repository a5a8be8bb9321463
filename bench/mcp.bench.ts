// What our MCP layer costs, with policy, breaker and validation on (and, without a bar, with the audit trail too), beside the bare protocol library and three other clients on the same server, alternating.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { McpServerConfig } from "../src/config/types.ts";
import {
  aiSdk,
  askOf,
  bare,
  entry,
  offered,
  ourBroker,
  ours,
  porter,
  python,
  REAL,
  realServers,
  serverArgs,
  settled,
  THIN,
  type Meter,
  type Target,
} from "./support/mcp-clients.ts";
import { median, quantile, report } from "./support/report.ts";

/** Many short turns: what else the machine does then falls on all clients alike. */
const ROUNDS = 41;
const SEQUENTIAL = 60;
const BATCHES = 8;
const PARALLEL = 16;
const WARM_UP = 600;
const folder = mkdtempSync(join(tmpdir(), "massgen-bench-mcp-"));
let n = 0;

/** The first of `count` numbers nobody has asked for yet. */
function next(count: number): number {
  n += count;
  return n - count + 1;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** `cpu` is this process's, in microseconds for each call of a round; it says little of clients that run elsewhere. */
type Measured = {
  readonly meter: Meter;
  readonly times: number[];
  readonly seconds: number[];
  readonly perSecond: number[];
  readonly cpu: number[];
};

async function measure({ meter, times, seconds, perSecond, cpu }: Measured): Promise<void> {
  const before = process.cpuUsage();
  const round = await meter.sequential(next(SEQUENTIAL), SEQUENTIAL);
  const { user, system } = process.cpuUsage(before);
  times.push(...round);
  seconds.push(sum(round));
  cpu.push((user + system) / SEQUENTIAL);
  perSecond.push(await meter.parallel(next(BATCHES * PARALLEL), BATCHES, PARALLEL));
}

function tell({ meter, times, perSecond, cpu }: Measured): void {
  const used = meter.elsewhere ? "" : `, ${median(cpu).toFixed(0)} µs of CPU a call`;
  console.log(
    `${meter.name.padEnd(12)} median ${median(times).toFixed(3)} ms, p99 ${quantile(times, 0.99).toFixed(3)} ms, 16 parallel ${median(perSecond).toFixed(0)} calls/s${used}`,
  );
}

async function compareCalls(target: Target): Promise<{ sequential: number; parallel: number; cpu: number; p99: number }> {
  const meters = [
    await bare(target),
    await ours(target, join(folder, "calls")),
    await ours(target, join(folder, "audited"), true),
    await aiSdk(target),
    await porter(target),
    await python(target),
    process.platform === "linux" ? await bare(target, true) : null,
  ].filter((meter) => meter !== null);
  const rows: readonly Measured[] = meters.map((meter) => ({ meter, times: [], seconds: [], perSecond: [], cpu: [] }));
  try {
    for (const { meter } of rows) await meter.sequential(next(WARM_UP), WARM_UP);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const row of round % 2 === 0 ? rows : rows.toReversed()) await measure(row);
    }
  } finally {
    await Promise.all(meters.map((meter) => meter.close()));
  }
  if (!meters.some(({ name }) => name === "python mcp"))
    console.log("The Python client is left out: it is not installed (npm run setup:python-servers).");
  const [reference, own] = rows;
  if (!reference || !own) throw new Error("Two callers are needed.");
  console.log(`\n${target.name}, ${target.tool}`);
  for (const row of rows) tell(row);
  const apart = rows.find(({ meter }) => meter.name === "sdk, session");
  const ratios = (pick: (row: Measured) => readonly number[], to = reference): number =>
    median(pick(own).map((value, at) => value / (pick(to)[at] ?? Number.NaN)));
  if (apart)
    console.log(
      `without a bar, beside the one with a session of its own: sequential ${ratios(({ seconds }) => seconds, apart).toFixed(2)} x, parallel ${ratios(({ perSecond }) => perSecond, apart).toFixed(2)} x`,
    );
  return {
    sequential: ratios(({ seconds }) => seconds),
    parallel: ratios(({ perSecond }) => perSecond),
    cpu: ratios(({ cpu }) => cpu),
    p99: quantile(own.times, 0.99) - median(reference.times),
  };
}

/** Milliseconds until all of the servers have their tools. */
async function connect(servers: readonly McpServerConfig[], tools: number): Promise<number> {
  const { broker, close } = await ourBroker(servers, join(folder, `connect-${next(1)}`));
  const began = performance.now();
  await settled(broker);
  const took = performance.now() - began;
  if (offered(broker) < tools) throw new Error(`Only ${offered(broker)} tools were offered.`);
  await close();
  return took;
}

/** The same for `count` servers that start half a second late. */
function connectLate(count: number): Promise<number> {
  const slow = join(import.meta.dirname, "support/slow-start.mjs");
  const servers = Array.from({ length: count }, (_, at) => entry(`slow${at}`, [slow, "-", `--name=slow${at}`]));
  return connect(servers, count * 9);
}

async function connectReal(): Promise<void> {
  const servers = realServers(folder);
  const alone: number[] = [];
  for (const server of servers) alone.push(await connect([server], 1));
  const together = await connect(servers, servers.length);
  const each = servers.map(({ name }, at) => `${name} ${(alone[at] ?? 0).toFixed(0)}`).join(", ");
  console.log(`without a bar, real servers: together ${together.toFixed(0)} ms, alone ${each} ms`);
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
    await askOf(broker, next(1));
    const sent = methods().slice(before);
    listings += sent.slice(0, sent.indexOf("tools/call")).filter((method) => method === "tools/list").length;
    await close();
  }
  return { offeredMs: median(times), listings };
}

try {
  const thin = await compareCalls(THIN);
  console.log(
    `without a bar, on a server that does nothing: sequential ${thin.sequential.toFixed(2)} x, parallel ${thin.parallel.toFixed(2)} x, CPU ${thin.cpu.toFixed(2)} x`,
  );
  const calls = await compareCalls(REAL);
  console.log(`without a bar, this process's CPU for a call: ${calls.cpu.toFixed(2)} x`);
  const pairs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const one = await connectLate(1);
    pairs.push((await connectLate(5)) / one);
  }
  await connectReal();
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
