// Watches what a run and each of its agents may use: asked before every request, it warns on the way and refuses at the limit.
import type { AgentId, Entry, EventOf, Failure } from "../core/index.ts";
import { failure } from "./failures.ts";
import type { Account, Ledger } from "./ledger.ts";

/** Null = no limit. Minutes of active run time; money in US dollars. */
export type BudgetLimits = {
  readonly maxCostUsd: number | null;
  readonly maxTokens: number | null;
  readonly maxModelCalls: number | null;
  readonly maxToolCalls: number | null;
  readonly maxMinutes: number | null;
};
export type Budget = { readonly run: BudgetLimits; readonly agents: ReadonlyMap<AgentId, BudgetLimits> };

type LimitName = keyof BudgetLimits;
type BudgetState = EventOf<"budget-state">;
type Use = { readonly [Name in LimitName]: number };

const NAMES: { readonly [Name in LimitName]: string } = {
  maxCostUsd: "max_cost_usd",
  maxTokens: "max_tokens",
  maxModelCalls: "max_model_calls",
  maxToolCalls: "max_tool_calls",
  maxMinutes: "max_minutes",
};
const LIMITS = Object.keys(NAMES) as readonly LimitName[];
/** What ends requests to models; tool calls have a limit of their own. */
const REQUEST_LIMITS = ["maxCostUsd", "maxTokens", "maxModelCalls", "maxMinutes"] as const;
/** Percentages at which the log says how much is used. */
const MARKS = [50, 75, 90, 100];

export type BudgetOptions = {
  readonly budget: Budget;
  readonly ledger: Ledger;
  activeMs(): number;
  /** Records; calls back into nothing here. */
  record(event: BudgetState | EventOf<"warning">): void;
};

export class BudgetWatch {
  readonly #options: BudgetOptions;
  /** Requests admitted and not yet in the ledger, by agent; null for the run. */
  readonly #admitted = new Map<AgentId | null, number>();
  readonly #marks = new Map<AgentId | null, number>();
  readonly #unpriced = new Set<AgentId>();
  #exhausted = false;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Milliseconds of active run time at which the run's minutes are used up; null without such a limit. */
  get endsAtMs(): number | null {
    const { maxMinutes } = this.#options.budget.run;
    return maxMinutes === null ? null : maxMinutes * 60_000;
  }

