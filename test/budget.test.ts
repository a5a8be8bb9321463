// What a run may cost: estimated before it, limited in all the ways there are, and refused where a limit of money could not be kept.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { councilScript } from "../src/testing/index.ts";
import { place } from "./support/council-client.ts";
import { runCli, writeConfig, type CliRun } from "./support/run-cli.ts";

type Case = {
  readonly requests: readonly { readonly agent: string; readonly step: string; readonly inputTokens: number }[];
  readonly costUsd: number | null;
};
type Estimate = {
  readonly agents: readonly { readonly tools: number; readonly toolTokens: number }[];
  readonly low: Case;
  readonly usual: Case;
  readonly high: Case;
};
const CONFIG = ["--config", "config.json"];

describe("massgen --estimate (REQ-BUDGET-1)", () => {
  test("asks no model; its tokens are those of the requests a run really makes, tools of servers included", async () => {
    const counting = { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), "-"] };
    const { folder, served } = await place(councilScript({ answer: (_request, n) => `${n} `.padEnd(2_000, "text ") }), {
      agents: 3,
      mcp: { c: counting },
    });
    const massgen = (...args: readonly string[]): Promise<CliRun> => runCli([...CONFIG, ...args], { cwd: folder });
    const text = await massgen("--estimate", "Why is the sky blue?");
    expect([text.code, text.stderr]).toEqual([0, ""]);
    expect(text.stdout).toMatch(
      /answers only +3 .*price unknown\nwith votes and presentation +7 .*price unknown\nevery round the limits allow +13 .*price unknown/,
    );
    const json = JSON.parse((await massgen("--estimate", "--display", "json", "Why is the sky blue?")).stdout) as Estimate;
    expect(served.requests).toHaveLength(0);
    expect(json.agents.map(({ tools }) => tools)).toEqual([9, 9, 9]);
    expect(json.usual.requests.map(({ step }) => step)).toEqual(["answer", "answer", "answer", "vote", "vote", "vote", "presentation"]);
    await massgen("Why is the sky blue?");
    const sent = served.requests.map(
      ({ body }) => (JSON.stringify(body["messages"]).length + JSON.stringify(body["tools"] ?? []).length) / 4,
    );
    expect(sent).toHaveLength(7);
    const [answers, votes, presentation] = [sent.slice(0, 3), sent.slice(3, 6), sent.slice(6)];
    for (const [step, real] of [
      ["answer", answers],
      ["vote", votes],
      ["presentation", presentation],
    ] as const)
      for (const { inputTokens } of json.usual.requests.filter((request) => request.step === step))
        for (const tokens of real)
          expect([step, inputTokens / tokens]).toEqual([step, expect.toSatisfy((ratio: number) => ratio > 0.8 && ratio < 1.25)]);
  });

  test("prices come from the price list; the limit of money is compared; without a question there is nothing to estimate", async () => {
    const { folder } = await place(councilScript());
    const backend = (type: string, model: string): object => ({ type, model, api_key: "test-key-000" });
    const agents = [
      { id: "a", backend: backend("openai", "gpt-4o") },
      { id: "b", backend: backend("claude", "claude-sonnet-4-5") },
    ];
    writeConfig(folder, { agents, budget: { max_cost_usd: 0.03 } });
    const text = await runCli([...CONFIG, "--estimate", "Why?"], { cwd: folder });
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/answers only +2 .*\$0\.01\d\nwith votes and presentation +5 .*\$0\.0\d+\nevery round.*\$0\.\d+/);
    expect(text.stdout).toContain("The limit of $0.030 is ");
    const stranger = await runCli([...CONFIG, "--estimate", "-"], { cwd: folder });
    expect([stranger.code, stranger.stdout]).toEqual([2, ""]);
  });
});

describe("budgets (REQ-BUDGET-2)", () => {
  test("a limit of money without a known price is refused before anything is asked, unless tokens or requests are limited too", async () => {
    const { folder, served } = await place(councilScript());
    const massgen = (...args: readonly string[]): Promise<CliRun> => runCli([...CONFIG, ...args, "Which one?"], { cwd: folder });
    const refused = await massgen("--max-cost", "1");
    expect([refused.code, refused.stdout, served.requests.length]).toEqual([2, "", 0]);
    expect(refused.stderr).toContain(
      "The limit of money cannot be kept: no price is known for a1 (chatcompletion, scripted), a2 (chatcompletion, scripted).",
    );
    expect(refused.stderr).toContain("--max-tokens");
    const bounded = await massgen("--max-cost", "1", "--max-tokens", "100000");
    expect([bounded.code, bounded.stdout]).toEqual([0, "This is the presented answer.\n"]);
    expect(bounded.stderr.match(/No price is known for a1 .*the limit of tokens or requests holds\./g)).toHaveLength(1);
    const local = await runCli(["--backend", "local", "--max-cost", "1", "--estimate", "Why?"], { cwd: folder });
    expect([local.code, local.stdout]).toEqual([0, expect.stringContaining("$0")]);
  });

  test("50, 75 and 90 % are said once each, for the run and for an agent, from the command line and the file", async () => {
    const { folder, served } = await place(councilScript(), { agents: 3 });
    // Each request is 15 tokens, and there are seven.
    const run = await runCli([...CONFIG, "--max-tokens", "112", "Which one?"], { cwd: folder });
    expect(run.code).toBe(0);
    for (const percent of [50, 75, 90]) expect(run.stderr.match(new RegExp(`has used ${percent} % of the budget`, "g"))).toHaveLength(1);
    const backend = { type: "chatcompletion", model: "scripted", base_url: served.baseUrl, api_key: "test-key-000" };
    const limited = { id: "c", backend: { ...backend, model: "limited" }, budget: { max_model_calls: 1 } };
    writeConfig(folder, { agents: [{ id: "a", backend }, { id: "b", backend }, limited], orchestrator: { early_decision: false } });
    const own = await runCli([...CONFIG, "Which one?"], { cwd: folder });
    expect(own.code).toBe(0);
    // Its answer may be the chosen one: then it cannot present it.
    expect(own.stdout).toMatch(/^This is (the presented answer|answer number \d)\.\n$/);
    expect(own.stderr).toContain("The budget of c is used up: max_model_calls is 1.");
    expect(served.requests.filter(({ model }) => model === "limited")).toHaveLength(1);
  });
});
