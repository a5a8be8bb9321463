// The deterministic simulation: one seed draws a team, models that do everything models do, tools, people, kills and resumes; the same seed plays the same log.
import {
  DEFAULT_SETTINGS,
  type CallId,
  type CoordinationSettings,
  type Entry,
  type Failure,
  type FailureCategory,
  type Json,
} from "../core/index.ts";
import { fakeClock, type FakeClock, type Moment, type Script, type ScriptedStep } from "../testing/index.ts";
import type { RunResult } from "./index.ts";
import { entriesOf, testBroker, testRun, type TestBroker, type TestRun } from "./run.test-support.ts";

export type Simulated = {
  readonly seed: number;
  readonly log: readonly Entry[];
  readonly result: RunResult;
  /** Starts of tools, over all processes of the run. */
  readonly started: readonly string[];
  readonly resumes: number;
};

/** Uniform in [0, 1) from a 32-bit state; small, fast and the same everywhere. */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Draw = { readonly next: () => number; upTo(n: number): number; chance(p: number): boolean; one<T>(items: readonly T[]): T };
function drawOf(seed: number): Draw {
  const next = draws(seed);
  const upTo = (n: number): number => Math.floor(next() * n);
  return {
    next,
    upTo,
    chance: (p) => next() < p,
    one: (items) => {
      const item = items[upTo(items.length)];
      if (item === undefined) throw new Error("Nothing to draw from");
      return item;
    },
  };
}

const CATEGORIES: readonly FailureCategory[] = [
  "authentication",
  "rate-limit",
  "overloaded",
  "network",
  "timeout",
  "bad-request",
  "refused",
  "protocol",
];
const ANSWERS = ["Twelve.", "12", "It is twelve.", "Thirteen.", "Twelve, since 7 + 5 = 12."];

const failure = (category: FailureCategory): Failure => ({ category, code: "E_PROVIDER_REPLY", message: `simulated: ${category}` });

/** A model that mostly behaves: what it does at a step depends only on its own draws. */
function scriptOf(draw: Draw, reliable: boolean): Script {
  const pace = (): ScriptedStep => ({
    thinksMs: draw.upTo(900),
    writesMs: draw.chance(0.5) ? draw.upTo(300) : 0,
    text: draw.chance(0.6) ? "Some words." : "",
    pieces: 1 + draw.upTo(3),
  });
  return (moment: Moment): ScriptedStep => {
    const step = pace();
    if (!reliable && draw.chance(0.12)) return { ...step, ...mistake(draw, moment) };
    if (moment.request.kind === "presentation") return { ...step, text: "Presented." };
    if (moment.step < 4 && draw.chance(0.25))
      return { ...step, tools: [{ name: draw.one(["read", "write", "pay", "pay", "nothing"]), input: { n: draw.upTo(9) } }] };
    return { ...step, ...decision(draw, moment) };
  };
}

function decision(draw: Draw, { request }: Moment): ScriptedStep {
  const labels = request.ballot?.candidates.map(({ label }) => label) ?? [];
  const mayAnswer = request.workflow.some(({ name }) => name === "new_answer");
  if (labels.length > 0 && (!mayAnswer || draw.chance(0.8))) return { vote: draw.one(labels) };
  return { answer: draw.one(ANSWERS) };
}

function mistake(draw: Draw, moment: Moment): ScriptedStep {
  const kind = draw.upTo(9);
  if (kind === 0) return { fail: failure(draw.one(CATEGORIES)) };
  if (kind === 1) return { retryAfterMs: 500 };
  if (kind === 2) return { vote: "agent99" };
  if (kind === 3) return { decisions: [{ name: "new_answer", malformed: "{" }] };
  if (kind === 4)
    return {
      decisions: [
        { name: "new_answer", input: { content: "a" } },
        { name: "vote", input: { agent_id: "agent1", reason: "" } },
      ],
    };
  if (kind === 5) return { answer: "  " };
  if (kind === 6) return { throws: "simulated bug" };
  if (kind === 7) return moment.request.kind === "presentation" ? { text: "cut", finish: "length" } : {};
  return { thinksMs: 40_000 };
}

