// The real SmolLM2 in the real runtime. Skipped with one line where `npm run setup:model` has not brought the model.
import { setImmediate as nextTick } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { BackendConfig } from "../../config/types.ts";
import { agentId, label, runId, turnId } from "../../core/index.ts";
import { createIo, fileSize } from "../../io/index.ts";
import { driveTurn, NEW_ANSWER_TOOL, scriptedTools, VOTE_TOOL } from "../../testing/index.ts";
import type { Ballot, Capabilities, TurnRequest } from "../contract.ts";
import { shareEngine, type EngineShare } from "./engine.ts";
import { freeTurn } from "./free-turn.ts";
import { createLocalBackend, describeLocalModel } from "./index.ts";
import { LocalTurn } from "./local-turn.ts";
import { SMALL_MODEL } from "./model-catalog.ts";
import { modelsFolder } from "./places.ts";
import { prefill } from "./prefill.ts";
import { readOptions } from "./sampling.ts";
import { StepMeter } from "./step-meter.ts";

const io = createIo();
const path = `${modelsFolder(io)}/${SMALL_MODEL.file}`;
const there = (await fileSize(path)) === SMALL_MODEL.bytes;
if (!there) console.log("Skipped: the local model is not in the cache; `npm run setup:model` brings it.");

const capabilities: Capabilities = {
  type: "local",
  title: "Embedded local model",
  keyVariables: [],
  defaultBaseUrl: null,
  builtins: [],
  mcp: true,
  thinking: false,
  structuredOutput: true,
  notes: "",
};
const config: BackendConfig = {
  type: "local",
  model: null,
  baseUrl: null,
  apiKey: null,
  options: { model_path: path },
  extraBody: {},
  mcpServers: [],
  geminiSchema: "json",
};
const backend = (name: string) => createLocalBackend({ agent: agentId(name), config, io, capabilities });

/** One engine stays loaded while the tests run; every backend shares it. */
let kept: EngineShare | null = null;
const keep = (): EngineShare =>
  (kept ??= shareEngine(io, { path, contextSize: null, threads: null, gpuLayers: null, agents: 3, tiny: true }));
afterAll(() => kept?.close());

function firstTurn(agent: string, question: string): Partial<TurnRequest> {
  const id = agentId(agent);
  // A busy machine may take long over a step: no test here is about time.
  const limits = { modelCallTimeoutMs: 600_000, toolRounds: 25, toolGraceMs: 0 };
  return { agent: id, turn: turnId(id, 1), messages: [{ role: "user", text: question }], limits };
}

function contentOf(input: unknown): string {
  return typeof input === "object" && input !== null && "content" in input ? String(input.content) : "";
}

