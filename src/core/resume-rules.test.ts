// Rule 21: what the log alone says after a stop.
import { describe, expect } from "vitest";
import {
  add,
  answer,
  callOf,
  check,
  command,
  deadline,
  drop,
  end,
  fail,
  labelOf,
  modelStep,
  openTurn,
  outOfBudget,
  planOf,
  present,
  presented,
  resumed,
  start,
  step,
  vote,
  winner,
  working,
  type Council,
  type Step,
} from "./council.test-support.ts";
import {
  canGoOn,
  conversationOf,
  currentTurn,
  evolve,
  initialState,
  judge,
  nextAnswerId,
  nextTurnId,
  openCalls,
  OUTCOME_UNKNOWN,
  plan,
  presentationPrompt,
  presentationState,
  promptFor,
  type CallId,
  type Entry,
  type Effect,
  type FailureCategory,
  type JudgedCall,
  type Message,
  type RunEvent,
  type State,
  type TurnPlan,
} from "./index.ts";
import { agentId, callId, turnId } from "./ids.ts";

const ann = agentId("ann");
const answered = [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma")];
const fold = (log: readonly Entry[]): State => log.reduce(evolve, initialState);
const talk = (council: Council, name = "ann"): readonly Message[] => conversationOf(council.state, agentId(name));

const reads: readonly JudgedCall[] = [1, 2, 3].map((n) => ({
  call: callId(turnId(ann, 1), 1, n),
  providerCall: `p${n}`,
  name: `read${n}`,
  input: { n },
}));
const toolCall = (n: number, effect: Effect): RunEvent => ({
  type: "tool-call",
  agent: ann,
  turn: turnId(ann, 1),
  step: 1,
  call: reads[n - 1]?.call as CallId,
  providerCall: `p${n}`,
  name: `read${n}`,
  server: "files",
  tool: "read",
  input: { n },
  effect,
});
const toolResult = (n: number, text: string): RunEvent => ({
  type: "tool-result",
  agent: ann,
  turn: turnId(ann, 1),
  call: reads[n - 1]?.call as CallId,
  providerCall: `p${n}`,
  name: `read${n}`,
  isError: false,
  code: null,
  content: [{ type: "text", text }],
  durationMs: 1,
});
const textsOf = (message: Message | undefined): readonly string[] =>
  message?.role === "tool" ? message.results.map(({ content }) => (content[0]?.type === "text" ? content[0].text : "")) : [];

describe("REQ-COORD-21: taking a run up again", () => {
  check(
    "REQ-COORD-21.1: the folded log gives the same state and plan",
    {},
    [...answered, vote("ann", "bob"), start("bob"), drop("bob")],
    (council, planned) => {
      expect(fold(council.log)).toEqual(council.state);
      expect(plan(fold(council.log))).toEqual(planned);
    },
  );

  check("REQ-COORD-21.1: a resume closes open turns, and the turn is planned again", {}, [start("ann"), resumed], (council) => {
    expect(currentTurn(council.state, ann)).toBeNull();
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
    expect(nextTurnId(council.state, ann)).toBe("ann/2");
  });

  check(
    "REQ-COORD-21.1: it continues after the last finished step",
    {},
    [start("ann"), step("ann", reads.slice(0, 1)), add(toolResult(1, "one")), drop("ann"), end("ann", "interrupted"), resumed],
    (council) => {
      const before = talk(council);
      expect(before.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
      expect(promptFor(council.state, planOf(council, "ann") as TurnPlan)).toBe("");
      start("ann")(council);
      expect(talk(council)).toEqual(before);
    },
  );

  check(
    "REQ-COORD-21.2: of several calls those without a result are open, with what is known of them",
    {},
    [start("ann"), step("ann", reads), add(toolCall(1, "read-only")), add(toolCall(2, "destructive")), add(toolResult(1, "one")), resumed],
    (council) => {
      expect(openCalls(council.state, ann)).toEqual([
        {
          turn: "ann/1",
          step: 1,
          call: "ann/1/1.2",
          providerCall: "p2",
          name: "read2",
          input: { n: 2 },
          decision: false,
          effect: "destructive",
        },
        { turn: "ann/1", step: 1, call: "ann/1/1.3", providerCall: "p3", name: "read3", input: { n: 3 }, decision: false, effect: null },
      ]);
      expect(openCalls(council.state, agentId("nobody"))).toEqual([]);
      expect(textsOf(talk(council).at(-1))).toEqual(["one", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN]);
    },
  );

  check(
    "REQ-COORD-21.2: results come in call order, whatever order they arrived in",
    {},
    [start("ann"), step("ann", reads), add(toolResult(3, "three")), add(toolResult(1, "one")), add(toolResult(2, "two"))],
    (council) => {
      expect(textsOf(talk(council).at(-1))).toEqual(["one", "two", "three"]);
      expect(openCalls(council.state, ann)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-21.2: a rerun after the resume gives the real result, a second result changes nothing",
    {},
    [start("ann"), step("ann", reads.slice(0, 1)), resumed, add(toolResult(1, "one")), add(toolResult(1, "again"))],
    (council) => {
      expect(textsOf(talk(council).at(-1))).toEqual(["one"]);
    },
  );

  check(
    "REQ-COORD-21.2: once the conversation went on, what was said of a call stays",
    {},
    [start("ann"), step("ann", reads.slice(0, 1)), step("ann", [], "on")],
    (council) => {
      const before = talk(council);
      expect(textsOf(before[2])).toEqual([OUTCOME_UNKNOWN]);
      add(toolResult(1, "late"))(council);
      expect(talk(council)).toEqual(before);
      expect(openCalls(council.state, ann)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-21.2: the next turn closes open calls, also when it adds no message",
    {},
    [start("ann"), step("ann", reads.slice(0, 1)), resumed, start("ann")],
    (council) => {
      const before = talk(council);
      expect(before.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
      expect(openCalls(council.state, ann)).toEqual([]);
      add(toolResult(1, "late"))(council);
      expect(talk(council)).toEqual(before);
    },
  );

  check(
    "REQ-COORD-21.2: only a decision that was never judged stays open then",
    {},
    [start("ann"), step("ann", [callOf("new_answer", { content: "alpha" })]), resumed, start("ann")],
    (council) => {
      const judged = judge(council.state, openTurn(council, "ann"), openCalls(council.state, ann));
      for (const event of judged.events) council.append(event);
      expect(talk(council).at(-1)).toMatchObject({
        role: "tool",
        results: [{ isError: false, content: [{ text: "Your answer is recorded." }] }],
      });
    },
  );

  check("REQ-COORD-21.2: a nudge closes open calls too", {}, [start("ann"), step("ann", reads.slice(0, 1))], (council) => {
    add({ type: "decision-invalid", agent: ann, turn: turnId(ann, 1), fault: "none", attempt: 1, message: "m", nudge: "decide" })(council);
    expect(openCalls(council.state, ann)).toEqual([]);
    expect(talk(council).map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
  });

  check("REQ-COORD-21.2: calls that the provider runs itself are not ours to answer", {}, [start("ann")], (council) => {
    const part = {
      type: "tool-call",
      call: reads[0]?.call as CallId,
      providerCall: "p",
      name: "web_search",
      input: {},
      providerExecuted: true,
    } as const;
    council.append(modelStep({ agent: ann, turn: turnId(ann, 1) }, [part, { type: "text", text: "found" }], "stop"));
    expect(openCalls(council.state, ann)).toEqual([]);
    expect(talk(council).map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  check("REQ-COORD-21.2: a step without any part is no message", {}, [start("ann")], (council) => {
    council.append(modelStep({ agent: ann, turn: turnId(ann, 1) }, [], "error"));
    expect(talk(council)).toHaveLength(1);
  });

  check(
    "REQ-COORD-21.2: a decision that was not judged before the stop can be judged, or did not count",
    {},
    [...answered, start("ann"), step("ann", [callOf("vote", { agent_id: "agent3", reason: "r" })])],
    (council) => {
      const [open] = openCalls(council.state, ann);
      expect(open).toMatchObject({ name: "vote", decision: true, input: { agent_id: "agent3" }, effect: null });
      const judged = judge(council.state, openTurn(council, "ann"), openCalls(council.state, ann));
      expect(judged.accepted).toBe(true);
      resumed(council);
      expect(textsOf(talk(council).at(-1))[0]).toContain("did not count");
      expect(talk(council).at(-1)).toMatchObject({ results: [{ isError: true, name: "vote" }] });
    },
  );

  check(
    "REQ-COORD-21.2: malformed arguments are kept for the judgement",
    {},
    [start("ann"), step("ann", [{ call: "c" as CallId, providerCall: "p", name: "new_answer", malformed: "{" }])],
    (council) => {
      expect(openCalls(council.state, ann)).toMatchObject([{ malformed: "{", decision: true }]);
      expect(openCalls(council.state, ann)[0]).not.toHaveProperty("input");
    },
  );

  check(
    "REQ-COORD-21.2: a decision recorded just before the stop counts, and its call is answered so",
    {},
    [start("ann"), step("ann", [callOf("new_answer", { content: "alpha" })])],
    (council) => {
      const { events } = judge(council.state, openTurn(council, "ann"), openCalls(council.state, ann));
      add(events[0] as RunEvent)(council);
      resumed(council);
      expect(talk(council).at(-1)).toMatchObject({
        role: "tool",
        results: [{ isError: false, content: [{ text: "Your answer is recorded." }] }],
      });
      expect(working(council)).toEqual(["bob", "cid"]);
    },
  );

  const decisions: readonly (readonly [string, readonly Step[], JudgedCall])[] = [
    ["an answer", [start("ann")], callOf("new_answer", { content: "alpha" })],
    ["a late answer", [start("ann"), answer("bob", "beta"), command("answer-now")], callOf("new_answer", { content: "alpha" })],
    ["a vote", [...answered, start("ann")], callOf("vote", { agent_id: labelOf("bob"), reason: "good" })],
    [
      "a vote that comes too late to count",
      [...answered, start("ann"), answer("bob", "delta")],
      callOf("vote", { agent_id: labelOf("cid"), reason: "good" }),
    ],
  ];
  for (const [what, before, call] of decisions) {
    check(
      `REQ-COORD-21.2: after ${what} whose result was lost its author reads what it would have read`,
      {},
      [...before, step("ann", [call])],
      (council) => {
        const { events } = judge(council.state, openTurn(council, "ann"), openCalls(council.state, ann));
        const start = council.log.length;
        for (const event of events) council.append(event);
        const live = talk(council);
        const cut = fold([
          ...council.log.slice(0, start + 1),
          { ...(council.log[0] as Entry), type: "run-resumed", program: "test" } as Entry,
        ]);
        expect(live.at(-1)).toMatchObject({ role: "tool", results: [{ isError: false }] });
        expect(conversationOf(cut, ann)).toEqual(live);
      },
    );
  }

  check("REQ-COORD-21.2: a response that failed or was asked for again is no part of the conversation", {}, [start("ann")], (council) => {
    const before = talk(council);
    council.append(modelStep({ agent: ann, turn: openTurn(council, "ann") }, [{ type: "text", text: "cut off" }], "error"));
    expect(talk(council)).toEqual(before);
    expect(openCalls(council.state, ann)).toEqual([]);
  });

  const forcedEnds: readonly (readonly [string, Step, "timeout" | "budget"])[] = [
    ["its time", deadline("orchestrator"), "timeout"],
    ["its budget", outOfBudget, "budget"],
  ];
  for (const [what, force, cause] of forcedEnds) {
    const over: readonly Step[] = [
      ...answered,
      vote("ann", "bob"),
      start("cid"),
      force,
      present("bob"),
      presented("bob", "cut short"),
      end("cid", "interrupted"),
      (council) => council.append({ type: "run-end", result: plan(council.state).end as never }),
    ];
    check(`REQ-RUN-2: a run that ${what} has ended goes on from before that when it is taken up again`, {}, over, (council) => {
      expect(council.state.ended).toMatchObject({ outcome: "answered", answer: "cut short", cause });
      expect(canGoOn(council.state)).toBe(true);
      council.append({ type: "run-resumed", program: "test", orchestratorTimeoutMs: 99 });
      expect(winner(council)).toBeNull();
      expect(presentationState(council.state)).toBeNull();
      expect(council.state.council.members.map((member) => member.vote?.for ?? null)).toEqual(["bob.1", null, null]);
      expect(working(council)).toEqual(["bob", "cid"]);
      expect(plan(council.state).deadlines).toEqual([{ deadline: "orchestrator", atMs: 99 }]);
      expect(nextTurnId(council.state, agentId("bob"))).toBe("bob/3");
      vote("bob", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    });

    check(
      `REQ-RUN-2: an answer that came after ${what} is not used later either, and its number is not given out again`,
      {},
      [
        answer("ann", "alpha"),
        start("bob"),
        force,
        step("bob", []),
        (council) =>
          council.append({
            type: "answer-submitted",
            agent: agentId("bob"),
            turn: openTurn(council, "bob"),
            answer: nextAnswerId(council.state, agentId("bob")),
            content: "beta",
            late: true,
          }),
        (council) =>
          council.append({
            type: "run-end",
            result: { outcome: "answered", answer: "alpha", source: "stored", winner: null, cause, degraded: [] },
          }),
        resumed,
      ],
      (council) => {
        expect(planOf(council, "bob")).toMatchObject({ kind: "first" });
        expect(nextAnswerId(council.state, agentId("bob"))).toBe("bob.2");
      },
    );
  }

  const allOut = (...causes: readonly FailureCategory[]): readonly Step[] => [
    ...["ann", "bob", "cid"].flatMap((name, at) => [start(name), fail(name, causes[at] ?? "protocol")]),
    (council) => council.append({ type: "run-end", result: plan(council.state).end as never }),
  ];
  check(
    "REQ-RUN-2: a run in which every agent failed goes on with those that may be cured",
    {},
    allOut("network", "authentication"),
    (council) => {
      expect(council.state.ended).toMatchObject({ outcome: "no-answer", cause: null });
      expect(canGoOn(council.state)).toBe(true);
      resumed(council);
      expect(working(council)).toEqual(["ann", "bob"]);
      answer("ann", "alpha")(council);
      answer("bob", "alpha")(council);
      expect(winner(council)).toEqual(["ann.1", "unanimous"]);
    },
  );

  check("REQ-RUN-2: a run in which every agent failed for good does not go on", {}, allOut("protocol", "configuration"), (council) => {
    const before = council.state;
    expect(canGoOn(before)).toBe(false);
    resumed(council);
    expect(council.state).toBe(before);
  });

  check(
    "REQ-RUN-2: a run that was decided by votes does not go on",
    {},
    [...answered, vote("ann", "bob"), vote("bob", "bob"), present("bob"), presented("bob", "done")],
    (council) => {
      council.append({ type: "run-end", result: plan(council.state).end as never });
      const before = council.state;
      expect(canGoOn(before)).toBe(false);
      resumed(council);
      expect(council.state).toBe(before);
    },
  );

  const decided = [...answered, vote("ann", "bob"), vote("cid", "bob")];

  check("REQ-COORD-21.3: an unfinished presentation starts again from where it began", {}, [...decided, present("bob")], (council) => {
    const before = talk(council, "bob");
    council.append(
      modelStep({ agent: agentId("bob"), turn: presentationState(council.state)?.turn as never }, [{ type: "text", text: "half" }], "stop"),
    );
    resumed(council);
    expect(presentationState(council.state)).toBeNull();
    expect(plan(council.state).presentation).toMatchObject({ agent: "bob" });
    present("bob")(council);
    expect(talk(council, "bob")).toEqual(before);
    expect(before.at(-1)).toEqual({ role: "user", text: presentationPrompt(council.state) });
    presented("bob", "whole")(council);
    resumed(council);
    expect(plan(council.state).end).toMatchObject({ answer: "whole" });
  });

  const cures: readonly (readonly [FailureCategory, boolean])[] = [
    ["authentication", true],
    ["rate-limit", true],
    ["quota", true],
    ["overloaded", true],
    ["network", true],
    ["timeout", true],
    ["configuration", false],
    ["bad-request", false],
    ["refused", false],
    ["protocol", false],
    ["budget", true],
    ["internal", false],
    ["interrupted", false],
  ];
  for (const [category, cured] of cures) {
    check(
      `REQ-COORD-21.4: an agent that is out for ${category} ${cured ? "gets one new try" : "stays out"}`,
      {},
      [fail("ann", category), resumed],
      (council) => {
        expect(working(council).includes("ann")).toBe(cured);
        if (!cured) return;
        fail("ann", category)(council);
        expect(working(council)).toEqual(["bob", "cid"]);
      },
    );
  }

  check("REQ-COORD-21.4: in the evaluation it is one try as well", {}, [...answered, fail("ann", "authentication"), resumed], (council) => {
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
    fail("ann", "protocol")(council);
    expect(council.state.council.members[0]?.out).not.toBeNull();
  });

  check(
    "REQ-COORD-21.4: an abstention is forgotten with the new try",
    {},
    [...answered, fail("ann", "network"), answer("bob", "beta two"), fail("ann", "network"), resumed],
    (council) => {
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
      vote("ann", "bob")(council);
      answer("cid", "gamma two")(council);
      fail("ann", "network")(council);
      expect(council.state.council.members[0]).toMatchObject({ out: null, failures: 1 });
    },
  );

  check(
    "REQ-COORD-21.4: even if the log has let an abstaining agent go on until it was out",
    {},
    [...answered, fail("ann", "network")],
    (council) => {
      council.append({
        type: "turn-start",
        agent: ann,
        turn: turnId(ann, 3),
        kind: "evaluation",
        shown: [],
        mayAnswer: true,
        mayVote: [],
        prompt: "",
      });
      end("ann", "failed", "network")(council);
      expect(working(council)).toEqual(["bob", "cid"]);
      resumed(council);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-21.4: a resume leaves abstentions of living agents and the pause is over",
    {},
    [...answered, fail("ann"), command("pause"), resumed],
    (council) => {
      expect(working(council)).toEqual(["bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-21.4: an agent that comes back after the others have decided changes nothing",
    {},
    [fail("cid", "network"), answer("ann", "alpha"), fail("bob"), resumed],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "single"]);
      expect(working(council)).toEqual([]);
    },
  );
});
