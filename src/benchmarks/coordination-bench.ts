// `massgen bench coordination`: what coordinating costs, team by team, on scripted models without any latency.
import type { Io } from "../io/index.ts";
import { chatServer, councilScript } from "../testing/index.ts";
import type { BenchReport, Column, Figure, Progress } from "./contract.ts";
import { conditionsOf } from "./conditions.ts";
import { quantile } from "./statistics.ts";
import { timedRun, type TimedRun } from "./timed-run.ts";

export type CoordinationBenchOptions = {
  /** Sizes of the teams. */
  readonly agents: readonly number[];
  /** Runs per team; medians are reported. */
  readonly rounds: number;
};

const COLUMNS: readonly Column[] = [
  { key: "requests", title: "requests", unit: "" },
  { key: "answers", title: "answers", unit: "" },
  { key: "votes", title: "votes", unit: "" },
  { key: "wasted", title: "votes thrown away", unit: "" },
  { key: "wall", title: "whole run", unit: "ms" },
  { key: "cpu", title: "CPU", unit: "ms" },
  { key: "cpuPerAgent", title: "CPU per agent", unit: "ms" },
  { key: "memory", title: "peak memory", unit: "MB" },
];

const NOTES = [
  "The models are scripted on this machine and answer at once: the figures are what coordinating costs, not how good an answer is.",
  "With N agents a council asks at most N times for answers, N times for votes and once for the presentation; an early decision needs fewer votes.",
  "CPU and memory are those of this process, the scripted models in it included.",
];

export async function benchCoordination({ agents, rounds }: CoordinationBenchOptions, io: Io, progress: Progress): Promise<BenchReport> {
  const rows = [];
  await council(3, io); // Loads and compiles what the first measured team would pay for.
  for (const size of agents) {
    progress(`${size} ${size === 1 ? "agent" : "agents"} …`);
    const runs: TimedRun[] = [];
    for (let round = 0; round < rounds; round += 1) runs.push(await council(size, io));
    rows.push({ name: `${size} ${size === 1 ? "agent" : "agents"}`, figures: figuresOf(runs, size) });
  }
  return {
    type: "bench-report",
    bench: "coordination",
    title: "What coordinating costs",
    mode: "scripted",
    notes: NOTES,
    columns: COLUMNS,
    rows,
    plots: ["requests", "wall", "cpuPerAgent"],
    conditions: { ...conditionsOf(io), rounds },
  };
}

async function council(size: number, io: Io): Promise<TimedRun> {
  await using server = await chatServer(councilScript());
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "scripted" };
  const agents = Array.from({ length: size }, (_, index) => ({ id: `agent-${index + 1}`, backend }));
  return await timedRun({ config: { agents }, question: "Which one?" }, io);
}

function figuresOf(runs: readonly TimedRun[], size: number): Readonly<Record<string, Figure>> {
  const median = (value: (run: TimedRun) => number): number | null => quantile(runs.map(value), 0.5);
  const events = (run: TimedRun, type: string): number => run.entries.filter(({ entry }) => entry.type === type).length;
  const cpu = median(({ cpuMs }) => cpuMs);
  return {
    requests: median((run) => events(run, "model-step")),
    answers: median((run) => events(run, "answer-submitted")),
    votes: median((run) => events(run, "vote-submitted")),
    wasted: median((run) => events(run, "vote-submitted") - run.result.votes.length),
    wall: median(({ wallMs }) => wallMs),
    cpu,
    cpuPerAgent: cpu === null ? null : cpu / size,
    memory: median(({ peakRssMb }) => peakRssMb),
  };
}
