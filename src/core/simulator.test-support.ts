// A runtime without time, models or tools: it follows `plan`, and a stream of choices says what agents do and what goes wrong.
// Choice 0 always makes progress, so a run whose choices are used up comes to its end.
import { callId, runId, type AgentId } from "./ids.ts";
import { assignLabels } from "./labels.ts";
import { modelStep } from "./council.test-support.ts";
import {
  agentId,
  conversationOf,
  currentTurn,
  evolve,
  initialState,
  judge,
  nextTurnId,
  openCalls,
  plan,
  presentationPrompt,
  presentationState,
  promptFor,
  type CoordinationSettings,
  type Entry,
  type EventOf,
  type FailureCategory,
  type Json,
  type JudgedCall,
  type Message,
  type RunEvent,
  type State,
  type TurnPlan,
} from "./index.ts";

export type Choices = { next(below: number): number };

/** Reads numbers from a list; zeros after its end. */
export function choicesFrom(numbers: readonly number[]): Choices & { isUsedUp(): boolean } {
  let at = 0;
  return {
    next(below) {
      const number = numbers[at] ?? 0;
      at += 1;
      return number % below;
    },
    isUsedUp: () => at >= numbers.length,
  };
}

export type Simulation = {
  state: State;
  readonly log: Entry[];
  readonly counts: Map<string, number>;
  /** Longest conversation sent so far, per agent. */
  readonly sent: Map<AgentId, readonly Message[]>;
};

export function simulate(agents: number, settings: CoordinationSettings, choices: Choices): Simulation {
  const simulation: Simulation = { state: initialState, log: [], counts: new Map(), sent: new Map() };
  const ids = Array.from({ length: agents }, (_, index) => agentId(`name${index}`));
  const labels = assignLabels(ids, settings.seed);
  append(simulation, {
    type: "run-start",
    question: "q",
    history: [],
    program: "test",
    settings,
    agents: ids.map((id) => ({
      id,
      label: labels.get(id) as never,
      backend: "b",
      model: null,
      system: "s",
      presents: choices.next(8) !== 1,
    })),
  });
  run(simulation, choices);
  return simulation;
}

/** Takes the run up from a prefix of its log, as a new process would. */
export function resume(log: readonly Entry[], choices: Choices): Simulation {
  const simulation: Simulation = { state: log.reduce(evolve, initialState), log: [...log], counts: new Map(), sent: new Map() };
  takeUp(simulation, choices);
  run(simulation, choices);
  return simulation;
}

const MOST_STEPS = 5_000;

function run(simulation: Simulation, choices: Choices): void {
  for (let step = 0; simulation.state.ended === null; step += 1) {
    if (step > MOST_STEPS) throw new Error("The run does not end");
    const { end } = plan(simulation.state);
    if (end !== null) append(simulation, { type: "run-end", result: end });
    else act(simulation, choices);
  }
}

function append(simulation: Simulation, event: RunEvent): void {
  const entry = { v: 1, seq: simulation.log.length + 1, at: 0, activeMs: 0, run: runId("r"), ...event };
  const before = simulation.state;
  simulation.log.push(entry);
  simulation.state = evolve(before, entry);
  observe(simulation, before, event);
}

