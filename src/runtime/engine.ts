// The only loop of a run: record a fact, evolve the state, bring the running work in line with the plan. Everything else hangs on it.
import {
  canGoOn,
  decisionOf,
  evolve,
  initialState,
  plan,
  runId,
  type AgentId,
  type CallId,
  type CoordinationSettings,
  type DeadlineName,
  type Entry,
  type EventOf,
  type Failure,
  type Plan,
  type RunEvent,
  type RunId,
  type RunOutcome,
  type State,
} from "../core/index.ts";
import type { ToolBroker } from "../mcp/contract.ts";
import type { RunFiles } from "../workspaces/contract.ts";
import { Admission } from "./admission.ts";
import { BudgetWatch } from "./budget.ts";
import type { RunContext, Work } from "./context.ts";
import { Deadlines } from "./deadlines.ts";
import { difference, type Change } from "./difference.ts";
import { HeldMessages } from "./held-messages.ts";
import { IntentWork } from "./intent-work.ts";
import type { Job, StopReason } from "./job.ts";
import { Ledger } from "./ledger.ts";
import { DEFAULT_RUN_LIMITS, type AgentSpec, type RunLimits, type StartOptions } from "./options.ts";
import { RecordedResults } from "./recorded-results.ts";
import { startPresentation, startTurn } from "./start-work.ts";

type Timed = DeadlineName | "budget-minutes";

export class Engine implements RunContext {
  readonly options: StartOptions;
  readonly ledger = new Ledger();
  readonly held = new HeldMessages();
  readonly results = new RecordedResults();
  readonly budget: BudgetWatch | null;
  tools: ToolBroker | null = null;
  files: RunFiles | null = null;
  state: State = initialState;
  readonly #agents: ReadonlyMap<AgentId, AgentSpec>;
  readonly #jobs = new Map<AgentId, Job>();
  /** Calls without a result. */
  readonly #startedCalls = new Map<CallId, EventOf<"tool-call">>();
  readonly #admission: Admission;
  readonly #deadlines: Deadlines<Timed>;
  readonly #intents: IntentWork;
  readonly #ended = Promise.withResolvers<RunOutcome>();
  /** Depth of `record`: what an entry sets off may record facts of its own. */
  #recording = 0;
  #run = runId("");
  #busy = false;
  #dirty = false;
  #over = false;

  constructor(options: StartOptions) {
    this.options = options;
    this.#agents = new Map(options.agents.map((agent) => [agent.id, agent]));
    const { budget, clock, log } = options;
    const activeMs = (): number => log.activeMs();
    this.budget =
      budget === undefined ? null : new BudgetWatch({ budget, ledger: this.ledger, activeMs, record: (event) => void this.record(event) });
    this.#admission = new Admission(this.budget);
    this.#deadlines = new Deadlines<Timed>(clock, activeMs, (name) => this.#timeIsUp(name));
    this.#intents = new IntentWork(this, () => this.wake());
  }

  /** Resolves with the outcome once `run-end` is stored; rejects when the log fails or the program is wrong. */
  get ended(): Promise<RunOutcome> {
    return this.#ended.promise;
  }

  /** Records what a former process had no time for and what `next` makes of it, before anything is started. */
  resume(first: readonly RunEvent[], next: (state: State) => readonly RunEvent[]): void {
    this.#recording += 1;
    void this.record(...first);
    void this.record(...next(this.state));
    this.#recording -= 1;
    this.reconcile();
  }

  get over(): boolean {
    return this.#over;
  }

  get run(): RunId {
    return this.#run;
  }

  /** True where the entries taken in hold the run's end, and nothing has changed that lets it go on. */
  get isEnded(): boolean {
    return !canGoOn(this.state) || (this.state.ended?.cause === "budget" && this.budget?.isUsedUp === true);
  }

  get settings(): CoordinationSettings {
    return this.state.run?.settings ?? this.options.settings;
  }

  limit(name: keyof RunLimits): number {
    return this.options.limits?.[name] ?? DEFAULT_RUN_LIMITS[name];
  }

  spec(agent: AgentId): AgentSpec {
    const spec = this.#agents.get(agent);
    if (spec === undefined) throw new Error(`No backend for ${agent}`);
    return spec;
  }

  /** For a log whose run has ended: there is nothing to do. */
  finishAtOnce(): void {
    if (this.state.ended === null) return;
    this.#stopEverything("unneeded");
    this.#ended.resolve(this.state.ended);
  }

  /** Takes in entries that are in the log already. */
  fold(entries: readonly Entry[]): void {
    for (const entry of entries) this.#evolve(entry);
  }

  record(...events: readonly RunEvent[]): Promise<void> {
    let stored: Promise<void> = Promise.resolve();
    this.#recording += 1;
    for (const event of events) {
      const put = this.options.log.put(event);
      stored = put.stored;
      this.#evolve(put.entry);
    }
    this.#recording -= 1;
    stored.catch((error: unknown) => this.fail(error));
    this.reconcile();
    return stored;
  }

