// Requests through a real proxy on the loopback: the target is reached by it, and exceptions go straight.
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { environmentFetch } from "./environment-fetch.ts";
import { isProxied, proxyVariables } from "./proxies.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Tunnels every name to the target on this machine, and notes what was asked for. */
async function proxyTo(target: number, asked: string[]): Promise<string> {
  const proxy = createServer((request, response) => void response.writeHead(400).end(request.url));
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const upstream = connect(target, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on("error", () => end.destroy());
  });
  return `http://127.0.0.1:${await listen(proxy)}`;
}

describe("fetch behind a proxy", () => {
  test("REQ-BACKEND-29 goes through the proxy of the environment, streams included", async () => {
    const asked: string[] = [];
    const target = await listen(createServer((request, response) => void response.end(`answer to ${request.method} ${request.url}`)));
    const fetch = environmentFetch({ HTTP_PROXY: await proxyTo(target, asked) });
    const response = await fetch("http://provider.test/v1/x", { method: "POST", body: "{}" });
    expect(await response.text()).toBe("answer to POST /v1/x");
    expect(asked).toEqual(["provider.test:80"]);
  });

  test("servers on this machine and the exceptions of NO_PROXY are asked directly", async () => {
    const asked: string[] = [];
    const target = await listen(createServer((_request, response) => void response.end("direct")));
    const fetch = environmentFetch({ http_proxy: await proxyTo(target, asked), NO_PROXY: "internal.test" });
    expect(await (await fetch(`http://127.0.0.1:${target}/`)).text()).toBe("direct");
    await expect(fetch("http://internal.test/")).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  test("without a variable requests go straight", async () => {
    const target = await listen(createServer((_request, response) => void response.end("plain")));
    expect(await (await environmentFetch({ NO_PROXY: "x" })(`http://127.0.0.1:${target}/`)).text()).toBe("plain");
  });

  test("which requests go through it can be told beforehand", () => {
    const env = { HTTPS_PROXY: "http://proxy.test:3128", NO_PROXY: "internal.test,.corp.test,other.test:8443" };
    const through = (url: string): boolean => isProxied(env, new URL(url));
    expect(["https://a.test/", "https://other.test/", "https://xinternal.test/"].map(through)).toEqual([true, true, true]);
    expect(
      [
        "http://a.test/",
        "https://internal.test/",
        "https://x.internal.test/",
        "https://x.corp.test/",
        "https://other.test:8443/",
        "https://[::1]/",
        "https://localhost:1/",
      ].map(through),
    ).toEqual(Array(7).fill(false));
    expect(isProxied({}, new URL("https://a.test/"))).toBe(false);
    expect(isProxied({ ...env, NO_PROXY: "*" }, new URL("https://a.test/"))).toBe(false);
  });

  test("other programs are told of it by the names they know, and of this machine as an exception", () => {
    const both = (values: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(values).flatMap(([name, value]) => [[name, value] as const, [name.toLowerCase(), value] as const]));
    const here = "localhost,127.0.0.1,::1";
    const p = "http://proxy.test:3128";
    expect(proxyVariables({})).toEqual({});
    expect(proxyVariables({ NO_PROXY: "x.test" })).toEqual({});
    expect(proxyVariables({ ALL_PROXY: p })).toEqual(both({ HTTP_PROXY: p, HTTPS_PROXY: p, NO_PROXY: here }));
    expect(proxyVariables({ https_proxy: p, no_proxy: "x.test" })).toEqual(both({ HTTPS_PROXY: p, NO_PROXY: `${here},x.test` }));
    expect(proxyVariables({ HTTP_PROXY: p, NO_PROXY: "*" })).toEqual(both({ HTTP_PROXY: p, HTTPS_PROXY: p, NO_PROXY: "*" }));
  });
});
