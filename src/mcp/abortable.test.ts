import { expect, test } from "vitest";
import { orAbort } from "./abortable.ts";

test("work that fails after the signal aborted is nobody's trouble", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const before = Promise.withResolvers<never>();
    const after = Promise.withResolvers<never>();
    const controller = new AbortController();
    const waiting = orAbort(after.promise, controller.signal);
    controller.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await expect(orAbort(before.promise, controller.signal)).rejects.toThrow("stopped");
    for (const work of [before, after]) work.reject(new Error("too late"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});
