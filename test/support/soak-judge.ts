// Judges a fault soak from what the servers wrote down themselves, and makes the table people read.
import { readFileSync } from "node:fs";
import { isRunning } from "../../src/mcp/broker.test-support.ts";
import type { CallNote, SoakRun } from "./soak.ts";

export type SoakVerdict = {
  readonly calls: number;
  readonly faults: number;
  /** Calls that came back neither with a result nor with an error. */
  readonly lost: readonly string[];
  /** Writes that were carried out more than once. */
  readonly repeated: readonly string[];
  /** Answered "ok" and not carried out, or with another call's answer. */
  readonly untrue: readonly string[];
  /** Told as not sent, and carried out all the same. */
  readonly denied: readonly string[];
  /** Calls of the healthy neighbour that brought no result. */
  readonly neighbour: readonly string[];
  /** Processes that were started and are still there. */
  readonly left: readonly number[];
  readonly table: string;
};

/** After these a call that may write must not have happened; everything else either happened or is told as unknown. */
const NOTHING_HAPPENED: ReadonlySet<string> = new Set([
  "server-gone",
  "breaker-open",
  "denied",
  "invalid-input",
  "unknown-tool",
  "timeout",
  "cancelled",
]);

type Line = { readonly pid?: number; readonly id?: string; readonly tool?: string; readonly started?: true };

export function judgeSoak(run: SoakRun): SoakVerdict {
  const lines = linesOf<CallNote & { readonly outside?: string }>(run.notes);
  const notes = lines.filter(({ outside }) => outside === undefined);
  const serverLines = [...run.logs.values()].flatMap((file) => linesOf<Line>(file));
  const done = countBy(serverLines.flatMap(({ id, tool }) => (id === undefined ? [] : [`${tool ?? ""} ${id}`])));
  const times = ({ tool, id }: CallNote): number => done.get(`${tool} ${id}`) ?? 0;
  const ids = (wanted: (note: CallNote) => boolean): readonly string[] =>
    notes.filter(wanted).map(({ id, server, tool, fault, outcome }) => `${id} ${server}.${tool} fault ${fault}: ${outcome}`);
  const pids = new Set(serverLines.flatMap(({ pid }) => (pid === undefined ? [] : [pid])));
  const faults = countBy([
    ...lines.flatMap(({ outside }) => outside ?? []),
    ...notes.flatMap(({ fault }) => (fault === "none" ? [] : [fault])),
  ]);
  const left = [...pids].filter(isRunning);
  return {
    calls: notes.length,
    faults: [...faults.values()].reduce((sum, count) => sum + count, 0),
    lost: ids(({ outcome }) => outcome === "LOST"),
    repeated: ids((note) => note.tool === "write" && times(note) > 1),
    untrue: ids((note) => note.outcome === "ok" && (!note.own || times(note) === 0)),
    denied: ids((note) => note.tool === "write" && NOTHING_HAPPENED.has(note.outcome) && times(note) > 0),
    neighbour: ids(({ server, outcome }) => server === "good" && outcome !== "ok"),
    left,
    table: tableOf(run, { notes, faults, processes: pids.size, left: left.length, twice: notes.filter((note) => times(note) > 1).length }),
  };
}

type Counted = {
  readonly notes: readonly CallNote[];
  readonly faults: ReadonlyMap<string, number>;
  readonly processes: number;
  readonly left: number;
  readonly twice: number;
};

function tableOf(run: SoakRun, { notes, faults, processes, left, twice }: Counted): string {
  const { memory, servers, breakers, fds, lag } = run;
  const neighbour = notes.flatMap(({ server, ms }) => (server === "good" ? [ms] : [])).toSorted((a, b) => a - b);
  const at = (share: number): string => (neighbour[Math.floor(neighbour.length * share)] ?? 0).toFixed(1);
  const outcomes = (tool: CallNote["tool"]): string => words(countBy(notes.flatMap((note) => (note.tool === tool ? [note.outcome] : []))));
  const names = [...new Set(servers.map(({ server }) => server))];
  const sum = (name: string, key: "starts" | "losses"): number =>
    servers.reduce((total, row) => (row.server === name ? total + row[key] : total), 0);
  return [
    `  faults          ${words(faults)}`,
    `  calls           ${notes.length}: ${words(countBy(notes.map(({ server }) => server)))}`,
    `  reads           ${outcomes("read")}`,
    `  writes          ${outcomes("write")}`,
    `  carried out >1  ${twice} (reads that were asked again after a lost connection)`,
    ...names.map((name) => {
      const state = (key: string): number => breakers.get(`${name} ${key}`) ?? 0;
      return `  ${name.padEnd(15)} started ${sum(name, "starts")}, lost ${sum(name, "losses")}; breaker opened ${state("open")}, probed ${state("half-open")}, closed ${state("closed")}`;
    }),
    `  neighbour       p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.999_999)} ms`,
    `  loop held up    p50 ${lag.p50.toFixed(0)} ms, p99 ${lag.p99.toFixed(0)} ms, longest ${lag.max.toFixed(0)} ms`,
    ...memoryLines(memory),
    `  open files      ${fds[0]} before, ${fds[1]} after`,
    `  processes       ${processes} started, ${left} left`,
  ].join("\n");
}

function memoryLines({ course, samples, perMinute }: SoakRun["memory"]): readonly string[] {
  const line = (key: keyof typeof perMinute | "rss"): string => course.map((sample) => sample[key].toFixed(0)).join(" ");
  const grew = (key: keyof typeof perMinute): string => `${line(key)} (${perMinute[key].toFixed(2)} a minute once warm)`;
  return [
    `  over time       ${samples} samples, memory in MB`,
    `    heap          ${grew("heap")}`,
    `    buffers       ${grew("buffers")}`,
    `    native        ${grew("native")}`,
    `    files         ${grew("files")}`,
    `    resident      ${line("rss")}`,
  ];
}

function countBy(items: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

const words = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(" · ");

function linesOf<Row>(file: string): readonly Row[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
