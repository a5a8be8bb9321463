// Requests to names whose addresses are looked at first, over real sockets of the loopback; only the resolver is ours.
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { pinnedFetch, type PinnedFetchOptions } from "./pinned-fetch.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function fetcher(names: Readonly<Record<string, readonly string[]>>, more: Partial<PinnedFetchOptions> = {}) {
  const resolved: string[] = [];
  const fetch = pinnedFetch({
    checkAddress: (address, hostname) => (address.startsWith("127.") ? null : `${hostname} leads to ${address}`),
    checkRedirect: () => null,
    ownHeaders: [],
    connectTimeoutMs: 5_000,
    env: {},
    inner: () => Promise.reject(new Error("not by this way")),
    resolve: (hostname, done) => {
      resolved.push(hostname);
      done(null, (names[hostname] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
    },
    ...more,
  });
  return { fetch, resolved };
}

const rootOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(() => null, (reason: unknown) => reason);
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : error instanceof Error ? error.message : "no error";
};

describe("REQ-SECRUN-5 the way to a remote server", () => {
  test("goes to the very address that was judged, under the server's name, and gives the platform's own response", async () => {
    const port = await listen((request, response) => void response.end(`to ${request.headers.host}`));
    const { fetch, resolved } = fetcher({ "mcp.test": ["127.0.0.1"] });
    const response = await fetch(`http://mcp.test:${port}/x`);
    expect(response).toBeInstanceOf(Response);
    expect(await response.text()).toBe(`to mcp.test:${port}`);
    expect(resolved).toEqual(["mcp.test"]);
  });

  test("a name nobody knows is an error of the request: the system's resolver gives no list beside its error", async () => {
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND nobody.test"), { code: "ENOTFOUND" });
    const { fetch } = fetcher({}, { resolve: (_hostname, done) => (done as (error: Error) => void)(unknown) });
    expect(await rootOf(fetch("http://nobody.test/"))).toBe("getaddrinfo ENOTFOUND nobody.test");
  });

  test("is closed where any of the name's addresses is refused, and for refused literal addresses; nothing is connected", async () => {
    let asked = 0;
    const port = await listen((_request, response) => void response.end(String((asked += 1))));
    const { fetch } = fetcher({ "rebind.test": ["127.0.0.1", "169.254.169.254"], "none.test": [] });
    expect(await rootOf(fetch(`http://rebind.test:${port}/`))).toBe("rebind.test leads to 169.254.169.254");
    expect(await rootOf(fetch(`http://none.test:${port}/`))).toBe("none.test has no address");
    expect(await rootOf(fetch("http://10.0.0.1/"))).toBe("10.0.0.1 leads to 10.0.0.1");
    expect(await rootOf(fetch("http://[fd00::1]/"))).toBe("fd00::1 leads to fd00::1");
    expect(asked).toBe(0);
  });

  test("a name that changes its mind between connections is judged at each", async () => {
    const port = await listen((_request, response) => void response.writeHead(200, { connection: "close" }).end());
    const answers = [["127.0.0.1"], ["10.0.0.1"]];
    const { fetch } = fetcher({}, { resolve: (_name, done) => done(null, (answers.shift() ?? []).map((address) => ({ address, family: 4 }))) });
    expect((await fetch(`http://mcp.test:${port}/`)).status).toBe(200);
    expect(await rootOf(fetch(`http://mcp.test:${port}/`))).toBe("mcp.test leads to 10.0.0.1");
  });

  test("redirects are judged before they are followed, five at most; credentials and the entry's headers stay with their origin", async () => {
    const seen: IncomingMessage[] = [];
    const port = await listen((request, response) => {
      seen.push(request);
      if (request.url === "/end") return void response.end("there");
      const location = { "/near": "/end", "/far": `http://other.test:${port}/end`, "/evil": "http://169.254.169.254/latest/", "/loop": "/loop", "/nowhere": "http://[" }[request.url ?? ""] ?? "/end";
      response.writeHead(307, { location }).end();
    });
    const { fetch } = fetcher(
      { "mcp.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] },
      { ownHeaders: ["X-Key"], checkRedirect: ({ hostname }) => (hostname === "169.254.169.254" ? "it is the metadata service" : null) },
    );
    const post = (path: string): Promise<Response> => fetch(`http://mcp.test:${port}${path}`, { method: "POST", body: "{}", headers: { Authorization: "Bearer t", "X-Key": "k", "X-Other": "o", "content-type": "application/json" } });
    expect(await (await post("/near")).text()).toBe("there");
    expect(seen.at(-1)).toMatchObject({ method: "POST", headers: { authorization: "Bearer t", "x-key": "k" } });
    const far = await post("/far");
    expect(far.url).toBe(`http://other.test:${port}/end`);
    expect(seen.at(-1)?.headers).toMatchObject({ "x-other": "o" });
    expect(seen.at(-1)?.headers).not.toHaveProperty("authorization");
    expect(seen.at(-1)?.headers).not.toHaveProperty("x-key");
    expect(await rootOf(post("/evil"))).toMatch(/redirects to http:\/\/169\.254\.169\.254, and that is not followed: it is the metadata service/);
    expect(await rootOf(post("/loop"))).toMatch(/more than 5 times/);
    expect(seen.filter(({ url }) => url === "/loop")).toHaveLength(6);
    expect(await rootOf(post("/nowhere"))).toMatch(/no address/);
  });

  test("whoever wants to see redirects or to fail at them can; a POST becomes a GET where fetch says so", async () => {
    const port = await listen((request, response) => (request.url === "/end" ? response.end(`${request.method}`) : response.writeHead(302, { location: "/end" }).end()));
    const { fetch } = fetcher({ "mcp.test": ["127.0.0.1"] });
    const url = `http://mcp.test:${port}/`;
    const manual = await fetch(url, { redirect: "manual" });
    expect([manual.status, manual.headers.get("location")]).toEqual([302, "/end"]);
    await manual.body?.cancel();
    await expect(fetch(url, { redirect: "error" })).rejects.toThrow(/redirect/);
    expect(await (await fetch(new Request(url, { method: "POST", body: "x" }))).text()).toBe("GET");
  });

  test("behind a proxy of the environment the request is the proxy's, and redirects are judged all the same", async () => {
    const inner = (url: unknown): Promise<Response> => Promise.resolve(String(url).endsWith("/a") ? new Response(null, { status: 302, headers: { location: "http://10.0.0.1/" } }) : new Response("by proxy"));
    const { fetch } = fetcher({}, { env: { HTTP_PROXY: "http://proxy.test:1" }, inner: inner as PinnedFetchOptions["inner"], checkRedirect: () => "private" });
    expect(await (await fetch("http://mcp.test/")).text()).toBe("by proxy");
    await expect(fetch("http://mcp.test/a")).rejects.toThrow(/not followed: private/);
  });
});
