// What a council costs beside a bare script that sends the same requests to the same zero-latency server, alternating; and how it grows with the team.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chatServer, councilScript, type ChatRequest } from "../src/testing/index.ts";
import { measured, type Used } from "./support/measured-process.ts";
import { median, report } from "./support/report.ts";

const ROUNDS = 7;
const root = join(import.meta.dirname, "..");
const cli = join(root, "dist/cli.js");
const folder = mkdtempSync(join(tmpdir(), "massgen-bench-council-"));
/** One home for all councils: what the program keeps between runs is there from the second on, as for everybody who uses it. */
const home = mkdtempSync(join(tmpdir(), "massgen-bench-home-"));
const text = "x".repeat(190);
const server = await chatServer(councilScript({ answer: (_request, n) => `${text} ${n}` }));

function config(agents: number): string {
  const path = join(folder, `council-${agents}.json`);
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key" };
  writeFileSync(path, JSON.stringify({ agents: Array.from({ length: agents }, (_, index) => ({ id: `a${index + 1}`, backend })) }));
  return path;
}

async function council(agents: number): Promise<Used> {
  const used = await measured([cli, "--config", config(agents), "--display", "simple", "Which one?"], { cwd: folder, env: { HOME: home } });
  if (used.code !== 0) throw new Error(`The council failed (${used.code}): ${used.stderr}`);
  return used;
}

const kind = ({ tools }: ChatRequest): number => (tools.includes("vote") ? 1 : tools.includes("new_answer") ? 0 : 2);

/** Records what three agents really sent and hands it to the bare script: first answers, votes, presentation. */
async function recordRequests(): Promise<string> {
  const before = server.requests.length;
  await council(3);
  const sent = server.requests.slice(before);
  const waves = [0, 1, 2].map((wave) => sent.filter((request) => kind(request) === wave).map(({ body }) => JSON.stringify(body)));
  const file = join(folder, "requests.json");
  writeFileSync(file, JSON.stringify({ url: `${server.baseUrl}/chat/completions`, waves }));
  return file;
}

async function alternate(requests: string): Promise<{ ours: Used[]; bare: Used[] }> {
  const ours: Used[] = [];
  const bare: Used[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await measured([join(root, "bench/support/same-requests.mjs"), requests], { cwd: folder }));
    ours.push(await council(3));
  }
  return { ours, bare };
}

async function cpuOf(agents: number): Promise<number> {
  const runs: number[] = [];
  for (let round = 0; round < 3; round += 1) runs.push((await council(agents)).cpuMs);
  return Math.min(...runs);
}

try {
  const { ours, bare } = await alternate(await recordRequests());
  const line = (name: string, runs: readonly Used[]): string =>
    `${name}: wall ${median(runs.map(({ wallMs }) => wallMs)).toFixed(0)} ms, CPU ${median(runs.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms, peak RSS ${median(runs.map(({ peakRssMb }) => peakRssMb)).toFixed(0)} MB`;
  console.log(line("bare script", bare));
  console.log(line("council of 3", ours));
  const [one, ten, hundred] = [await cpuOf(1), await cpuOf(10), await cpuOf(100)];
  console.log(`CPU for 1 / 10 / 100 agents: ${one.toFixed(0)} / ${ten.toFixed(0)} / ${hundred.toFixed(0)} ms`);
  const ratios = ours.map(({ cpuMs }, index) => cpuMs / (bare[index]?.cpuMs ?? Number.NaN));
  report([
    { name: "coordination-rss", value: Math.max(...ours.map(({ peakRssMb }) => peakRssMb)), unit: "MB", bar: 130 },
    { name: "coordination-growth", value: (hundred - one) / 99 / ((ten - one) / 9), unit: "x", bar: 1.5 },
    { name: "coordination-cpu", value: median(ratios), unit: "x", bar: 1.7 },
  ]);
} finally {
  await server.close();
  for (const made of [folder, home]) rmSync(made, { recursive: true, force: true });
}