  recordOutside(event: RunEvent): Promise<void> {
    if (event.type !== "tool-result" || event.unused === true || decisionOf(this.state) === null) return this.record(event);
    return this.record({ ...event, unused: true });
  }

  startedCall(call: CallId): EventOf<"tool-call"> | null {
    return this.#startedCalls.get(call) ?? null;
  }

  async admit(job: Job): Promise<Failure | null> {
    const answer = this.#admission.ask(job);
    this.#admission.review(this.#jobs.values());
    return answer;
  }

  launch(job: Job, work: Work): void {
    this.#jobs.set(job.agent, job);
    const over = (): void => {
      job.close();
      this.#jobs.delete(job.agent);
      this.#dirty = true;
    };
    const done = (events: readonly RunEvent[]): void => {
      over();
      if (!this.#over) void this.record(...events);
    };
    const broken = (error: unknown): void => {
      over();
      this.fail(error);
    };
    work().then(done, broken).catch(broken);
  }

  /** Something the plan was held up by has come. */
  wake(): void {
    this.#dirty = true;
    this.reconcile();
  }

  /** Brings the running work in line with the plan. */
  reconcile(): void {
    if (this.#busy || this.#recording > 0 || this.#over) return;
    this.#busy = true;
    try {
      while (this.#dirty && !this.#over) {
        this.#dirty = false;
        this.#applyPlan(plan(this.state));
        this.#admission.review(this.#jobs.values());
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.#busy = false;
    }
  }

  /** The run cannot go on: its log failed, or the program is wrong. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#stopEverything("broken");
    this.#ended.reject(error);
  }

  #evolve(entry: Entry): void {
    this.#run = entry.run;
    const before = this.state;
    this.state = evolve(before, entry);
    const { council, intents, ended } = this.state;
    if (council !== before.council || intents !== before.intents || ended !== before.ended) this.#dirty = true;
    if (entry.type === "model-step") this.held.noticed(this.state, entry.agent);
    if (entry.type === "tool-call") this.#startedCalls.set(entry.call, entry);
    if (entry.type === "tool-result") this.#noticeResult(entry);
    this.files?.noticed(entry);
    if (this.ledger.add(entry)) this.budget?.noticed(entry);
  }

  #noticeResult({ call, content }: EventOf<"tool-result">): void {
    this.#startedCalls.delete(call);
    this.results.noticed(call, content);
  }

  #applyPlan(wanted: Plan): void {
    if (wanted.end?.outcome === "interrupted") {
      for (const job of this.#jobs.values()) job.stop("cancelled");
      this.#intents.stop();
    }
    for (const change of difference(wanted, this.#jobs)) this.#apply(change);
    const minutes = this.budget?.endsAtMs ?? null;
    const isOpen = decisionOf(this.state) === null;
    this.#deadlines.set([
      ...wanted.deadlines,
      ...(minutes !== null && isOpen ? [{ deadline: "budget-minutes", atMs: minutes } as const] : []),
    ]);
    this.#intents.begin(wanted.intents[0]);
    if (
      wanted.end !== null &&
      this.#jobs.size === 0 &&
      !this.#intents.busy &&
      (wanted.end.outcome === "interrupted" || this.#filesSettled())
    )
      this.#end(wanted.end);
  }

  #apply(change: Change): void {
    switch (change.type) {
      case "start-turn":
        return this.files?.isReady(change.turn) === false ? undefined : startTurn(this, change.turn);
      case "start-presentation":
        return this.#filesSettled() ? startPresentation(this, change.presentation.agent) : undefined;
      case "send-news":
        return this.#jobs.get(change.agent)?.sendNews();
      case "stop":
        return this.#jobs.get(change.agent)?.stop("unneeded");
    }
  }

  #filesSettled(): boolean {
    return this.files?.isSettled(decisionOf(this.state)?.winner?.id ?? null) ?? true;
  }

  #timeIsUp(name: Timed): void {
    if (this.#over) return;
    if (name === "budget-minutes") this.budget?.exhaust();
    else void this.record({ type: "deadline-reached", deadline: name });
  }

  #end(result: RunOutcome): void {
    const { entry, stored } = this.options.log.put({ type: "run-end", result });
    this.state = evolve(this.state, entry);
    this.#stopEverything("unneeded");
    // As recorded, that is without secrets.
    const outcome = entry.type === "run-end" ? entry.result : result;
    stored.then(
      () => this.#ended.resolve(outcome),
      (error: unknown) => this.#ended.reject(error),
    );
  }

  #stopEverything(reason: StopReason): void {
    this.#over = true;
    this.#deadlines.clear();
    for (const job of this.#jobs.values()) job.stop(reason);
    this.#intents.stop();
  }
}
