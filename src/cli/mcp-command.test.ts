import { describe, expect, test } from "vitest";
import type { StopReason } from "../io/index.ts";
import type { McpSession } from "../session/index.ts";
import { withServers } from "./mcp-command.ts";

/** Servers that settle when they are told to, or when the wait for them is given up. */
function scene() {
  const handlers = new Set<(reason: StopReason) => void>();
  const settled = Promise.withResolvers<void>();
  const seen = { closed: 0, exits: [] as number[] };
  const session: McpSession = {
    servers: [],
    settled: (signal) =>
      new Promise((resolve) => {
        void settled.promise.then(resolve);
        signal.addEventListener("abort", () => resolve());
      }),
    close: async () => void seen.closed++,
  };
  const process = {
    onStop: (handler: (reason: StopReason) => void) => (handlers.add(handler), { stop: () => void handlers.delete(handler) }),
    onAnswerNow: () => ({ stop: () => undefined }),
    exitNow: (code: number) => void seen.exits.push(code),
  };
  return {
    session,
    context: { process },
    seen,
    settle: settled.resolve,
    interrupt: () => handlers.forEach((handler) => handler("interrupt")),
  };
}

describe("servers for one command (REQ-MCPCMD-3)", () => {
  test("are looked at when all is settled, and ended", async () => {
    const { session, context, seen, settle } = scene();
    settle();
    expect(await withServers(session, context, async () => 4)).toBe(4);
    expect(seen).toEqual({ closed: 1, exits: [] });
  });

  test("an interrupted command says nothing of servers that were not settled, writes nothing, and ends with 130", async () => {
    const { session, context, seen, interrupt } = scene();
    let looked = false;
    const code = withServers(session, context, async () => ((looked = true), 0));
    interrupt();
    expect([await code, looked, seen]).toEqual([130, false, { closed: 1, exits: [] }]);
  });

  test("a call that is interrupted ends with 130 too, and a second interrupt ends the program at once", async () => {
    const { session, context, seen, settle, interrupt } = scene();
    settle();
    const begun = Promise.withResolvers<void>();
    const code = withServers(session, context, (signal) => {
      begun.resolve();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(4)));
    });
    await begun.promise;
    interrupt();
    interrupt();
    expect([await code, seen]).toEqual([130, { closed: 1, exits: [130] }]);
  });
});
