// How fast an answer is read: as fast as it is taken.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { bodyOf } from "./response-body.ts";

test("the server waits while nobody reads, and goes on with the next read", async () => {
  const message = Object.assign(new Readable({ read: () => undefined }), { statusCode: 200, headers: {} });
  const body = bodyOf(message as unknown as IncomingMessage, "GET", (error) => error);
  const chunk = Buffer.alloc(40_000);
  const waiting = once(message, "pause");
  for (let n = 0; n < 3; n += 1) message.push(chunk);
  await waiting;
  message.push(chunk);
  message.push(null);
  expect(message.isPaused()).toBe(true);
  let bytes = 0;
  for await (const piece of body ?? []) bytes += piece.length;
  expect(bytes).toBe(160_000);
});
