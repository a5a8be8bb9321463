// The calls of several clients measured against each other: many short turns, alternating, once everything is compiled.
import { aiSdk, bare, ours, porter, python, type Meter, type Target } from "./mcp-clients.ts";
import { median, quantile } from "./report.ts";

/** Many short turns: what else the machine does then falls on all clients alike. */
const ROUNDS = 42;
const SEQUENTIAL = 60;
const BATCHES = 24;
const PARALLEL = 16;
/** Until a program's code is compiled it runs at half its speed, and one with more code is compiled later: what is compared is what stays. */
const WARM_UP = 600;
const WARM_UP_BATCHES = 1000;
/** Of a fresh program, told without a bar. */
const COLD_BATCHES = 20;
let n = 0;

/** The first of `count` numbers nobody has asked for yet. */
export function next(count: number): number {
  n += count;
  return n - count + 1;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** `cpu` is this process's, in microseconds for each sequential call of a round; it says little of clients that run elsewhere. */
type Measured = {
  readonly meter: Meter;
  readonly times: number[];
  readonly seconds: number[];
  readonly perSecond: number[];
  readonly cpu: number[];
};

/** How one client does beside another: the middle of all rounds. `cold`: its first calls; `p99` in milliseconds over the other's median. */
export type Beside = {
  readonly sequential: number;
  readonly parallel: number;
  readonly cpu: number;
  readonly cold: number;
  readonly p99: number;
};

/** Ours beside the bare client, and nobody else. */
export async function measurePair(target: Target, folder: string): Promise<Beside> {
  const { rows, cold } = await measureAll([await bare(target), await ours(target, folder)]);
  const [reference, own] = rows;
  if (!reference || !own) throw new Error("Two callers are needed.");
  return { ...beside(own, reference), cold };
}

/** Every client there is, as a table. The bare one comes a second time, its server set apart as ours are. */
export async function tellEveryone(target: Target, folder: string): Promise<void> {
  const meters = [
    await bare(target),
    await ours(target, `${folder}/calls`),
    await ours(target, `${folder}/audited`, true),
    await aiSdk(target),
    await porter(target),
    await python(target),
    process.platform === "linux" ? await bare(target, true) : null,
  ].filter((meter) => meter !== null);
  const { rows } = await measureAll(meters);
  if (!meters.some(({ name }) => name === "python mcp"))
    console.log("The Python client is left out: it is not installed (npm run setup:python-servers).");
  console.log(`\n${target.name}, ${target.tool}`);
  for (const row of rows) tell(row);
  const [reference, own] = rows;
  const apart = rows.find(({ meter }) => meter.name === "sdk, session");
  if (!reference || !own) return;
  for (const other of apart ? [reference, apart] : [reference]) {
    const { sequential, parallel, cpu } = beside(own, other);
    console.log(
      `without a bar, massgen beside "${other.meter.name}": sequential ${sequential.toFixed(2)} x, parallel ${parallel.toFixed(2)} x, CPU ${cpu.toFixed(2)} x`,
    );
  }
}

async function measureAll(meters: readonly Meter[]): Promise<{ readonly rows: readonly Measured[]; readonly cold: number }> {
  const rows: readonly Measured[] = meters.map((meter) => ({ meter, times: [], seconds: [], perSecond: [], cpu: [] }));
  try {
    const cold = await measureCold(meters);
    for (const meter of meters) await warmUp(meter);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const row of inOrder(rows, round)) await measure(row);
    }
    return { rows, cold };
  } finally {
    await Promise.all(meters.map((meter) => meter.close()));
  }
}

/** What a short run sees, whose calls are over before the code is compiled. */
async function measureCold([reference, own]: readonly Meter[]): Promise<number> {
  const perSecond = async (meter: Meter | undefined): Promise<number> =>
    (await meter?.parallel(next(COLD_BATCHES * PARALLEL), COLD_BATCHES, PARALLEL)) ?? Number.NaN;
  const first = await perSecond(reference);
  return (await perSecond(own)) / first;
}

async function warmUp(meter: Meter): Promise<void> {
  const batches = meter.elsewhere ? WARM_UP_BATCHES / 10 : WARM_UP_BATCHES;
  await meter.sequential(next(WARM_UP), WARM_UP);
  await meter.parallel(next(batches * PARALLEL), batches, PARALLEL);
}

/** Everyone is first, last and behind everyone else equally often: who is measured twice in a row finds everything still at hand. */
function inOrder<T>(rows: readonly T[], round: number): readonly T[] {
  const at = (round >> 1) % rows.length;
  const turned = [...rows.slice(at), ...rows.slice(0, at)];
  return round % 2 === 0 ? turned : turned.toReversed();
}

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

function beside(own: Measured, reference: Measured): Omit<Beside, "cold"> {
  const ratios = (pick: (row: Measured) => readonly number[]): number =>
    median(pick(own).map((value, at) => value / (pick(reference)[at] ?? Number.NaN)));
  return {
    sequential: ratios(({ seconds }) => seconds),
    parallel: ratios(({ perSecond }) => perSecond),
    cpu: ratios(({ cpu }) => cpu),
    p99: quantile(own.times, 0.99) - median(reference.times),
  };
}
