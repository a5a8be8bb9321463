// The replay server must fail a test for every request nobody planned, and must send bytes exactly as it was told.
import { describe, expect, test } from "vitest";
import { chatCheck, geminiCall, geminiCheck, geminiText, replayServer, type ReplayEntry } from "./index.ts";

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
const looked: Pick<ReplayEntry, "assert"> = { assert: () => {} };

describe("replay server: verify", () => {
  test("complains about requests that were unplanned, repeated or never looked at, and about replies nobody asked for", async () => {
    await using server = await replayServer([{ body: "{}" }, { body: "{}" }, { body: "{}" }]);
    await post(server.url, { a: 1 });
    await post(server.url, { a: 1 });
    expect(() => server.verify()).toThrow(
      /request 2 .*repeats the one before it.*request 1 was never looked at.*reply 3 was never asked for/,
    );
    await using empty = await replayServer([]);
    expect((await post(empty.url, {})).status).toBe(400);
    expect(() => empty.verify()).toThrow("was not expected");
  });

  test("is content when every request was taken or asserted", async () => {
    await using server = await replayServer([{ body: "{}" }, { body: "{}", ...looked }]);
    await post(server.url, { a: 1 });
    expect(server.take().body).toEqual({ a: 1 });
    await post(server.url, { a: 2 });
    expect(() => server.verify()).not.toThrow();
  });

  test("what an assertion throws is a problem", async () => {
    await using server = await replayServer([
      {
        body: "{}",
        assert: () => {
          throw new Error("no temperature");
        },
      },
    ]);
    await post(server.url, {});
    expect(() => server.verify()).toThrow("no temperature");
  });

  test("a matched script answers by what the request is", async () => {
    const script = [
      { body: "1", when: ({ path }: { path: string }) => path === "/one", ...looked },
      { body: "2", when: ({ path }: { path: string }) => path === "/two", ...looked },
    ];
    await using server = await replayServer(script, { mode: "match" });
    expect(await (await post(`${server.url}/two`, {})).text()).toBe("2");
    expect(await (await post(`${server.url}/one`, {})).text()).toBe("1");
    server.verify();
  });
});

describe("replay server: bytes", () => {
  test("pieces are sent as they were cut, CRLF and umlauts included", async () => {
    const body = 'data: {"t": "grün"}\r\n\r\n';
    await using server = await replayServer([{ body, pieces: [1, 2, 3], ...looked }]);
    const response = await post(server.url, {});
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(body);
  });

  test("a connection can be cut after n bytes", async () => {
    await using server = await replayServer([{ body: "0123456789", abortAt: 4, ...looked }]);
    const response = await post(server.url, {});
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe("0123");
    await expect(reader?.read()).rejects.toThrow();
  });

  test("a request without streaming gets the whole reply", async () => {
    await using server = await replayServer([{ body: "data: 1\n\n", whole: '{"all":1}', ...looked }]);
    expect(await (await post(server.url, { stream: false })).json()).toEqual({ all: 1 });
  });
});

const path = "/v1beta/models/m:streamGenerateContent?alt=sse";
const user = (...parts: object[]) => ({ role: "user", parts });

describe("the rules for requests", () => {
  test.each([
    [
      "a changed signature",
      {
        contents: [
          user({ text: "q" }),
          { role: "model", parts: [{ functionCall: { name: "f", args: { b: 1, a: 2 } } }] },
          user({ functionResponse: { name: "f", response: {} } }),
        ],
      },
      /came with signature sig and goes back with null/,
    ],
    [
      "a missing result",
      { contents: [user({ text: "q" }), { role: "model", parts: [{ functionCall: { name: "g", args: {} } }] }, user({ text: "?" })] },
      /no result for call/,
    ],
    ["two user turns in a row", { contents: [user({ text: "q" }), user({ text: "r" })] }, /roles must alternate/],
    ["an unknown key", { contents: [user({ text: "q" })], temperature: 1 }, /unknown key body.temperature/],
    [
      "two tools of one name",
      { contents: [user({ text: "q" })], tools: [{ functionDeclarations: [{ name: "f" }, { name: "f" }] }] },
      /two tools are named f/,
    ],
  ] as const)("Gemini: %s is a problem", async (_name, body, problem) => {
    await using server = await replayServer(
      [
        { ...geminiCall("f", { a: 2, b: 1 }, "sig"), ...looked },
        { ...geminiText("x"), ...looked },
      ],
      { check: geminiCheck() },
    );
    await post(server.url + path, { contents: [user({ text: "q" })] });
    await post(server.url + path, body);
    expect(() => server.verify()).toThrow(problem);
  });

  test("chat: a result that does not follow its call is a problem", async () => {
    await using server = await replayServer([{ body: "{}", ...looked }], { check: chatCheck() });
    const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
    await post(`${server.url}/v1/chat/completions`, {
      model: "m",
      messages: [
        { role: "user", content: "q" },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "user", content: "?" },
      ],
    });
    expect(() => server.verify()).toThrow("no result for call c1");
  });
});
