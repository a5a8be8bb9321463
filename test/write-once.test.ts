// Write once, by the winner, judged from outside: what the server received, when, and how often after kill -9.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Entry } from "../src/core/index.ts";
import { chatServer, votableLabels, type ChatReply, type ChatRequest, type ChatServer } from "../src/testing/index.ts";
import { runCli, startCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

const AGENTS = ["m1", "m2", "m3"];
const SERVER = join(import.meta.dirname, "servers/counting-server.mjs");

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

type Moment = { readonly kind: "answer" | "vote" | "present"; readonly request: ChatRequest };

/** Each agent pays its own number once, answers, votes for m2, presents; `seen` hears of every request. */
function payers(seen: (moment: Moment) => void): (request: ChatRequest) => ChatReply {
  return (request) => {
    const n = AGENTS.indexOf(request.model) + 1;
    if (request.tools.includes("vote")) {
      seen({ kind: "vote", request });
      const text = JSON.stringify(request.messages);
      const label = votableLabels(request).find((each) => new RegExp(`label=[^>]{0,3}${each}[^>]{0,3}>[^<]*I pay 2`).test(text));
      return { toolCalls: [{ name: "vote", arguments: { agent_id: label ?? "none", reason: "It is right." } }] };
    }
    if (!request.tools.includes("new_answer")) {
      seen({ kind: "present", request });
      return { text: "Presented." };
    }
    seen({ kind: "answer", request });
    const said = request.messages.filter(({ role }) => role === "tool").length;
    const tool = (name: string): string => request.tools.find((each) => each.endsWith(`__${name}`)) ?? name;
    if (said === 0) return { toolCalls: [{ name: tool("slow_write"), arguments: { n } }] };
    return { toolCalls: [{ name: "new_answer", arguments: { content: `I pay ${n}.` } }] };
  };
}

type Case = { readonly folder: string; readonly calls: string };

function prepare(
  chat: ChatServer,
  more: { readonly entry?: object; readonly orchestrator?: object; readonly agents?: readonly string[] } = {},
): Case {
  const folder = temporaryFolder();
  const calls = join(folder, "calls.jsonl");
  const backend = (model: string): unknown => ({
    type: "chatcompletion",
    model,
    base_url: chat.baseUrl,
    api_key: "test-key-000",
    mcp_servers: { bank: { command: process.execPath, args: [SERVER, calls], ...more.entry } },
  });
  writeConfig(folder, {
    agents: (more.agents ?? AGENTS).map((model) => ({ id: model, backend: backend(model) })),
    orchestrator: { seed: 7, writes: "winner", ...more.orchestrator },
  });
  return { folder, calls };
}

/** Arguments of the payments that reached the server. */
function paid({ calls }: Case): readonly number[] {
  if (!existsSync(calls)) return [];
  return readFileSync(calls, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { method?: string; params?: { name: string; arguments: { n: number } } })
    .filter(({ method, params }) => method === "tools/call" && params?.name === "slow_write")
    .map(({ params }) => params?.arguments.n ?? 0);
}

function logOf({ folder }: Case): readonly Entry[] {
  const base = join(folder, "massgen_logs");
  const [conversation] = existsSync(base) ? readdirSync(base) : [];
  const file = conversation === undefined ? null : join(base, conversation, "question_1", "events.jsonl");
  if (file === null || !existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry);
}

type Result = {
  readonly exitCode: number;
  readonly degraded: readonly string[];
  readonly intents?: readonly { readonly agent: string; readonly fate: string }[];
};
const resultOf = ({ stdout }: CliRun): Result => JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Result;
const ask = ({ folder }: Case, ...more: readonly string[]): Promise<CliRun> =>
  runCli(["--config", "config.json", "--display", "json", ...more, "Pay the bill."], { cwd: folder });

describe("writes: winner", () => {
  test("of three agents that pay, one payment reaches the server: after the last vote that decides, before the presentation (REQ-WRITES-1)", async () => {
    const before: Record<string, Set<number>> = { answer: new Set(), vote: new Set(), present: new Set() };
    let made: Case | null = null;
    let presenting = "";
    server = await chatServer(
      payers(({ kind, request }) => {
        if (made !== null) before[kind]?.add(paid(made).length);
        if (kind === "present") presenting = JSON.stringify(request.messages);
        if (kind === "vote") expect(JSON.stringify(request.messages)).toContain("planned-call");
      }),
    );
    made = prepare(server);
    const ran = await ask(made);
    expect(resultOf(ran)).toMatchObject({ exitCode: 0, degraded: [] });
    expect(paid(made)).toEqual([2]);
    expect([before["answer"], before["present"]]).toEqual([new Set([0]), new Set([1])]);
    expect(presenting).toMatch(/slow_write \(bank\) .{0,30} succeeded: 2/);
    expect(
      resultOf(ran)
        .intents?.map(({ agent, fate }) => `${agent} ${fate}`)
        .toSorted(),
    ).toEqual(["m1 dropped", "m2 done", "m3 dropped"]);
    const shown = await runCli(["show", "last"], { cwd: made.folder });
    expect(shown.stderr).toContain('bank/slow_write {"n":2} was made once: 2');
    const trail = await runCli(["audit", "show", "last"], { cwd: made.folder });
    expect(trail.stdout.match(/intent-started/g)).toHaveLength(1);
    const page = await runCli(["export", "last", "--format", "html"], { cwd: made.folder });
    expect(page.stdout).toContain("Planned calls");
    expect((await runCli(["export", "last"], { cwd: made.folder })).stdout).toContain('| m2 | bank/slow_write | {"n":2} | was made once |');
  });

  test("kill -9 at any entry around the payment never pays twice, and what was not begun is paid on resume (REQ-WRITES-2)", async () => {
    server = await chatServer(payers(() => {}));
    const kinds = ["intent-recorded", "vote-submitted", "intent-started", "intent-executed", "presentation-start"] as const;
    for (const kind of kinds) {
      const made = prepare(server);
      const { child, ended } = startCli(["--config", "config.json", "--display", "json", "Pay the bill."], { cwd: made.folder });
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes(`"type":"${kind}"`)) child.kill("SIGKILL");
      });
      await ended;
      const log = logOf(made);
      const was = {
        started: log.some(({ type }) => type === "intent-started"),
        executed: log.some(({ type }) => type === "intent-executed"),
      };
      const resumed = await runCli(["resume", "--display", "json"], { cwd: made.folder });
      expect(resumed.code, `${kind}\n${resumed.stderr}`).toBe(0);
      const payments = paid(made);
      expect(payments.length, kind).toBeLessThanOrEqual(1);
      if (!was.started || was.executed) expect(payments, kind).toEqual([2]);
      else expect(resultOf(resumed).degraded, kind).toEqual([expect.stringContaining("unknown outcome")]);
    }
  });

  test("reads go out at once, also those the entry names; everyone and single agents write at once (REQ-WRITES-3)", async () => {
    server = await chatServer(payers(() => {}));
    const named = prepare(server, { entry: { read_only_tools: ["slow_write"] } });
    expect(resultOf(await ask(named)).exitCode).toBe(0);
    expect(paid(named).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    const everyone = prepare(server, { entry: { writes: "everyone" } });
    expect(resultOf(await ask(everyone)).intents).toBeUndefined();
    expect(paid(everyone).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    const alone = prepare(server, { agents: ["m2"] });
    expect(resultOf(await ask(alone)).intents).toBeUndefined();
    expect(paid(alone)).toEqual([2]);
  });

  test("a server that works in one agent's folder is never left to the winner: refused in its entry, said for the whole run (REQ-WRITES-4)", async () => {
    server = await chatServer(payers(() => {}));
    const bound = prepare(server, { entry: { args: [SERVER, "calls.jsonl", "."], writes: "winner" } });
    const refused = await ask(bound);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("`writes: winner` cannot hold for the MCP server bank");
    const told = prepare(server, { entry: { args: [SERVER, "calls.jsonl", "."] } });
    const ran = await ask(told);
    expect(ran.stdout).toContain("not left to the winner");
    expect(paid(told).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  });
});
