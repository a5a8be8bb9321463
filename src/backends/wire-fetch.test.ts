// What the SDKs' fetch adds to a request, and what it refuses.
import { describe, expect, test } from "vitest";
import { chatServer, driveTurn, impatientIo, loopbackServer } from "../testing/index.ts";
import { agentId } from "../core/index.ts";
import { createBackend } from "./index.ts";
import { mergeBody, wireFetch } from "./wire-fetch.ts";

const config = {
  type: "chatcompletion",
  model: "m",
  baseUrl: null,
  apiKey: "secret-key-1",
  options: {},
  extraBody: {},
  mcpServers: [],
  geminiSchema: "json",
} as const;

describe("requests to a provider", () => {
  test("are shown to whoever debugs, without headers and without the key", async () => {
    await using server = await chatServer(() => ({ text: "hi" }));
    const lines: string[] = [];
    const io = impatientIo();
    const extraBody = { note: "secret-key-1 is a secret" };
    const backend = await createBackend({
      agent: agentId("a"),
      config: { ...config, baseUrl: server.baseUrl, extraBody },
      io,
      workspace: io.cwd,
      stateDir: io.cwd,
      onRequest: (line) => void lines.push(line),
    });
    await driveTurn(backend, { request: { kind: "chat", workflow: [] } });
    expect(lines[0]).toContain(`POST ${server.baseUrl}/chat/completions {"model":"m"`);
    expect(lines[0]).toContain('"note":"*** is a secret"');
    expect(lines[1]).toBe(`200 ${server.baseUrl}/chat/completions`);
    expect(lines.join()).not.toContain("secret-key-1");
  });

  test("to another origin than the configured one are refused before they leave", async () => {
    const fetch = wireFetch({ io: impatientIo(), config }, { baseUrl: "https://api.example.org/v1" });
    await expect(fetch("https://api.example.org.evil.example/v1/x")).rejects.toThrow("was refused");
    await expect(fetch("http://api.example.org/v1/x")).rejects.toThrow("was refused");
  });

  test("a reply that is only called a web page by its headers is a reply, and comes whole", async () => {
    await using server = await loopbackServer(({ response }) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.write('data: {"a":');
      response.end("1}\n\n");
    });
    const response = await wireFetch({ io: impatientIo(), config }, { baseUrl: server.url })(`${server.url}/x`);
    expect(await response.text()).toBe('data: {"a":1}\n\n');
  });

  test("extra_body is merged key by key, everything but objects replaced", () => {
    expect(mergeBody({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2], e: null }, f: true })).toEqual({
      a: { b: 1, c: [2], e: null },
      d: 1,
      f: true,
    });
  });
});
