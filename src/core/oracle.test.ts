// Random logs, sense and nonsense alike: evolve and plan must say what the slow oracle says, which re-reads the whole log each time.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentId, answerId, label, runId, turnId, type CallId } from "./ids.ts";
import { modelStep } from "./council.test-support.ts";
import { compareWithOracle } from "./compare.test-support.ts";
import { DEFAULT_SETTINGS, evolve, initialState, type AgentId, type AnswerId, type Entry, type RunEvent, type TurnId } from "./index.ts";

const RUNS = Number(process.env["MASSGEN_RUNS"] ?? (process.env["MASSGEN_LONG"] === undefined ? 1_000 : 20_000));
const SEED = Number(process.env["MASSGEN_SEED"] ?? Date.now() % 1_000_000_007);

const NAMES = ["ann", "bob", "cid", "dan"] as const;
const IDS = [...NAMES, "zed"].map(agentId);
const TEXTS = ["alpha", " alpha\n", "beta", "gamma  ray", "gamma ray", "delta", "epsilon", "zeta", "eta"];
const CATEGORIES = ["authentication", "configuration", "network", "quota", "protocol", "timeout"] as const;

/** What was begun and handed in so far, so that most events make sense; the others are what is to be ignored. */
type Past = {
  readonly turnOf: (agent: AgentId, offset: number) => TurnId;
  readonly nextAnswer: (agent: AgentId) => AnswerId;
  readonly answers: readonly AnswerId[];
};
type Draft = (past: Past) => RunEvent;

const agent = fc.constantFrom(...IDS.slice(0, 3), ...IDS.slice(0, 3), ...IDS);
const offset = fc.oneof({ weight: 15, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) });
const rarely = fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const labels = [1, 2, 3].map((n) => label(`agent${n}`));
const shownOf = (past: Past, partly: boolean): readonly AnswerId[] => (partly ? past.answers.slice(1) : past.answers);

const start = fc
  .record({ agent, kind: fc.constantFrom("first", ...Array.from({ length: 8 }, () => "evaluation"), "chat"), partly: rarely })
  .map(
    ({ agent: id, kind, partly }): Draft =>
      (past) =>
        ({
          type: "turn-start",
          agent: id,
          turn: past.turnOf(id, 1),
          kind,
          shown: shownOf(past, partly),
          mayAnswer: true,
          mayVote: labels,
          prompt: "?",
        }) as RunEvent,
  );
const end = fc
  .record({ agent, offset, outcome: fc.constantFrom("done", "done", "failed", "interrupted"), category: fc.constantFrom(...CATEGORIES) })
  .map(
    ({ agent: id, offset: by, outcome, category }): Draft =>
      ({ turnOf }) =>
        ({
          type: "turn-end",
          agent: id,
          turn: turnOf(id, by),
          outcome,
          ...(outcome === "failed" ? { failure: { category, code: "E", message: "m" } } : {}),
        }) as RunEvent,
  );
const handIn = fc
  .record({ agent, offset, content: fc.constantFrom(...TEXTS), late: fc.boolean(), again: rarely })
  .map(({ agent: id, offset: by, again, ...fields }): Draft => (past) => ({
    type: "answer-submitted",
    agent: id,
    turn: past.turnOf(id, by),
    answer: (again ? past.answers[0] : undefined) ?? past.nextAnswer(id),
    ...fields,
  }));
const castVote = fc
  .record({ agent, offset, choice: fc.nat(), unknown: rarely, partly: rarely })
  .map(({ agent: id, offset: by, choice, unknown, partly }): Draft => (past) => ({
    type: "vote-submitted",
    agent: id,
    turn: past.turnOf(id, by),
    for: (unknown ? undefined : past.answers[choice % past.answers.length]) ?? answerId(id, 9),
    reason: "r",
    shown: shownOf(past, partly),
  }));

