// The official conformance suite against our MCP layer, one test per client scenario: both requirement sets of the new release and the whole old one.
// Without MASSGEN_LONG the old release is left to what the new one does not have.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  buildClient,
  EXCEPTIONS,
  listScenarios,
  problemOf,
  runScenario,
  SETS,
  type Scenario,
  type Verdict,
} from "../scripts/conformance-suite.ts";

const long = process.env["MASSGEN_LONG"] === "1";
const AT_ONCE = 3;
const scenarios = SETS.map((set) => ({ set, all: listScenarios(set) }));

let client: Awaited<ReturnType<typeof buildClient>>;
beforeAll(async () => {
  client = await buildClient();
});
afterAll(() => client.remove());

let running = 0;
const waiting: (() => void)[] = [];
async function inTurn(scenario: Scenario): Promise<Verdict> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await runScenario(scenario, client.file);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** What an earlier set tests in the same way need not be tested again in the short run. */
function shortened(index: number): readonly Scenario[] {
  const known = new Set(scenarios.slice(0, index).flatMap(({ all }) => all.map(({ name }) => name)));
  return (scenarios[index]?.all ?? []).filter(({ name }) => long || !known.has(name));
}

describe("the suite", () => {
  test("has the scored scenarios we count on, and one exception at most (REQ-CONFORM-1)", () => {
    expect(scenarios.map(({ all }) => all.filter(({ scored }) => scored).length)).toEqual([32, 18, 26]);
    expect(EXCEPTIONS).toHaveLength(1);
    for (const { set, scenario } of EXCEPTIONS)
      expect(scenarios.find((entry) => entry.set.name === set)?.all.map(({ name }) => name)).toContain(scenario);
  });

  test("a scenario that passes makes its exception stale, a warning or a silent run counts as failed", () => {
    const [exception] = EXCEPTIONS;
    const scenario = scenarios
      .flatMap(({ all }) => all)
      .find(({ set, name }) => set.name === exception?.set && name === exception.scenario)!;
    const verdict = { scenario, exitCode: 0, passed: 3, failed: [], output: "", seconds: 1 };
    expect(problemOf(verdict)).toMatch(/stale/);
    expect(problemOf({ ...verdict, exitCode: 1, failed: [{ id: "x", status: "FAILURE" }] })).toBeNull();
    const other = { ...verdict, scenario: { ...scenario, name: "another" } };
    expect(problemOf(other)).toBeNull();
    expect(problemOf({ ...other, passed: 0 })).not.toBeNull();
    expect(problemOf({ ...other, exitCode: 1 })).not.toBeNull();
    expect(problemOf({ ...other, failed: [{ id: "x", status: "WARNING" }] })).not.toBeNull();
  });
});

describe.each(scenarios.map(({ set }, index) => ({ name: set.name, list: shortened(index) })))("conformance $name", ({ list }) => {
  test.concurrent.for(list)("$name (REQ-CONFORM-2)", { timeout: 180_000 }, async (scenario, { expect: expectHere }) => {
    expectHere(problemOf(await inTurn(scenario))).toBeNull();
  });
});