const TOOLS = {
  read: { effect: "read-only", text: "read", ms: 120 },
  write: { effect: "unknown", text: "written", ms: 200 },
  // left to the winner; some payments fail
  pay: { effect: "destructive", text: "paid", ms: 300, byWinner: true, fails: (input: Json) => /[678]/.test(JSON.stringify(input)) },
} as const;

type World = {
  readonly draw: Draw;
  readonly scripts: Readonly<Record<string, Script>>;
  readonly settings: Partial<CoordinationSettings>;
  started: string[];
};

function worldOf(seed: number): World {
  const draw = drawOf(seed);
  const size = 1 + draw.upTo(6);
  const scripts = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`a${index + 1}`, scriptOf(drawOf(seed * 31 + index + 1), draw.chance(0.5))]),
  );
  const orchestratorTimeoutMs = draw.one([2_000, 8_000, 60_000, DEFAULT_SETTINGS.orchestratorTimeoutMs]);
  const settings = {
    seed,
    orchestratorTimeoutMs,
    firstAnswerDeadlineMs: Math.min(draw.one([500, 3_000, 300_000]), orchestratorTimeoutMs / 3),
    firstAnswers: draw.chance(0.8) ? "together" : "as_they_come",
    earlyDecision: draw.chance(0.7),
    maxAnswersPerAgent: 1 + draw.upTo(3),
    maxVoteRounds: 1 + draw.upTo(3),
    singleAgent: draw.chance(0.8) ? "answer" : "chat",
  } as const;
  return { draw, scripts, settings, started: [] };
}

/** What people do at a random moment. */
function steer(test: TestRun, { draw }: World): void {
  const { steering } = test.run;
  const at = draw.upTo(6_000);
  const what = draw.upTo(3);
  test.clock.after(at, () => {
    if (what === 0) steering.answerNow();
    else if (what === 1) steering.cancel();
    else {
      steering.pause();
      test.clock.after(1_000, () => steering.resume());
    }
  });
}

/** Plays the seed to its end. Throws where a run does not end. */
export async function simulate(seed: number): Promise<Simulated> {
  const world = worldOf(seed);
  const kills = world.draw.chance(0.4) ? 1 + world.draw.upTo(2) : 0;
  let before: readonly Entry[] = [];
  for (let life = 0; ; life += 1) {
    const clock = fakeClock();
    const test = start(world, clock, before);
    if (world.draw.chance(0.15)) steer(test, world);
    const result = await test.finish();
    const log = await entriesOf(test.log);
    if (life >= kills) return { seed, log, result, started: world.started, resumes: life };
    // The process dies: only a prefix of what it wrote is there. A call starts after its entry is stored, so what is not there has not started.
    before = log.slice(0, Math.max(1, before.length + world.draw.upTo(log.length - before.length + 1)));
    const begins = before.filter((entry) => entry.type === "intent-started" || (entry.type === "tool-call" && entry.recorded !== true));
    const stored = new Set(begins.flatMap((entry) => ("call" in entry ? [entry.call] : [])));
    world.started = world.started.filter((call) => stored.has(call.split(" ")[0] as CallId));
  }
}

function start(world: World, clock: FakeClock, before: readonly Entry[]): TestRun {
  const { scripts, settings } = world;
  const remember = (broker: TestBroker): TestBroker => ({
    ...broker,
    close: async () => {
      world.started.push(...broker.started);
      await broker.close();
    },
  });
  return testRun(scripts, {
    clock,
    settings,
    limits: { turnTimeoutMs: 20_000, modelCallTimeoutMs: 10_000 },
    openTools: (record) => remember(testBroker(TOOLS, clock, record)),
    ...(before.length === 0 ? {} : { resumeFrom: before }),
  });
}