function count({ counts }: Simulation, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function observe(simulation: Simulation, { council: before }: State, event: RunEvent): void {
  const { council: after } = simulation.state;
  const members = after.members.map((now, index) => ({ was: before.members[index], now }));
  if (event.type === "answer-submitted" && members.some(({ was, now }) => was?.vote && now.vote === null))
    count(simulation, "voided votes");
  if (event.type === "answer-submitted" && after.answers.get(event.answer)?.late) count(simulation, "late answers");
  if (event.type === "model-step" && event.finish === "interrupted") count(simulation, "aborts");
  if (event.type === "run-resumed") count(simulation, "resumes");
  if (event.type === "intent-executed") count(simulation, "intents executed");
  if (members.some(({ was, now }) => was && was.out === null && now.out !== null)) count(simulation, "outs");
  if (members.some(({ was, now }) => was && was.abstention === null && now.abstention !== null)) count(simulation, "abstentions");
  if (event.type === "answer-submitted" && after.candidates.length < after.current.length && before.current.length < after.current.length)
    count(simulation, "equal answers");
  if (before.decision === null && after.decision !== null)
    count(simulation, after.decision.cause === "tie" ? "ties" : `cause ${after.decision.cause}`);
}

type Move = () => void;

/** One thing that may happen now; the first of the moves is progress. */
function act(simulation: Simulation, choices: Choices): void {
  if (choices.next(40) === 39) return disturb(simulation, choices);
  const moves = movesNow(simulation, choices);
  const move = moves[choices.next(Math.max(1, moves.length))];
  if (move === undefined && !simulation.state.council.paused) throw new Error("Every agent waits and nothing is left to come");
  if (move === undefined) append(simulation, { type: "command-received", command: { name: "resume" } });
  else move();
}

function movesNow(simulation: Simulation, choices: Choices): readonly Move[] {
  const { state } = simulation;
  const { turns, intents, presentation } = plan(state);
  const agents = state.council.members.map(({ info }) => info.id);
  const moves: Move[] = agents.flatMap((agent) => {
    const wanted = turns.find((turn) => turn.agent === agent);
    if (currentTurn(state, agent) !== null) return [() => work(simulation, agent, { wanted, choices })];
    return wanted === undefined ? [] : [() => begin(simulation, wanted)];
  });
  const [call] = intents;
  if (call !== undefined)
    moves.unshift(() => {
      const isBegun = state.intents.some((intent) => intent.call === call && intent.started);
      // a call that is refused was never begun
      if (!isBegun && choices.next(8) !== 7) return append(simulation, { type: "intent-started", call });
      append(simulation, { type: "intent-executed", call, isError: choices.next(3) === 2, content: [] });
    });
  if (presentation !== null) moves.unshift(() => presentStep(simulation, presentation.agent, choices));
  return moves;
}

function begin(simulation: Simulation, wanted: TurnPlan): void {
  const { agent, kind, shown, mayAnswer, mayVote } = wanted;
  const prompt = promptFor(simulation.state, wanted);
  const undecided = prompt === "" ? openCalls(simulation.state, agent).filter(({ decision }) => decision) : [];
  append(simulation, { type: "turn-start", agent, turn: nextTurnId(simulation.state, agent), kind, shown, mayAnswer, mayVote, prompt });
  if (undecided.length > 0) judgeCalls(simulation, { agent }, undecided);
  else request(simulation, agent);
}

/** What a model request would hold: valid for every provider, and grown only at its end. */
function request(simulation: Simulation, agent: AgentId): void {
  const messages = conversationOf(simulation.state, agent);
  const before = simulation.sent.get(agent) ?? [];
  if (JSON.stringify(messages.slice(0, before.length)) !== JSON.stringify(before)) throw new Error(`What was sent to ${agent} has changed`);
  const last = messages.at(-1);
  if (last === undefined || last.role === "assistant") throw new Error("A request must end with a user or a tool message");
  messages.forEach((message, index) => checkCalls(message, messages[index + 1]));
  simulation.sent.set(agent, messages);
}

function checkCalls(message: Message, next: Message | undefined): void {
  if (message.role !== "assistant") return;
  const calls = message.parts.flatMap((part) => (part.type === "tool-call" ? [part.call] : []));
  const results = next?.role === "tool" ? next.results.map(({ call }) => call) : [];
  if (calls.join() !== results.join()) throw new Error(`Calls ${calls.join()} have the results ${results.join()}`);
}

type Work = { readonly wanted: TurnPlan | undefined; readonly choices: Choices };

/** A running turn goes on, is interrupted by news, or is stopped. */
function work(simulation: Simulation, agent: AgentId, { wanted, choices }: Work): void {
  const turn = currentTurn(simulation.state, agent);
  if (turn === null) return;
  if (turn.decided) return endTurn(simulation, agent, "done");
  const isOutdated = wanted === undefined || wanted.shown.join() !== turn.shown.join();
  // a step that has begun an answer, and one that is let finish, comes to its end
  const finishes = wanted === undefined ? choices.next(3) > 0 : wanted.letFinish || choices.next(4) === 3;
  if (!isOutdated || finishes) return think(simulation, agent, choices);
  if (choices.next(8) !== 7) dropStep(simulation, agent);
  endTurn(simulation, agent, "interrupted");
}

function dropStep(simulation: Simulation, agent: AgentId): void {
  appendStep(simulation, agent, { parts: [{ type: "text", text: "half" }], finish: "interrupted" });
}

const CATEGORIES: readonly FailureCategory[] = ["protocol", "authentication", "network", "configuration", "timeout", "quota"];

/** One model step: mostly the decision the turn asks for. */
function think(simulation: Simulation, agent: AgentId, choices: Choices): void {
  const turn = currentTurn(simulation.state, agent);
  if (turn === null) return;
  const kind = choices.next(16);
  if (kind === 15) return endTurn(simulation, agent, CATEGORIES[choices.next(CATEGORIES.length)] ?? "protocol");
  if (kind === 14) return useTool(simulation, agent, choices);
  if (kind === 13) return decideWith(simulation, { agent, choices }, []);
  if (kind === 12) return decideWith(simulation, { agent, choices }, [{ name: "vote", input: { agent_id: agent, reason: "" } }]);
  if (kind === 11)
    return decideWith(simulation, { agent, choices }, [
      { name: "vote", input: {} },
      { name: "new_answer", input: { content: "x" } },
    ]);
  if (turn.kind === "chat") return chat(simulation, agent);
  const isOver = simulation.state.council.decision !== null;
  const votes = turn.mayVote.length > 0 && (!turn.mayAnswer || (!isOver && choices.next(3) !== 2));
  const label = turn.mayVote[choices.next(Math.max(1, turn.mayVote.length))] ?? "";
  if (votes) return decideWith(simulation, { agent, choices }, [{ name: "vote", input: { agent_id: label, reason: "r" } }]);
  decideWith(simulation, { agent, choices }, [{ name: "new_answer", input: { content: answerText(simulation, choices) } }]);
}

/** Zero is a new text; others are now and then equal to what somebody else says. */
function answerText({ log }: Simulation, choices: Choices): string {
  const kind = choices.next(5);
  return kind < 3 ? `text ${log.length}` : ` common\n${kind} `;
}

function chat(simulation: Simulation, agent: AgentId): void {
  const turn = currentTurn(simulation.state, agent)?.turn as never;
  appendStep(simulation, agent, { parts: [{ type: "text", text: "hello" }], finish: "stop" });
  append(simulation, { type: "answer-submitted", agent, turn, answer: `${agent}.1` as never, content: "hello", late: false });
  endTurn(simulation, agent, "done");
}

type Thinker = { readonly agent: AgentId; readonly choices: Choices };

function decideWith(
  simulation: Simulation,
  { agent, choices }: Thinker,
  drafts: readonly { readonly name: string; readonly input: Json }[],
): void {
  const turn = currentTurn(simulation.state, agent);
  if (turn === null) return;
  const step = simulation.log.length;
  const calls: readonly JudgedCall[] = drafts.map((draft, index) => ({
    call: callId(turn.turn, step, index + 1),
    providerCall: `p${index}`,
    ...draft,
  }));
  const parts = [{ type: "text", text: "so" } as const, ...calls.map((call) => ({ type: "tool-call", ...call }) as const)];
  appendStep(simulation, agent, { parts, finish: "stop" });
  if (choices.next(24) === 23) return crash(simulation, choices);
  judgeCalls(simulation, { agent, death: choices.next(24) === 23 ? choices : undefined }, calls);
}

/** Now and then the process dies in the middle of what it records. */
function judgeCalls(
  simulation: Simulation,
  { agent, death }: { readonly agent: AgentId; readonly death?: Choices | undefined },
  calls: readonly JudgedCall[],
): void {
  const turn = currentTurn(simulation.state, agent);
  if (turn === null) return;
  const judged = judge(simulation.state, turn.turn, calls);
  for (const [index, event] of judged.events.entries()) {
    if (index > 0 && death !== undefined) return crash(simulation, death);
    append(simulation, event);
  }
  if (!judged.over) request(simulation, agent);
  else if (!judged.accepted) endTurn(simulation, agent, "protocol");
}

function useTool(simulation: Simulation, agent: AgentId, choices: Choices): void {
  const turn = currentTurn(simulation.state, agent)?.turn as never;
  const call = callId(turn, simulation.log.length, 1);
  appendStep(simulation, agent, {
    parts: [{ type: "tool-call", call, providerCall: "p", name: "mcp__files__read", input: {} }],
    finish: "tool-calls",
  });
  append(simulation, {
    type: "tool-call",
    agent,
    turn,
    step: 1,
    call,
    providerCall: "p",
    name: "mcp__files__read",
    server: "files",
    tool: "read",
    input: {},
    effect: "read-only",
  });
  if (choices.next(3) === 2)
    append(simulation, {
      type: "intent-recorded",
      agent,
      turn,
      call,
      server: "files",
      tool: "write",
      name: "n",
      input: choices.next(2) === 0 ? {} : { a: 1, b: 2 },
    });
  if (choices.next(12) === 11) return crash(simulation, choices);
  append(simulation, {
    type: "tool-result",
    agent,
    turn,
    call,
    providerCall: "p",
    name: "mcp__files__read",
    isError: false,
    code: null,
    content: [],
    durationMs: 0,
  });
  request(simulation, agent);
}

function presentStep(simulation: Simulation, agent: AgentId, choices: Choices): void {
  const open = presentationState(simulation.state);
  if (open === null) {
    simulation.sent.delete(agent);
    append(simulation, {
      type: "presentation-start",
      agent,
      turn: nextTurnId(simulation.state, agent),
      prompt: presentationPrompt(simulation.state),
    });
    return request(simulation, agent);
  }
  const outcome = (["done", "done", "done", "failed", "interrupted"] as const)[choices.next(5)] ?? "done";
  append(simulation, { type: "presentation-end", agent, turn: open.turn, outcome, text: choices.next(6) === 5 ? " " : "presented" });
}

function endTurn(simulation: Simulation, agent: AgentId, outcome: "done" | "interrupted" | FailureCategory): void {
  const turn = currentTurn(simulation.state, agent)?.turn;
  if (turn === undefined) return;
  if (outcome === "done" || outcome === "interrupted") return append(simulation, { type: "turn-end", agent, turn, outcome });
  append(simulation, { type: "turn-end", agent, turn, outcome: "failed", failure: { category: outcome, code: "E_TEST", message: "m" } });
}

function disturb(simulation: Simulation, choices: Choices): void {
  const { deadlines } = plan(simulation.state);
  const hasFirst = deadlines.some(({ deadline }) => deadline === "first-answers");
  const kind = choices.next(16);
  if (kind < 6) return hasFirst ? append(simulation, { type: "deadline-reached", deadline: "first-answers" }) : undefined;
  if (kind < 10) return crash(simulation, choices);
  if (kind === 10) return append(simulation, { type: "command-received", command: { name: "answer-now" } });
  if (kind === 11 && deadlines.length > 0) return append(simulation, { type: "deadline-reached", deadline: "orchestrator" });
  if (kind === 12) return append(simulation, { type: "budget-state", agent: null, used: {}, percent: 100, exhausted: true });
  if (kind === 13) return append(simulation, { type: "command-received", command: { name: "cancel" } });
  if (kind === 14) return append(simulation, { type: "command-received", command: { name: "pause" } });
  append(simulation, { type: "mcp-server-state", server: "files", agent: null, state: choices.next(2) === 0 ? "ready" : "failed" });
}

/** The process is gone; the next one folds the log. */
function crash(simulation: Simulation, choices: Choices): void {
  simulation.state = simulation.log.reduce(evolve, initialState);
  takeUp(simulation, choices);
}

function takeUp(simulation: Simulation, choices: Choices): void {
  if (simulation.log.length === 0) return;
  const agents = simulation.state.council.members.map(({ info }) => info.id);
  if (choices.next(4) !== 3) for (const agent of agents) endTurn(simulation, agent, "interrupted");
  append(simulation, { type: "run-resumed", program: "test" });
  for (const agent of agents) {
    for (const { turn, call, providerCall, name, decision } of openCalls(simulation.state, agent)) {
      if (!decision && choices.next(2) === 0)
        append(simulation, {
          type: "tool-result",
          agent,
          turn,
          call,
          providerCall,
          name,
          isError: false,
          code: null,
          content: [],
          durationMs: 0,
        });
    }
  }
}

function appendStep(simulation: Simulation, agent: AgentId, { parts, finish }: Pick<EventOf<"model-step">, "parts" | "finish">): void {
  append(simulation, modelStep({ agent, turn: currentTurn(simulation.state, agent)?.turn as never }, parts, finish));
}
