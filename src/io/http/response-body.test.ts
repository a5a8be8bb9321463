// How fast an answer is read: as fast as it is taken.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { bodyOf } from "./response-body.ts";

/** An answer whose pieces the test hands in; `broken` is what its readers are told where it breaks. */
function answer(): { readonly message: Readable; readonly body: NonNullable<ReturnType<typeof bodyOf>>; readonly broken: Error } {
  const message = Object.assign(new Readable({ read: () => undefined }), { statusCode: 200, headers: {} });
  const broken = new Error("broken");
  const body = bodyOf(message as unknown as IncomingMessage, "GET", () => broken);
  if (body === null) throw new Error("no body");
  return { message, body, broken };
}

test("the server waits while nobody reads, and goes on with the next read", async () => {
  const { message, body } = answer();
  const chunk = Buffer.alloc(40_000);
  const waiting = once(message, "pause");
  for (let n = 0; n < 3; n += 1) message.push(chunk);
  await waiting;
  message.push(chunk);
  message.push(null);
  expect(message.isPaused()).toBe(true);
  let bytes = 0;
  for await (const piece of body) bytes += piece.length;
  expect(bytes).toBe(160_000);
});

test("what has come when it is asked for is one piece", async () => {
  const { message, body } = answer();
  for (const piece of ["a", "b", "c"]) message.push(piece);
  const ended = once(message, "end");
  message.push(null);
  await ended;
  const pieces: string[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece).toString());
  expect(pieces).toEqual(["abc"]);
});

test("a break reaches whoever reads, and whoever comes later", async () => {
  const { message, body, broken } = answer();
  const reader = body.getReader();
  const read = reader.read();
  message.destroy(new Error("x"));
  await expect(read).rejects.toBe(broken);
  await expect(reader.read()).rejects.toBe(broken);
});

test("a stream that nobody wants any more ends the connection", async () => {
  const { message, body } = answer();
  await body.cancel();
  expect(message.destroyed).toBe(true);
});
