// What every backend over a provider's API must keep, whatever its wire. A new type of the table is tested here without a new test.
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
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

/** Every variable that may hold somebody's key, a login or an address, as a provider's SDK might look for it by itself. */
const VARIABLES = [
  ...Object.values(BACKEND_TABLE).flatMap(({ keyVariables, baseUrlVariables }) => [...keyVariables, ...baseUrlVariables]),
  "GOOGLE_GENERATIVE_AI_API_KEY",
  "GOOGLE_ACCESS_TOKEN",
  "ANTHROPIC_AUTH_TOKEN",
  "AZURE_API_KEY",
  "OPENAI_ORGANIZATION",
  "OPENAI_PROJECT",
];
afterEach(() => vi.unstubAllEnvs());

/** Tunnels every name to the port that was asked for, on this machine. */
async function tunnel(asked: string[]): Promise<{ readonly url: string; close(): void }> {
  const proxy = createServer((_request, response) => void response.writeHead(400).end());
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const upstream = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on("error", () => end.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    proxy.close();
    proxy.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, close };
}

describe.each(TYPES)("the backend %s", (type) => {
  test("REQ-BACKEND-15 sends nothing of the environment that it was not given, also where it has no key", async () => {
    for (const name of VARIABLES) vi.stubEnv(name, /URL|ENDPOINT/.test(name) ? "http://127.0.0.1:9/planted" : "planted-secret");
    const server = await provider(type, 200);
    const backend = await testBackend({ type, model: "m", baseUrl: server.url, apiKey: null }, impatientIo());
    const { last } = await driveTurn(backend);
    await server.close();
    expect(last.outcome).toBe("decided");
    expect(server.headers()).toHaveLength(1);
    expect(server.headers().flat().join(" ")).not.toContain("planted");
  });

  test("REQ-BACKEND-22 decides over its own wire, at the address of the configuration, with its key", async () => {
    const { last, decisions, steps, headers } = await run(type, 200);
    expect(decisions).toMatchObject([{ name: "new_answer", input: { content: "12" } }]);
    expect(steps).toHaveLength(1);
    expect(last).toEqual({ type: "turn-finished", outcome: "decided" });
    expect(headers).toHaveLength(1);
    expect(headers[0]?.some((value) => value.includes("test-key-123456"))).toBe(true);
  });

  test("REQ-BACKEND-29 is asked through the proxy of the environment, unless it is on this machine", async () => {
    const asked: string[] = [];
    const proxy = await tunnel(asked);
    const server = await provider(type, 200);
    const { port, pathname } = new URL(server.url);
    for (const name of ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"]) vi.stubEnv(name, "");
    vi.stubEnv("HTTP_PROXY", proxy.url);
    vi.stubEnv("NO_PROXY", "");
    const at = (host: string) => testBackend({ type, model: "m", baseUrl: `http://${host}:${port}${pathname}` }, impatientIo());
    expect((await driveTurn(await at("provider.test"))).last.outcome).toBe("decided");
    expect(new Set(asked)).toEqual(new Set([`provider.test:${port}`]));
    const before = asked.length;
    expect((await driveTurn(await at("127.0.0.1"))).last.outcome).toBe("decided");
    expect(asked).toHaveLength(before);
    await server.close();
    proxy.close();
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
