// Facts of the MCP layer that come between two runs of a conversation wait for the next one; within a run they go to its log.
import type { RunEvent } from "../core/index.ts";
import type { Recorder } from "../mcp/contract.ts";

export type Recording = {
  readonly record: Recorder;
  /** True once the run's end is in its log: nothing may follow it. */
  isOver(): boolean;
};

export class SessionRecorder {
  #run: Recording | null = null;
  #waiting: RunEvent[] = [];

  readonly record: Recorder = async (event) => {
    if (this.#run === null || this.#run.isOver()) this.#waiting.push(event);
    else await this.#run.record(event);
  };

  /** From now on facts go to this run; those that waited are its first, in their order. Resolves when those are stored. */
  async attach(run: Recording): Promise<void> {
    this.#run = run;
    await Promise.all(this.#waiting.splice(0).map((event) => this.record(event)));
  }

  detach(): void {
    this.#run = null;
  }
}
