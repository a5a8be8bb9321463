// Councils over all four wires, Grok's dialect of one among them, against a fake provider of others, with a fifth of the replies broken: every run must end as it should.
import { LLMock, type ChatCompletionRequest } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseConfigText } from "../src/config/index.ts";
import { openSession } from "../src/session/index.ts";
import { impatientIo, type LoopbackServer } from "../src/testing/index.ts";
import { draws, FAULTS, faultProxy } from "./support/fault-proxy.ts";
import { xaiDialect } from "./support/xai-dialect.ts";

const RUNS = process.env["MASSGEN_LONG"] === "1" ? 100 : 10;
const SHARE = 0.2;
const SEED = Number(process.env["MASSGEN_CHAOS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Every agent answers with words of its own, then votes for the first label it is shown; a model without tools presents. */
function script(request: ChatCompletionRequest): object {
  const names = (request.tools ?? []).map((tool) => tool.function.name);
  // Real Gemini ends with STOP where this fake would invent a reason of its own.
  const end = request.model.startsWith("gemini") ? { finishReason: "stop" } : {};
  const call = (name: string, input: object): object => ({ toolCalls: [{ name, arguments: JSON.stringify(input) }], ...end });
  if (names.includes("vote")) {
    const seen = /agent\d+/.exec(JSON.stringify([request.tools, request.messages]))?.[0] ?? "agent1";
    return call("vote", { agent_id: seen, reason: "It is complete." });
  }
  if (names.includes("new_answer")) return call("new_answer", { content: `The answer of ${request.model}.` });
  return { content: "The presented answer.", ...end };
}

const mock = new LLMock({ port: 0 });
let provider: LoopbackServer;
beforeAll(async () => {
  mock.on({ predicate: () => true }, (request) => script(request) as never);
  await mock.start();
  // Other wires pass unchanged: their items have a status, or are no items.
  provider = await xaiDialect(mock.url);
});
afterAll(() => Promise.all([provider.close(), mock.stop()]));

function teamOf(url: string): string {
  const agent = (type: string, model: string, path: string) => ({
    id: `agent-${type}`,
    backend: { type, model, base_url: url + path, api_key: "test-key" },
  });
  return JSON.stringify({
    agents: [
      agent("gemini", "gemini-3-flash-preview", "/v1beta"),
      agent("claude", "claude-sonnet-4-5", "/v1"),
      agent("openai", "gpt-5-mini", "/v1"),
      agent("chatcompletion", "open-model", "/v1"),
      agent("grok", "grok-4", "/v1"),
    ],
  });
}

describe("REQ-BACKEND-28 chaos", () => {
  test(`${RUNS} councils end with an answer or the right exit code (MASSGEN_CHAOS_SEED=${SEED})`, async () => {
    const random = draws(SEED);
    const table = new Map<string, number>();
    const count = (what: string, by = 1): void => void table.set(what, (table.get(what) ?? 0) + by);
    for (let run = 0; run < RUNS; run += 1) {
      await using proxy = await faultProxy(provider.url, SHARE, random);
      const { config } = await parseConfigText(teamOf(proxy.url), null, { env: {} });
      if (config === null) throw new Error("the team cannot be read");
      const session = await openSession(config, { io: { ...impatientIo(), random }, logs: false, strict: false, yes: false });
      let retries = 0;
      const result = await session.ask("Which one?", [], (item) => {
        if (item.kind === "entry" && item.entry.type === "retry-scheduled") retries += 1;
      }).result;
      await session.close();
      const out = result.agents.filter((agent) => agent.state === "out").length;
      expect({ run, exit: result.exitCode, answered: result.answer !== null }).toEqual({
        run,
        exit: result.answer === null ? 4 : 0,
        answered: result.answer !== null,
      });
      if (result.answer === null) expect(out).toBe(result.agents.length);
      count(result.answer === null ? "no answer, exit 4" : result.degraded.length > 0 ? "answered, degraded" : "answered");
      count("requests", proxy.requests);
      count("retries", retries);
      count("agents out", out);
      for (const fault of FAULTS) count(`fault: ${fault}`, proxy.faults.get(fault) ?? 0);
    }
    console.log([`chaos, seed ${SEED}, ${RUNS} runs`, ...[...table].map(([what, times]) => `  ${what}: ${times}`)].join("\n"));
    expect(table.get("answered") ?? 0).toBeGreaterThan(RUNS / 4);
  });
});
