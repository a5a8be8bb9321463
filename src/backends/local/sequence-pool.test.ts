import type { LlamaContextSequence } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { SequencePool } from "./sequence-pool.ts";

const NEVER = new AbortController().signal;

function pool(size: number): SequencePool {
  let made = 0;
  // The pool only hands sequences on; it never looks into them.
  return new SequencePool({ getSequence: () => ({ number: made++ }) as unknown as LlamaContextSequence }, size);
}

describe("REQ-LOCAL-5 lending sequences", () => {
  test("an agent gets back the sequence that holds its conversation", async () => {
    const sequences = pool(2);
    const a = await sequences.lease("a", NEVER);
    const b = await sequences.lease("b", NEVER);
    a.release();
    b.release();
    expect((await sequences.lease("b", NEVER)).sequence).toBe(b.sequence);
    expect((await sequences.lease("a", NEVER)).sequence).toBe(a.sequence);
  });

  test("who waits longest is next, and later comers do not push in", async () => {
    const sequences = pool(1);
    const order: string[] = [];
    const first = await sequences.lease("a", NEVER);
    const use = async (agent: string): Promise<void> => {
      const lease = await sequences.lease(agent, NEVER);
      order.push(agent);
      lease.release();
    };
    const waiting = [use("b"), use("c")];
    first.release();
    first.release();
    waiting.push(use("a"));
    await Promise.all(waiting);
    expect(order).toEqual(["b", "c", "a"]);
  });

  test("waiting ends with an abort, and the place in the queue is given up", async () => {
    const sequences = pool(1);
    const first = await sequences.lease("a", NEVER);
    const stop = new AbortController();
    const given = sequences.lease("b", stop.signal);
    const kept = sequences.lease("c", NEVER);
    stop.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    first.release();
    (await kept).release();
    await sequences.idle();
  });
});
