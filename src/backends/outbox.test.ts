import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeClock } from "../testing/index.ts";
import type { TurnPart } from "./contract.ts";
import { Outbox, PIECE_GAP_MS } from "./outbox.ts";

const piece = (delta: string, block = "1.1"): TurnPart => ({ type: "text-delta", block, delta });

describe("the outbox of a reply", () => {
  test("hands the first piece on at once, and what comes too soon after it as one, when its time has come", async () => {
    const clock = fakeClock();
    const outbox = new Outbox(clock);
    outbox.push(piece("a"));
    expect(await outbox.take()).toEqual(piece("a"));
    const next = outbox.take();
    for (const text of ["b", "c", "d"]) outbox.push(piece(text));
    let taken: TurnPart | null = null;
    void next.then((part) => (taken = part));
    await clock.advance(PIECE_GAP_MS - 1);
    expect(taken).toBeNull();
    await clock.advance(1);
    expect(taken).toEqual(piece("bcd"));
  });

  test("hands a piece on at once where the one before it is long gone", async () => {
    const clock = fakeClock();
    const outbox = new Outbox(clock);
    outbox.push(piece("a"));
    await outbox.take();
    await clock.advance(PIECE_GAP_MS);
    const next = outbox.take();
    outbox.push(piece("b"));
    expect(await next).toEqual(piece("b"));
    expect(clock.waiting).toBe(0);
  });

  test("whatever is not text waits for nothing and takes the text before it along", async () => {
    const clock = fakeClock();
    const outbox = new Outbox(clock);
    outbox.push(piece("a"));
    await outbox.take();
    const next = outbox.take();
    outbox.push(piece("b"));
    outbox.push({ type: "text-end", block: "1.1" });
    expect(await next).toEqual(piece("b"));
    expect(await outbox.take()).toEqual({ type: "text-end", block: "1.1" });
    expect(clock.waiting).toBe(0);
  });

  test("the end takes everything along, and comes once and for all", async () => {
    const outbox = new Outbox(fakeClock());
    outbox.push(piece("a"));
    await outbox.take();
    const next = outbox.take();
    outbox.push(piece("b"));
    outbox.end();
    expect(await next).toEqual(piece("b"));
    expect(await outbox.take()).toBeNull();
    expect(await outbox.take()).toBeNull();
  });

  test("loses, doubles and disorders nothing, whatever comes when", async () => {
    const parts = fc.oneof(
      fc.record({
        type: fc.constantFrom("text-delta" as const, "reasoning-delta" as const),
        block: fc.constantFrom("1.1", "1.2"),
        delta: fc.string({ minLength: 1, maxLength: 3 }),
      }),
      fc.record({ type: fc.constantFrom("text-start" as const, "text-end" as const), block: fc.constantFrom("1.1", "1.2") }),
    );
    const steps = fc.array(fc.oneof(parts, fc.integer({ min: 1, max: 2 * PIECE_GAP_MS })));
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const clock = fakeClock();
        const outbox = new Outbox(clock);
        const taken: TurnPart[] = [];
        const taking = (async () => {
          for (let part = await outbox.take(); part !== null; part = await outbox.take()) taken.push(part);
        })();
        for (const step of given) await (typeof step === "number" ? clock.advance(step) : outbox.push(step));
        outbox.end();
        await taking;
        expect(joined(taken)).toEqual(joined(given.filter((step) => typeof step !== "number")));
      }),
    );
  });
});

/** Neighbouring pieces of one block and kind as one. */
function joined(parts: readonly TurnPart[]): TurnPart[] {
  const result: TurnPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    const goesOn = (part.type === "text-delta" || part.type === "reasoning-delta") && last?.type === part.type && last.block === part.block;
    if (goesOn) result[result.length - 1] = { ...part, delta: last.delta + part.delta };
    else result.push(part);
  }
  return result;
}
