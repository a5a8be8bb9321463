// Whether a server that nobody talks to is still there.
import { describe, expect, test } from "vitest";
import { createIo } from "../io/index.ts";
import { fakeClock } from "../testing/index.ts";
import { freePort, httpServer, misbehaving, startHttpServer, startRun } from "./broker.test-support.ts";
import type { Connection } from "./connection.ts";
import { HealthWatch } from "./health-watch.ts";

const SILENCE = Symbol("silence");
const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const status = (code: number): Error => Object.assign(new Error("HTTP"), { status: code });
const unknownMethod = Object.assign(new Error("Method not found"), { code: -32_601 });

type Given = { readonly interval?: number; readonly protocol?: string; readonly stdio?: boolean };

/** A watched connection; `answer` is what a ping comes to. */
function watched({ interval, protocol = "2025-11-25", stdio = false }: Given = {}) {
  const clock = fakeClock();
  const state = { pings: 0, busy: false, answer: {} as unknown, lost: [] as string[] };
  const connection = {
    identity: { name: null, version: null, protocol, instructions: null },
    request: async (method: string, _params: unknown, { signal }: { readonly signal: AbortSignal }) => {
      expect(method).toBe("ping");
      state.pings += 1;
      if (state.answer === SILENCE)
        await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      if (state.answer instanceof Error) throw state.answer;
      return state.answer;
    },
  } as unknown as Connection;
  const extra = interval === undefined ? {} : { ping_interval: interval };
  const server = stdio ? misbehaving([], { extra }) : httpServer("web", "http://localhost/mcp", { extra });
  const watch = new HealthWatch({ server, clock, busy: () => state.busy, lost: (reason) => void state.lost.push(reason) });
  watch.watch(connection);
  return { clock, state, watch, connection };
}

describe("an idle server (REQ-MCP-56)", () => {
  test("is asked every minute where it is remote, and is left alone as long as it answers", async () => {
    const { clock, state } = watched();
    await clock.advance(59_999);
    expect(state.pings).toBe(0);
    await clock.advance(1);
    expect(state.pings).toBe(1);
    await clock.advance(180_000);
    expect([state.pings, state.lost]).toEqual([4, []]);
  });

  test("is not asked while it answers calls, nor while one is at it", async () => {
    const { clock, state, watch } = watched();
    for (let n = 0; n < 5; n += 1) {
      await clock.advance(50_000);
      watch.heard();
    }
    expect(state.pings).toBe(0);
    state.busy = true;
    await clock.advance(600_000);
    expect(state.pings).toBe(0);
    state.busy = false;
    await clock.advance(60_000);
    expect(state.pings).toBe(1);
  });

  test.each<[string, Given, number]>([
    ["as often as its entry says", { interval: 5 }, 12],
    ["as a process only where its entry says so", { stdio: true, interval: 20 }, 3],
    ["as a process otherwise never", { stdio: true }, 0],
    ["never with `ping_interval: 0`", { interval: 0 }, 0],
    ["never in the revision that has no ping", { protocol: "2026-07-28" }, 0],
  ])("is asked %s", async (_, given, pings) => {
    const { clock, state } = watched(given);
    await clock.advance(60_000);
    expect(state.pings).toBe(pings);
  });

  test.each([
    ["cannot be reached", refused],
    ["has forgotten the session", status(404)],
    ["is broken", status(503)],
  ])("that %s is lost, and not asked again until it is connected anew", async (_, error) => {
    const { clock, state, watch, connection } = watched();
    state.answer = error;
    await clock.advance(60_000);
    expect(state.lost).toEqual([expect.stringContaining("did not answer a ping")]);
    await clock.advance(600_000);
    expect([state.pings, clock.waiting]).toEqual([1, 0]);
    watch.watch(connection);
    await clock.advance(60_000);
    expect(state.pings).toBe(2);
  });

  test.each([
    ["knows no ping and says so", unknownMethod],
    ["wants to be asked less often", status(429)],
    ["refuses the credentials", status(401)],
  ])("that %s is there", async (_, error) => {
    const { clock, state } = watched();
    state.answer = error;
    await clock.advance(180_000);
    expect([state.pings, state.lost]).toEqual([3, []]);
  });

  test("that has answered before is lost after ten seconds of silence", async () => {
    const { clock, state } = watched();
    await clock.advance(60_000);
    state.answer = SILENCE;
    await clock.advance(69_999);
    expect(state.lost).toEqual([]);
    await clock.advance(1);
    expect(state.lost).toEqual(["it did not answer a ping within 10 s"]);
  });

  test("that is always silent to a ping is connected anew once, then believed", async () => {
    const { clock, state, watch, connection } = watched();
    state.answer = SILENCE;
    await clock.advance(70_000);
    expect(state.lost).toHaveLength(1);
    watch.watch(connection);
    await clock.advance(600_000);
    expect(state.lost).toHaveLength(1);
  });

  test("leaves no timer behind when the watch ends, and an answer that comes later changes nothing", async () => {
    const { clock, state, watch } = watched();
    state.answer = SILENCE;
    await clock.advance(60_000);
    watch.stop();
    await clock.advance(20_000);
    expect([state.lost, clock.waiting]).toEqual([[], 0]);
  });

  test("of a run is missed and found again without a call, under the same supervision as any loss", async () => {
    const port = await freePort();
    const first = await startHttpServer([`--port=${port}`]);
    const clock = fakeClock();
    const run = startRun(
      { a: [httpServer("web", first.url, { restart: { max: 9, backoffMs: 1_000 } })] },
      { io: { ...createIo(), clock } },
    );
    await run.until(() => run.states("web").includes("ready"));
    await first.stop();
    await clock.advance(60_000);
    await run.until(() => run.states("web").at(-1) === "reconnecting");
    expect(run.of("mcp-server-state").at(-1)?.message).toContain('"web" was lost: it did not answer a ping');
    await startHttpServer([`--port=${port}`]);
    await clock.advance(5_000);
    await run.until(() => run.states("web").at(-1) === "ready");
  });
});