const noise: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ agent, offset, finish: fc.constantFrom("stop", "interrupted", "interrupted") }).map(
    ({ agent: id, offset: by, finish }): Draft =>
      ({ turnOf }) =>
        modelStep({ agent: id, turn: turnOf(id, by) }, [{ type: "text", text: "t" }], finish),
  ),
  fc.constantFrom("pause", "resume", "resume").map(
    (name): Draft =>
      () =>
        ({ type: "command-received", command: { name } }) as RunEvent,
  ),
  fc.constant((): RunEvent => ({ type: "run-resumed", program: "test" })),
  fc.constant((): RunEvent => ({ type: "deadline-reached", deadline: "first-answers" })),
  fc.record({ agent: fc.option(agent), exhausted: fc.constant(false) }).map((fields): Draft => () => ({
    type: "budget-state",
    used: {},
    percent: 90,
    ...fields,
  })),
  fc.record({ agent, offset }).map(({ agent: id, offset: by }): Draft => ({ turnOf }) => ({
    type: "presentation-start",
    agent: id,
    turn: turnOf(id, by),
    prompt: "p",
  })),
  fc.record({ agent, offset, outcome: fc.constantFrom("done", "failed"), text: fc.constantFrom("", "shown") }).map(
    ({ agent: id, offset: by, ...fields }): Draft =>
      ({ turnOf }) =>
        ({ type: "presentation-end", agent: id, turn: turnOf(id, by), ...fields }) as RunEvent,
  ),
  fc.record({ agent, call: fc.constantFrom("x", "y") }).map(({ agent: id, call }): Draft => ({ turnOf }) => ({
    type: "intent-recorded",
    agent: id,
    turn: turnOf(id, 0),
    call: call as CallId,
    server: "s",
    tool: "t",
    name: "n",
    input: {},
  })),
  fc.constantFrom("x", "y").map((call): Draft => () => ({ type: "intent-started", call: call as CallId })),
  fc.record({ call: fc.constantFrom("x", "y"), isError: fc.boolean() }).map(({ call, isError }): Draft => () => ({
    type: "intent-executed",
    call: call as CallId,
    isError,
    content: [],
  })),
  fc
    .record({
      server: fc.constantFrom("s", "t"),
      agent: fc.option(fc.constantFrom(...IDS.slice(0, 2))),
      state: fc.constantFrom("failed", "ready", "closed"),
    })
    .map(
      (fields): Draft =>
        () =>
          ({ type: "mcp-server-state", ...fields }) as RunEvent,
    ),
  fc.constant((): RunEvent => ({ type: "of-tomorrow" }) as never),
);

const ending: fc.Arbitrary<Draft> = fc.oneof(
  fc.constant((): RunEvent => ({ type: "deadline-reached", deadline: "orchestrator" })),
  fc.constant((): RunEvent => ({ type: "budget-state", agent: null, used: {}, percent: 100, exhausted: true })),
  fc.constantFrom("answer-now", "cancel").map(
    (name): Draft =>
      () =>
        ({ type: "command-received", command: { name } }) as RunEvent,
  ),
  fc.constantFrom("interrupted", "interrupted", "answered").map(
    (outcome): Draft =>
      () =>
        ({ type: "run-end", result: { outcome, answer: null, source: null, winner: null, cause: null, degraded: [] } }) as RunEvent,
  ),
);

/** Time or budget ends the run, things go on for a while, and somebody takes it up again. */
const undone: fc.Arbitrary<readonly Draft[]> = fc
  .record({ cause: fc.constantFrom("timeout", "budget", "votes"), between: fc.array(fc.oneof(noise, handIn, castVote), { maxLength: 3 }) })
  .map(({ cause, between }) => [
    (): RunEvent =>
      cause === "budget"
        ? { type: "budget-state", agent: null, used: {}, percent: 100, exhausted: true }
        : { type: "deadline-reached", deadline: "orchestrator" },
    ...between,
    (): RunEvent => ({
      type: "run-end",
      result: { outcome: "answered", answer: null, source: null, winner: null, cause: cause as "votes", degraded: [] },
    }),
    (): RunEvent => ({ type: "run-resumed", program: "test", orchestratorTimeoutMs: 1 }),
  ]);

