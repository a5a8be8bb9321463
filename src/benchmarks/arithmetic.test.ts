import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pricesOf } from "./council-bench.ts";
import { samplesForBestOf, samplesForMajority } from "./equal-cost.ts";
import { isRight, keyOf, lastNumber, majority } from "./grade.ts";
import { mean, quantile, wilson } from "./statistics.ts";
import { chosen } from "./strategies.ts";

const price = fc.double({ min: 0.000_1, max: 1_000, noNaN: true });
const spending = fc
  .record({ council: price, single: price, share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ council, single, share }) => ({ council, single, singlePrompt: single * share }));

describe("samples at equal cost (REQ-BENCH-3)", () => {
  test("a majority costs no more than the council, and one sample more would", () => {
    fc.assert(
      fc.property(spending, (prices) => {
        const samples = samplesForMajority(prices);
        expect(samples === 1 || samples * prices.single <= prices.council * (1 + 1e-9)).toBe(true);
        expect((samples + 1) * prices.single).toBeGreaterThan(prices.council * (1 - 1e-9));
      }),
    );
  });

  test("best-of-N pays its judge too, and one sample more would cost more than the council", () => {
    const costOf = (n: number, { single, singlePrompt }: { single: number; singlePrompt: number }): number =>
      n * single + singlePrompt + n * (single - singlePrompt);
    fc.assert(
      fc.property(spending, (prices) => {
        const samples = samplesForBestOf(prices);
        expect(samples === 1 || costOf(samples, prices) <= prices.council * (1 + 1e-9)).toBe(true);
        expect(costOf(samples + 1, prices)).toBeGreaterThan(prices.council * (1 - 1e-9));
        expect(samples).toBeLessThanOrEqual(samplesForMajority(prices));
      }),
    );
  });

  test("a council of seven requests buys seven samples of one", () => {
    expect(samplesForMajority({ council: 7, single: 1, singlePrompt: 0.8 })).toBe(7);
    // 5 samples and a judge of 0.8 + 5 × 0.2: 6.8; 6 would be 8.
    expect(samplesForBestOf({ council: 7, single: 1, singlePrompt: 0.8 })).toBe(5);
  });

  test("money is the unit where every run has a price, else tokens are", () => {
    const attempt = (usd: number | null, input: number, output: number) => ({ answer: "", wallMs: 0, spent: { usd, input, output } });
    expect(pricesOf([attempt(0.7, 70, 70)], [attempt(0.1, 10, 10)])).toEqual({ council: 0.7, single: 0.1, singlePrompt: 0.05 });
    expect(pricesOf([attempt(null, 70, 70)], [attempt(0.1, 15, 5)])).toEqual({ council: 140, single: 20, singlePrompt: 15 });
    expect(pricesOf([attempt(0, 70, 70)], [attempt(0, 15, 5)])).toEqual({ council: 140, single: 20, singlePrompt: 15 });
  });
});

describe("grading (REQ-BENCH-4)", () => {
  test("answers are compared as the question says", () => {
    expect(isRight("It is **Jupiter**.", "jupiter", "contains")).toBe(true);
    expect(isRight("Jupiter!", "jupiter", "exact")).toBe(true);
    expect(isRight("It is Jupiter", "jupiter", "exact")).toBe(false);
    expect(isRight("7 + 5 = 12", "12", "number")).toBe(true);
    expect(isRight("12 apples, or 13", "12", "number")).toBe(false);
    expect(isRight("no number", "12", "number")).toBe(false);
    expect(isRight("On 2024-02-29", "\\d{4}-\\d{2}-\\d{2}", "regex")).toBe(true);
  });

  test("the last number of a text is read with its sign, thousands and decimals", () => {
    expect(lastNumber("from 3 to -1,234.5")).toBe(-1234.5);
    expect(lastNumber("none")).toBeNull();
  });

  test("the most frequent answer wins, whatever its wording, and a tie goes to the first", () => {
    expect(majority(["The answer is 13.", "12", "It is 12"], "number")).toBe("12");
    expect(majority(["Mars", "Venus"], "contains")).toBe("Mars");
    expect(majority([], "contains")).toBeNull();
    expect(keyOf("“12” it is", "exact")).not.toBe(keyOf("12", "exact"));
  });

  test("the judge's choice is the first number that names an answer, else the first answer", () => {
    expect(chosen("Answer 2, as 17 is wrong", 3)).toBe(1);
    expect(chosen("17 is wrong, so 3", 3)).toBe(2);
    expect(chosen("none of them", 3)).toBe(0);
    expect(chosen(null, 3)).toBe(0);
  });

  test("the interval is Wilson's, holds the share and is everything without a trial", () => {
    const { low, high } = wilson(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
        const hits = Math.round(trials * share);
        const interval = wilson(hits, trials);
        expect(interval.low).toBeLessThanOrEqual(hits / trials + 1e-12);
        expect(interval.high).toBeGreaterThanOrEqual(hits / trials - 1e-12);
      }),
    );
  });
});

describe("order statistics", () => {
  test("a quantile is a value that was measured, and at least its share of the values is no larger", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const value = quantile(values, q) ?? Number.NaN;
        expect(values).toContain(value);
        expect(values.filter((other) => other <= value).length).toBeGreaterThanOrEqual(q * values.length - 1e-9);
      }),
    );
    expect(quantile([], 0.5)).toBeNull();
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(mean([1, 2])).toBe(1.5);
    expect(mean([])).toBeNull();
  });
});
