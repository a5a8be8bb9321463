// What callers of `fetch` rely on, over real sockets: bodies, packing, redirects, aborts, broken connections, encryption.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer as createSocketServer, type AddressInfo, type Socket } from "node:net";
import tls from "node:tls";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { environmentFetch } from "./environment-fetch.ts";
import { httpFetch } from "./http-fetch.ts";
import { selfSigned } from "./self-signed.test-support.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener): Promise<string> => `http://127.0.0.1:${await listen(createServer(listener))}`;

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Tells what came, as JSON. */
const mirror: RequestListener = (request, response) => {
  void bodyOf(request).then((body) =>
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body })),
  );
};
type Mirrored = { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body: string };

const fetch = environmentFetch({});
const causeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error
    ? `${error.name}: ${error.message}: ${error.cause instanceof Error ? error.cause.message : ""}`
    : String(error);
};

describe("REQ-BACKEND-30 requests", () => {
  test("are sent as they are given, with the length of their body and the usual headers", async () => {
    const url = await serve(mirror);
    const response = await fetch(`${url}/a?b=1`, { method: "post", body: "grüße", headers: { "X-Own": " 1 ", "content-type": "text/x" } });
    const got = (await response.json()) as Mirrored;
    expect(got).toMatchObject({ method: "POST", url: "/a?b=1", body: "grüße" });
    expect(got.headers).toMatchObject({
      "x-own": "1",
      "content-type": "text/x",
      "content-length": "7",
      accept: "*/*",
      connection: "keep-alive",
    });
    expect(got.headers["user-agent"]).toMatch(/^massgen\/\d/);
  });

  test("carry bodies of every form, each with its type", async () => {
    const url = await serve(mirror);
    const form = new FormData();
    form.set("name", "value");
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("one ");
      yield Buffer.from("two");
    };
    const send = async (body: NonNullable<RequestInit["body"]>): Promise<Mirrored> =>
      (await (await fetch(url, { method: "POST", body })).json()) as Mirrored;
    expect((await send("text")).headers["content-type"]).toBe("text/plain;charset=UTF-8");
    expect(await send(new URLSearchParams({ a: "b c" }))).toMatchObject({
      body: "a=b+c",
      headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
    });
    expect((await send(Buffer.from("bytes"))).body).toBe("bytes");
    expect((await send(new Blob(["blob"]))).body).toBe("blob");
    expect((await send(ReadableStream.from(parts()) as ReadableStream)).body).toBe("one two");
    const sent = await send(form);
    expect(sent.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(sent.body).toContain("value");
    const empty = (await (await fetch(new Request(url, { headers: { "x-a": "1" } }), { method: "DELETE" })).json()) as Mirrored;
    expect(empty).toMatchObject({ method: "DELETE", body: "", headers: { "x-a": "1" } });
  });

  test("share connections one after the other, also where an answer is thrown away unread", async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(request.url === "/none" ? 204 : 200).end();
    });
    for (const path of ["/", "/none", "/"]) await (await fetch(url + path)).text();
    expect(ports.size).toBe(1);
  });

  test("to addresses that are no http, or that hold a password, are refused", async () => {
    expect(await causeOf(fetch("file:///x"))).toContain("file: is not a protocol");
    expect(await causeOf(fetch("http://user:word@127.0.0.1/"))).toMatch(/^TypeError.*no password/);
  });
});

