// The full screen under load against the same screen in Ink and in Python's rich, alternating: processor time, frames, memory,
// and how soon a key shows. `--minutes N` (or `MASSGEN_LONG=1`, ten) also runs ours for so long to see memory stay flat.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, report, type Measure } from "./support/report.ts";

const { minutes } = parseArgs({ options: { minutes: { type: "string" } } }).values;
const LONG_MINUTES = minutes !== undefined ? Number(minutes) : process.env["MASSGEN_LONG"] === "1" ? 10 : 0;
if (!Number.isFinite(LONG_MINUTES) || LONG_MINUTES < 0) throw new Error("--minutes takes a number of minutes");
const LONG = LONG_MINUTES > 0;
const SECONDS = 8;
const ROUNDS = 3;
const FRAME = "\u001B[?2026h";

type Used = {
  readonly cpuShare: number;
  readonly sent: number;
  readonly halfRssMb: number;
  readonly endRssMb: number;
  readonly heapGrowthMb?: number;
  /** Where the program counts its frames itself. */
  readonly frames?: number;
};
type Run = Used & { readonly framesPerSecond: number; readonly latenciesMs: readonly number[] };

/** Ink draws nothing but its last frame where it believes itself in CI. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CI|CONTINUOUS_INTEGRATION)$|^CI_/.test(name)));

type Program = readonly [string, ...string[]];

/** The Python with `rich` in it, the library of the Python program's display; null where there is none. */
function pythonWithRich(): string | null {
  const python = join(import.meta.dirname, "../.venv/bin/python");
  return existsSync(python) && spawnSync(python, ["-c", "import rich"]).status === 0 ? python : null;
}

async function run(file: string, seconds: number, [program, ...flags]: Program = [process.execPath]): Promise<Run> {
  const child = spawn(program, [...flags, join(import.meta.dirname, "support", file), String(seconds)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...env, TERM: "xterm-256color", NODE_ENV: "production" },
  });
  let told = "";
  let frames = 0;
  const latenciesMs: number[] = [];
  let waiting: { readonly at: number } | null = null;
  child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    frames += chunk.toString().split(FRAME).length - 1;
    if (waiting !== null) latenciesMs.push(performance.now() - waiting.at);
    waiting = null;
  });
  // A key at an odd time; the answer is the next frame, which for ours is drawn because of the key.
  const typing = setInterval(() => {
    waiting = { at: performance.now() };
    child.stdin.write(String(1 + (latenciesMs.length % 4)));
  }, 337);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(typing);
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${told}`);
  const used = JSON.parse(/\{"cpuShare".*\}/.exec(told)?.[0] ?? "") as Used;
  return { ...used, framesPerSecond: (used.frames ?? frames) / seconds, latenciesMs };
}

const ours: Run[] = [];
const ink: Run[] = [];
const rich: Run[] = [];
const python = pythonWithRich();
if (python === null) console.log("rich: skipped, there is no .venv with Python's rich (npm run setup:python-servers)");
for (let round = 0; round < ROUNDS; round++) {
  ours.push(await run("display-ours.ts", SECONDS));
  ink.push(await run("display-ink.mjs", SECONDS));
  if (python !== null) rich.push(await run("display-rich.py", SECONDS, [python]));
}
const of = (runs: readonly Run[], value: (run: Run) => number): number => median(runs.map(value));
for (const [name, runs] of [
  ["ours", ours],
  ["ink", ink],
  ["rich (Python)", rich],
] as const) {
  if (runs.length === 0) continue;
  console.log(
    `${name}: ${(100 * of(runs, (used) => used.cpuShare)).toFixed(1)} % of a core, ${of(runs, (used) => used.framesPerSecond).toFixed(1)} frames/s, ${of(runs, (used) => used.endRssMb).toFixed(0)} MB`,
  );
}
/** In the long run what is in use after collecting garbage; in the short ones only that nothing explodes. */
function memoryMeasures(): readonly Measure[] {
  if (long !== null)
    return [
      { name: "display-heap-growth", value: long.heapGrowthMb ?? Number.NaN, unit: "MB", bar: 5 },
      { name: "display-memory-growth", value: long.endRssMb - long.halfRssMb, unit: "MB", bar: 15 },
    ];
  const [first] = ours;
  return [
    { name: "display-memory-growth", value: first === undefined ? Number.NaN : first.endRssMb - first.halfRssMb, unit: "MB", bar: 40 },
  ];
}

const latencies = ours.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b);
const long = LONG ? await run("display-ours.ts", LONG_MINUTES * 60, [process.execPath, "--expose-gc"]) : null;
if (LONG && long !== null)
  console.log(
    `ours for ${LONG_MINUTES} minutes: ${long.sent} updates, ${(100 * long.cpuShare).toFixed(1)} % of a core, ${long.framesPerSecond.toFixed(1)} frames/s, ${long.halfRssMb.toFixed(0)} MB at half time, ${long.endRssMb.toFixed(0)} MB at the end`,
  );
report([
  { name: "display-input-latency-p95", value: latencies[Math.floor(latencies.length * 0.95)] ?? Number.NaN, unit: "ms", bar: 50 },
  { name: "display-frame-interval", value: 1000 / of(ours, (used) => used.framesPerSecond), unit: "ms", bar: 1000 / 29 },
  ...memoryMeasures(),
  { name: "display-cpu-over-ink", value: of(ours, (used) => used.cpuShare) / of(ink, (used) => used.cpuShare), unit: "ratio", bar: 0.5 },
]);
