// Only folders that carry our marker are removed; changes of a copy reach a folder only where nobody else was quicker.
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeMarkedFolder, MARKER_FILE, mergeFolder, readMarker, removeMarkedFolder, sealFolder } from "./index.ts";

let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "massgen-made-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("REQ-WORKSPACE-1 folders this program made", () => {
  test("are marked and can be removed, also when they were sealed", async () => {
    const made = join(folder, "a/made");
    expect(await makeMarkedFolder(made, { what: "a test" })).toBe(true);
    expect(await makeMarkedFolder(made)).toBe(false);
    expect(await readMarker(made)).toEqual({ made_by: "massgen", what: "a test" });
    await mkdir(join(made, "inner"));
    await writeFile(join(made, "inner/file"), "x", { mode: 0o444 });
    await chmod(join(made, "inner"), 0o555);
    await sealFolder(made);
    expect(await removeMarkedFolder(made)).toBe(true);
    expect(await readdir(join(folder, "a"))).toEqual([]);
  });

  test("what was there before gets no marker and is not removed; nor is what a link leads to", async () => {
    const own = join(folder, "own");
    await mkdir(own);
    await writeFile(join(own, "work"), "mine");
    expect(await makeMarkedFolder(own)).toBe(false);
    expect(await removeMarkedFolder(own)).toBe(false);
    const made = join(folder, "made");
    await makeMarkedFolder(made);
    await symlink(own, join(made, "link"));
    await symlink(made, join(folder, "to-made"));
    expect(await removeMarkedFolder(join(folder, "to-made"))).toBe(false);
    expect(await removeMarkedFolder(made)).toBe(true);
    expect(await readFile(join(own, "work"), "utf8")).toBe("mine");
    await writeFile(join(own, MARKER_FILE), "{ broken");
    expect(await removeMarkedFolder(own)).toBe(false);
    await expect(makeMarkedFolder(join(folder, "to-made"))).rejects.toThrow(/no folder/);
  });
});

describe("REQ-WORKSPACE-8 changes of a copy", () => {
  const write = async (files: Readonly<Record<string, string>>, ...places: readonly string[]): Promise<void> => {
    for (const place of places) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(join(folder, place, name, ".."), { recursive: true });
        await writeFile(join(folder, place, name), text);
      }
    }
  };
  const merge = () =>
    mergeFolder({ base: join(folder, "base"), changed: join(folder, "changed"), target: join(folder, "target"), except: [MARKER_FILE] });
  const text = (name: string): Promise<string> => readFile(join(folder, "target", name), "utf8");

  test("reach the folder once: new, changed, and in new folders; a second time there is nothing to do", async () => {
    await write({ "old.txt": "old", "same.txt": "same", "dir/x": "x" }, "base", "changed", "target");
    await write({ "old.txt": "new", "dir/y": "y", "deep/er/z": "z", [MARKER_FILE]: "{}" }, "changed");
    await chmod(join(folder, "target/old.txt"), 0o640);
    expect(await merge()).toEqual({ written: ["deep/er/z", "dir/y", "old.txt"], same: [], conflicts: [], kept: [] });
    expect([await text("old.txt"), await text("deep/er/z"), await text("same.txt")]).toEqual(["new", "z", "same"]);
    expect((await stat(join(folder, "target/old.txt"))).mode & 0o777).toBe(0o640);
    expect(await merge()).toEqual({ written: [], same: ["deep/er/z", "dir/y", "old.txt"], conflicts: [], kept: [] });
  });

  test("do not overwrite what somebody else changed, made or removed meanwhile, and remove nothing", async () => {
    await write({ "both.txt": "old", "gone.txt": "old", "left.txt": "left", "theirs.txt": "old" }, "base", "changed", "target");
    await write({ "both.txt": "ours", "gone.txt": "ours", "made.txt": "ours" }, "changed");
    await write({ "both.txt": "theirs", "made.txt": "theirs", "theirs.txt": "theirs" }, "target");
    await rm(join(folder, "target/gone.txt"));
    await rm(join(folder, "changed/left.txt"));
    expect(await merge()).toEqual({ written: [], same: [], conflicts: ["both.txt", "gone.txt", "made.txt"], kept: ["left.txt"] });
    expect([await text("both.txt"), await text("theirs.txt"), await text("left.txt")]).toEqual(["theirs", "theirs", "left"]);
  });

  test.skipIf(process.platform !== "linux")("leave no folder open where the one they are for is gone", async () => {
    await write({ a: "a" }, "base", "changed");
    await expect(merge()).rejects.toMatchObject({ code: "ENOTDIR" });
    const open = await Promise.all((await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
    expect(open.filter((place) => place.startsWith(folder))).toEqual([]);
  });

  test("do not pass through a link of the folder", async () => {
    await write({ a: "a" }, "base", "changed", "target");
    await mkdir(join(folder, "outside"));
    await write({ "link/x": "x", file: "f" }, "changed");
    await symlink(join(folder, "outside"), join(folder, "target/link"));
    await symlink(join(folder, "outside/new"), join(folder, "target/file"));
    expect(await merge()).toMatchObject({ written: [], conflicts: ["file", "link"] });
    expect(await readdir(join(folder, "outside"))).toEqual([]);
    expect((await lstat(join(folder, "target/link"))).isSymbolicLink()).toBe(true);
  });
});
