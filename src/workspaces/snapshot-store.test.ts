// Snapshots are whole or not there; a kept copy of one answer is never taken for that of another.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIo, makeMarkedFolder } from "../io/index.ts";
import { Copying } from "./copying.ts";
import { SnapshotStore } from "./snapshot-store.ts";

let folder = "";
let store: SnapshotStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "massgen-store-"));
  await mkdir(join(folder, "work"));
  await writeFile(join(folder, "work/a"), "one");
  store = storeWith(new AbortController().signal);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function storeWith(signal: AbortSignal, limitBytes = 1_000): SnapshotStore {
  return new SnapshotStore(join(folder, "snapshots/run"), new Copying({ io: createIo(), limitBytes, signal }));
}
const parts = () => [{ name: "workspace", from: join(folder, "work") }];
const names = async (): Promise<readonly string[]> =>
  (await readdir(join(folder, "snapshots/run/ann"))).filter((name) => !name.startsWith("."));

describe("REQ-WORKSPACE-6 snapshots", () => {
  test("are taken once: a whole one is found, a damaged one is made anew", async () => {
    const taken = await store.take("ann", 1, parts());
    expect(taken).toMatchObject({ files: 1, bytes: 3, parts: ["workspace"] });
    await writeFile(join(folder, "work/a"), "changed");
    await store.take("ann", 1, parts());
    expect(await readFile(join(folder, "snapshots/run/ann/1/workspace/a"), "utf8")).toBe("one");
    await writeFile(join(folder, "snapshots/run/ann/1/workspace/a"), "on");
    await store.take("ann", 1, parts());
    expect(await readFile(join(folder, "snapshots/run/ann/1/workspace/a"), "utf8")).toBe("changed");
  });

  test("that were being made when the process died are swept away; what is not ours in their place is left", async () => {
    await store.take("ann", 1, parts());
    await makeMarkedFolder(join(folder, "snapshots/run/ann/2.half-00112233"));
    await mkdir(join(folder, "snapshots/run/ann/mine.half-0"));
    await store.sweep(["ann", "bob"]);
    expect(await names()).toEqual(["1", "mine.half-0"]);
  });

  test("beyond the limit leave nothing behind, and neither does one that is stopped", async () => {
    expect(await storeWith(new AbortController().signal, 2).take("ann", 1, parts())).toEqual({
      problem: 'it has more than 0.000002 MB (snapshot_limit_mb), reached at "a"',
    });
    const stop = new AbortController();
    stop.abort(new Error("over"));
    await expect(storeWith(stop.signal).take("ann", 1, parts())).rejects.toThrow("over");
    expect(await names()).toEqual([]);
  });

  test("of a folder that is gone are a problem, not an exception", async () => {
    await rm(join(folder, "work"), { recursive: true });
    expect(await store.take("ann", 1, parts())).toMatchObject({ problem: expect.stringContaining("work") });
  });
});

describe("REQ-WORKSPACE-5 what is kept", () => {
  test("of another answer than the one that was chosen in the end is replaced", async () => {
    const keep = (of: string) => store.copyTo(join(folder, "final/files"), parts(), { parent: join(folder, "final"), of });
    await keep("ann.1");
    await writeFile(join(folder, "work/a"), "two");
    await keep("ann.1");
    expect(await readFile(join(folder, "final/files/workspace/a"), "utf8")).toBe("one");
    await keep("bob.1");
    expect(await readFile(join(folder, "final/files/workspace/a"), "utf8")).toBe("two");
  });
});
