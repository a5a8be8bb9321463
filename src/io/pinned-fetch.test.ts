// Requests to names whose addresses are looked at first, over real sockets of the loopback; only the resolver is ours.
import { createServer, type RequestListener, type Server } from "node:http";
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
    connectTimeoutMs: 5_000,
    env: {},
    inner: () => Promise.reject(new Error("not by this way")),
    resolve: (hostname, done) => {
      resolved.push(hostname);
      done(
        null,
        (names[hostname] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    },
    ...more,
  });
  return { fetch, resolved };
}

const rootOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : error instanceof Error ? error.message : "no error";
};

describe("REQ-SECRUN-5 the way to a remote server", () => {
  test("goes to the very address that was judged, under the server's name", async () => {
    const port = await listen((request, response) => void response.end(`to ${request.headers.host}`));
    const { fetch, resolved } = fetcher({ "mcp.test": ["127.0.0.1"] });
    const response = await fetch(`http://mcp.test:${port}/x`);
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
    const { fetch } = fetcher(
      {},
      {
        resolve: (_name, done) =>
          done(
            null,
            (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
          ),
      },
    );
    expect((await fetch(`http://mcp.test:${port}/`)).status).toBe(200);
    expect(await rootOf(fetch(`http://mcp.test:${port}/`))).toBe("mcp.test leads to 10.0.0.1");
  });

  test("redirects are the caller's to judge: shown where they are asked for, failures elsewhere; never followed", async () => {
    const seen: string[] = [];
    const port = await listen((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.writeHead(307, { location: "http://10.0.0.1/" }).end();
    });
    const { fetch } = fetcher({ "mcp.test": ["127.0.0.1"] });
    const url = `http://mcp.test:${port}/`;
    const manual = await fetch(url, { method: "POST", body: "{}", redirect: "manual" });
    expect([manual.status, manual.headers.get("location")]).toEqual([307, "http://10.0.0.1/"]);
    await manual.body?.cancel();
    for (const redirect of ["follow", "error"] as const) await expect(fetch(url, { redirect })).rejects.toThrow();
    await expect(fetch(url)).rejects.toThrow();
    expect(seen).toEqual(["POST /", "GET /", "GET /", "GET /"]);
  });

  test("a request object is taken as it is", async () => {
    const port = await listen(
      (request, response) => void request.pipe(response.writeHead(200, { "x-got": `${request.method} ${request.headers["x-a"]}` })),
    );
    const { fetch } = fetcher({ "mcp.test": ["127.0.0.1"] });
    const response = await fetch(new Request(`http://mcp.test:${port}/`, { method: "PUT", body: "content", headers: { "x-a": "1" } }));
    expect([response.headers.get("x-got"), await response.text()]).toEqual(["PUT 1", "content"]);
  });

  test("behind a proxy of the environment the request is the proxy's", async () => {
    const inner = (url: unknown, init: unknown): Promise<Response> =>
      Promise.resolve(new Response(`${String(url)} ${(init as RequestInit).redirect}`));
    const { fetch } = fetcher({}, { env: { HTTP_PROXY: "http://proxy.test:1" }, inner: inner as PinnedFetchOptions["inner"] });
    expect(await (await fetch("http://mcp.test/")).text()).toBe("http://mcp.test/ error");
  });
});
