// What a server gets when it asks in the middle of a call, by what its entry says and by who is there.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { agentId, callId, turnId, type FormAnswer } from "../core/index.ts";
import { fakeClock } from "../testing/index.ts";
import { agent, misbehaving, startRun, stdioServer, serverFile, textOf } from "./broker.test-support.ts";
import { CallLimit } from "./call-limit.ts";
import type { BrokerPolicy, FormQuestion, SamplingQuestion, ToolCallRequest } from "./contract.ts";
import { proposedValues, ServerQuestions, type CallOrigin } from "./server-questions.ts";

const asking = (kind: string, extra: object = {}) => misbehaving([`--ask=${kind}`], { extra: extra as never });

type Person = { readonly answer?: boolean; readonly there?: boolean };
function withPerson({ answer = true, there = true }: Person): { readonly policy: BrokerPolicy; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    policy: {
      canAsk: () => there,
      ask: async ({ tool, input }) => {
        asked.push({ tool, input });
        return { allow: answer, by: "person" };
      },
    },
  };
}

async function answerOf(server: ReturnType<typeof asking>, policy: BrokerPolicy = {}) {
  const run = startRun({ a: [server] }, { policy });
  await run.settled("a");
  return { told: textOf(await run.call("a", "mcp__bad__echo", {})), run };
}

describe("a form (REQ-MCP-43)", () => {
  test("is shown to a person, who agrees to what it proposes or declines, and both are on record", async () => {
    const { policy, asked } = withPerson({});
    const { told, run } = await answerOf(asking("confirm"), policy);
    expect(told).toBe('{"action":"accept","content":{"sure":true,"size":"m"}}');
    expect(asked).toEqual([{ tool: "elicitation", input: { question: "Really?", answer: { sure: true, size: "m" } } }]);
    expect(run.of("permission-asked")).toMatchObject([{ agent: "a", server: "bad", tool: "elicitation" }]);
    expect(run.of("permission-answered")).toMatchObject([{ allow: true, by: "person" }]);
    expect((await answerOf(asking("confirm"), withPerson({ answer: false }).policy)).told).toBe('{"action":"decline"}');
  });

  test.each([
    ["where nobody is there", {}, { there: false }],
    ["where the entry says deny", { elicitation: "deny" }, {}],
  ])("is declined %s, and nobody is asked", async (_where, extra, person) => {
    const { policy, asked } = withPerson(person);
    const { told, run } = await answerOf(asking("confirm", extra), policy);
    expect(told).toBe('{"action":"decline"}');
    expect(asked).toEqual([]);
    expect(run.of("warning")).toHaveLength(1);
  });

  test("that waits behind another is asked of nobody once its call has ended, and counts as our silence meanwhile", async () => {
    let holds = 0;
    const callOf = (id: string): CallOrigin => ({
      agent: agentId(id),
      turn: turnId(agentId(id), 1),
      call: callId(turnId(agentId(id), 1), 1, 1),
      signal: new AbortController().signal,
      hold: () => {
        holds += 1;
        return () => void (holds -= 1);
      },
    });
    const [first, other] = [callOf("a"), callOf("b")];
    const { promise, resolve } = Promise.withResolvers<FormAnswer>();
    const shown = Promise.withResolvers<void>();
    const asked: FormQuestion[] = [];
    let origin = first;
    const questions = new ServerQuestions({
      server: misbehaving([]),
      record: async () => {},
      elicit: null,
      origin: () => origin,
      policy: {
        canAsk: () => true,
        fillIn: (question) => {
          asked.push(question);
          shown.resolve();
          return promise;
        },
      },
    });
    const question = { server: "bad", message: "Who?", schema: { type: "object", properties: { name: { type: "string" } } } };
    const answers = [questions.form(question), questions.form(question)];
    expect(holds).toBe(2);
    await shown.promise;
    origin = other;
    resolve({ action: "cancel" });
    expect(await Promise.all(answers)).toEqual([{ action: "cancel" }, { action: "decline" }]);
    expect(asked.map((form) => form.agent)).toEqual(["a"]);
    expect(holds).toBe(0);
  });

  test("may take a person longer than a silent server is waited for", async () => {
    const clock = fakeClock();
    const limit = new CallLimit(clock, new AbortController().signal, { totalMs: 10_000, silenceMs: 200 });
    limit.alive();
    const release = limit.hold();
    await clock.advance(5_000);
    expect(limit.endedBy).toBeNull();
    release();
    await clock.advance(150);
    expect(limit.endedBy).toBeNull();
    await clock.advance(300);
    expect(limit.endedBy).toBe("deadline");
  });

  test("that wants words of its own is declined, a person cannot type them here", async () => {
    const { policy, asked } = withPerson({});
    expect((await answerOf(asking("elicitation"), policy)).told).toBe('{"action":"decline"}');
    expect(asked).toEqual([]);
  });

  test("is accepted without a person where the entry allows it and nothing is missing", async () => {
    expect((await answerOf(asking("defaults", { elicitation: "allow" }))).told).toBe('{"action":"accept","content":{"n":3}}');
    expect((await answerOf(asking("confirm", { elicitation: "allow" }))).told).toBe('{"action":"decline"}');
  });

  test.each([
    { verdict: "deny", byEntry: '{"action":"decline"}', byPerson: '{"action":"decline"}', times: 0 },
    {
      verdict: "allow",
      byEntry: '{"action":"accept","content":{"n":3}}',
      byPerson: '{"action":"accept","content":{"sure":true,"size":"m"}}',
      times: 0,
    },
    {
      verdict: "ask",
      byEntry: '{"action":"accept","content":{"n":3}}',
      byPerson: '{"action":"accept","content":{"sure":true,"size":"m"}}',
      times: 1,
    },
  ] as const)("follows a rule of the policy that says $verdict", async ({ verdict, byEntry, byPerson, times }) => {
    const { policy, asked } = withPerson({});
    const ruled: BrokerPolicy = {
      ...policy,
      checkCall: ({ tool }) => ({ verdict: tool === "elicitation" ? verdict : "allow", rule: "r", reason: "r" }),
    };
    expect((await answerOf(asking("defaults", { elicitation: "allow" }), ruled)).told).toBe(byEntry);
    expect((await answerOf(asking("confirm"), ruled)).told).toBe(byPerson);
    expect(asked).toHaveLength(times);
  });

  test("is declined where the policy cannot be applied", async () => {
    const broken: BrokerPolicy = {
      ...withPerson({}).policy,
      checkCall: ({ tool }) => {
        if (tool === "elicitation") throw new Error("broken");
        return { verdict: "allow", rule: "r", reason: "r" };
      },
    };
    expect((await answerOf(asking("confirm"), broken)).told).toBe('{"action":"decline"}');
  });

  test("proposes defaults, the only choice, and a yes where a person agreed", () => {
    const schema = { type: "object", properties: { a: { enum: ["x"] }, b: { const: 2 }, c: { type: "boolean" } }, required: ["a", "c"] };
    expect(proposedValues(schema, true)).toEqual({ a: "x", b: 2, c: true });
    expect(proposedValues(schema, false)).toBeNull();
    expect(proposedValues({ properties: { free: { type: "string" } } }, true)).toBeNull();
    expect(proposedValues({}, false)).toEqual({});
  });
});