/** One agent's turn from its start to its end, now and then without one. */
const turn: fc.Arbitrary<readonly Draft[]> = fc
  .record({
    agent,
    start,
    end,
    handIn,
    castVote,
    votes: fc.boolean(),
    failure: fc.constantFrom(...CATEGORIES),
    outcome: fc.constantFrom(...Array.from({ length: 14 }, () => "done"), "failed", "open"),
  })
  .map(({ agent: id, outcome, votes, failure, ...parts }) => {
    const as =
      (draft: Draft): Draft =>
      (past) =>
        ({ ...draft({ ...past, turnOf: (_, by) => past.turnOf(id, by), nextAnswer: () => past.nextAnswer(id) }), agent: id }) as RunEvent;
    const closing: Draft = ({ turnOf }) =>
      ({
        type: "turn-end",
        agent: id,
        turn: turnOf(id, 0),
        outcome,
        ...(outcome === "failed" ? { failure: { category: failure, code: "E", message: "m" } } : {}),
      }) as RunEvent;
    return [
      as(parts.start),
      ...(outcome === "done" ? [as((past) => (votes && past.answers.length > 1 ? parts.castVote : parts.handIn)(past))] : []),
      ...(outcome === "open" ? [] : [closing]),
    ];
  });

const drafts: fc.Arbitrary<readonly Draft[]> = fc.oneof(
  { weight: 24, arbitrary: turn },
  { weight: 4, arbitrary: fc.oneof(start, end, handIn, castVote, castVote).map((draft) => [draft]) },
  { weight: 4, arbitrary: noise.map((draft) => [draft]) },
  { weight: 1, arbitrary: ending.map((draft) => [draft]) },
  { weight: 1, arbitrary: undone },
);

const settings = fc.record({
  firstAnswers: fc.constantFrom("together", "as_they_come"),
  earlyDecision: fc.boolean(),
  gate: fc.boolean(),
  maxAnswersPerAgent: fc.integer({ min: 1, max: 3 }),
  maxVoteRounds: fc.integer({ min: 1, max: 3 }),
  singleAgent: fc.constantFrom("answer", "chat"),
});

function entriesOf(count: number, chosen: object, parts: readonly (readonly Draft[])[]): readonly Entry[] {
  const turns = new Map<AgentId, number>();
  const answers: AnswerId[] = [];
  const nextAnswer = (id: AgentId): AnswerId => answerId(id, answers.filter((each) => each.startsWith(`${id}.`)).length + 1);
  const past: Past = { turnOf: (id, by) => turnId(id, (turns.get(id) ?? 0) + by), nextAnswer, answers };
  const agents = NAMES.slice(0, count).map((name, index) => ({
    id: agentId(name),
    label: label(`agent${((index + 1) % count) + 1}`),
    backend: "b",
    model: null,
    system: "",
    presents: index !== 1,
  }));
  const events: RunEvent[] = [
    { type: "run-start", question: "q", history: [], agents, settings: { ...DEFAULT_SETTINGS, ...chosen }, program: "test" },
  ];
  for (const draft of parts.flat()) {
    const event = draft(past);
    if (event.type === "turn-start") turns.set(event.agent, (turns.get(event.agent) ?? 0) + 1);
    // also answers that are refused for their turn are known to later votes
    if (event.type === "answer-submitted" && !answers.includes(event.answer)) answers.push(event.answer);
    events.push({ ...event, ...("shown" in event ? { shown: [...event.shown] } : {}) });
  }
  return events.map((event, index) => ({ v: 1, seq: index + 1, at: 0, activeMs: 0, run: runId("r"), ...event }));
}

describe("REQ-COORD-21.1: evolve and plan against the oracle", () => {
  test(`REQ-COORD-22.1: on random logs, also after the end, they say the same (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 2, 3, 3, 3, 4, 4),
        settings,
        fc.array(drafts, { size: "max", maxLength: 40 }),
        (count, chosen, parts) => {
          const log = entriesOf(count, chosen, parts);
          compareWithOracle(log.reduce(evolve, initialState), log);
        },
      ),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env["MASSGEN_QUICK"] !== undefined },
    );
  }, 600_000);

  test("the comparison finds a state that is wrong", () => {
    const log = entriesOf(2, {}, []);
    const state = log.reduce(evolve, initialState);
    expect(() => compareWithOracle({ ...state, council: { ...state.council, paused: true } }, log)).toThrow();
  });
});
