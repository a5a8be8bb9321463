// The full screen under load against the same screen in Ink, alternating: processor time, frames, memory, and how soon a key shows.
// `MASSGEN_LONG=1` runs ours for ten minutes to see memory stay flat.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { median, report } from "./support/report.ts";

const LONG = process.env["MASSGEN_LONG"] === "1";
const SECONDS = 8;
const ROUNDS = 3;
const FRAME = "\u001B[?2026h";

type Used = { readonly cpuShare: number; readonly sent: number; readonly halfRssMb: number; readonly endRssMb: number };
type Run = Used & { readonly framesPerSecond: number; readonly latenciesMs: readonly number[] };

/** Ink draws nothing but its last frame where it believes itself in CI. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CI|CONTINUOUS_INTEGRATION)$|^CI_/.test(name)));

async function run(file: string, seconds: number): Promise<Run> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "support", file), String(seconds)], {
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
  return { ...used, framesPerSecond: frames / seconds, latenciesMs };
}

const ours: Run[] = [];
const ink: Run[] = [];
for (let round = 0; round < ROUNDS; round++) {
  ours.push(await run("display-ours.ts", SECONDS));
  ink.push(await run("display-ink.mjs", SECONDS));
}
const of = (runs: readonly Run[], value: (run: Run) => number): number => median(runs.map(value));
for (const [name, runs] of [
  ["ours", ours],
  ["ink", ink],
] as const) {
  console.log(
    `${name}: ${(100 * of(runs, (used) => used.cpuShare)).toFixed(1)} % of a core, ${of(runs, (used) => used.framesPerSecond).toFixed(1)} frames/s, ${of(runs, (used) => used.endRssMb).toFixed(0)} MB`,
  );
}
const latencies = ours.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b);
const long = LONG ? await run("display-ours.ts", 600) : (ours[0] ?? null);
report([
  { name: "display-input-latency-p95", value: latencies[Math.floor(latencies.length * 0.95)] ?? Number.NaN, unit: "ms", bar: 50 },
  { name: "display-frame-interval", value: 1000 / of(ours, (used) => used.framesPerSecond), unit: "ms", bar: 1000 / 29 },
  { name: "display-memory-growth", value: long === null ? Number.NaN : long.endRssMb - long.halfRssMb, unit: "MB", bar: LONG ? 15 : 40 },
  { name: "display-cpu-over-ink", value: of(ours, (used) => used.cpuShare) / of(ink, (used) => used.cpuShare), unit: "ratio", bar: 0.5 },
]);
