// Places and money of a server: what a question may cost, and when no more are taken.
import { describe, expect, test } from "vitest";
import { openPurse, type Seat } from "./purse.ts";

const seat = (taken: Seat | string): Seat => {
  if (typeof taken === "string") throw new Error(taken);
  return taken;
};

describe("the purse of a server (REQ-SERVE-6)", () => {
  test("a question may cost the least of what the client wishes, the server allows and is left of the whole", () => {
    const purse = openPurse({ places: 9, perQuestionUsd: 1, totalUsd: 2.5 });
    expect(seat(purse.enter(null)).maxCostUsd).toBe(1);
    expect(seat(purse.enter(0.25)).maxCostUsd).toBe(0.25);
    expect(seat(purse.enter(5)).maxCostUsd).toBe(1);
    expect(seat(purse.enter(5)).maxCostUsd).toBe(0.25);
    expect(purse.enter(0.01)).toBe(
      "The money of this server is spent or promised to questions it works on: all questions together may cost $2.5.",
    );
  });

  test("what was not spent is given back; what nobody knows the price of counts whole", () => {
    const purse = openPurse({ places: 9, perQuestionUsd: 1, totalUsd: 2 });
    const [known, unknown] = [seat(purse.enter(null)), seat(purse.enter(null))];
    known.leave(0.4);
    unknown.leave(null);
    const last = seat(purse.enter(null));
    expect(last.maxCostUsd).toBeCloseTo(0.6);
    last.leave(0.7);
    expect(purse.enter(null)).toBe("The money of this server is spent: all questions together may cost $2.");
  });

  test("places are bounded and given back; without limits nothing is limited", () => {
    const purse = openPurse({ places: 1, perQuestionUsd: null, totalUsd: null });
    const only = seat(purse.enter(null));
    expect(only.maxCostUsd).toBeNull();
    expect(purse.enter(null)).toMatch(/already works on 1 question,/);
    only.leave(null);
    expect(seat(purse.enter(3)).maxCostUsd).toBe(3);
  });
});
