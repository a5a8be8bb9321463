// Every exit code the program promises (docs/contracts.md §4), by real runs of the built program; with several reasons at once, which of them counts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, councilScript, type ChatReply, type ChatRequest, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { startCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const council = councilScript();
const badKey: ChatReply = { error: { status: 401, body: { error: { message: "Incorrect API key provided" } } } };
const never = (): Promise<ChatReply> => new Promise(() => undefined);
const votes = (request: ChatRequest): boolean => request.tools.includes("vote");
const presents = (request: ChatRequest): boolean => request.tools.length === 0;
const ofFirst = (request: ChatRequest): boolean => request.model === "a1";

type Case = {
  readonly code: number;
  readonly when: string;
  readonly script?: ChatScript;
  readonly args?: readonly string[];
  readonly config?: object;
  readonly question?: readonly string[];
  /** Ctrl-C, once, as soon as a request arrives that this accepts. */
  readonly interruptAt?: (request: ChatRequest) => boolean;
  /** Changes the folder before the run. */
  readonly prepare?: (folder: string) => void;
  readonly stdout: string | RegExp;
  readonly stderr?: string;
};

const PRESENTED = "This is the presented answer.\n";
const STORED = /^This is answer number \d+\.\n$/;
const atOnce = { timeout_settings: { orchestrator_timeout_seconds: 1 } };
/** Time enough for three answers. */
const brief = { timeout_settings: { orchestrator_timeout_seconds: 5 } };

const CASES: readonly Case[] = [
  { code: 0, when: "a council answers", stdout: PRESENTED },
  { code: 0, when: "an agent is out and nobody asked to be strict", script: (r) => (ofFirst(r) ? badKey : council(r)), stdout: PRESENTED },
  { code: 0, when: "time is over with an answer", script: (r) => (votes(r) ? never() : council(r)), config: brief, stdout: PRESENTED },
  { code: 1, when: "the run's log cannot be kept", prepare: (folder) => writeFileSync(join(folder, "massgen_logs"), ""), stdout: "" },
  { code: 2, when: "an option does not exist", args: ["--no-such-option"], stdout: "", stderr: "--no-such-option" },
  { code: 2, when: "the configuration does not exist", args: ["--config", "missing.yaml"], stdout: "", stderr: "missing.yaml" },
  { code: 2, when: "an option has no number", args: ["--max-model-calls", "many"], stdout: "", stderr: "many" },
  {
    code: 2,
    when: "the key is missing",
    config: { agents: [{ id: "g", backend: { type: "gemini" } }] },
    stdout: "",
    stderr: "GEMINI_API_KEY",
  },
  { code: 2, when: "a key of the file is unknown and that is an error", args: ["--strict-config"], config: { colour: 1 }, stdout: "" },
  { code: 2, when: "there is nothing to resume", question: ["resume", "last"], stdout: "" },
  { code: 3, when: "the budget ends the run with an answer", args: ["--max-model-calls", "3"], stdout: STORED },
  { code: 4, when: "every agent is out", script: () => badKey, stdout: "" },
  { code: 4, when: "the budget ends the run without an answer", args: ["--max-model-calls", "1"], script: prose, stdout: "" },
  {
    code: 5,
    when: "an agent is out and the run is strict",
    args: ["--strict"],
    script: (r) => (ofFirst(r) ? badKey : council(r)),
    stdout: PRESENTED,
  },
  {
    code: 5,
    when: "the presentation fails and the run is strict",
    args: ["--strict"],
    script: (r) => (presents(r) ? badKey : council(r)),
    stdout: STORED,
  },
  {
    code: 5,
    when: "time is over and the run is strict",
    args: ["--strict"],
    script: (r) => (votes(r) ? never() : council(r)),
    config: brief,
    stdout: PRESENTED,
  },
  { code: 124, when: "time is over without an answer", script: never, config: atOnce, stdout: "" },
  { code: 130, when: "a person interrupts before there is an answer", script: never, interruptAt: () => true, stdout: "" },
  {
    code: 130,
    when: "a person interrupts the votes",
    script: (r) => (votes(r) ? never() : council(r)),
    interruptAt: votes,
    stdout: STORED,
  },
  {
    code: 130,
    when: "a person interrupts a strict, degraded run (130 before 5)",
    args: ["--strict"],
    script: (r) => (ofFirst(r) ? badKey : presents(r) ? never() : council(r)),
    interruptAt: presents,
    stdout: STORED,
  },
  {
    code: 124,
    when: "a strict, degraded run times out (124 before 5)",
    args: ["--strict"],
    script: (r) => (ofFirst(r) ? badKey : never()),
    config: atOnce,
    stdout: "",
  },
  {
    code: 3,
    when: "the budget ends a strict, degraded run (3 before 5)",
    args: ["--strict", "--max-model-calls", "4"],
    script: (r) => (ofFirst(r) ? badKey : council(r)),
    stdout: STORED,
  },
  { code: 4, when: "nobody answers in a strict run (4 before 5)", args: ["--strict"], script: () => badKey, stdout: "" },
];

/** Answers in prose, so that no decision is made. */
function prose(): ChatReply {
  return { text: "I think so." };
}

async function play({ script = council, args = [], config = {}, question = ["Which one?"], interruptAt, prepare }: Case): Promise<CliRun> {
  const started: { child: { kill(signal: NodeJS.Signals): boolean } | null } = { child: null };
  let interrupted = false;
  server = await chatServer((request) => {
    if (!interrupted && interruptAt?.(request) === true) interrupted = started.child?.kill("SIGINT") ?? false;
    return script(request);
  });
  const folder = temporaryFolder();
  prepare?.(folder);
  const backend = (model: string): object => ({ type: "chatcompletion", model, base_url: server?.baseUrl, api_key: "test-key-000" });
  writeConfig(folder, { agents: ["a1", "a2", "a3"].map((id) => ({ id, backend: backend(id) })), ...config });
  const asked =
    question[0] === "resume" ? question : [...(args.includes("--config") ? [] : ["--config", "config.json"]), ...args, ...question];
  const run = startCli(asked, { cwd: folder });
  started.child = run.child;
  const ended = await run.ended;
  if (interruptAt !== undefined) {
    const path = /Stored in (\S+)/.exec(ended.stderr)?.[1] ?? "";
    expect(readFileSync(join(path, "events.jsonl"), "utf8").trimEnd().split("\n").at(-1)).toContain('"run-end"');
  }
  return ended;
}

describe("exit codes (REQ-WHOLE-11)", () => {
  test.each(CASES)("$code where $when", async (example) => {
    const run = await play(example);
    expect(run.code, run.stderr).toBe(example.code);
    if (typeof example.stdout === "string") expect(run.stdout).toBe(example.stdout);
    else expect(run.stdout).toMatch(example.stdout);
    expect(run.stderr).toContain(example.stderr ?? "");
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  test("the table has every code of the contract", () => {
    const contract = readFileSync(join(import.meta.dirname, "../docs/contracts.md"), "utf8");
    const [, codes = ""] = /Exit codes\**:?\s*([^\n]*(?:\n(?![-#0-9]|\n)[^\n]*)*)/i.exec(contract) ?? [];
    const promised = Array.from(codes.matchAll(/(?:^|[\s`·|,(])(\d{1,3})(?=[`\s])/g), ([, code]) => Number(code));
    expect(promised.length).toBeGreaterThan(6);
    expect(new Set(CASES.map(({ code }) => code))).toEqual(new Set(promised));
  });
});
