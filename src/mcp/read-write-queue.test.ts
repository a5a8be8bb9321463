// The readers–writer rule by itself.
import { describe, expect, test } from "vitest";
import { ReadWriteQueue } from "./read-write-queue.ts";

const never = new AbortController().signal;

/** Enters and notes when it was let in; the returned function leaves. */
function enterer(queue: ReadWriteQueue) {
  const order: string[] = [];
  const enter = (name: string, exclusive: boolean, signal: AbortSignal = never) =>
    queue.enter(exclusive, signal).then((leave) => {
      order.push(name);
      return leave;
    });
  return { order, enter };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the queue of one process", () => {
  test("lets readers overlap up to the limit and a writer alone, in the order they came", async () => {
    const queue = new ReadWriteQueue(2);
    const { order, enter } = enterer(queue);
    const first = await enter("r1", false);
    const second = await enter("r2", false);
    const rest = [enter("r3", false), enter("w1", true), enter("r4", false), enter("w2", true)];
    await settle();
    expect(order).toEqual(["r1", "r2"]);
    first();
    await settle();
    expect(order).toEqual(["r1", "r2", "r3"]);
    second();
    await settle();
    expect(order.at(-1)).toBe("r3"); // The writer waits for the last reader, and the reader behind it for the writer.
    for (const waiting of rest) {
      (await waiting)();
      await settle();
    }
    expect(order).toEqual(["r1", "r2", "r3", "w1", "r4", "w2"]);
    expect([queue.running, queue.depth]).toEqual([0, 0]);
  });

  test("whoever gives up while waiting does not block the others", async () => {
    const queue = new ReadWriteQueue(4);
    const { order, enter } = enterer(queue);
    const reading = await enter("r1", false);
    const abort = new AbortController();
    const writer = enter("w1", true, abort.signal);
    const reader = enter("r2", false);
    await settle();
    expect(order).toEqual(["r1"]);
    abort.abort(new Error("enough"));
    await expect(writer).rejects.toThrow("enough");
    (await reader)();
    expect(order).toEqual(["r1", "r2"]);
    reading();
  });

  test("leaving twice counts once, and an aborted signal never enters", async () => {
    const queue = new ReadWriteQueue(1);
    const leave = await queue.enter(true, never);
    leave();
    leave();
    expect(queue.running).toBe(0);
    await expect(queue.enter(false, AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
  });

  test("gives a free turn at once, and none past those that wait or under a writer", async () => {
    const queue = new ReadWriteQueue(2);
    const { order, enter } = enterer(queue);
    const reader = queue.tryEnter(false);
    expect(queue.tryEnter(true)).toBeNull();
    const writer = enter("w", true);
    expect(queue.tryEnter(false)).toBeNull();
    expect([queue.running, queue.depth]).toEqual([1, 1]);
    reader?.();
    const leave = await writer;
    expect(order).toEqual(["w"]);
    expect(queue.tryEnter(false)).toBeNull();
    leave();
    expect(queue.tryEnter(true)).not.toBeNull();
  });
});
