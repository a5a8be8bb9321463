// Ctrl-C at many moments of a council whose server does not want to leave: the program ends soon, says everything in its log, and leaves no process; a second one ends it at once.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entry } from "../src/core/index.ts";
import { isRunning } from "../src/mcp/broker.test-support.ts";
import { chatServer, votableLabels, type ChatReply, type ChatRequest, type ChatServer } from "../src/testing/index.ts";
import { startCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

const MOMENTS = process.env["MASSGEN_LONG"] === "1" ? 100 : 8;
const SEED = Number(process.env["MASSGEN_SEED"] ?? Date.now() % 1_000);
const SERVER = join(import.meta.dirname, "servers/misbehaving-server.mjs");
/** The promise is three seconds; a busy machine may need a few times that. */
const LIMIT_MS = 15_000;

let server: ChatServer | null = null;
beforeAll(async () => void (server = await chatServer(think)));
afterAll(async () => server?.close());

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls the server, answers, votes, presents; in pieces, so that there are moments between the entries. */
async function think(request: ChatRequest): Promise<ChatReply> {
  const reply = ((): ChatReply => {
    if (request.tools.includes("vote"))
      return { toolCalls: [{ name: "vote", arguments: { agent_id: votableLabels(request)[0] ?? "none", reason: "r" } }] };
    if (!request.tools.includes("new_answer")) return { text: "Presented.", pieces: 4 };
    const tool = request.tools.find((name) => name.startsWith("mcp__"));
    if (tool === undefined || request.messages.some(({ role }) => role === "tool"))
      return { text: "Well.", toolCalls: [{ name: "new_answer", arguments: { content: `Answer of ${request.model}` } }] };
    return { text: "Looking.", reasoning: "Hm.", toolCalls: [{ name: tool, arguments: {} }] };
  })();
  await sleep(15);
  return { ...reply, hold: () => sleep(15) };
}

type Place = { readonly folder: string; readonly serverLog: string };

function place(): Place {
  const folder = temporaryFolder();
  const serverLog = join(folder, "server.jsonl");
  const stubborn = { command: process.execPath, args: [SERVER, `--log=${serverLog}`, "--ignore-term", "--ignore-eof"] };
  const backend = (model: string): object => ({
    type: "chatcompletion",
    model,
    base_url: server?.baseUrl,
    api_key: "test-key-000",
    mcp_servers: { stubborn },
  });
  writeConfig(folder, { agents: ["m1", "m2", "m3"].map((id) => ({ id, backend: backend(id) })) });
  return { folder, serverLog };
}

function logOf(folder: string): readonly Entry[] {
  const base = join(folder, "massgen_logs");
  const [conversation] = existsSync(base) ? readdirSync(base) : [];
  const file = join(base, conversation ?? "none", "question_1", "events.jsonl");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Entry);
}

type Ended = CliRun & { readonly tookMs: number };

/** Sends SIGINT, `times` times, when so many entries were told. */
async function interruptAt({ folder }: Place, told: number, times = 1): Promise<Ended> {
  const { child, ended } = startCli(["--config", "config.json", "--display", "json", "Which one?"], { cwd: folder });
  let lines = 0;
  let at = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    lines += chunk.toString().split("\n").length - 1;
    if (at !== 0 || lines < told) return;
    at = performance.now();
    for (let sent = 0; sent < times; sent += 1) setTimeout(() => child.kill("SIGINT"), sent * 50);
  });
  const run = await ended;
  return { ...run, tookMs: at === 0 ? 0 : performance.now() - at };
}

/** Every process id the servers wrote down. */
const pidsIn = (serverLog: string): readonly number[] =>
  existsSync(serverLog) ? [...new Set(Array.from(readFileSync(serverLog, "utf8").matchAll(/"pid":(\d+)/g), ([, pid]) => Number(pid)))] : [];

const openTurns = (log: readonly Entry[]): readonly string[] => {
  const ended = new Set(log.flatMap((entry) => (entry.type === "turn-end" ? [entry.turn] : [])));
  return log.flatMap((entry) => (entry.type === "turn-start" && !ended.has(entry.turn) ? [entry.turn] : []));
};
const openCalls = (log: readonly Entry[]): readonly string[] => {
  const done = new Set(log.flatMap((entry) => (entry.type === "tool-result" ? [entry.call] : [])));
  return log.flatMap((entry) => (entry.type === "tool-call" && !done.has(entry.call) ? [entry.call] : []));
};

describe.skipIf(process.platform === "win32")("Ctrl-C (REQ-WHOLE-12)", () => {
  test(
    `at ${MOMENTS} moments: it ends soon, its log is complete, no process is left (MASSGEN_SEED=${SEED})`,
    { timeout: 3_600_000 },
    async () => {
      const whole = place();
      const reference = await interruptAt(whole, Number.POSITIVE_INFINITY);
      expect(reference.code, reference.stderr).toBe(0);
      const length = logOf(whole.folder).length;
      const took: number[] = [];
      for (let moment = 0; moment < MOMENTS; moment += 1) {
        const made = place();
        const told = 1 + ((SEED + Math.floor((moment * length) / MOMENTS)) % (length - 1));
        const run = await interruptAt(made, told);
        const log = logOf(made.folder);
        const where = `after ${told} of ${length} entries`;
        expect([130, 0], `${where}\n${run.stderr}`).toContain(run.code);
        expect(log.at(-1)?.type, where).toBe("run-end");
        expect([openTurns(log), openCalls(log)], where).toEqual([[], []]);
        expect(pidsIn(made.serverLog).filter(isRunning), where).toEqual([]);
        expect(run.tookMs, where).toBeLessThan(LIMIT_MS);
        took.push(run.tookMs);
      }
      console.log(
        `Ctrl-C: ended after ${Math.round(Math.max(...took))} ms at most, ${Math.round(took.reduce((a, b) => a + b, 0) / took.length)} ms on average`,
      );
    },
  );

  test("twice ends the program at once, and its servers with it", async () => {
    const made = place();
    const run = await interruptAt(made, 8, 2);
    expect([run.code, run.tookMs < LIMIT_MS]).toEqual([130, true]);
    // The kernel may still be taking them down; one that was left behind would stay.
    const left = (): readonly number[] => pidsIn(made.serverLog).filter(isRunning);
    for (let waited = 0; left().length > 0 && waited < LIMIT_MS; waited += 20) await sleep(20);
    expect(left()).toEqual([]);
    const resumed = startCli(["resume"], { cwd: made.folder });
    const again = await resumed.ended;
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: "Presented.\n" });
  });
});