describe("a form that a person fills in (REQ-MCP-53)", () => {
  const TOWN = { town: "Bonn", nights: 3 };
  /** Somebody who sends one answer after the other, and what they were shown. */
  function filling(...answers: readonly FormAnswer[]): { readonly policy: BrokerPolicy; readonly shown: FormQuestion[] } {
    const shown: FormQuestion[] = [];
    const left = [...answers];
    return {
      shown,
      policy: {
        canAsk: () => true,
        fillIn: async (question) => {
          shown.push(question);
          return left.shift() ?? { action: "cancel" };
        },
      },
    };
  }

  test("is sent as it was filled in, its words harmless, and both are on record", async () => {
    const { policy, shown } = filling({ action: "accept", content: TOWN });
    const { told, run } = await answerOf(asking("form"), policy);
    expect(told).toBe('{"action":"accept","content":{"town":"Bonn","nights":3}}');
    expect(shown[0]).toMatchObject({
      server: "bad",
      form: { message: "Where to?", fields: [{ name: "town", required: true }, { initial: 2 }] },
    });
    expect(run.of("form-asked")).toMatchObject([{ agent: "a", server: "bad", problem: null, filled: {} }]);
    expect(run.of("form-answered")).toMatchObject([{ agent: "a", action: "accept" }]);
  });

  test.each(["decline", "cancel"] as const)("can be left at any time: %s", async (action) => {
    expect((await answerOf(asking("form"), filling({ action }).policy)).told).toBe(`{"action":"${action}"}`);
  });

  test("is asked again with the reason until it fits what the server wants", async () => {
    const { policy, shown } = filling(
      { action: "accept", content: { nights: 3 } },
      { action: "accept", content: { town: "B", nights: 3 } },
      { action: "accept", content: TOWN },
    );
    expect((await answerOf(asking("form"), policy)).told).toContain('"Bonn"');
    expect(shown.map(({ problem }) => problem)).toEqual([null, "town: This has to be filled in.", "town: At least 2 characters."]);
    expect(shown[2]?.filled).toEqual({ town: "B", nights: 3 });
  });

  test("is declined after five answers that do not fit, and the run says why", async () => {
    const wrong: FormAnswer = { action: "accept", content: { town: 5 } };
    const { policy, shown } = filling(...Array.from({ length: 9 }, () => wrong));
    const { told, run } = await answerOf(asking("form"), policy);
    expect(told).toBe('{"action":"decline"}');
    expect(shown).toHaveLength(5);
    expect(run.of("warning")[0]?.message).toContain("did not fit");
  });

  test("that wants a secret is declined without being shown, and the run says why (REQ-MCP-54)", async () => {
    const { policy, shown } = filling({ action: "accept", content: { password: "x" } });
    const { told, run } = await answerOf(asking("elicitation"), policy);
    expect(told).toBe('{"action":"decline"}');
    expect(shown).toEqual([]);
    expect(run.of("warning")[0]?.message).toContain("wants a password, token or key");
  });

  test("waits until the one before it is answered", async () => {
    const first = Promise.withResolvers<FormAnswer>();
    const begun = Promise.withResolvers<void>();
    const shown: string[] = [];
    const policy: BrokerPolicy = {
      fillIn: async ({ form }) => {
        shown.push(form.message);
        begun.resolve();
        return form.message === "Really?" ? first.promise : { action: "accept", content: TOWN };
      },
    };
    const answered = answerOf(asking("twice"), policy);
    await begun.promise;
    expect(shown).toEqual(["Really?"]);
    first.resolve({ action: "decline" });
    expect((await answered).told).toBe('[{"action":"decline"},{"action":"accept","content":{"town":"Bonn","nights":3}}]');
    expect(shown).toEqual(["Really?", "Where to?"]);
  });

  test.each(["deny", "allow"] as const)("follows a rule of the policy that says %s", async (verdict) => {
    const { policy, shown } = filling({ action: "accept", content: TOWN });
    const ruled: BrokerPolicy = {
      ...policy,
      checkCall: ({ tool }) => ({ verdict: tool === "elicitation" ? verdict : "allow", rule: "r", reason: "r" }),
    };
    // What is allowed without asking is what the form proposes; this one proposes no town.
    expect((await answerOf(asking("form"), ruled)).told).toContain(verdict === "deny" ? "decline" : "Bonn");
    expect(shown).toHaveLength(verdict === "deny" ? 0 : 1);
  });
});

