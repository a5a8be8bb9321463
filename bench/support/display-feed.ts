// The same load for every screen: four agents that each write at 500 updates a second, on a terminal of 160 × 40 whose output goes to the parent.
import { PassThrough } from "node:stream";
import type { Terminal } from "../../src/io/index.ts";

export const AGENTS = ["alice", "bob", "carol", "dave"] as const;
export type AgentName = (typeof AGENTS)[number];
export const SIZE = { columns: 160, rows: 40 };
const RATE = 500;
const STEP_MS = 10;
const WORDS = [
  "the",
  "cache",
  "answers",
  "缓存",
  "quickly",
  "where",
  "headers",
  "👩‍👩‍👧",
  "allow",
  "it,",
  "and",
  "otherwise",
  "asks",
  "again\n",
];

/** Standard output dressed as a terminal; standard input as one whose keys the parent types. */
export function fakeTerminal(): Terminal {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, ...SIZE, getColorDepth: () => 24, hasColors: () => true });
  stdout.pipe(process.stdout);
  const nothing = (): void => undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: nothing, ref: nothing, unref: nothing });
  process.stdin.pipe(stdin);
  return { stdin, stdout, stderr: stdout };
}

type Memory = { readonly rssMb: number; readonly heapMb: number };

/** With `--expose-gc` garbage is collected first: what is left is in use. */
function memory(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMb: rss / 1048576, heapMb: heapUsed / 1048576 };
}

/** Calls `update(agent, text)` at the rate for so long, then reports what the process used since the call. */
export async function feed(seconds: number, update: (agent: AgentName, text: string, n: number) => void): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  let sent = 0;
  let half: Memory | null = null;
  const perStep = (RATE * STEP_MS) / 1000;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - started;
      // What a late timer missed is made up for: the load is the same for a slow screen.
      const due = Math.floor(Math.min(elapsed, seconds * 1000) / STEP_MS) * perStep * AGENTS.length;
      while (sent < due) {
        const agent = AGENTS[sent % AGENTS.length] ?? "alice";
        update(agent, `${WORDS[(sent >> 2) % WORDS.length]} `, sent);
        sent++;
      }
      if (half === null && elapsed > seconds * 500) half = memory();
      if (elapsed < seconds * 1000) return;
      clearInterval(timer);
      resolve();
    }, STEP_MS);
  });
  const used = process.cpuUsage(cpu);
  const wallMs = performance.now() - started;
  const end = memory();
  const report = {
    cpuShare: (used.user + used.system) / 1000 / wallMs,
    sent,
    halfRssMb: (half ?? end).rssMb,
    endRssMb: end.rssMb,
    heapGrowthMb: end.heapMb - (half ?? end).heapMb,
  };
  await new Promise<void>((resolve) => process.stderr.write(`${JSON.stringify(report)}\n`, () => resolve()));
}
