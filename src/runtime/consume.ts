// Reads what a backend says in one turn and puts it on record. Whatever the backend does wrong becomes the turn's failure.
import type { EventOf } from "../core/index.ts";
import type { TurnPart } from "../backends/contract.ts";
import type { RunLog } from "../log/contract.ts";
import type { RunContext } from "./context.ts";
import { contractBroken, threw } from "./failures.ts";
import type { Job } from "./job.ts";

export type Finished = Extract<TurnPart, { type: "turn-finished" }>;
type Step = Extract<TurnPart, { type: "model-step" }>;
export type Consumed = {
  readonly finished: Finished;
  /** The last response that is part of the conversation. */
  readonly lastStep: Step | null;
};

/** Never rejects. Returns at the latest when the job is given up; nothing is recorded after that. */
export async function consume(run: RunContext, job: Job, start: () => AsyncIterable<TurnPart>): Promise<Consumed> {
  const reader = new Reader(run, job);
  const finished = await Promise.race([reader.read(start), job.abandoned]);
  await job.callsOver();
  job.closed = true;
  return { finished: finished ?? failed("it did not stop when it was told to"), lastStep: reader.lastStep };
}

const failed = (what: string): Finished => ({ type: "turn-finished", outcome: "failed", failure: contractBroken(what) });

class Reader {
  readonly #context: RunContext;
  readonly #log: RunLog;
  readonly #job: Job;
  readonly #own = new Map<string, number>();
  lastStep: Step | null = null;

  constructor(run: RunContext, job: Job) {
    this.#context = run;
    this.#log = run.options.log;
    this.#job = job;
  }

  async read(start: () => AsyncIterable<TurnPart>): Promise<Finished> {
    try {
      for await (const part of start()) {
        if (this.#job.closed || part.type === "turn-finished")
          return part.type === "turn-finished" ? part : failed("it went on after its end");
        const stored = this.#take(part);
        if (stored !== null) await stored;
      }
      return failed("its stream ended without a last part");
    } catch (error) {
      return { type: "turn-finished", outcome: "failed", failure: threw(error) };
    }
  }

  /** A promise where the backend must not go on before the fact is stored. */
  #take(part: Exclude<TurnPart, Finished>): Promise<void> | null {
    const { agent, turn } = this.#job;
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta":
        this.#log.delta({ type: part.type, agent, turn, block: part.block, delta: part.delta });
        return null;
      case "text-start":
      case "text-end":
      case "reasoning-start":
      case "reasoning-end":
        void this.#context.record({ type: part.type, agent, turn, block: part.block });
        return null;
      case "model-step":
        return this.#takeStep(part);
      case "retry-scheduled":
        return this.#context.record({ ...part, agent, turn });
      case "warning":
        return this.#context.record({ ...part, agent });
      case "own-tool-call":
        return this.#takeOwnCall(part);
      case "own-tool-result":
        return this.#takeOwnResult(part);
    }
  }

  #takeStep(step: Step): Promise<void> {
    if (step.finish !== "interrupted") this.lastStep = step;
    return this.#context.record({ ...step, agent: this.#job.agent, turn: this.#job.turn });
  }

  #takeOwnCall({ step, call, providerCall, name, input }: Extract<TurnPart, { type: "own-tool-call" }>): Promise<void> {
    const { agent, turn } = this.#job;
    this.#own.set(call, this.#context.options.clock.monotonic());
    return this.#context.record({
      type: "tool-call",
      agent,
      turn,
      call,
      step,
      providerCall,
      name,
      server: null,
      tool: name,
      input,
      effect: "unknown",
    });
  }

  #takeOwnResult({ call, providerCall, name, isError, text }: Extract<TurnPart, { type: "own-tool-result" }>): Promise<void> {
    const { agent, turn } = this.#job;
    const now = this.#context.options.clock.monotonic();
    const durationMs = Math.round(now - (this.#own.get(call) ?? now));
    const result: EventOf<"tool-result"> = {
      type: "tool-result",
      agent,
      turn,
      call,
      providerCall,
      name,
      isError,
      code: isError ? "tool-error" : null,
      content: [{ type: "text", text }],
      durationMs,
    };
    return this.#context.recordOutside(result);
  }
}
