// Processor time per streamed chunk of the whole path (provider, loop, events, log on disk) beside bare `doStream`, alternating in one process.
// How a process happens to compile and lay out the same code moves such figures by a tenth, so several processes measure and the middle ratio counts.
// What a run costs whatever it streams (its log's files, its first and last events) is taken out by a second, short stream and printed by itself.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { parseConfigText } from "../src/config/index.ts";
import { createIo } from "../src/io/index.ts";
import { openSession, type OpenedSession } from "../src/session/index.ts";
import { report, type Measure } from "./support/report.ts";
import { textOf } from "./support/stream-words.ts";

const LONG = 2000;
const SHORT = 20;
const ROUNDS = 12;
const PROCESSES = 5;
const STREAMS = [1, 4, 16];
const BAR = 1.3;
const QUESTION = "Tell me a long story.";

type Wire = { readonly type: string; readonly path: string; readonly model: (baseURL: string, id: string) => LanguageModelV4 };
const WIRES: readonly Wire[] = [
  { type: "gemini", path: "/v1beta", model: (baseURL, id) => createGoogle({ baseURL, apiKey: "test-key" })(id) },
  {
    type: "chatcompletion",
    path: "/v1",
    model: (baseURL, id) => createOpenAICompatible({ name: "bench", baseURL, apiKey: "test-key" })(id),
  },
];

/** One way to stream `chunks` chunks; gives the text that came. */
type Arm = (chunks: number, stream: number) => Promise<string>;

function bareArm(wire: Wire, baseUrl: string): Arm {
  const models = new Map([LONG, SHORT].map((chunks) => [chunks, wire.model(baseUrl, `chunks-${chunks}`)]));
  return async (chunks) => {
    const { stream } = await (models.get(chunks) as LanguageModelV4).doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: QUESTION }] }],
    });
    let text = "";
    for await (const part of stream) if (part.type === "text-delta") text += part.delta;
    return text;
  };
}

async function openSessions(
  wire: Wire,
  baseUrl: string,
  { chunks, count }: { readonly chunks: number; readonly count: number },
): Promise<readonly OpenedSession[]> {
  const backend = { type: wire.type, model: `chunks-${chunks}`, base_url: baseUrl, api_key: "test-key" };
  const { config, problems } = await parseConfigText(
    JSON.stringify({ agents: [{ id: "a", backend }], ui: { use_orchestrator_for_single_agent: false } }),
    null,
    { env: {} },
  );
  if (config === null) throw new Error(JSON.stringify(problems));
  const open = (): Promise<OpenedSession> =>
    openSession(config, { io: createIo(), logs: true, logRoot: mkdtempSync(join(folder, "logs-")), strict: false, yes: false });
  return Promise.all(Array.from({ length: count }, open));
}

/** A question answered in plain chat: run, turn, loop, events, and the log on disk. */
function wholeArm(sessions: ReadonlyMap<number, readonly OpenedSession[]>): Arm {
  return async (chunks, stream) => {
    let text = "";
    const asked = sessions.get(chunks)?.[stream]?.ask(QUESTION, [], (item) => {
      if (item.kind === "delta" && item.delta.type === "text-delta") text += item.delta.delta;
    });
    const result = await asked?.result;
    if (result?.exitCode !== 0) throw new Error(`the run ended with ${result?.exitCode}`);
    return text;
  };
}

/** Microseconds of processor time per stream. */
async function measure(arm: Arm, streams: number, chunks: number): Promise<number> {
  const before = process.cpuUsage();
  const texts = await Promise.all(Array.from({ length: streams }, (_, stream) => arm(chunks, stream)));
  const { user, system } = process.cpuUsage(before);
  // Pieces that arrive together are handed on together, so it is the text that must be whole.
  const whole = textOf(chunks);
  if (texts.some((text) => text !== whole))
    throw new Error(`a text of ${chunks} chunks came with ${texts.map(({ length }) => length).join(", ")} characters`);
  return (user + system) / streams;
}

type Figures = { perChunk: number; fixed: number };

/** The least of many alternating rounds: other programs on the machine can only add to a figure. */
async function compare(arms: Readonly<Record<"bare" | "whole", Arm>>, streams: number): Promise<Compared> {
  const best = {
    bare: { long: Number.POSITIVE_INFINITY, short: Number.POSITIVE_INFINITY },
    whole: { long: Number.POSITIVE_INFINITY, short: Number.POSITIVE_INFINITY },
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ["bare", "whole"] as const) {
      best[name].long = Math.min(best[name].long, await measure(arms[name], streams, LONG));
      best[name].short = Math.min(best[name].short, await measure(arms[name], streams, SHORT));
    }
  }
  const figures = ({ long, short }: { long: number; short: number }): Figures => {
    const perChunk = (long - short) / (LONG - SHORT);
    return { perChunk, fixed: short - SHORT * perChunk };
  };
  return { bare: figures(best.bare), whole: figures(best.whole) };
}

type Compared = Readonly<Record<"bare" | "whole", Figures>>;

/** What one process finds: `stream.bench.ts --measure WIRE STREAMS ADDRESS` prints it. */
async function measureHere([type, streams, address]: readonly string[]): Promise<void> {
  const wire = WIRES.find((one) => one.type === type);
  if (wire === undefined) throw new Error(`no wire ${type}`);
  const baseUrl = address + wire.path;
  const sessions = new Map([
    [LONG, await openSessions(wire, baseUrl, { chunks: LONG, count: Number(streams) })],
    [SHORT, await openSessions(wire, baseUrl, { chunks: SHORT, count: Number(streams) })],
  ]);
  const compared = await compare({ bare: bareArm(wire, baseUrl), whole: wholeArm(sessions) }, Number(streams));
  await Promise.all([...sessions.values()].flat().map((session) => session.close()));
  console.log(JSON.stringify(compared));
}

const ratioOf = ({ bare, whole }: Compared): number => whole.perChunk / bare.perChunk;

/** The middle one of several processes. */
function measureApart(wire: Wire, streams: number, address: string): Compared {
  const found = Array.from({ length: PROCESSES }, () => {
    const { stdout, status } = spawnSync(process.execPath, [import.meta.filename, "--measure", wire.type, String(streams), address], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`a process that measured ended with ${status}`);
    return JSON.parse(stdout.toString()) as Compared;
  });
  return found.toSorted((a, b) => ratioOf(a) - ratioOf(b))[Math.floor(PROCESSES / 2)] as Compared;
}

async function main(): Promise<void> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "support/stream-server.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const measures: Measure[] = [];
    for (const wire of WIRES) {
      for (const streams of STREAMS) {
        const compared = measureApart(wire, streams, line.toString().trim());
        const text = ({ perChunk, fixed }: Figures): string =>
          `${perChunk.toFixed(1)} us per chunk and ${(fixed / 1000).toFixed(1)} ms per stream`;
        console.log(`${wire.type}, ${streams} streams: bare ${text(compared.bare)}; whole path ${text(compared.whole)}`);
        measures.push({ name: `stream-${wire.type}-${streams}`, value: ratioOf(compared), unit: "x", bar: BAR });
      }
    }
    report([...measures, { name: "stream", value: Math.max(...measures.map(({ value }) => value)), unit: "x", bar: BAR }]);
  } finally {
    server.kill();
  }
}

const folder = mkdtempSync(join(tmpdir(), "massgen-bench-stream-"));
try {
  await (process.argv[2] === "--measure" ? measureHere(process.argv.slice(3)) : main());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
