// How much of an agent's conversation its model already has from former requests: backends with sessions of their own send only the rest.
import { conversationOf, type AgentId, type State } from "../core/index.ts";

export class HeldMessages {
  /** The state in which the agent's last response was recorded; measured only when somebody asks. */
  readonly #last = new Map<AgentId, State>();

  /** To be called after every model step: the request behind it held everything up to there. */
  noticed(state: State, agent: AgentId): void {
    this.#last.set(agent, state);
  }

  /** Index of the first of `length` messages that no request of the agent has held. */
  freshFrom(agent: AgentId, length: number): number {
    const last = this.#last.get(agent);
    return last === undefined ? 0 : Math.min(conversationOf(last, agent).length, length);
  }
}
