import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIo } from "./create-io.ts";
import { withProcessLock } from "./process-lock.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "massgen-lock-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const io = createIo();
/** Looks again without a pause. */
const hasty = { ...io, clock: { ...io.clock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) } };
const lock = (): { readonly io: typeof io; readonly path: string } => ({ io, path: join(folder, "lock") });

describe("a lock between processes", () => {
  test("lets one in at a time and tells the others that they wait", async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const first = withProcessLock(lock(), async () => {
      entered.resolve();
      await gate.promise;
      order.push("first");
    });
    await entered.promise;
    const waited = Promise.withResolvers<void>();
    const second = withProcessLock({ ...lock(), onWait: waited.resolve }, async () => void order.push("second"));
    await waited.promise;
    gate.resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ["a dead process", JSON.stringify({ ...io.processes.self(), started: "long ago" })],
    ["a process that died while it wrote", ""],
  ])("takes over the lock of %s", async (_whose, content) => {
    writeFileSync(lock().path, content);
    expect(await withProcessLock({ ...lock(), io: hasty }, async () => "in")).toBe("in");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("leaves a lock alone that is another's by the end", async () => {
    const theirs = JSON.stringify({ ...io.processes.self(), nonce: "theirs" });
    await withProcessLock(lock(), async () => writeFileSync(lock().path, theirs));
    expect(readFileSync(lock().path, "utf8")).toBe(theirs);
  });

  test("is given back when the action fails, and not waited for after an abort", async () => {
    await expect(withProcessLock(lock(), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    writeFileSync(lock().path, JSON.stringify(io.processes.self()));
    const stop = new AbortController();
    await expect(
      withProcessLock({ ...lock(), signal: stop.signal, onWait: () => stop.abort(new Error("enough")) }, async () => "in"),
    ).rejects.toThrow("enough");
    expect(readdirSync(folder)).toEqual(["lock"]);
  });
});
