// The gate of an account: what one agent meets, the others need not meet again; limits per minute are kept.
import { describe, expect, test } from "vitest";
import { chatServer, driveTurn, fakeClock, impatientIo, testBackend, type ChatReply } from "../testing/index.ts";
import { nestedTool, type NestedAbility, type NestedHost } from "./nested-call.ts";
import { ProviderGate } from "./provider-gate.ts";
import { RateWindow } from "./rate-window.ts";
import { troubleOf } from "./trouble.ts";
import { turnLoop } from "./turn-loop.ts";
import type { Turn } from "./turn.ts";

const decide: ChatReply = { toolCalls: [{ name: "new_answer", arguments: { content: "x" } }] };
const NO_LIMITS = { rpm: null, tpm: null };
const overloaded = troubleOf("overloaded", "busy");

function breakIt(gate: ProviderGate): void {
  for (let n = 0; n < 6; n++) {
    expect(gate.ask(0)).toEqual({ go: true });
    gate.failed(overloaded);
  }
}

describe("breaker", () => {
  test("REQ-BACKEND-24 opens after failures in a row, lets one request find out, and closes when that one succeeds", async () => {
    const clock = fakeClock();
    const gate = new ProviderGate(clock, NO_LIMITS);
    breakIt(gate);
    expect(gate.ask(0)).toMatchObject({ go: false, waitMs: 5000 });
    await clock.advance(5000);
    expect(gate.ask(0)).toEqual({ go: true });
    expect(gate.ask(0)).toMatchObject({ go: false, waitMs: 250 });
    gate.succeeded();
    expect(gate.ask(0)).toEqual({ go: true });
    expect(gate.ask(0)).toEqual({ go: true });
  });

  test("a probe that fails opens it for longer, one that was given up lets the next one try", async () => {
    const clock = fakeClock();
    const gate = new ProviderGate(clock, NO_LIMITS);
    breakIt(gate);
    await clock.advance(5000);
    gate.ask(0);
    gate.released();
    expect(gate.ask(0)).toEqual({ go: true });
    gate.failed(overloaded);
    expect(gate.ask(0)).toMatchObject({ go: false, waitMs: 10_000 });
  });

  test("a request that is not made after all, because its budget cannot be told, lets the next one try", async () => {
    const clock = fakeClock();
    const gate = new ProviderGate(clock, NO_LIMITS);
    breakIt(gate);
    await clock.advance(5000);
    const admit = () => Promise.reject(new Error("the log is full"));
    const turn = {
      spec: { gate },
      ports: { admit },
      request: { useTools: false },
      stopped: () => null,
      estimatedTokens: () => 0,
    } as unknown as Turn;
    const parts = [];
    for await (const part of turnLoop("Title", async () => turn)) parts.push(part);
    expect(parts).toMatchObject([{ outcome: "failed", failure: { category: "internal", message: "Title: the log is full" } }]);
    const ability = { name: "search", description: "", argument: ["query", ""], system: "", builtin: {} } as unknown as NestedAbility;
    const tool = nestedTool(ability, { clock, services: { gate, admit } } as unknown as NestedHost);
    await expect(tool.run({}, new AbortController().signal)).rejects.toThrow("the log is full");
    expect(gate.ask(0)).toEqual({ go: true });
  });

  test("a success in between, or a mistake of one request, starts the count again", () => {
    const gate = new ProviderGate(fakeClock(), NO_LIMITS);
    for (let n = 0; n < 5; n++) gate.failed(overloaded);
    gate.failed(troubleOf("bad-request", "your schema"));
    for (let n = 0; n < 5; n++) gate.failed(overloaded);
    expect(gate.ask(0)).toEqual({ go: true });
  });

  test("a wrong key and a spent quota stop every agent of the account without a request, for a minute", async () => {
    const clock = fakeClock();
    const gate = new ProviderGate(clock, NO_LIMITS);
    gate.failed(troubleOf("quota", "spent"));
    expect(gate.ask(0)).toMatchObject({ go: "never", trouble: { failure: { category: "quota" } } });
    await clock.advance(60_000);
    expect(gate.ask(0)).toEqual({ go: true });
  });

  test("three agents with one wrong key make one request", async () => {
    await using server = await chatServer(() => ({ error: { status: 401, body: { error: { message: "bad key" } } } }));
    const io = impatientIo();
    for (const _agent of [1, 2, 3]) {
      const { last } = await driveTurn(await testBackend({ type: "chatcompletion", model: "m", baseUrl: server.baseUrl }, io));
      expect(last).toMatchObject({ outcome: "failed", failure: { category: "authentication" } });
    }
    expect(server.requests).toHaveLength(1);
  });

  test("a rate limit one agent meets makes the others of the account wait", async () => {
    await using server = await chatServer(({ number }) =>
      number === 1 ? { error: { status: 429, body: { error: { message: "slow" } }, headers: { "retry-after": "9" } } } : decide,
    );
    const waits: number[] = [];
    const io = impatientIo(waits);
    const open = () => testBackend({ type: "chatcompletion", model: "m", baseUrl: server.baseUrl }, io);
    expect((await driveTurn(await open())).last.outcome).toBe("decided");
    expect((await driveTurn(await open())).last.outcome).toBe("decided");
    expect(waits).toEqual([9000]);
  });
});

