// What every backend over a provider's API must keep, whatever its wire. A new type of the table is tested here without a new test.
import { describe, expect, test } from "vitest";
import { BACKEND_TABLE } from "../config/index.ts";
import {
  anthropicReply,
  chatServer,
  driveTurn,
  geminiCall,
  impatientIo,
  replayServer,
  responsesReply,
  testBackend,
  type DrivenTurn,
  type ReplayReply,
  type TestBackendOptions,
  type TurnDrive,
} from "../testing/index.ts";
import { listCapabilities } from "./index.ts";

type Wire = "gemini" | "anthropic" | "responses" | "chat";
const WIRES: Readonly<Record<string, Wire>> = { gemini: "gemini", claude: "anthropic", openai: "responses", grok: "responses" };
/** These run processes or models of their own and have tests of their own. */
const OWN_PROCESSES = new Set(["claude_code", "local"]);
const TYPES = Object.keys(BACKEND_TABLE).filter((type) => !OWN_PROCESSES.has(type));

const ANSWERS: Readonly<Record<Exclude<Wire, "chat">, ReplayReply>> = {
  gemini: geminiCall("new_answer", { content: "12" }, "s"),
  anthropic: anthropicReply([{ type: "tool_use", id: "t1", name: "new_answer", input: { content: "12" } }]),
  responses: responsesReply([{ type: "function_call", call_id: "c1", name: "new_answer", arguments: { content: "12" } }]),
};

type Server = { readonly url: string; readonly headers: () => readonly (readonly string[])[]; close(): Promise<void> };

/** A provider that answers every request of `type` with a decision, or with `status`. */
async function provider(type: string, status: number): Promise<Server> {
  const wire = WIRES[type] ?? "chat";
  const values = (headers: object): readonly string[] => Object.values(headers).map(String);
  if (wire === "chat") {
    const error = { status, body: { error: { message: "no" } } };
    const server = await chatServer(
      () => (status === 200 ? { toolCalls: [{ name: "new_answer", arguments: { content: "12" } }] } : { error }),
      { models: ["m"] },
    );
    return { url: server.baseUrl, headers: () => server.requests.map((request) => values(request.headers)), close: server.close };
  }
  const reply: ReplayReply = status === 200 ? ANSWERS[wire] : { status, body: '{"error":{"message":"no","type":"x"}}' };
  const server = await replayServer([{ ...reply, times: 9, repeats: true }]);
  return { url: server.url, headers: () => server.requests.map((request) => values(request.headers)), close: server.close };
}

async function run(
  type: string,
  status: number,
  drive?: TurnDrive,
): Promise<DrivenTurn & { readonly headers: readonly (readonly string[])[] }> {
  const server = await provider(type, status);
  const backend = await testBackend({ type, model: "m", baseUrl: server.url }, impatientIo());
  const turn = await driveTurn(backend, drive);
  await backend.close();
  await server.close();
  return { ...turn, headers: server.headers() };
}

describe.each(TYPES)("the backend %s", (type) => {
  test("REQ-BACKEND-22 decides over its own wire, at the address of the configuration, with its key", async () => {
    const { last, decisions, steps, headers } = await run(type, 200);
    expect(decisions).toMatchObject([{ name: "new_answer", input: { content: "12" } }]);
    expect(steps).toHaveLength(1);
    expect(last).toEqual({ type: "turn-finished", outcome: "decided" });
    expect(headers).toHaveLength(1);
    expect(headers[0]?.some((value) => value.includes("test-key-123456"))).toBe(true);
  });

  test("a wrong key ends the turn with the variable to look at, never with an exception", async () => {
    const { last, headers } = await run(type, 401);
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "authentication", code: "E_PROVIDER_AUTH" } });
    for (const variable of BACKEND_TABLE[type]?.keyVariables ?? []) expect(last.failure?.next).toContain(variable);
    expect(headers).toHaveLength(1);
  });

  test("a turn that was aborted before it began asks nobody", async () => {
    const { last, headers } = await run(type, 200, { abort: AbortSignal.abort() });
    expect(last).toEqual({ type: "turn-finished", outcome: "interrupted" });
    expect(headers).toEqual([]);
  });

  test("a server that is not there is the turn's failure", async () => {
    const config: TestBackendOptions = { type, model: "m", baseUrl: "http://127.0.0.1:9/v1" };
    const { last } = await driveTurn(await testBackend(config));
    expect(last).toMatchObject({ outcome: "failed", failure: { code: "E_PROVIDER_NETWORK" } });
  });
});

describe("capabilities", () => {
  test("every type of the table is listed, in its order", () => {
    expect(listCapabilities().map((row) => row.type)).toEqual(Object.keys(BACKEND_TABLE));
  });

  test("an unknown type is a mistake of the user", async () => {
    await expect(testBackend({ type: "gemnii" })).rejects.toMatchObject({ code: "E_BACKEND_UNKNOWN" });
  });
});
