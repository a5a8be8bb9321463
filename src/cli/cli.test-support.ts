// A terminal in memory, a process that only remembers, and a session that follows a script: the CLI without the world.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import type { MassgenConfig } from "../config/index.ts";
import { agentId, answerId, callId, DEFAULT_SETTINGS, label, runId, turnId, type Entry, type RunEvent } from "../core/index.ts";
import { createIo, type Environment, type Io, type ProcessPort, type StopReason } from "../io/index.ts";
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";
import { fakeClock } from "../testing/index.ts";
import { main } from "./main.ts";
import type { Asked } from "../session/index.ts";
import type { OpenedSession, Services, SessionOptions, TeamSource } from "./services.ts";

export const alice = agentId("alice");
export const bob = agentId("bob");
const USAGE = { inputTokens: 120, cachedTokens: null, outputTokens: 30, reasoningTokens: null };

export type Script = {
  readonly events?: readonly RunEvent[];
  readonly result?: Partial<RunResult>;
  /** The run ends only after it was cancelled. */
  readonly untilCancelled?: boolean;
  /** The run ends only after the answer was asked for. */
  readonly untilAnswerNow?: boolean;
  readonly fails?: Error;
};

export const EVENTS: readonly RunEvent[] = [
  {
    type: "run-start",
    question: "What is 7 + 5?",
    history: [],
    agents: [alice, bob].map((id, n) => ({
      id,
      label: label(`agent${n + 1}`),
      backend: "gemini",
      model: "gemini-2.5-flash",
      system: "",
      presents: true,
    })),
    settings: DEFAULT_SETTINGS,
    program: "massgen 0.0.15",
  },
  { type: "turn-start", agent: alice, turn: turnId(alice, 1), kind: "first", shown: [], mayAnswer: true, mayVote: [], prompt: "" },
  {
    type: "tool-call",
    agent: alice,
    turn: turnId(alice, 1),
    call: callId(turnId(alice, 1), 1, 1),
    step: 1,
    providerCall: "x",
    name: "mcp__calc__add",
    server: "calc",
    tool: "add",
    input: { a: 7, b: 5 },
    effect: "read-only",
  },
  {
    type: "tool-result",
    agent: alice,
    turn: turnId(alice, 1),
    call: callId(turnId(alice, 1), 1, 1),
    providerCall: "x",
    name: "mcp__calc__add",
    isError: false,
    code: null,
    content: [{ type: "text", text: "12" }],
    durationMs: 34,
  },
  { type: "answer-submitted", agent: alice, turn: turnId(alice, 1), answer: answerId(alice, 1), content: "12", late: false },
  {
    type: "turn-start",
    agent: bob,
    turn: turnId(bob, 2),
    kind: "evaluation",
    shown: [answerId(alice, 1)],
    mayAnswer: true,
    mayVote: [label("agent1")],
    prompt: "",
  },
  { type: "vote-submitted", agent: bob, turn: turnId(bob, 2), for: answerId(alice, 1), reason: "correct", shown: [answerId(alice, 1)] },
];

export const RESULT: RunResult = {
  type: "run-result",
  answer: "7 + 5 = 12",
  source: "presentation",
  winner: { id: alice, label: label("agent1"), answer: answerId(alice, 1) },
  cause: "votes",
  degraded: [],
  votes: [{ voter: bob, for: answerId(alice, 1), reason: "correct", forWinner: true }],
  answers: [{ answer: answerId(alice, 1), agent: alice, label: label("agent1"), content: "12", late: false }],
  agents: [],
  usage: USAGE,
  unpricedSteps: 0,
  cost: 0.0012,
  exitCode: 0,
  runId: runId("20260102030405-0123abcd"),
  workspace: null,
  runPath: "massgen_logs/log_20260102_030405_0123abcd/question_1",
};

export const entries = (events: readonly RunEvent[]): Entry[] =>
  events.map((event, index) => ({ v: 1, seq: index + 1, at: 1_700_000_000_000 + index, activeMs: index, run: RESULT.runId, ...event }));

