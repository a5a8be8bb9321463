// Rule 21: what the log alone says after a stop.
import { describe, expect } from "vitest";
import {
  add,
  answer,
  answered,
  callOf,
  check,
  command,
  drop,
  end,
  labelOf,
  modelStep,
  openTurn,
  planOf,
  present,
  presented,
  resumed,
  start,
  step,
  vote,
  working,
  type Council,
  type Step,
} from "./council.test-support.ts";
import {
  conversationOf,
  currentTurn,
  evolve,
  initialState,
  judge,
  nextTurnId,
  openCalls,
  OUTCOME_UNKNOWN,
  plan,
  presentationPrompt,
  presentationState,
  promptFor,
  type CallId,
  type Entry,
  type JudgedCall,
  type Message,
  type RunEvent,
  type State,
  type TurnPlan,
} from "./index.ts";
import { agentId, turnId } from "./ids.ts";
import { reads, toolCall, toolResult } from "./tool-calls.test-support.ts";

const ann = agentId("ann");
const fold = (log: readonly Entry[]): State => log.reduce(evolve, initialState);
const talk = (council: Council, name = "ann"): readonly Message[] => conversationOf(council.state, agentId(name));

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

  check("REQ-COORD-21.2: a step without any part is no message", {}, [start("ann"), step("ann", [])], (council) => {
    expect(talk(council).map(({ role }) => role)).toEqual(["user"]);
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
});
