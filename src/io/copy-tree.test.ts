// Copies of folders that somebody fills with traps: links, pipes, loops, files that may not be read, files without end.
import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { holdFolder } from "./held-folder.ts";
import { copyTree, liesIn, measureTree, realPlace, runsAsRoot } from "./index.ts";

const LIMITS = { bytes: 1_000_000, entries: 1_000 };
let folder = "";
let from = "";
let to = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "massgen-copy-"));
  [from, to] = [join(folder, "from"), join(folder, "to")];
  await mkdir(from);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const files = async (place: string): Promise<readonly string[]> =>
  (await readdir(place, { recursive: true })).filter((name) => !name.endsWith("/")).toSorted();

describe("REQ-WORKSPACE-3 a copy of a folder", () => {
  test("holds its files and folders, the right to run them, and no right for others to write", async () => {
    await mkdir(join(from, "a/b"), { recursive: true });
    await writeFile(join(from, "a/b/run.sh"), "#!/bin/sh\n");
    await chmod(join(from, "a/b/run.sh"), 0o777);
    await writeFile(join(from, "empty"), "");
    expect(await copyTree({ from, to, limits: LIMITS })).toEqual({ whole: true, files: 2, bytes: 10, passedOver: 0, unreadable: [] });
    expect(await files(to)).toEqual(["a", "a/b", "a/b/run.sh", "empty"]);
    expect((await stat(join(to, "a/b/run.sh"))).mode & 0o777).toBe(0o755);
    expect(await measureTree({ from: to, limits: LIMITS })).toMatchObject({ files: 2, bytes: 10 });
  });

  test("follows no link, to a file or a folder, out of it or in a circle", async () => {
    await writeFile(join(folder, "secret"), "outside");
    await mkdir(join(from, "inner"));
    await symlink(join(folder, "secret"), join(from, "to-file"));
    await symlink(folder, join(from, "to-folder"));
    await symlink("..", join(from, "inner/loop"));
    await symlink("nowhere", join(from, "dangling"));
    expect(await copyTree({ from, to, limits: LIMITS })).toMatchObject({ whole: true, files: 0, passedOver: 4 });
    expect(await files(to)).toEqual(["inner"]);
  });

  test("waits for no pipe", async () => {
    execFileSync("mkfifo", [join(from, "pipe")]);
    await writeFile(join(from, "text"), "x");
    expect(await copyTree({ from, to, limits: LIMITS })).toMatchObject({ whole: true, files: 1, passedOver: 1 });
  });

  test("leaves out what may not be read, and names it", async () => {
    await writeFile(join(from, "closed"), "x");
    await chmod(join(from, "closed"), 0);
    await writeFile(join(from, "open"), "y");
    const outcome = await copyTree({ from, to, limits: LIMITS });
    // Nothing is closed to the administrator.
    expect(outcome).toMatchObject(runsAsRoot() ? { files: 2, unreadable: [] } : { files: 1, unreadable: ["closed"] });
    expect(await readFile(join(to, "open"), "utf8")).toBe("y");
  });

  test("stops at its limits: bytes of a file that only seems to be there, entries, and depth", async () => {
    const huge = await open(join(from, "huge"), "w");
    await huge.truncate(50_000_000_000);
    await huge.close();
    expect(await copyTree({ from, to, limits: LIMITS })).toEqual({ whole: false, limit: "bytes", at: "huge" });
    await rm(join(from, "huge"));
    for (let n = 0; n < 12; n += 1) await writeFile(join(from, `f${n}`), "x");
    expect(await measureTree({ from, limits: { ...LIMITS, entries: 10 } })).toMatchObject({ whole: false, limit: "entries" });
    await mkdir(join(from, ...Array.from({ length: 70 }, () => "d")), { recursive: true });
    expect(await measureTree({ from, limits: LIMITS })).toMatchObject({ whole: false, limit: "depth" });
  });

  test("stops when it is told to", async () => {
    await writeFile(join(from, "text"), "x");
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await expect(copyTree({ from, to, limits: LIMITS, signal: stop.signal })).rejects.toThrow("enough");
  });

  test("takes nothing from behind a link that takes a folder's place after it was opened", async () => {
    const outside = join(folder, "outside");
    await mkdir(outside);
    await mkdir(join(from, "inner"));
    await writeFile(join(outside, "text"), "outside");
    await writeFile(join(from, "inner/text"), "inside");
    await using top = await holdFolder(from);
    await using held = await top.folder("inner");
    await rename(join(from, "inner"), join(from, "aside"));
    await symlink(outside, join(from, "inner"));
    // Where a system has no way to hold a folder the change is noticed instead.
    await using handle = (await held?.file("text").catch(() => null)) ?? null;
    if (process.platform === "linux") expect(await handle?.readFile("utf8")).toBe("inside");
    else expect(handle).toBeNull();
    expect(await top.folder("inner")).toBeNull();
  });

  test("cannot be written where it is for reading, apart from its uppermost folder", async () => {
    await mkdir(join(from, "a"));
    await writeFile(join(from, "a/text"), "x");
    await copyTree({ from, to, limits: LIMITS, readOnly: true });
    const modes = await Promise.all(["a", "a/text"].map(async (name) => (await lstat(join(to, name))).mode & 0o777));
    expect(modes).toEqual([0o555, 0o444]);
    await chmod(join(to, "a"), 0o700);
  });
});

describe("where a path leads", () => {
  test("links are followed, also above what does not exist yet; a link to nothing is refused", async () => {
    const real = await realPlace(folder);
    await symlink("/etc", join(from, "out"));
    await symlink("nowhere", join(from, "dangling"));
    expect(await realPlace(join(from, "new/file"))).toBe(join(real, "from/new/file"));
    expect(await realPlace(join(from, "out/new"))).toBe("/etc/new");
    await expect(realPlace(join(from, "dangling"))).rejects.toThrow(/leads nowhere/);
    expect([liesIn("/a/b", "/a"), liesIn("/a", "/a"), liesIn("/ab", "/a"), liesIn("/a/..b", "/a"), liesIn("/", "/a")]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
