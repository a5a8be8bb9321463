import { describe, expect, test } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { boundedFetch, type FetchBounds } from "./bounded-fetch.ts";

const encoder = new TextEncoder();
const url = "https://mcp.example.com/";

/** An event stream that arrives in these chunks. */
const arriving = (chunks: readonly string[]): Response =>
  new Response(ReadableStream.from(chunks.map((chunk) => encoder.encode(chunk))), { headers: { "content-type": "text/event-stream" } });

const bounds = (more: Partial<FetchBounds> = {}): FetchBounds => ({
  maxMessageBytes: 100,
  replyTimeoutMs: null,
  readTimeoutMs: null,
  clock: fakeClock(),
  ...more,
});

describe("REQ-MCP-18 bodies of remote servers", () => {
  test.each([[["\n", "\n"]], [["\r", "\n", "\r", "\n"]]])(
    "events count one by one wherever the chunks are cut (blank line %j)",
    async (end) => {
      const chunks = Array.from({ length: 50 }, () => ["data: 0123456789", ...end]).flat();
      const response = await boundedFetch(async () => arriving(chunks), bounds())(url);
      expect(await response.text()).toBe(chunks.join(""));
    },
  );

  test("an event that grows past the limit chunk by chunk is not taken", async () => {
    const chunks = Array.from({ length: 50 }, () => "data: 0123456789\n");
    const response = await boundedFetch(async () => arriving(chunks), bounds())(url);
    await expect(response.text()).rejects.toThrow("larger than max_message_bytes (100)");
  });

  test("nothing waits any more for an answer that nobody wants", async () => {
    const clock = fakeClock();
    const response = await boundedFetch(async () => new Response(new ReadableStream()), bounds({ readTimeoutMs: 1_000, clock }))(url, {
      method: "POST",
    });
    expect(clock.waiting).toBe(1);
    await response.body?.cancel();
    expect(clock.waiting).toBe(0);
  });
});
