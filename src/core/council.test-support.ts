// A council played by hand, for tests: each step appends what the runtime would append, taking turns only where the plan has them.
import { test } from "vitest";
import { agentId, callId, label, runId, turnId, type AnswerId, type CallId, type Label, type TurnId } from "./ids.ts";
import { evolve } from "./evolve.ts";
import { judge, type JudgedCall, type Judgement } from "./judge.ts";
import type { Json } from "./message.ts";
import { plan } from "./plan.ts";
import type { Plan, TurnPlan } from "./plan-types.ts";
import { presentationPrompt, promptFor, systemPrompt } from "./prompts.ts";
import { currentTurn, nextTurnId } from "./selectors.ts";
import { DEFAULT_SETTINGS, type CoordinationSettings } from "./settings.ts";
import { initialState, type State } from "./state.ts";
import type { Entry, EventOf, FailureCategory, RunAgent, RunEvent } from "./events.ts";
import { UNKNOWN_USAGE } from "./usage.ts";

/** Ids and labels are crossed on purpose: ann is agent2, bob agent3, cid agent1, dan agent4, eve agent5, and an agent called agent1 is agent6. */
const LABELS: Readonly<Record<string, string>> = {
  ann: "agent2",
  bob: "agent3",
  cid: "agent1",
  dan: "agent4",
  eve: "agent5",
  agent1: "agent6",
};

export type Council = {
  state: State;
  readonly log: Entry[];
  append(event: RunEvent): void;
};

export type Setup = {
  readonly agents?: readonly string[];
  readonly settings?: Partial<CoordinationSettings>;
  readonly question?: string;
  readonly history?: EventOf<"run-start">["history"];
  readonly silent?: readonly string[];
};

export type Step = (council: Council) => void;

export function newCouncil(setup: Setup = {}): Council {
  const council: Council = {
    state: initialState,
    log: [],
    append(event) {
      const entry = { v: 1, seq: council.log.length + 1, at: 0, activeMs: 0, run: runId("20260101000000-00000000"), ...event };
      council.log.push(entry);
      council.state = evolve(council.state, entry);
    },
  };
  const agents = (setup.agents ?? ["ann", "bob", "cid"]).map((name) => agentNamed(name, setup.silent ?? []));
  const settings = { ...DEFAULT_SETTINGS, ...setup.settings };
  council.append({
    type: "run-start",
    question: setup.question ?? "Which?",
    history: setup.history ?? [],
    agents,
    settings,
    program: "test",
  });
  return council;
}

function agentNamed(name: string, silent: readonly string[]): RunAgent {
  return {
    id: agentId(name),
    label: labelOf(name),
    backend: "scripted",
    model: null,
    system: systemPrompt(null),
    presents: !silent.includes(name),
  };
}

export function labelOf(name: string): Label {
  return label(LABELS[name] ?? name);
}

type Case = readonly [steps: readonly Step[], look: (council: Council, plan: Plan) => void];

/** A case: play the steps, then look. */
export function check(name: string, setup: Setup, ...[steps, look]: Case): void {
  test(name, () => {
    const council = newCouncil(setup);
    for (const step of steps) step(council);
    look(council, plan(council.state));
  });
}

export function planOf(council: Council, name: string): TurnPlan | undefined {
  return plan(council.state).turns.find(({ agent }) => agent === name);
}

/** Who should be working now. */
export function working({ state }: Council): readonly string[] {
  return plan(state).turns.map(({ agent }) => agent);
}

export function winner({ state }: Council): readonly [string | undefined, string] | null {
  const { decision } = state.council;
  return decision === null ? null : [decision.winner?.id, decision.cause];
}

export function openTurn(council: Council, name: string): TurnId {
  const turn = currentTurn(council.state, agentId(name))?.turn;
  if (turn === undefined) throw new Error(`${name} has no open turn`);
  return turn;
}

/** Starts the planned turn. */
export const start =
  (name: string): Step =>
  (council) => {
    const planned = planOf(council, name);
    if (planned === undefined) throw new Error(`no turn is planned for ${name}`);
    const { agent, kind, shown, mayAnswer, mayVote } = planned;
    const prompt = promptFor(council.state, planned);
    council.append({ type: "turn-start", agent, turn: nextTurnId(council.state, agent), kind, shown, mayAnswer, mayVote, prompt });
  };

export const end =
  (name: string, outcome: "done" | "interrupted" | "failed" = "done", category: FailureCategory = "protocol"): Step =>
  (council) => {
    const failure = outcome === "failed" ? { failure: { category, code: "E_TEST", message: `${category} trouble` } } : {};
    council.append({ type: "turn-end", agent: agentId(name), turn: openTurn(council, name), outcome, ...failure });
  };

/** A finished step with these calls, or with text where there are none. */
export const step =
  (name: string, calls: readonly JudgedCall[], text = ""): Step =>
  (council) => {
    const turn = openTurn(council, name);
    const parts = [
      ...(text === "" ? [] : [{ type: "text", text } as const]),
      ...calls.map((call) => ({ type: "tool-call", ...call }) as const),
    ];
    council.append(modelStep({ agent: agentId(name), turn }, parts, "stop"));
  };

