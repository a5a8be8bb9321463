// What a log may hold without harm: nonsense, events of other releases, streams.
import { describe, expect, test } from "vitest";
import {
  add,
  answer,
  answerNamed,
  callOf,
  check,
  deadline,
  decide,
  modelStep,
  newCouncil,
  openTurn,
  start,
  step,
} from "./council.test-support.ts";
import {
  conversationOf,
  currentTurn,
  evolve,
  initialState,
  nextAnswerId,
  nextTurnId,
  openCalls,
  plan,
  promptFor,
  standingVotes,
  type CallId,
  type RunEvent,
} from "./index.ts";
import { agentId, turnId } from "./ids.ts";
import { toolCall, toolResult } from "./tool-calls.test-support.ts";

const ann = agentId("ann");

describe("REQ-COORD-22: what a log may hold without harm", () => {
  const nonsense: readonly RunEvent[] = [
    {
      type: "turn-start",
      agent: agentId("zed"),
      turn: turnId(agentId("zed"), 1),
      kind: "first",
      shown: [],
      mayAnswer: true,
      mayVote: [],
      prompt: "?",
    },
    {
      type: "turn-start",
      agent: ann,
      turn: turnId(ann, 2),
      kind: "evaluation",
      shown: [],
      mayAnswer: true,
      mayVote: [],
      prompt: "second while the first is open",
    },
    { type: "turn-end", agent: ann, turn: turnId(ann, 9), outcome: "failed" },
    { type: "turn-end", agent: agentId("bob"), turn: turnId(agentId("bob"), 1), outcome: "failed" },
    {
      type: "answer-submitted",
      agent: agentId("bob"),
      turn: turnId(agentId("bob"), 1),
      answer: answerNamed("bob.1"),
      content: "x",
      late: false,
    },
    { type: "answer-submitted", agent: ann, turn: turnId(ann, 2), answer: answerNamed("ann.1"), content: "x", late: false },
    { type: "vote-submitted", agent: ann, turn: turnId(ann, 1), for: answerNamed("zed.1"), reason: "", shown: [] },
    { type: "decision-invalid", agent: ann, turn: turnId(ann, 9), fault: "none", attempt: 1, message: "", nudge: "?" },
    { type: "presentation-start", agent: ann, turn: turnId(ann, 3), prompt: "?" },
    { type: "presentation-end", agent: ann, turn: turnId(ann, 1), outcome: "done", text: "?" },
    modelStep({ agent: ann, turn: turnId(ann, 9) }, [{ type: "text", text: "?" }], "stop"),
    modelStep({ agent: agentId("zed"), turn: turnId(ann, 1) }, [{ type: "text", text: "?" }], "interrupted"),
    toolCall(1, "unknown"),
    toolResult(1, "?"),
    {
      type: "intent-recorded",
      agent: agentId("zed"),
      turn: turnId(ann, 1),
      call: "c" as CallId,
      server: "s",
      tool: "t",
      name: "n",
      input: {},
    },
    { type: "run-start", question: "another", history: [], agents: [], settings: newCouncil().state.run?.settings as never, program: "x" },
    { type: "command-received", command: { name: "permission", call: "c" as CallId, allow: true, remember: "once" } },
    { type: "no-such-type" } as never,
    { type: "toString" } as never,
    { type: "constructor" } as never,
  ];
  for (const event of nonsense) {
    check(`REQ-COORD-22.1: nonsense changes nothing: ${JSON.stringify(event).slice(0, 60)}`, {}, [start("ann")], (council) => {
      const before = council.state;
      council.append(event);
      expect(council.state).toBe(before);
    });
  }

  const quiet: readonly RunEvent[] = [
    { type: "text-start", agent: ann, turn: turnId(ann, 1), block: "b" },
    { type: "text-delta", agent: ann, turn: turnId(ann, 1), block: "b", delta: "x" },
    { type: "reasoning-delta", agent: ann, turn: turnId(ann, 1), block: "b", delta: "x" },
    {
      type: "retry-scheduled",
      agent: ann,
      turn: turnId(ann, 1),
      attempt: 1,
      delayMs: 1,
      failure: { category: "network", code: "E", message: "" },
    },
    { type: "tool-progress", agent: ann, turn: turnId(ann, 1), call: "c" as CallId, progress: 1, total: null, message: null },
    { type: "warning", code: "W", message: "w" },
  ];
  for (const event of quiet) {
    check(`REQ-COORD-22.2: ${event.type} returns the very same state`, {}, [start("ann")], (council) => {
      const before = council.state;
      council.append(event);
      expect(council.state).toBe(before);
    });
  }

  check("REQ-COORD-22.2: a model step leaves the council the same object", {}, [start("ann")], (council) => {
    const before = council.state.council;
    step("ann", [], "thinking")(council);
    expect(council.state.council).toBe(before);
    expect(plan(council.state).turns).toBe(plan(council.state).turns);
  });

  test("REQ-COORD-22.1: before its start a run has no plan and takes no event", () => {
    const entry = { v: 1, seq: 1, at: 0, activeMs: 0, run: "r", type: "deadline-reached", deadline: "orchestrator" } as never;
    expect(evolve(initialState, entry)).toBe(initialState);
    expect(plan(initialState)).toEqual({ turns: [], intents: [], presentation: null, deadlines: [], end: null });
    expect(conversationOf(initialState, ann)).toEqual([]);
    expect(openCalls(initialState, ann)).toEqual([]);
    expect(currentTurn(initialState, ann)).toBeNull();
    expect(promptFor(initialState, { agent: ann } as never)).toBe("");
  });

  check(
    "REQ-COORD-22.1: an answer id is given once, and numbers go on",
    {},
    [answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), start("ann")],
    (council) => {
      add({
        type: "answer-submitted",
        agent: ann,
        turn: openTurn(council, "ann"),
        answer: answerNamed("bob.1"),
        content: "stolen",
        late: false,
      })(council);
      expect(council.state.council.current.map(({ content }) => content)).toEqual(["alpha", "beta"]);
      expect(nextAnswerId(council.state, ann)).toBe("ann.2");
      expect(nextTurnId(council.state, ann)).toBe("ann/3");
      expect(nextAnswerId(council.state, agentId("cid"))).toBe("cid.1");
      expect(decide(council, "ann", [callOf("new_answer", { content: "alpha two" })]).events[0]).toMatchObject({ answer: "ann.2" });
      expect(standingVotes(council.state)).toEqual([]);
    },
  );
});
