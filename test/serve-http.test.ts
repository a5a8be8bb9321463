// The council over HTTP: who may speak to it, what it refuses, and how runs end when their clients do.
import { request as httpRequest } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, test } from "vitest";
import { councilScript } from "../src/testing/index.ts";
import { connect, gone, heldVotes, place } from "./support/council-client.ts";
import { runCli, temporaryFolder } from "./support/run-cli.ts";
import { startServe } from "./support/started-server.ts";

const withToken = (url: string, token: string): StreamableHTTPClientTransport =>
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } });

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};
type Raw = { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, unknown>> };
type RawOptions = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A request with any Host, which `fetch` does not allow. */
function raw(url: string, { method = "POST", headers = {}, body = JSON.stringify(INITIALIZE) }: RawOptions = {}): Promise<Raw> {
  const usual = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: { ...usual, ...headers } }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }));
    });
    request.on("error", reject);
    request.end(method === "POST" ? body : undefined);
  });
}

describe("massgen serve --mcp --http", () => {
  test("the official client asks with the token that was printed once; SIGTERM ends the server well (REQ-SERVE-1, REQ-SERVE-7)", async () => {
    const { folder } = await place(councilScript());
    const { url, token, child, ended, said } = await startServe(folder);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    expect([token, said().split(token).length]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 2]);
    const { ask, told } = await connect(withToken(url, token));
    const answer = await ask({ question: "Which one?" });
    expect(answer.content[0]?.text).toBe("This is the presented answer.");
    expect(told.progress).toContain("a1 answered (a1.1)");
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
    expect(said()).toContain("massgen: tester 1.2.3: answered by a");
  });

  test("a client of the other protocol generation falls back, in both its modes (REQ-SERVE-1)", async () => {
    const { folder } = await place(councilScript());
    const { url, token } = await startServe(folder);
    const caller = temporaryFolder();
    for (const protocol of ["auto", "legacy"]) {
      const council = { type: "streamable-http", url, headers: { authorization: `Bearer ${token}` }, protocol };
      writeFileSync(
        join(caller, "config.json"),
        JSON.stringify({ agents: [{ id: "a", backend: { type: "local", mcp_servers: { council } } }] }),
      );
      const called = await runCli(["mcp", "call", "council", "ask_council", '{"question":"Which one?"}', "-c", "config.json"], {
        cwd: caller,
      });
      expect([called.code, called.stdout.split("\n")[0]]).toEqual([0, "This is the presented answer."]);
    }
  });

  test("without the token, under another name, from a web page, or in another form nothing is answered (REQ-SERVE-7, REQ-SERVE-8)", async () => {
    const { folder, served } = await place(councilScript());
    const { url, token } = await startServe(folder, ["--allow-host", "council.example"]);
    const authorization = `Bearer ${token}`;
    const port = new URL(url).port;
    const status = async (options: RawOptions, path = url): Promise<number> => (await raw(path, options)).status;
    const cases: Readonly<Record<string, readonly [number, RawOptions, string?]>> = {
      "all is well": [200, { headers: { authorization } }],
      localhost: [200, { headers: { authorization, host: `localhost:${port}` } }],
      "a name that was allowed": [200, { headers: { authorization, host: "council.example" } }],
      "a page of this machine": [200, { headers: { authorization, origin: "http://localhost:6274" } }],
      "no token": [401, {}],
      "another token": [401, { headers: { authorization: `Bearer ${"0".repeat(64)}` } }],
      "the beginning of the token": [401, { headers: { authorization: authorization.slice(0, -1) } }],
      "another scheme": [401, { headers: { authorization: `Basic ${token}` } }],
      "a foreign name": [403, { headers: { authorization, host: "evil.example" } }],
      "a name that begins like ours": [403, { headers: { authorization, host: "localhost.evil.example" } }],
      "another address": [403, { headers: { authorization, host: "192.168.0.1" } }],
      "a foreign page": [403, { headers: { authorization, origin: "https://evil.example" } }],
      "a page without origin": [403, { headers: { authorization, origin: "null" } }],
      "another path": [404, { headers: { authorization } }, "/other"],
      "no session": [400, { headers: { authorization }, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' }],
      "a foreign session": [
        404,
        { headers: { authorization, "mcp-session-id": "0" }, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' },
      ],
      "not JSON": [400, { headers: { authorization }, body: "{" }],
      "a batch": [400, { headers: { authorization }, body: JSON.stringify([INITIALIZE]) }],
      "another type": [415, { headers: { authorization, "content-type": "text/plain" } }],
      "a client that takes no stream": [406, { headers: { authorization, accept: "application/json" } }],
      "an unknown revision": [400, { headers: { authorization, "mcp-protocol-version": "1999-01-01" } }],
      "a stream of its own": [405, { method: "GET", headers: { authorization } }],
    };
    for (const [name, [expected, options, path]] of Object.entries(cases))
      expect([name, await status(options, path === undefined ? url : new URL(path, url).href)]).toEqual([name, expected]);
    expect((await raw(url)).headers["www-authenticate"]).toBe('Bearer realm="massgen"');
    const large = await raw(url, {
      headers: { authorization },
      body: JSON.stringify({ ...INITIALIZE, more: "x".repeat(5_000_000) }),
    }).catch((error: { readonly code: string }) => error.code);
    expect(typeof large === "string" ? large : large.status).toSatisfy(
      (value) => value === 413 || value === "ECONNRESET" || value === "EPIPE",
    );
    expect(served.requests).toHaveLength(0);
  });

  test("the token comes from a file or the environment; beyond this machine a limit is needed (REQ-SERVE-7, REQ-SERVE-9)", async () => {
    const { folder } = await place(councilScript());
    const token = "a-token-of-my-own-0123456789";
    writeFileSync(join(folder, "token.txt"), `${token}\n`, { mode: 0o644 });
    const byFile = await startServe(folder, ["--token-file", "token.txt"]);
    expect(byFile.said()).toContain("token.txt can be read by others");
    expect(byFile.said()).not.toContain(token);
    expect((await raw(byFile.url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const byVariable = await startServe(folder, [], { MASSGEN_SERVE_TOKEN: token });
    expect((await raw(byVariable.url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const start = (...args: readonly string[]) => runCli(["serve", "--mcp", "--config", "config.json", ...args], { cwd: folder });
    const refused = [
      await start("--http", "0.0.0.0:0"),
      await start("--http", "[::]:0"),
      await start("--http", "0", "--token-file", "missing.txt"),
      await start("--http", "nonsense"),
      await start("--token-file", "token.txt"),
      await start("--http", new URL(byFile.url).port),
    ];
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(refused.map(({ stderr }) => stderr.split("\n")[0])).toEqual([
      "massgen: Beyond this machine (0.0.0.0) a question needs a limit: add --max-cost USD",
      "massgen: Beyond this machine (::) a question needs a limit: add --max-cost USD",
      "massgen: The token file missing.txt cannot be read (ENOENT).",
      expect.stringContaining('--http cannot be "nonsense"'),
      "massgen: --token-file is for --http",
      expect.stringMatching(/The address 127\.0\.0\.1:\d+ cannot be used: another program uses it\./),
    ]);
    expect(new Set(refused.map(({ stdout }) => stdout))).toEqual(new Set([""]));
  });

  test("a client that closes its stream or its session ends its run; places are given back and bounded (REQ-SERVE-3, REQ-SERVE-6)", async () => {
    const votes = heldVotes();
    const { folder } = await place(votes.script);
    const { url, token } = await startServe(folder, ["--max-runs", "1"]);
    const first = await connect(withToken(url, token));
    const second = await connect(withToken(url, token));
    const asked = first.ask({ question: "Which one?" }).catch((error: unknown) => error);
    const request = await votes.held;
    const full = await second.ask({ question: "Me too." });
    expect([full.isError, full.content[0]?.text]).toEqual([
      true,
      "The server already works on 1 question, and does no more at once. Ask again later.",
    ]);
    await first.client.close();
    await gone(request);
    await asked;
    votes.release();
    await expect.poll(async () => (await second.ask({ question: "And me?" })).isError).toBe(false);
  });

  test("all questions together have a limit of money, and one of configured teams can be chosen by name only (REQ-SERVE-6)", async () => {
    const { folder, served } = await place(councilScript());
    const { ask, client } = await connect(withToken(...(await teams(folder))));
    const { tools } = await client.listTools();
    expect(tools[0]?.inputSchema.properties?.["config"]).toMatchObject({ enum: ["one", "two"] });
    const answer = await ask({ question: "Which one?", config: "two" });
    expect(answer.structuredContent?.["winner"]).toMatchObject({ agent: "single" });
    const path = await ask({ question: "Which one?", config: join(folder, "config.json") });
    expect([path.isError, path.content[0]?.text]).toEqual([true, "`config` must be one of one, two."]);
    expect(served.requests.length).toBeGreaterThan(0);
  });
});

async function teams(folder: string): Promise<readonly [string, string]> {
  const { mkdirSync, readFileSync } = await import("node:fs");
  mkdirSync(join(folder, "teams"));
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as { readonly agents: readonly object[] };
  writeFileSync(join(folder, "teams/one.json"), JSON.stringify(config));
  writeFileSync(join(folder, "teams/two.json"), JSON.stringify({ agents: [{ ...config.agents[0], id: "single" }] }));
  writeFileSync(join(folder, "teams/notes.txt"), "no team");
  const { url, token } = await startServe(folder, ["--teams", "teams"]);
  return [url, token];
}