describe("answers", () => {
  test("give status, headers and body in each form", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(418, "Teapot", [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["x-list", "1"],
        ["x-list", "2"],
        ["content-type", "application/json"],
      ] as never);
      response.end('{"tea":"Grüner"}');
    });
    const response = await fetch(`${url}/pot#lid`);
    expect([response.status, response.statusText, response.ok, response.url, response.redirected, response.type]).toEqual([
      418,
      "Teapot",
      false,
      `${url}/pot`,
      false,
      "basic",
    ]);
    expect([response.headers.get("X-List"), response.headers.getSetCookie(), response.headers.has("none")]).toEqual([
      "1, 2",
      ["a=1", "b=2"],
      false,
    ]);
    const copies = [response.clone(), response.clone(), response.clone(), response.clone()] as const;
    expect(await copies[0].json()).toEqual({ tea: "Grüner" });
    expect(await copies[1].text()).toBe('{"tea":"Grüner"}');
    expect((await copies[2].arrayBuffer()).byteLength).toBe(17);
    expect((await copies[3].blob()).type).toBe("application/json");
    expect(response.bodyUsed).toBe(false);
    expect((await response.bytes()).length).toBe(17);
    expect(response.bodyUsed).toBe(true);
    expect(await causeOf(response.text())).toContain("read already");
    expect(() => response.clone()).toThrow("read already");
  });

  test("are unpacked, whichever way they are packed", async () => {
    const packed = {
      gzip: gzipSync("packed"),
      "x-gzip": gzipSync("packed"),
      deflate: deflateSync("packed"),
      br: brotliCompressSync("packed"),
    };
    const url = await serve((request, response) => {
      const encoding = (request.url ?? "").slice(1) as keyof typeof packed;
      response.writeHead(500, { "content-encoding": encoding }).end(packed[encoding]);
    });
    for (const encoding of Object.keys(packed)) expect(await (await fetch(`${url}/${encoding}`)).text()).toBe("packed");
  });

  test("come event by event, also packed", async () => {
    const waiting: ServerResponse[] = [];
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-type": "text/event-stream" });
      const gzip = createGzip();
      gzip.pipe(response);
      gzip.write("data: 1\n\n");
      gzip.flush();
      waiting.push(response);
      closing.push(() => gzip.destroy());
    });
    const reader = ((await fetch(url)).body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: 1\n\n");
    await reader.cancel();
  });

  test("a part of a file is asked for unpacked", async () => {
    const url = await serve(mirror);
    const asked = async (headers: Record<string, string>): Promise<unknown> =>
      ((await (await fetch(url, { headers })).json()) as Mirrored).headers["accept-encoding"];
    expect(await asked({})).toContain("gzip");
    expect(await asked({ range: "bytes=1-" })).toBe("identity");
  });

  test("to HEAD, and those without content, have no body", async () => {
    const url = await serve(
      (request, response) => void response.writeHead(request.method === "HEAD" ? 200 : 204, { "content-length": 5 }).end(),
    );
    for (const method of ["HEAD", "GET"]) {
      const response = await fetch(url, { method });
      expect([response.body, await response.text(), response.clone().body]).toEqual([null, "", null]);
    }
  });

  test("packed by a server that forgets the end come as far as they were sent", async () => {
    const whole = gzipSync("packed");
    const url = await serve(
      (_request, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(whole.subarray(0, -4)),
    );
    expect(await (await fetch(url)).text()).toBe("packed");
  });

  test("nobody wants any more end their connection", async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((_request, response) => {
      response.on("close", closed.resolve);
      response.write("beginning");
    });
    await (await fetch(url)).body?.cancel();
    await closed.promise;
  });
});

describe("redirects", () => {
  const redirecting: RequestListener = (request, response) => {
    const [, status, to] = /^\/(\d+)(.*)/.exec(request.url ?? "") ?? [];
    if (status === undefined) return mirror(request, response);
    response.writeHead(Number(status), { location: to ?? "" }).end("moved");
  };

  test("are followed: with the method and the body where the status says so", async () => {
    const url = await serve(redirecting);
    const after = async (status: number, method: string): Promise<string> => {
      const response = await fetch(`${url}/${status}/x`, { method, ...(method === "GET" ? {} : { body: "b" }) });
      const got = (await response.json()) as Mirrored;
      expect([response.redirected, response.url]).toEqual([true, `${url}/x`]);
      return `${got.method} ${got.body} ${got.headers["content-type"] ?? "none"}`;
    };
    expect(await after(302, "POST")).toBe("GET  none");
    expect(await after(303, "PUT")).toBe("GET  none");
    expect(await after(301, "GET")).toBe("GET  none");
    expect(await after(307, "POST")).toBe("POST b text/plain;charset=UTF-8");
    expect(await after(308, "PUT")).toBe("PUT b text/plain;charset=UTF-8");
  });

  test("to another host take no keys along", async () => {
    const other = await serve(mirror);
    const url = await serve((_request, response) => void response.writeHead(307, { location: `${other}/there` }).end());
    const secret = Object.fromEntries(
      ["authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"].map((name) => [name, "secret"]),
    );
    const got = (await (await fetch(url, { headers: { ...secret, "x-kept": "1" } })).json()) as Mirrored;
    expect(JSON.stringify(got)).not.toContain("secret");
    expect(got.headers["x-kept"]).toBe("1");
  });

  test("are shown or refused where the caller says so, and end some time", async () => {
    const url = await serve(redirecting);
    const manual = await fetch(`${url}/302/x`, { redirect: "manual" });
    expect([manual.status, manual.headers.get("location"), await manual.text()]).toEqual([302, "/x", "moved"]);
    expect(await causeOf(fetch(`${url}/302/x`, { redirect: "error" }))).toContain("unexpected redirect");
    expect(await causeOf(fetch(`${url}/302file:///etc/hosts`))).toContain("not http or https");
    const loop = await serve((_request, response) => void response.writeHead(302, { location: "/" }).end());
    expect(await causeOf(fetch(loop))).toContain("redirect count exceeded");
  });
});