  /** No request of anybody could be made now. */
  get isUsedUp(): boolean {
    return REQUEST_LIMITS.some((name) => isUsedUp(this.#options.budget.run, this.#use(null), name));
  }

  /** Null = the request may be made, and counts. `everybody`: the run's own budget refuses, so no request of any agent can be made. */
  admit(agent: AgentId): { readonly failure: Failure; readonly everybody: boolean } | null {
    const refused = this.#refusal(agent, REQUEST_LIMITS);
    if (refused === null) for (const owner of [null, agent]) this.#admitted.set(owner, (this.#admitted.get(owner) ?? 0) + 1);
    return refused;
  }

  /** Says that the run's budget is used up; the core then decides with what is there. */
  exhaust(): void {
    if (this.#exhausted) return;
    this.#exhausted = true;
    this.#marks.set(null, 100); // There is nothing more to say on the way there.
    this.#record(null, this.#options.budget.run, { percent: 100, exhausted: true });
  }

  /** Null = the tool may be called; the call counts once it is in the log. */
  admitCall(agent: AgentId): Failure | null {
    const { budget } = this.#options;
    for (const owner of [agent, null]) {
      const limits = owner === null ? budget.run : budget.agents.get(owner);
      const limit = limits?.maxToolCalls ?? null;
      if (limit !== null && this.#use(owner).maxToolCalls >= limit) return overLimit(owner, "maxToolCalls", limit);
    }
    return null;
  }

  /** To be told every entry that changed the ledger: reports the marks that were passed. */
  noticed(entry: Entry): void {
    const agent = "agent" in entry ? (entry.agent ?? null) : null;
    const booked =
      entry.type === "tool-result"
        ? (entry.sampled?.requests ?? 0)
        : (entry.type === "model-step" && entry.finish !== "error") || entry.type === "retry-scheduled"
          ? 1
          : 0;
    for (const owner of booked === 0 ? [] : [null, agent])
      this.#admitted.set(owner, Math.max(0, (this.#admitted.get(owner) ?? 0) - booked));
    if (entry.type === "model-step") this.#checkPrice(entry);
    for (const owner of agent === null ? [null] : [null, agent]) this.#report(owner);
  }

  /** What has no price does not come nearer to a limit of money: whoever relies on it must hear so, once for each agent. */
  #checkPrice({ agent, costUsd, finish, model }: EventOf<"model-step">): void {
    const { run, agents } = this.#options.budget;
    const isLimited = (run.maxCostUsd ?? agents.get(agent)?.maxCostUsd ?? null) !== null;
    if (!isLimited || costUsd !== null || finish === "error" || finish === "interrupted" || this.#unpriced.has(agent)) return;
    this.#unpriced.add(agent);
    const what = model === null ? "what was asked" : model;
    const message = `No price is known for ${what}: the limit of money does not count it.`;
    this.#options.record({ type: "warning", code: "E_BUDGET", agent, message, next: "Limit tokens or requests as well." });
  }

  #refusal(agent: AgentId, names: readonly LimitName[]): { readonly failure: Failure; readonly everybody: boolean } | null {
    const { budget } = this.#options;
    for (const owner of [null, agent]) {
      const limits = owner === null ? budget.run : budget.agents.get(owner);
      const name = names.find((each) => isUsedUp(limits, this.#use(owner), each));
      if (name === undefined) continue;
      if (owner !== null && limits !== undefined) this.#record(owner, limits, { percent: 100, exhausted: true });
      return { failure: overLimit(owner, name, limits?.[name] ?? 0), everybody: owner === null };
    }
    return null;
  }

  #use(owner: AgentId | null): Use {
    const { ledger, activeMs } = this.#options;
    const account = owner === null ? ledger.total : ledger.of(owner);
    return {
      maxCostUsd: account.cost ?? 0,
      maxTokens: tokensOf(account),
      maxModelCalls: account.requests + (this.#admitted.get(owner) ?? 0),
      maxToolCalls: account.toolCalls,
      maxMinutes: activeMs() / 60_000,
    };
  }

  #report(owner: AgentId | null): void {
    const limits = owner === null ? this.#options.budget.run : this.#options.budget.agents.get(owner);
    if (limits === undefined) return;
    const percent = percentOf(limits, this.#use(owner));
    const mark = MARKS.findLast((each) => percent >= each) ?? 0;
    if (mark <= (this.#marks.get(owner) ?? 0)) return;
    this.#marks.set(owner, mark);
    this.#record(owner, limits, { percent: mark, exhausted: false });
  }

  #record(agent: AgentId | null, limits: BudgetLimits, state: Pick<BudgetState, "percent" | "exhausted">): void {
    const use = this.#use(agent);
    const used = Object.fromEntries(LIMITS.filter((name) => limits[name] !== null).map((name) => [NAMES[name], use[name]]));
    this.#options.record({ type: "budget-state", agent, used, ...state });
  }
}

function isUsedUp(limits: BudgetLimits | undefined, use: Use, name: LimitName): boolean {
  const limit = limits?.[name] ?? null;
  return limit !== null && use[name] >= limit;
}

function percentOf(limits: BudgetLimits, use: Use): number {
  return Math.max(0, ...LIMITS.map((name) => share(use[name], limits[name])));
}

function share(used: number, limit: number | null): number {
  if (limit === null) return 0;
  return limit <= 0 ? 100 : Math.floor((100 * used) / limit);
}

const tokensOf = ({ usage }: Account): number => (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);

function overLimit(owner: AgentId | null, name: LimitName, limit: number): Failure {
  const whose = owner === null ? "The budget of the run" : `The budget of ${owner}`;
  return failure("budget", "E_BUDGET", `${whose} is used up: ${NAMES[name]} is ${limit}.`);
}