describe("an answer of a model (REQ-MCP-44)", () => {
  async function sampled(extra: object, person: Person | null = null) {
    const questions: SamplingQuestion[] = [];
    const run = startRun({ a: [asking("sampling", extra)] }, person ? { policy: withPerson(person).policy } : {});
    await run.settled("a");
    const turn = turnId(agentId("a"), 1);
    const request: ToolCallRequest = {
      turn,
      step: 1,
      call: callId(turn, 1, 1),
      providerCall: "p",
      name: "mcp__bad__echo",
      input: {},
      signal: new AbortController().signal,
      sample: async (question) => {
        questions.push(question);
        return {
          text: "hi",
          model: "m",
          spent: { requests: 1, usage: { inputTokens: 3, cachedTokens: null, outputTokens: 2, reasoningTokens: null }, costUsd: 0.5 },
        };
      },
    };
    const outcome = await run.broker.forAgent(agent("a")).call(request);
    return { told: textOf(outcome), questions, result: run.of("tool-result")[0], run };
  }

  test("is refused where the entry does not say otherwise, or nobody is there to agree", async () => {
    expect((await sampled({})).told).toContain("does not offer");
    const { told, questions } = await sampled({ sampling: "ask" }, { there: false });
    expect(told).toContain("did not agree");
    expect(questions).toEqual([]);
  });

  test("comes from the agent whose call it is, and its cost is in the call's result", async () => {
    for (const [extra, person] of [
      [{ sampling: "allow" }, null],
      [{ sampling: "ask" }, {}],
    ] as const) {
      const { told, questions, result } = await sampled(extra, person);
      expect(told).toContain('"text":"hi"');
      expect(questions).toEqual([{ system: null, messages: [{ role: "user", text: "Say hi" }], maxTokens: 5 }]);
      expect(result?.sampled).toEqual({
        requests: 1,
        usage: { inputTokens: 3, cachedTokens: null, outputTokens: 2, reasoningTokens: null },
        costUsd: 0.5,
      });
    }
  });
});

describe("folders (REQ-MCP-45)", () => {
  test("are told as the entry names them, and entries that name others share no process", async () => {
    const { told, run } = await answerOf(asking("roots", { roots: ["sub", "/srv/data"] }));
    expect(told).toContain(pathToFileURL(path.join(run.io.cwd, "sub")).href);
    expect(told).toContain("file:///srv/data");
    const counting = (roots: readonly string[]) =>
      stdioServer("c", [serverFile("counting-server.mjs"), "-"], { extra: { roots: roots as string[] } });
    const two = startRun({ a: [counting(["x"])], b: [counting(["y"])], c: [counting(["x"])] });
    await Promise.all(["a", "b", "c"].map((id) => two.settled(id)));
    expect(two.broker.servers()).toHaveLength(2);
  });
});