describe("trouble", () => {
  test("a server that is not there, and one that hangs up, fail the request with the cause", async () => {
    const port = await listen(createServer());
    closing.splice(0).forEach((close) => close());
    expect(await causeOf(fetch(`http://127.0.0.1:${port}/`))).toMatch(/^TypeError: fetch failed: connect ECONNREFUSED/);
    const url = await serve((request) => void request.socket.destroy());
    expect(await causeOf(fetch(url))).toMatch(/^TypeError: fetch failed: socket hang up/);
    const switching = await serve((_request, response) => void response.writeHead(101, { upgrade: "other", connection: "upgrade" }).end());
    expect(await causeOf(fetch(switching))).toMatch(/^TypeError: fetch failed/);
  });

  test("an answer that breaks off breaks its reader, packed or not", async () => {
    const url = await serve((request, response) => {
      const packed = request.url === "/packed";
      response.writeHead(200, packed ? { "content-encoding": "gzip" } : { "content-length": 100 });
      response.write(packed ? gzipSync("x".repeat(100)).subarray(0, 12) : "half", () => response.socket?.destroy());
    });
    for (const path of ["/", "/packed"]) expect(await causeOf((await fetch(url + path)).text())).toMatch(/^TypeError: terminated/);
  });

  test("an abort ends the request, or the answer that has begun, with the reason given", async () => {
    const reason = new Error("enough");
    const before = AbortSignal.abort(reason);
    const url = await serve((request, response) => void (request.url === "/silent" ? arrived.resolve() : response.write("begun")));
    const arrived = Promise.withResolvers<void>();
    await expect(fetch(url, { signal: before })).rejects.toBe(reason);
    const waiting = new AbortController();
    const silent = fetch(`${url}/silent`, { signal: waiting.signal });
    void arrived.promise.then(() => waiting.abort(reason));
    await expect(silent).rejects.toBe(reason);
    const reading = new AbortController();
    const text = (await fetch(url, { signal: reading.signal })).text();
    reading.abort(reason);
    await expect(text).rejects.toBe(reason);
  });

  test("a finished request leaves nothing at the signal it was given", async () => {
    const url = await serve((_request, response) => void response.end("done"));
    const { signal } = new AbortController();
    const listening = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    Object.assign(signal, {
      addEventListener: (type: "abort", listener: () => void) => {
        listening.add(listener);
        add(type, listener);
      },
      removeEventListener: (type: "abort", listener: () => void) => {
        listening.delete(listener);
        remove(type, listener);
      },
    });
    for (let n = 0; n < 3; n += 1) await (await fetch(url, { signal })).text();
    await new Promise((resolve) => setImmediate(resolve));
    expect(listening.size).toBe(0);
  });

  test("a host that takes no connection fails in time", async () => {
    const sockets: Socket[] = [];
    const mute = createSocketServer((socket) => void sockets.push(socket));
    closing.push(() => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as AddressInfo;
    const direct = httpFetch({ proxyFor: () => null, connectTimeoutMs: 20 });
    expect(await causeOf(direct(`https://127.0.0.1:${port}/`))).toContain("no connection within 0.02 s");
    const proxied = httpFetch({ proxyFor: () => new URL(`http://127.0.0.1:${port}`), connectTimeoutMs: 20 });
    expect(await causeOf(proxied("https://provider.test/"))).toContain("no connection within 0.02 s");
  });
});

describe("encrypted connections", () => {
  const { key, cert } = selfSigned("provider.test");

  async function secureServer(): Promise<number> {
    return listen(createSecureServer({ key, cert }, mirror) as unknown as Server);
  }

  /** Until the test has ended. */
  function trusted(): void {
    const before = tls.getCACertificates();
    tls.setDefaultCACertificates([...before, cert]);
    closing.push(() => tls.setDefaultCACertificates(before));
  }

  const toLoopback = httpFetch({
    proxyFor: () => null,
    connectTimeoutMs: 5_000,
    lookup: (_name, options, done) =>
      options.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
  });

  test("go to the name that was asked for, and to no other", async () => {
    const port = await secureServer();
    trusted();
    expect(((await (await toLoopback(`https://provider.test:${port}/x`)).json()) as Mirrored).headers["host"]).toBe(
      `provider.test:${port}`,
    );
    expect(await causeOf(toLoopback(`https://other.test:${port}/`))).toContain("does not match certificate");
  });

  test("are refused where nobody vouches for the certificate", async () => {
    expect(await causeOf(toLoopback(`https://provider.test:${await secureServer()}/`))).toContain("self-signed certificate");
  });

  test("REQ-BACKEND-29 go through a proxy's tunnel, with its password, and stay open for the next request", async () => {
    const port = await secureServer();
    trusted();
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
      const upstream = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on("error", () => end.destroy());
    });
    const fetch = environmentFetch({ HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${await listen(proxy)}` });
    for (let n = 0; n < 2; n += 1) expect((await fetch(`https://provider.test/${n}`, { method: "POST", body: "b" })).status).toBe(200);
    expect(asked).toEqual([`provider.test:443 Basic ${Buffer.from("user:p@ss").toString("base64")}`]);
  });

  test("a proxy that refuses, and one whose address cannot be read, fail the request", async () => {
    const proxy = createServer();
    proxy.on("connect", (_request, socket) => void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    const address = `127.0.0.1:${await listen(proxy)}`;
    expect(await causeOf(environmentFetch({ https_proxy: `user:word@${address}` })("https://a.test/"))).toBe(
      `TypeError: fetch failed: the proxy ${address} answered 407`,
    );
    expect(await causeOf(environmentFetch({ https_proxy: "socks5://127.0.0.1:1" })("https://a.test/"))).toContain(
      "does not begin with http",
    );
  });
});
