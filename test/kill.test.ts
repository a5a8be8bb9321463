// kill -9 at random points of a council of four with tools, each followed by `massgen resume`: nothing finished is lost or paid for twice,
// no call that may have an effect is made twice, and the winner is the one the votes give.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatServer, votableLabels, type ChatReply, type ChatRequest, type ChatServer } from "../src/testing/index.ts";
import type { Entry } from "../src/core/index.ts";
import { runCli, startCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

const POINTS = Number(process.env["MASSGEN_KILLS"] ?? (process.env["MASSGEN_LONG"] === undefined ? 25 : 200));
const SEED = Number(process.env["MASSGEN_SEED"] ?? Date.now() % 1_000_000_007);
const AGENTS = ["m1", "m2", "m3", "m4"];
const PRELOADED = pathToFileURL(join(import.meta.dirname, "support/kill-at-entry.mjs")).href;
const SERVER = join(import.meta.dirname, "servers/counting-server.mjs");

let server: ChatServer | null = null;
beforeAll(async () => void (server = await chatServer(thinkSlowly)));
afterAll(async () => server?.close());

/** A model that depends on nothing but what it is sent; ids of calls hold the number of the request. */
function think(request: ChatRequest): ChatReply {
  const n = AGENTS.indexOf(request.model) + 1;
  if (request.tools.includes("vote")) {
    const text = JSON.stringify(request.messages);
    const label = votableLabels(request).find((each) => new RegExp(`label=[^>]{0,3}${each}[^>]{0,3}>[^<]*Answer of m2`).test(text));
    return { toolCalls: [{ name: "vote", arguments: { agent_id: label ?? "none", reason: "It is right." } }] };
  }
  if (!request.tools.includes("new_answer")) return { text: `Presented ${request.number}.`, pieces: 4 };
  if (request.messages.some(({ role }) => role === "tool"))
    return { text: `Seen ${request.number}.`, toolCalls: [{ name: "new_answer", arguments: { content: `Answer of ${request.model}` } }] };
  const tool = (name: string): string => request.tools.find((each) => each.endsWith(`__${name}`)) ?? name;
  return {
    text: "Looking.",
    reasoning: "Let me see.",
    toolCalls: [
      { name: tool("read"), arguments: { n } },
      { name: tool("slow_write"), arguments: { n: n + 10 } },
      { name: tool("write"), arguments: { n: n + 100 } },
    ],
  };
}

/** Replies come apart and in pieces, so that there are moments between the entries of a log. */
async function thinkSlowly(request: ChatRequest): Promise<ChatReply> {
  const ms = AGENTS.indexOf(request.model) * 12;
  await sleep(ms);
  return { ...think(request), hold: () => sleep(8 + ms) };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Case = { readonly folder: string; readonly calls: string };

function prepare(): Case {
  const folder = temporaryFolder();
  const calls = join(folder, "calls.jsonl");
  const backend = (model: string): unknown => ({
    type: "chatcompletion",
    model,
    base_url: server?.baseUrl,
    api_key: "test-key-000",
    mcp_servers: { counter: { command: process.execPath, args: [SERVER, calls] } },
  });
  writeConfig(folder, { agents: AGENTS.map((model) => ({ id: model, backend: backend(model) })), orchestrator: { seed: 7 } });
  return { folder, calls };
}

function logOf({ folder }: Case): readonly Entry[] {
  const base = join(folder, "massgen_logs");
  const [conversation] = existsSync(base) ? readdirSync(base) : [];
  if (conversation === undefined) return [];
  const file = join(base, conversation, "question_1", "events.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** Unsafe calls that reached a server, by their argument. */
function writes({ calls }: Case): readonly number[] {
  if (!existsSync(calls)) return [];
  const entries = readFileSync(calls, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { method?: string; params?: { name: string; arguments: { n: number } } });
  return entries
    .filter(({ method, params }) => method === "tools/call" && params?.name.includes("write"))
    .map(({ params }) => params?.arguments.n ?? 0);
}

/** Where a run is killed: when it has told so many entries, from outside; or in the middle of a write, behind the n-th entry of a kind. */
type Point = { readonly told: number } | { readonly kind: Entry["type"]; readonly nth: number };
const nameOf = (point: Point): string => ("told" in point ? `${point.told} entries told` : `${point.kind} number ${point.nth}`);

async function killAt(made: Case, point: Point): Promise<void> {
  const env = "told" in point ? {} : { NODE_OPTIONS: `--import=${PRELOADED}`, MASSGEN_TEST_KILL_AT: `${point.kind}:${point.nth}` };
  const { child, ended } = startCli(["--config", "config.json", "--display", "json", "Which one?"], { cwd: made.folder, env });
  let told = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString().split("\n").length - 1;
    if ("told" in point && told >= point.told) child.kill("SIGKILL");
  });
  await ended;
}

const bodyOf = (request: ChatRequest | undefined): string => JSON.stringify([request?.model, request?.messages, request?.tools]);

/** Numbers of the requests whose responses are in the log as finished steps. */
function finishedRequests(log: readonly Entry[]): readonly number[] {
  return log.flatMap((entry) => {
    if (entry.type !== "model-step" || entry.finish === "interrupted" || entry.finish === "error") return [];
    const number = /call_(\d+)_|Presented (\d+)\./.exec(JSON.stringify(entry.parts));
    return [Number(number?.[1] ?? number?.[2])];
  });
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 12)) >>> 0) % below;
  };
}

