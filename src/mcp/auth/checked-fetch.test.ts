import { expect, test } from "vitest";
import type { Io } from "../../io/index.ts";
import { fakeClock } from "../../testing/index.ts";
import { checkedFetch } from "./checked-fetch.ts";

/** Answers at once with a body that goes on as the stream says; ends it with the request's signal, as a connection does. */
const answering =
  (begin: (controller: ReadableStreamDefaultController<Uint8Array>) => void): Io["fetch"] =>
  async (_input, init) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          begin(controller);
          init?.signal?.addEventListener("abort", () => controller.error(init.signal?.reason));
        },
      }),
    );
const at = (clock: ReturnType<typeof fakeClock>) => ({ server: "web", serverUrl: new URL("https://mcp.example.com/"), clock });

test("an authorization server whose answer begins and never ends is given up after its time", async () => {
  const clock = fakeClock();
  const fetch = checkedFetch(
    answering((controller) => controller.enqueue(new TextEncoder().encode("{"))),
    at(clock),
  );
  const text = (await fetch("https://auth.example.com/.well-known/oauth-authorization-server")).text();
  const given = expect(text).rejects.toThrow("did not answer in time");
  await clock.advance(30_000);
  await given;
});

test("an answer that ends leaves no timer behind", async () => {
  const clock = fakeClock();
  const whole = answering((controller) => controller.close());
  expect(await (await checkedFetch(whole, at(clock))("https://auth.example.com/")).text()).toBe("");
  await (
    await checkedFetch(
      answering(() => {}),
      at(clock),
    )("https://auth.example.com/")
  ).body?.cancel();
  await expect(checkedFetch(() => Promise.reject(new TypeError("fetch failed")), at(clock))("https://auth.example.com/")).rejects.toThrow();
  expect(clock.waiting).toBe(0);
});
