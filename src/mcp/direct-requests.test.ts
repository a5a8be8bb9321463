// Requests that bypass the protocol library: what answers them, what does not, and how they end.
import { describe, expect, test } from "vitest";
import { DirectRequests, type DirectProgress } from "./direct-requests.ts";
import type { RpcMessage } from "./wire.ts";

function wire(fails: Error | null = null) {
  const sent: RpcMessage[] = [];
  const direct = new DirectRequests(async (message) => {
    sent.push(message);
    if (fails) throw fails;
  });
  const aborting = new AbortController();
  const progress: DirectProgress[] = [];
  const asked = direct.ask(
    "tools/call",
    { name: "t", arguments: {} },
    { signal: aborting.signal, onprogress: (step) => progress.push(step) },
  );
  asked.catch(() => {}); // Looked at by the test.
  return { sent, direct, aborting, progress, asked, id: sent[0]?.id ?? 0 };
}

describe("a request past the library", () => {
  test("is answered once, by the reply with its id and nothing else", async () => {
    const { direct, asked, id, sent } = wire();
    expect(sent).toEqual([
      { jsonrpc: "2.0", id, method: "tools/call", params: { name: "t", arguments: {}, _meta: { progressToken: id } } },
    ]);
    expect(direct.answer({ jsonrpc: "2.0", id: String(id), result: {} })).toBe(false);
    expect(direct.answer({ jsonrpc: "2.0", id: Number(id) + 1, result: {} })).toBe(false);
    expect(direct.answer({ jsonrpc: "2.0", id, result: { content: [] } })).toBe(true);
    expect(direct.answer({ jsonrpc: "2.0", id, result: { content: ["again"] } })).toBe(false);
    expect(await asked).toEqual({ content: [] });
  });

  test.each([
    { error: { code: -32_602, message: "No." }, told: { code: -32_602, message: "No." } },
    { error: { code: "odd", message: 7 } as never, told: { code: -32_603, message: "The server gave no reason." } },
    { result: null, told: { code: "INVALID_RESULT" } },
    { result: [], told: { code: "INVALID_RESULT" } },
    { result: {}, error: { code: 1, message: "Both." }, told: { code: 1, message: "Both." } },
  ])("fails with what the server sent: $told", async ({ told, ...reply }) => {
    const { direct, asked, id } = wire();
    direct.answer({ jsonrpc: "2.0", id, ...reply });
    await expect(asked).rejects.toMatchObject(told);
  });

  test("that is aborted ends at once and the server is told", async () => {
    const { asked, aborting, sent, id, direct } = wire();
    aborting.abort(new Error("Enough."));
    await expect(asked).rejects.toThrow("Enough.");
    expect(sent[1]).toMatchObject({ method: "notifications/cancelled", params: { requestId: id } });
    expect(direct.answer({ jsonrpc: "2.0", id, result: {} })).toBe(false);
  });

  test("hears of its own progress only, as numbers and text", () => {
    const { direct, progress, id } = wire();
    expect(direct.progress({ jsonrpc: "2.0", params: { progressToken: id, progress: 1, total: "many", message: "one" } })).toBe(true);
    expect(direct.progress({ jsonrpc: "2.0", params: { progressToken: id, progress: "2" } })).toBe(false);
    expect(direct.progress({ jsonrpc: "2.0", params: { progressToken: 0, progress: 1 } })).toBe(false);
    expect(progress).toEqual([{ progress: 1, message: "one" }]);
  });

  test("ends with the connection, and none begins after it", async () => {
    const { direct, asked, sent } = wire();
    direct.close();
    await expect(asked).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    const late = direct.ask("tools/call", {}, { signal: new AbortController().signal, onprogress: () => {} });
    await expect(late).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    expect(sent).toHaveLength(1);
  });

  test("that could not be sent fails with the reason", async () => {
    await expect(wire(new Error("The pipe is broken.")).asked).rejects.toThrow("The pipe is broken.");
  });
});