export type World = {
  readonly io: Io;
  readonly stdin: PassThrough;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly asked: { question: string; history: readonly { role: string; text: string }[] }[];
  /** Folders of the runs that were taken up again. */
  readonly resumed: string[];
  readonly sources: TeamSource[];
  readonly options: SessionOptions[];
  readonly exits: number[];
  readonly closed: () => number;
  stop(reason: StopReason): void;
  run(...argv: string[]): Promise<number>;
};

export type WorldOptions = {
  readonly tty?: boolean;
  readonly cwd?: string;
  readonly env?: Environment;
  readonly scripts?: readonly Script[];
  readonly display?: MassgenConfig["ui"]["display"];
};

/** A whole program around `main`. Standard input stays open until a test ends it. */
export function world({ tty = false, cwd = process.cwd(), env = {}, scripts = [{}], display = null }: WorldOptions = {}): World {
  const home = mkdtempSync(join(tmpdir(), "massgen-world-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const stdin = Object.assign(new PassThrough(), { isTTY: tty, setRawMode: () => undefined });
  const stdout = capture(tty);
  const stderr = capture(tty);
  const io: Io = {
    ...createIo(),
    cwd,
    clock: fakeClock(),
    env: { HOME: home, ...env },
    terminal: { stdin, stdout: stdout.stream, stderr: stderr.stream },
  };
  const handlers = new Set<(reason: StopReason) => void>();
  const answerers = new Set<() => void>();
  const exits: number[] = [];
  const port: ProcessPort = {
    onStop: (handler) => (handlers.add(handler), { stop: () => void handlers.delete(handler) }),
    onAnswerNow: (handler) => (answerers.add(handler), { stop: () => void answerers.delete(handler) }),
    exitNow: (code) => void exits.push(code),
  };
  const { services, ...seen } = scriptedServices(scripts, display);
  return {
    io,
    stdin,
    exits,
    ...seen,
    stdout: stdout.text,
    stderr: stderr.text,
    stop: (reason) => [...handlers].forEach((handler) => handler(reason)),
    run: (...argv) => main(argv, { io, process: port, services }),
  };
}

function scriptedServices(scripts: readonly Script[], display: MassgenConfig["ui"]["display"]) {
  const asked: World["asked"] = [];
  const sources: TeamSource[] = [];
  const options: SessionOptions[] = [];
  let closed = 0;
  const resumed: string[] = [];
  const session: OpenedSession = {
    resume: (folder, follow) => (resumed.push(folder), play(scripts[0] ?? {}, follow)),
    banner: async () => ["alice: gemini, gemini-2.5-flash", "bob: gemini, gemini-2.5-flash"],
    close: async () => void closed++,
    ask: (question, history, follow) => {
      asked.push({ question, history: [...history] });
      return play(scripts[Math.min(asked.length, scripts.length) - 1] ?? {}, follow);
    },
  };
  const services: Services = {
    configure: async (source) => (
      sources.push(source),
      { config: { ui: { display, logging: true } } as unknown as MassgenConfig, warnings: [] }
    ),
    openSession: async (_config, given) => (options.push(given), session),
  };
  return { services, asked, resumed, sources, options, closed: () => closed };
}

function play(script: Script, follow: (item: LiveItem) => void): Asked {
  const { events = EVENTS, result, untilCancelled = false, untilAnswerNow = false, fails } = script;
  const cancelled = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const finish = async (): Promise<RunResult> => {
    await Promise.resolve();
    for (const entry of entries(events)) follow({ kind: "entry", entry });
    if (fails !== undefined) throw fails;
    if (untilCancelled) await cancelled.promise;
    if (untilAnswerNow) await asked.promise;
    return { ...RESULT, ...result };
  };
  const nothing = (): void => undefined;
  return {
    result: finish(),
    steering: {
      cancel: () => cancelled.resolve(),
      answerNow: () => asked.resolve(),
      pause: nothing,
      resume: nothing,
      permission: nothing,
      form: nothing,
    },
  };
}

function capture(isTTY: boolean) {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString("utf8")));
  return { stream, text: () => chunks.join("") };
}
