// Requests that nobody should send, over a real socket; and the end of the server while a client that has gone is still worked for.
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createIo } from "../io/index.ts";
import type { EndpointPorts, ServedResult } from "../mcp/index.ts";
import { HttpSession } from "./http-session.ts";
import { serveHttp } from "./http.ts";

const TOKEN = "0123456789abcdef";
const ports = (call: EndpointPorts["call"] = () => Promise.reject(new Error("not used"))): EndpointPorts => ({
  name: "test",
  version: "1",
  tools: () => [],
  knows: () => true,
  call,
  failed: () => undefined,
});

async function served() {
  const bugs: unknown[] = [];
  const server = await serveHttp({
    io: createIo(),
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    hosts: [],
    ports,
    failed: (error) => void bugs.push(error),
  });
  onTestFinished(() => server.close());
  return { port: Number(new URL(server.url).port), bugs };
}

/** The status of a POST with this path, its body sent in pieces of unknown sum. */
async function status(port: number, path: string, pieces: readonly string[] = []): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", accept: "*/*" };
  const request = httpRequest({ host: "127.0.0.1", port, path, method: "POST", headers });
  const answered = once(request, "response") as Promise<[IncomingMessage]>;
  request.flushHeaders();
  for (const piece of pieces) request.write(piece);
  const [response] = await answered;
  response.resume();
  request.destroy();
  return response.statusCode;
}

describe("what is no request of a client (REQ-SERVE-8)", () => {
  test("a path that is no address is another path, and no bug of ours", async () => {
    const { port, bugs } = await served();
    expect([await status(port, "//"), await status(port, "//["), await status(port, "/mcp/more")]).toEqual([404, 404, 404]);
    expect(bugs).toEqual([]);
  });

  test("a body that grows beyond the limit is answered while it still comes", async () => {
    const { port, bugs } = await served();
    expect(await status(port, "/mcp?x=1", ["[", " ".repeat(3_000_000), " ".repeat(3_000_000)])).toBe(413);
    expect(bugs).toEqual([]);
  });
});

describe("the end of a session (REQ-SERVE-3, REQ-SERVE-5)", () => {
  test("does not wait for the stream of a client that has gone, only for its work", async () => {
    const work = Promise.withResolvers<ServedResult>();
    const begun = Promise.withResolvers<void>();
    const session = new HttpSession(
      "1",
      ports(() => (begun.resolve(), work.promise)),
      createIo().clock,
    );
    const streamed = Promise.withResolvers<ServerResponse>();
    const server = createServer((_request, response) => {
      streamed.resolve(response);
      void session.stream({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "x" } }, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const request = httpRequest({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
    request.on("error", () => undefined).end();
    const response = await streamed.promise;
    await begun.promise;
    request.destroy();
    if (!response.destroyed) await once(response, "close");
    const stopped = session.stop();
    work.resolve({ isError: false, content: [] });
    await stopped;
    expect(session.endpoint.isBusy).toBe(false);
  });
});