type ModelStep = EventOf<"model-step">;

export function modelStep(
  { agent, turn }: Pick<ModelStep, "agent" | "turn">,
  parts: ModelStep["parts"],
  finish: ModelStep["finish"],
): ModelStep {
  return { type: "model-step", agent, turn, step: 1, parts, finish, usage: UNKNOWN_USAGE, costUsd: null, model: null };
}

let calls = 0;
export function callOf(name: string, input: Json): JudgedCall {
  calls += 1;
  return { call: callId(turnId(agentId("x"), 1), 1, calls), providerCall: `p${calls}`, name, input };
}

/** A step with decisions, judged. */
export function decide(council: Council, name: string, decisions: readonly JudgedCall[]): Judgement {
  const turn = openTurn(council, name);
  if (decisions.length > 0) step(name, decisions)(council);
  else step(name, [], "thinking aloud")(council);
  const judgement = judge(council.state, turn, decisions);
  for (const event of judgement.events) council.append(event);
  return judgement;
}

/** Starts the turn where none is open, hands in the answer, ends the turn. */
export const answer =
  (name: string, content: string): Step =>
  (council) => {
    if (currentTurn(council.state, agentId(name)) === null) start(name)(council);
    const { accepted, results } = decide(council, name, [callOf("new_answer", { content })]);
    if (!accepted) throw new Error(results[0]?.text);
    end(name)(council);
  };

/** Votes for the label of `target`. */
export const vote =
  (name: string, target: string, reason = "good"): Step =>
  (council) => {
    if (currentTurn(council.state, agentId(name)) === null) start(name)(council);
    const { accepted, results } = decide(council, name, [callOf("vote", { agent_id: labelOf(target), reason })]);
    if (!accepted) throw new Error(results[0]?.text);
    end(name)(council);
  };

export const fail =
  (name: string, category: FailureCategory = "protocol"): Step =>
  (council) => {
    if (currentTurn(council.state, agentId(name)) === null) start(name)(council);
    end(name, "failed", category)(council);
  };

/** A step dropped for news. */
export const drop =
  (name: string): Step =>
  (council) => {
    council.append(
      modelStep({ agent: agentId(name), turn: openTurn(council, name) }, [{ type: "text", text: "half a thought" }], "interrupted"),
    );
  };

export const add =
  (event: RunEvent): Step =>
  (council) =>
    council.append(event);
export const deadline = (name: "first-answers" | "orchestrator"): Step => add({ type: "deadline-reached", deadline: name });
export const command = (name: "answer-now" | "cancel" | "pause" | "resume"): Step => add({ type: "command-received", command: { name } });
export const resumed: Step = add({ type: "run-resumed", program: "test" });
export const outOfBudget: Step = add({ type: "budget-state", agent: null, used: { tokens: 1 }, percent: 100, exhausted: true });

export const present =
  (name: string): Step =>
  (council) => {
    const agent = agentId(name);
    council.append({
      type: "presentation-start",
      agent,
      turn: nextTurnId(council.state, agent),
      prompt: presentationPrompt(council.state),
    });
  };

export const presented =
  (name: string, text: string, outcome: "done" | "failed" | "interrupted" = "done"): Step =>
  (council) => {
    const turn = council.state.council.presentation?.turn;
    if (turn === undefined) throw new Error("no presentation is open");
    council.append({ type: "presentation-end", agent: agentId(name), turn, outcome, text });
  };

export const intent =
  (name: string, call: string, input: Json = {}): Step =>
  (council) => {
    const turn = currentTurn(council.state, agentId(name))?.turn ?? turnId(agentId(name), 1);
    council.append({
      type: "intent-recorded",
      agent: agentId(name),
      turn,
      call: call as CallId,
      server: "files",
      tool: "write",
      name: "mcp__files__write",
      input,
    });
  };

export const begun = (call: string): Step => add({ type: "intent-started", call: call as CallId });

export const executed = (call: string, isError = false): Step =>
  add({ type: "intent-executed", call: call as CallId, isError, content: [{ type: "text", text: `outcome of ${call}` }] });

export const answerNamed = (name: string): AnswerId => name as AnswerId;

/** Ann, bob and cid have answered; with dan, they are four. */
export const answered: readonly Step[] = [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma")];
export const four: Setup = { agents: ["ann", "bob", "cid", "dan"] };
export const fourAnswered: readonly Step[] = [...answered, answer("dan", "delta")];

/** An answer that stands in the log although nothing judged it. */
export const unjudged =
  (id: string, content: string, fields: { readonly turn?: string; readonly late?: boolean } = {}): Step =>
  (council) => {
    const [name = ""] = id.split(".");
    const turn = fields.turn === undefined ? openTurn(council, name) : (fields.turn as TurnId);
    council.append({ type: "answer-submitted", agent: agentId(name), turn, answer: answerNamed(id), content, late: fields.late ?? false });
  };
