import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFiles, createProcesses, systemErrorCode } from "./index.ts";

const files = createFiles();
let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "massgen-files-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const codeOf = (action: Promise<unknown>): Promise<string | null> => action.then(() => null, systemErrorCode);

describe("files", () => {
  test("appended text survives, in a file and a folder only the owner can read", async () => {
    await files.makeFolder(join(folder, "a/b"));
    const file = await files.openAppend(join(folder, "a/b/log"), "new");
    await file.write("one\n");
    await file.write("zwölf\n");
    await file.sync();
    await file.close();
    expect(await readFile(join(folder, "a/b/log"), "utf8")).toBe("one\nzwölf\n");
    expect((await stat(join(folder, "a/b/log"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "a/b"))).mode & 0o777).toBe(0o700);
  });

  test("what exists is not created anew", async () => {
    await files.createNew(join(folder, "x"), "1");
    expect(await codeOf(files.createNew(join(folder, "x"), "2"))).toBe("EEXIST");
    expect(await codeOf(files.openAppend(join(folder, "x"), "new"))).toBe("EEXIST");
    await files.createNew(join(folder, "y"), "3");
    await files.replace(join(folder, "x"), "4");
    expect(Buffer.from(await files.read(join(folder, "x"))).toString()).toBe("4");
    expect(await files.list(folder)).toEqual(["x", "y"]);
  });

  test("nobody sees half of a file that is made or replaced, however many do it at once", async () => {
    const path = join(folder, "x");
    const large = "x".repeat(4_000_000);
    let isMade = false;
    const made = files.createNew(path, large).finally(() => (isMade = true));
    const sizes = new Set<number>();
    while (!isMade) sizes.add((await stat(path).catch(() => ({ size: large.length }))).size);
    await made;
    expect([...sizes]).toEqual([large.length]);
    const contents = ["1", "2", "3", "4"];
    await Promise.all(contents.map((content) => files.replace(path, content)));
    expect(contents).toContain(await readFile(path, "utf8"));
    expect(await files.list(folder)).toEqual(["x"]);
  });

  test("removing a missing file is no error, reading one is", async () => {
    await files.remove(join(folder, "nothing"));
    expect(await files.exists(join(folder, "nothing"))).toBe(false);
    expect(await codeOf(files.read(join(folder, "nothing")))).toBe("ENOENT");
  });
});

describe("process identity", () => {
  test("this process is alive, a process number that was given to somebody else is not the holder", () => {
    const processes = createProcesses();
    const self = processes.self();
    expect(processes.isAlive(self)).toBe(true);
    if (self.started !== null) expect(processes.isAlive({ ...self, started: "another boot/1" })).toBe(false);
    expect(processes.isAlive({ ...self, pid: 2 ** 22 + 1 })).toBe(false);
    expect(processes.isAlive({ ...self, pid: 2 ** 22 + 1, host: "elsewhere" })).toBe(true);
  });
});