describe("limits per minute", () => {
  test("REQ-BACKEND-25 the request that would be one too many waits until the oldest is a minute old", () => {
    const window = new RateWindow({ rpm: 2, tpm: null });
    for (const now of [0, 10_000]) {
      expect(window.waitFor(0, now)).toBe(0);
      window.note(0, now);
    }
    expect(window.waitFor(0, 20_000)).toBe(40_000);
    expect(window.waitFor(0, 60_000)).toBe(0);
  });

  test("tokens are counted over the minute; a request larger than the limit fits into an empty one", () => {
    const window = new RateWindow({ rpm: null, tpm: 1000 });
    expect(window.waitFor(5000, 0)).toBe(0);
    window.note(600, 0);
    window.note(300, 5000);
    expect(window.waitFor(100, 6000)).toBe(0);
    expect(window.waitFor(200, 6000)).toBe(54_000);
    expect(window.waitFor(5000, 6000)).toBe(59_000);
  });

  test("agents on one account that name different limits keep the strictest, whoever comes first", async () => {
    for (const limits of [
      [{}, { rpm: 1 }],
      [{ rpm: 1 }, {}],
      [{ rpm: 5 }, { rpm: 1, tpm: 9 }],
    ]) {
      await using server = await chatServer(() => decide);
      const waits: number[] = [];
      const io = impatientIo(waits);
      const open = (options: object) =>
        testBackend({ type: "chatcompletion", model: "m", baseUrl: server.baseUrl, options: { ...options } }, io);
      const [first, second] = [await open(limits[0] ?? {}), await open(limits[1] ?? {})];
      for (const backend of [first, second]) expect((await driveTurn(backend)).last.outcome).toBe("decided");
      expect(waits.map((ms) => Math.round(ms / 10_000))).toEqual([6]);
    }
  });

  test("rpm of the configuration slows a turn down and says why, once", async () => {
    await using server = await chatServer(({ number }) => (number < 3 ? { text: "thinking aloud" } : decide));
    const waits: number[] = [];
    const backend = await testBackend(
      { type: "chatcompletion", model: "m", baseUrl: server.baseUrl, options: { rpm: 1 } },
      impatientIo(waits),
    );
    const { last, warnings } = await driveTurn(backend);
    expect(last.outcome).toBe("decided");
    expect(waits.map((ms) => Math.round(ms / 10_000))).toEqual([6, 6]);
    expect(warnings).toMatchObject([{ code: "E_PROVIDER_RATE", message: expect.stringContaining("per minute") }]);
  });
});
