// What our MCP layer costs, with policy, breaker and validation on (and, without a bar, with the audit trail too), beside the bare protocol library and three other clients on the same server, alternating.
// How a process happens to compile and lay out the same code moves such figures by a tenth, so several processes measure and the middle ratios count.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { McpServerConfig } from "../src/config/types.ts";
import { measurePair, next, tellEveryone, type Beside } from "./support/mcp-calls.ts";
import { askOf, entry, offered, ourBroker, REAL, realServers, serverArgs, settled, THIN, type Target } from "./support/mcp-clients.ts";
import { median, report } from "./support/report.ts";

const PROCESSES = 5;
const TARGETS: readonly Target[] = [THIN, REAL];
const folder = mkdtempSync(join(tmpdir(), "massgen-bench-mcp-"));

/** The middle of several processes, each figure by itself. */
function measureApart(target: Target): Beside {
  const found = Array.from({ length: PROCESSES }, () => {
    const { stdout, status } = spawnSync(process.execPath, [import.meta.filename, "--measure", target.name], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`a process that measured ended with ${status}`);
    return JSON.parse(stdout.toString()) as Beside;
  });
  const middle = (pick: (one: Beside) => number): number => median(found.map(pick));
  return {
    sequential: middle(({ sequential }) => sequential),
    parallel: middle(({ parallel }) => parallel),
    cpu: middle(({ cpu }) => cpu),
    cold: middle(({ cold }) => cold),
    p99: middle(({ p99 }) => p99),
  };
}

function tellUnjudged(name: string, { sequential, parallel, cpu, cold }: Beside): void {
  console.log(
    `without a bar, ${name}: sequential ${sequential.toFixed(2)} x, parallel ${parallel.toFixed(2)} x, CPU ${cpu.toFixed(2)} x; the first calls of a fresh program, 16 in parallel: ${cold.toFixed(2)} x`,
  );
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

async function main(): Promise<void> {
  for (const target of TARGETS) await tellEveryone(target, join(folder, target.name));
  console.log("");
  tellUnjudged("a server that does nothing", measureApart(THIN));
  const calls = measureApart(REAL);
  tellUnjudged("a real server", calls);
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
}

try {
  const [mode, name] = process.argv.slice(2);
  const target = TARGETS.find((one) => one.name === name);
  if (mode === "--measure" && target) console.log(JSON.stringify(await measurePair(target, folder)));
  else await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