/** Kinds of entries a run can be killed behind. */
const kindsOf = (log: readonly Entry[]): readonly Entry["type"][] =>
  [...new Set(log.map(({ type }) => type))].filter((type) => type !== "run-end");

/** Every other point at random from outside; those between spread over the kinds, so that every kind is the last one before a kill now and then. */
function pointsIn(log: readonly Entry[], random: (below: number) => number): readonly Point[] {
  const kinds = kindsOf(log);
  const first = random(kinds.length);
  return Array.from({ length: POINTS }, (_, index): Point => {
    if (index % 2 === 0) return { told: 1 + random(log.length - 1) };
    const kind = kinds[(first + (index - 1) / 2) % kinds.length] ?? "run-start";
    return { kind, nth: 1 + random(log.filter(({ type }) => type === kind).length) };
  });
}

describe("a run that is killed", () => {
  test(`loses nothing, repeats nothing and ends with the same winner, at ${POINTS} points (seed ${SEED}) (REQ-RUN-1)`, async () => {
    const whole = prepare();
    const reference = await runCli(["--config", "config.json", "--display", "json", "Which one?"], { cwd: whole.folder });
    expect(JSON.parse(reference.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ exitCode: 0, winner: { id: "m2" } });
    expect(writes(whole).toSorted((a, b) => a - b)).toEqual([11, 12, 13, 14, 101, 102, 103, 104]);
    const histogram = new Map<string, number>();
    const sums = { kills: 0, answers: 0, votes: 0, finished: 0, unknown: 0 };
    for (const point of pointsIn(logOf(whole), randomFrom(SEED))) {
      const made = prepare();
      await killAt(made, point);
      const before = logOf(made);
      const sent = server?.requests.length ?? 0;
      const last = before.at(-1)?.type ?? "nothing";
      histogram.set(last, (histogram.get(last) ?? 0) + 1);
      if (before.length === 0) continue;
      const resumed = await runCli(["resume", "--display", "json"], { cwd: made.folder });
      const after = logOf(made);
      const where = `killed at ${nameOf(point)}, last ${last}`;
      expect(resumed.code, `${where}\n${resumed.stderr}`).toBe(0);
      expect(after.slice(0, before.length), where).toEqual(before);
      const result = JSON.parse(resumed.stdout.trimEnd().split("\n").at(-1) ?? "") as {
        winner: { id: string };
        answers: { answer: string }[];
      };
      expect(result.winner.id, where).toBe("m2");
      const answers = before.filter((entry) => entry.type === "answer-submitted");
      for (const { answer } of answers)
        expect(
          result.answers.map((each) => each.answer),
          where,
        ).toContain(answer);
      const finished = finishedRequests(before);
      const paid = new Set(finished.map((number) => bodyOf(server?.requests[number - 1])));
      const again = (server?.requests.slice(sent) ?? []).filter((request) => paid.has(bodyOf(request)));
      expect(
        again.map(({ number }) => number),
        where,
      ).toEqual([]);
      expect(writes(made).length, where).toBe(new Set(writes(made)).size);
      const votes = before.filter((entry) => entry.type === "vote-submitted");
      for (const vote of votes)
        expect(
          after.filter((entry) => entry.type === "vote-submitted" && entry.agent === vote.agent),
          where,
        ).toHaveLength(1);
      sums.kills += 1;
      sums.answers += answers.length;
      sums.votes += votes.length;
      sums.finished += finished.length;
      sums.unknown += after.filter((entry) => entry.type === "tool-result" && entry.code === "outcome-unknown").length;
    }
    const kinds = [...histogram].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, times]) => `${kind} ${times}`);
    console.log(`${JSON.stringify(sums)}; last entry before the kill: ${kinds.join(", ")}`);
    expect(sums.kills).toBeGreaterThan(POINTS / 2);
    const kindsOfRun = kindsOf(logOf(whole));
    const enough = Math.min(3, Math.floor(POINTS / 2 / kindsOfRun.length));
    for (const kind of kindsOfRun) expect([kind, (histogram.get(kind) ?? 0) >= enough]).toEqual([kind, true]);
  }, 1_200_000);
});
