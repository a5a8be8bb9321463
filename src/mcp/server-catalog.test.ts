// How long a server's list of tools is believed while a run goes on, and what is said of bad ones.
import { describe, expect, test } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { serverFile, stdioServer } from "./broker.test-support.ts";
import type { Connection } from "./connection.ts";
import { ServerCatalog } from "./server-catalog.ts";

/** A server that is connected for as long as `connected` says and counts how often its list is read. */
function listing({ ttlMs, cache = {} }: { readonly ttlMs?: number; readonly cache?: object }) {
  const clock = fakeClock();
  const state = { reads: 0, connected: true, tools: ["one"], held: null as Promise<void> | null };
  const connection = {
    identity: { name: "s", version: "1", protocol: "2026-07-28", instructions: null },
    offers: (kind: string) => kind === "tools",
    request: async () => {
      state.reads += 1;
      const tools = state.tools.map((name) => ({ name, inputSchema: { type: "object" } }));
      await state.held;
      return { tools, ...(ttlMs === undefined ? {} : { ttlMs }) };
    },
    alive: () => state.connected,
  } as unknown as Connection;
  const warnings: string[] = [];
  const catalog = new ServerCatalog({
    server: stdioServer("s", [serverFile("counting-server.mjs")], { extra: { cache: cache as never } }),
    clock,
    check: ({ name }) => (name.startsWith("bad") ? `it is bad: ${"x".repeat(9_000)}` : null),
    readsFirst: false,
    former: null,
    known: null,
    remember: () => {},
    tell: () => {},
    warn: (message) => void warnings.push(message),
    connection: () => connection,
  });
  const read = (): Promise<void> => catalog.read(connection, new AbortController().signal);
  return { clock, state, catalog, read, warnings };
}

describe("a list whose time is over", () => {
  test.each([
    ["the time the server promises", { ttlMs: 60_000 }, 60_000],
    ["half a minute where it promises less", { ttlMs: 0 }, 30_000],
    ["`cache.ttl` where it promises none", { cache: { ttl: 120 } }, 120_000],
    ["an hour where nobody says anything", {}, 3_600_000],
  ] as const)("is read again in the background after %s (REQ-MCP-52)", async (_, given, ms) => {
    const { clock, state, catalog, read } = listing(given);
    await read();
    state.tools = ["one", "two"];
    await clock.advance(ms - 1);
    expect([state.reads, catalog.has("two")]).toEqual([1, false]);
    await clock.advance(1_000);
    expect([state.reads, catalog.has("two")]).toEqual([2, true]);
    await clock.advance(ms + 1_000);
    expect(state.reads).toBe(3);
  });

  test("of a server at rest is left alone, and nothing waits once the run is over", async () => {
    const { clock, state, catalog, read } = listing({ ttlMs: 60_000 });
    await read();
    state.connected = false;
    await clock.advance(120_000);
    expect(state.reads).toBe(1);
    state.connected = true;
    await read();
    catalog.stop();
    expect(clock.waiting).toBe(0);
  });
});

describe("tools that are set aside", () => {
  test("are named in short, some of very many, and each once", async () => {
    const { state, read, warnings } = listing({});
    state.tools = ["one", ...Array.from({ length: 500 }, (_, n) => `bad${n}${"y".repeat(9_000)}`)];
    await read();
    expect(warnings).toHaveLength(21);
    expect(warnings[0]).toMatch(/^The tool "bad0y+…" of "s" is not offered: it is bad: x+….$/);
    expect(warnings.at(-1)).toBe('480 further tools of "s" are not offered.');
    expect(Math.max(...warnings.map(({ length }) => length))).toBeLessThan(700);
    await read();
    expect(warnings).toHaveLength(21);
  });
});

describe("a list that changes", () => {
  test("is read while notices of changes go on coming, one reading at a time, and once more after the last", async () => {
    const { clock, state, catalog, read } = listing({});
    await read();
    for (let notice = 0; notice < 10; notice += 1) {
      catalog.refreshSoon();
      await clock.advance(50);
    }
    expect(state.reads).toBeGreaterThan(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    await clock.advance(1_000);
    const before = state.reads;
    state.held = promise;
    catalog.refreshSoon();
    await clock.advance(100);
    for (let notice = 0; notice < 10; notice += 1) {
      state.tools = ["one", `new${notice}`];
      catalog.refreshSoon();
      await clock.advance(100);
    }
    expect(state.reads).toBe(before + 1);
    resolve();
    await clock.advance(100);
    expect([state.reads, catalog.has("new9")]).toEqual([before + 2, true]);
    catalog.stop();
    expect(clock.waiting).toBe(0);
  });

  test("while it is read for the first time is read again", async () => {
    const { clock, state, catalog, read } = listing({});
    const { promise, resolve } = Promise.withResolvers<void>();
    state.held = promise;
    const first = read();
    state.tools = ["two"];
    catalog.refreshSoon();
    await clock.advance(1_000);
    resolve();
    await first;
    expect(catalog.has("two")).toBe(false);
    await clock.advance(100);
    expect([state.reads, catalog.has("two")]).toEqual([2, true]);
    catalog.stop();
  });

  test("is not put back by a reading that began earlier and ended later", async () => {
    const { state, catalog, read } = listing({});
    const { promise, resolve } = Promise.withResolvers<void>();
    state.held = promise;
    const slow = read();
    state.held = null;
    state.tools = ["two"];
    await read();
    resolve();
    await slow;
    expect([catalog.has("one"), catalog.has("two")]).toEqual([false, true]);
    catalog.stop();
  });
});
