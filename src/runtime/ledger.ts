// Adds up what the log says was used: tokens, money, steps and tool calls, for each agent and the whole run.
import { addKnown, addUsage, UNKNOWN_USAGE, UsageStatistics, type AgentId, type Entry, type Usage } from "../core/index.ts";

export type Account = {
  usage: Usage;
  /** US dollars; null while no step had a known price. */
  cost: number | null;
  /** Complete responses that no price was known for: they are missing in `cost`. */
  unpriced: number;
  /** Model responses, dropped ones included: they were paid for. */
  steps: number;
  /** Requests made: a step that ended in an error is counted by the retry that follows it. */
  requests: number;
  toolCalls: number;
};

const newAccount = (): Account => ({ usage: UNKNOWN_USAGE, cost: null, unpriced: 0, steps: 0, requests: 0, toolCalls: 0 });

export class Ledger {
  readonly total: Account = newAccount();
  /** Calls of servers' tools, and their figures. */
  readonly tools = new UsageStatistics();
  readonly #agents = new Map<AgentId, Account>();

  of(agent: AgentId): Account {
    const known = this.#agents.get(agent);
    if (known !== undefined) return known;
    const account = newAccount();
    this.#agents.set(agent, account);
    return account;
  }

  /** True where the entry changed an account. */
  add(entry: Entry): boolean {
    this.tools.add(entry);
    if (entry.type === "tool-result") return this.#addSampled(entry);
    if (entry.type !== "model-step" && entry.type !== "retry-scheduled" && entry.type !== "tool-call") return false;
    for (const account of [this.total, this.of(entry.agent)]) book(account, entry);
    return true;
  }

  #addSampled({ agent, sampled }: Extract<Entry, { type: "tool-result" }>): boolean {
    if (!sampled) return false;
    for (const account of [this.total, this.of(agent)]) {
      account.requests += sampled.requests;
      if (sampled.usage !== null) account.usage = addUsage(account.usage, sampled.usage);
      account.cost = addKnown(account.cost, sampled.costUsd);
    }
    return true;
  }
}

function book(account: Account, entry: Extract<Entry, { type: "model-step" | "retry-scheduled" | "tool-call" }>): void {
  if (entry.type === "tool-call") account.toolCalls += 1;
  else if (entry.type === "retry-scheduled") account.requests += 1;
  else {
    account.steps += 1;
    if (entry.finish !== "error") account.requests += 1;
    account.usage = addUsage(account.usage, entry.usage);
    account.cost = addKnown(account.cost, entry.costUsd);
    if (entry.costUsd === null && entry.finish !== "error" && entry.finish !== "interrupted") account.unpriced += 1;
  }
}