describe.skipIf(!there)("the local backend with a real tiny model", () => {
  test("REQ-LOCAL-5 REQ-LOCAL-10: three agents answer 7 + 5 side by side in one context, differently, and one of them says how small the model is", async () => {
    const engine = await keep().open();
    const names = ["alice", "bob", "carol"];
    const backends = await Promise.all(names.map(backend));
    const run = runId("20260102030405-00000001");
    const turns = await Promise.all(
      backends.map((each, index) => driveTurn(each, { request: { ...firstTurn(names[index] ?? "", "What is 7 + 5?"), run } })),
    );
    const answers = turns.map(({ decisions }) => contentOf(decisions[0]?.input));
    expect(answers.filter((answer) => /\b12\b/.test(answer))).toHaveLength(3);
    expect(new Set(answers).size).toBe(3);
    expect(engine.context.sequencesLeft).toBe(0);
    expect(turns.flatMap(({ warnings }) => warnings).map(({ message }) => message)).toEqual([
      expect.stringContaining("SmolLM2 135M Instruct (Q4_1) is a tiny model"),
    ]);
    expect(turns.map(({ steps }) => steps[0]).every((step) => step?.costUsd === 0 && (step.usage.outputTokens ?? 0) > 0)).toBe(true);
    await Promise.all(backends.map((each) => each.close()));
    expect(engine.llama.disposed).toBe(false);
  });

  test("REQ-LOCAL-10: it is described with its size and does not present", async () => {
    const model = await describeLocalModel({ config, io });
    expect(model).toMatchObject({ presents: false, line: "SmolLM2 135M Instruct (Q4_1), 135 million parameters, 98 MB, on this machine" });
  });

  const EASY: readonly (readonly [question: string, right: string, ...wrong: string[]])[] = [
    ["What is 7 + 5?", "7 + 5 = 12.", "7 + 5 = 19.", "7 + 5 = 2."],
    [
      "What is the capital of France?",
      "The capital of France is Paris.",
      "The capital of France is Berlin.",
      "The capital of France is Madrid.",
    ],
    ["How many legs does a spider have?", "A spider has eight legs.", "A spider has three legs."],
    ["What colour is the sky on a clear day?", "The sky is blue.", "The sky is green."],
    ["Who wrote Hamlet?", "Hamlet was written by William Shakespeare.", "Hamlet was written by Albert Einstein."],
  ];
  test("REQ-LOCAL-7: the vote prefers the right one of several short answers in five easy cases, though it stands last", async () => {
    await keep().open();
    const voter = await backend("alice");
    for (const [question, right, ...wrong] of EASY) {
      const candidates = [...wrong, right].map((content, index) => ({ label: label(`agent${index + 1}`), content }));
      const ballot: Ballot = { question, candidates };
      const { decisions } = await driveTurn(voter, { request: { kind: "evaluation", ballot, workflow: [NEW_ANSWER_TOOL, VOTE_TOOL] } });
      expect([question, decisions[0]?.input]).toEqual([
        question,
        { agent_id: `agent${candidates.length}`, reason: expect.stringContaining("likelihood") },
      ]);
    }
    await voter.close();
  });

  test("REQ-LOCAL-6: a vote is dropped when news arrives, and is no decision", async () => {
    const voter = await backend("alice");
    const news = new AbortController();
    const ballot: Ballot = {
      question: "What is 7 + 5?",
      candidates: [
        { label: label("agent1"), content: "12" },
        { label: label("agent2"), content: "13" },
      ],
    };
    const turn = await driveTurn(voter, {
      request: { kind: "evaluation", ballot, workflow: [VOTE_TOOL] },
      news: news.signal,
      admit: () => {
        news.abort();
        return Promise.resolve(null);
      },
    });
    expect(turn.last.outcome).toBe("interrupted");
    expect(turn.steps.map(({ finish, parts }) => [finish, parts])).toEqual([["interrupted", []]]);
    expect(turn.decisions).toEqual([]);
    await voter.close();
  });

  test("REQ-LOCAL-6: generation stops between two tokens", async () => {
    const agent = await backend("alice");
    const abort = new AbortController();
    const turn = await driveTurn(agent, {
      request: firstTurn("alice", "Tell me a very long story about a ship."),
      abort: abort.signal,
      onPart: (part) => void (part.type === "text-delta" && abort.abort()),
    });
    expect(turn.last.outcome).toBe("interrupted");
    expect(turn.steps[0]?.finish).toBe("interrupted");
    expect(turn.steps[0]?.usage.outputTokens).toBeLessThan(6);
    expect(turn.parts.filter(({ type }) => type === "text-start" || type === "text-end")).toHaveLength(2);
    await agent.close();
  });

  test("REQ-LOCAL-6: reading a long prompt stops between two pieces", async () => {
    const { pool, model } = await keep().open();
    const lease = await pool.lease("reader", new AbortController().signal);
    await lease.sequence.clearHistory();
    const tokens = model.tokenize("The ship sails on. ".repeat(300)).slice(0, 1500);
    const abort = new AbortController();
    const reading = prefill({ sequence: lease.sequence, tokens, signal: abort.signal, meter: new StepMeter() });
    const stopped = expect(reading).rejects.toThrow("enough");
    while (lease.sequence.nextTokenIndex === 0) await nextTick();
    abort.abort(new Error("enough"));
    await stopped;
    expect(lease.sequence.nextTokenIndex).toBeLessThan(tokens.length / 2);
    lease.release();
  });

  const SUM = {
    description: "Returns the sum of two numbers",
    inputSchema: {
      type: "object",
      properties: { a: { type: "number", description: "First number" }, b: { type: "number", description: "Second number" } },
      required: ["a", "b"],
    },
    run: (input: unknown) => {
      const { a, b } = input as { a: number; b: number };
      return `The sum of ${a} and ${b} is ${a + b}.`;
    },
  };
  const ECHO = {
    description: "Echoes back the input string",
    inputSchema: { type: "object", properties: { message: { type: "string" }, loud: { type: "boolean" } }, required: ["message"] },
    run: (input: unknown) => `Echo: ${(input as { message: string }).message}`,
  };

  test("REQ-LOCAL-8: a question that speaks of a tool makes one call with the right arguments, and the result reaches the answer", async () => {
    const agent = await backend("alice");
    const tools = scriptedTools({ "mcp__demo__get-sum": SUM, mcp__demo__echo: ECHO });
    const sum = await driveTurn(agent, { request: firstTurn("alice", "What is the sum of 12 and 30?"), tools });
    expect(tools.calls.map(({ name, input }) => [name, input])).toEqual([["mcp__demo__get-sum", { a: 12, b: 30 }]]);
    expect(sum.steps.map(({ step, finish }) => [step, finish])).toEqual([
      [1, "tool-calls"],
      [2, "tool-calls"],
    ]);
    expect(contentOf(sum.decisions[0]?.input)).toContain("42");
    await driveTurn(agent, { request: firstTurn("alice", "Use the echo tool to say hello world."), tools });
    expect(tools.calls[1]).toMatchObject({ name: "mcp__demo__echo", input: { message: expect.stringMatching(/hello world/i) } });
    await agent.close();
  });

  test("REQ-LOCAL-8: a question that needs no tool calls none, and a turn taken up again after its call does not call twice", async () => {
    const agent = await backend("alice");
    const tools = scriptedTools({ "mcp__demo__get-sum": SUM, mcp__demo__echo: ECHO });
    await driveTurn(agent, { request: firstTurn("alice", "What is the capital of France?"), tools });
    const request = firstTurn("alice", "What is the sum of 12 and 30?");
    const call = "alice/1/1.1" as never;
    const resumed = await driveTurn(agent, {
      tools,
      request: {
        ...request,
        firstStep: 2,
        messages: [
          ...(request.messages ?? []),
          {
            role: "assistant",
            parts: [{ type: "tool-call", call, providerCall: "local-1", name: "mcp__demo__get-sum", input: { a: 12, b: 30 } }],
          },
          {
            role: "tool",
            results: [
              {
                call,
                providerCall: "local-1",
                name: "mcp__demo__get-sum",
                isError: false,
                content: [{ type: "text", text: "The sum of 12 and 30 is 42." }],
              },
            ],
          },
        ],
      },
    });
    expect(tools.calls).toEqual([]);
    expect(resumed.steps.map(({ step }) => step)).toEqual([2]);
    expect(contentOf(resumed.decisions[0]?.input)).toContain("42");
    await agent.close();
  });

  /** What the runtime asks for a server, in the middle of a call of that agent. */
  const beside = (agent: string, question: string): Partial<TurnRequest> => ({
    ...firstTurn(agent, question),
    turn: turnId(agentId(agent), 0),
    kind: "chat",
    workflow: [],
    useTools: false,
    beside: true,
  });

  test("REQ-LOCAL-12: questions of a server are answered during a call, one after the other, where no further sequence is free; then the turn goes on", async () => {
    const { pool } = await keep().open();
    const never = new AbortController().signal;
    const others = await Promise.all(["x", "y"].map((name) => pool.lease(name, never)));
    const agent = await backend("alice");
    const asked: string[] = [];
    const ask = async (question: string): Promise<void> => {
      const { last, steps } = await driveTurn(agent, { request: { ...beside("alice", question), maxTokens: 40 } });
      expect(steps.map(({ costUsd, usage }) => [costUsd, (usage.outputTokens ?? 99) <= 40])).toEqual([[0, true]]);
      asked.push(last.text ?? "");
    };
    const tools = scriptedTools({
      "mcp__demo__get-sum": {
        ...SUM,
        run: async (input) => {
          await Promise.all(["What is the capital of France?", "What is 7 + 5?"].map(ask));
          return SUM.run(input);
        },
      },
    });
    const turn = await driveTurn(agent, { request: firstTurn("alice", "What is the sum of 12 and 30?"), tools });
    expect(asked).toEqual([expect.stringContaining("Paris"), expect.stringContaining("12")]);
    expect(contentOf(turn.decisions[0]?.input)).toContain("42");
    await agent.close();
    for (const other of others) other.release();
  });

  test("REQ-LOCAL-12: a question that is no longer waited for is out of the sequence before the turn goes on in it", async () => {
    const { pool } = await keep().open();
    const mine = await pool.lease("alice", new AbortController().signal);
    const { sequence } = mine;
    mine.release();
    const agent = await backend("alice");
    const [givenUp, seen, heldBack] = [new AbortController(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const order: string[] = [];
    const read = sequence.adaptStateToTokens.bind(sequence);
    sequence.adaptStateToTokens = (...given) => {
      if (givenUp.signal.aborted) order.push("the turn reads");
      return read(...given);
    };
    let left: Promise<unknown> = Promise.resolve();
    const tools = scriptedTools({
      "mcp__demo__get-sum": {
        ...SUM,
        run: async (input) => {
          left = driveTurn(agent, {
            request: beside("alice", "Tell me a very long story about a ship."),
            abort: givenUp.signal,
            // It stands still with a part in its hands.
            onPart: async (part) => {
              if (part.type === "turn-finished") order.push(`the question is ${part.outcome}`);
              if (part.type !== "text-delta") return;
              seen.resolve();
              await heldBack.promise;
            },
          });
          await seen.promise;
          givenUp.abort();
          return SUM.run(input);
        },
      },
    });
    const turn = await driveTurn(agent, {
      request: firstTurn("alice", "What is the sum of 12 and 30?"),
      tools,
      admit: async () => {
        // Everything the turn can do without waiting is done before this.
        if (givenUp.signal.aborted) void nextTick().then(() => heldBack.resolve());
        return null;
      },
    });
    expect(order.slice(0, 2)).toEqual(["the question is interrupted", "the turn reads"]);
    expect(contentOf(turn.decisions[0]?.input)).toContain("42");
    await left;
    sequence.adaptStateToTokens = read;
    await agent.close();
  });

  test("REQ-LOCAL-9: a free choice is one whole object that one of the schemas allows", async () => {
    const { pool, ...engine } = await keep().open();
    const lease = await pool.lease("free", new AbortController().signal);
    const decided: unknown[] = [];
    const id = agentId("free");
    const turn = new LocalTurn({
      request: {
        run: runId("20260102030405-00000002"),
        agent: id,
        turn: turnId(id, 1),
        kind: "evaluation",
        system: "You judge answers.",
        freshFrom: 0,
        messages: [{ role: "user", text: "Question: What is 7 + 5? agent1 says 12. agent2 says 13. Vote for the best one." }],
        workflow: [VOTE_TOOL],
        allLabels: [label("agent1"), label("agent2")],
        ballot: null,
        useTools: true,
        firstStep: 1,
        letFinish: false,
        limits: { modelCallTimeoutMs: 60_000, toolRounds: 1, toolGraceMs: 0 },
      },
      ports: {
        tools: scriptedTools({ mcp__demo__echo: ECHO }),
        admit: () => Promise.resolve(null),
        decide: (_step, calls) => {
          decided.push(...calls.map(({ name, input }) => ({ name, input })));
          return Promise.resolve({ over: true, accepted: true, results: [], nudge: null });
        },
        news: new AbortController().signal,
        abort: new AbortController().signal,
      },
      bench: { engine: { ...engine, pool }, sequence: lease.sequence },
      facts: { path, title: "SmolLM2", parameters: 2e9, bytes: 1, tiny: false },
      options: readOptions({ max_tokens: 120 }),
      ordinal: 0,
      closing: new AbortController().signal,
      clock: io.clock,
      undisturbed: () => Promise.resolve(),
    });
    const parts: { readonly type: string; readonly code?: string }[] = [];
    const steps = freeTurn(turn);
    for (let next = await steps.next(); !next.done; next = await steps.next()) parts.push(next.value);
    turn.release();
    lease.release();
    // After at most one round of tools only the vote is left, and that is said.
    const rounds = parts.filter(({ type }) => type === "model-step").length - 1;
    expect(parts.filter(({ type }) => type === "warning")).toMatchObject(Array.from({ length: rounds }, () => ({ code: "E_TOOL_ROUNDS" })));
    expect(decided).toEqual([{ name: "vote", input: { agent_id: expect.stringMatching(/^agent[12]$/), reason: expect.any(String) } }]);
  });

  test("REQ-LOCAL-5: the last close frees the model", async () => {
    const { llama } = await keep().open();
    await kept?.close();
    expect(llama.disposed).toBe(true);
  });
});
