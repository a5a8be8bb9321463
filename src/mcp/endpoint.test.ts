// The serving side of a connection, message by message: what is answered, what is not, and what is asked of the client.
import { describe, expect, test } from "vitest";
import { Endpoint, GONE, STOPPING, type ServedCall, type ServedResult } from "./endpoint.ts";
import type { RpcMessage } from "./wire.ts";

const DONE: ServedResult = { isError: false, content: [{ type: "text", text: "done" }] };

function scene(work: (call: ServedCall) => Promise<ServedResult>) {
  const sent: (RpcMessage & { readonly about: unknown })[] = [];
  const failures: unknown[] = [];
  const endpoint = new Endpoint(
    {
      name: "test",
      version: "1",
      logging: true,
      tools: () => [{ name: "work", description: "Works.", inputSchema: { type: "object" } }],
      knows: (tool) => tool === "work",
      call: work,
      failed: (error) => void failures.push(error),
    },
    (message, about) => void sent.push({ ...message, about }),
  );
  const ask = (id: number, method: string, params: object = {}): Promise<void> => endpoint.receive({ jsonrpc: "2.0", id, method, params });
  const tell = (method: string, params: object): Promise<void> => endpoint.receive({ jsonrpc: "2.0", method, params });
  const replies = (): unknown[] =>
    sent.filter(({ method }) => method === undefined).map(({ id, result, error }) => [id, result ?? error?.code]);
  return { endpoint, sent, failures, ask, tell, replies };
}

/** Works until it is aborted. */
const untilAborted = ({ signal }: ServedCall): Promise<ServedResult> =>
  new Promise((resolve) => (signal.aborted ? resolve(DONE) : signal.addEventListener("abort", () => resolve(DONE))));

const HELLO = { protocolVersion: "2025-06-18", capabilities: { elicitation: {} }, clientInfo: { name: "c" } };

describe("the serving side of a connection (REQ-SERVE-12)", () => {
  test("a revision that is served is agreed to, another one is answered with the newest", async () => {
    const { ask, replies } = scene(untilAborted);
    for (const [index, protocolVersion] of ["2025-06-18", "2024-11-05", "2026-07-28", "nonsense"].entries())
      await ask(index, "initialize", { ...HELLO, protocolVersion });
    expect(replies().map((reply) => ((reply as unknown[])[1] as { protocolVersion: string }).protocolVersion)).toEqual([
      "2025-06-18",
      "2024-11-05",
      "2025-11-25",
      "2025-11-25",
    ]);
  });

  test("unknown methods, tools and levels, a second request of the same id, and what is no message are told by their codes", async () => {
    const { ask, endpoint, replies } = scene(untilAborted);
    await ask(1, "resources/list");
    await ask(2, "tools/call", { name: "other" });
    await ask(3, "logging/setLevel", { level: "loud" });
    const running = ask(4, "tools/call", { name: "work" });
    await ask(4, "tools/call", { name: "work" });
    await endpoint.receive("text");
    await endpoint.receive({ jsonrpc: "1.0", id: 5, method: "ping" });
    expect(replies()).toEqual([
      [1, -32_601],
      [2, -32_602],
      [3, -32_602],
      [4, -32_600],
      [undefined, -32_600],
      [undefined, -32_600],
    ]);
    await endpoint.end(STOPPING);
    await running;
    expect(replies().at(-1)).toEqual([4, DONE]);
  });

  test("a cancelled call and one whose client is gone are not answered; one that ends with the server is", async () => {
    for (const [end, answered] of [
      ["cancelled", false],
      ["gone", false],
      ["forgotten", false],
      ["stopping", true],
    ] as const) {
      const { ask, tell, endpoint, replies } = scene(untilAborted);
      const running = ask(1, "tools/call", { name: "work" });
      if (end === "cancelled") await tell("notifications/cancelled", { requestId: 1 });
      else if (end === "forgotten") endpoint.forget(1);
      else await endpoint.end(end === "gone" ? GONE : STOPPING);
      await running;
      expect([end, replies().length > 0, endpoint.isBusy]).toEqual([end, answered, false]);
    }
  });

  test("progress needs a token, log messages a level, and nothing is sent after the answer", async () => {
    let late: ServedCall | null = null;
    const { ask, sent } = scene(async (call) => {
      late = call;
      call.client.progress("one");
      call.client.log("info", "quiet");
      call.client.log("warning", "loud");
      call.client.progress("two");
      return DONE;
    });
    await ask(1, "tools/call", { name: "work" });
    await ask(2, "tools/call", { name: "work", _meta: { progressToken: "t" } });
    (late as ServedCall | null)?.client.progress("late");
    const notices = sent.filter(({ method }) => method !== undefined).map(({ params, about }) => [about, params]);
    expect(notices).toEqual([
      [1, { level: "warning", logger: "massgen", data: "loud" }],
      [2, { progressToken: "t", progress: 1, message: "one" }],
      [2, { level: "warning", logger: "massgen", data: "loud" }],
      [2, { progressToken: "t", progress: 2, message: "two" }],
    ]);
  });

  test("a form goes to a client that can show one, is withdrawn with its call, and only an answer counts as one", async () => {
    const form = { message: "May I?", requestedSchema: { type: "object" } };
    const asks = async ({ client, signal }: ServedCall): Promise<ServedResult> => ({
      isError: false,
      content: [{ type: "text", text: JSON.stringify(await client.ask(form, signal)) }],
    });
    const textOf = (reply: unknown): string => ((reply as [number, ServedResult])[1].content[0] as { readonly text: string }).text;
    const without = scene(asks);
    await without.ask(1, "tools/call", { name: "work" });
    expect(without.replies().map(textOf)).toEqual(['{"action":"cancel"}']);

    const { ask, tell, endpoint, sent, replies } = scene(asks);
    await ask(0, "initialize", HELLO);
    const first = ask(1, "tools/call", { name: "work" });
    expect(sent.at(-1)).toMatchObject({ id: "ask-1", method: "elicitation/create", params: form, about: 1 });
    await endpoint.receive({ jsonrpc: "2.0", id: "ask-1", result: { action: "accept", content: { decision: "once" } } });
    await endpoint.receive({ jsonrpc: "2.0", id: "ask-1", result: { action: "decline" } });
    await first;
    const second = ask(2, "tools/call", { name: "work" });
    await endpoint.receive({ jsonrpc: "2.0", id: "ask-2", error: { code: -1, message: "no" } });
    await second;
    expect(replies().slice(1).map(textOf)).toEqual(['{"action":"accept","content":{"decision":"once"}}', '{"action":"cancel"}']);
    const third = ask(3, "tools/call", { name: "work" });
    await tell("notifications/cancelled", { requestId: 3 });
    await third;
    expect(sent.at(-1)).toMatchObject({ method: "notifications/cancelled", params: { requestId: "ask-3" } });
  });

  test("a mistake of the server's own is told as one, without its words", async () => {
    const { ask, replies, failures, sent } = scene(() => Promise.reject(new Error("secret place")));
    await ask(1, "tools/call", { name: "work" });
    expect([replies(), failures.length, JSON.stringify(sent).includes("secret")]).toEqual([[[1, -32_603]], 1, false]);
  });
});
