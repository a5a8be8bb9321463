// What an agent may touch: judged by where a path really leads, for servers' arguments and for Claude Code's own tools alike.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refusalOfNative } from "../backends/claude-code/native-paths.ts";
import { fileAccess } from "./access.ts";
import type { FileAccess } from "./contract.ts";
import { pathsIn } from "./filesystem-server.ts";

let folder = "";
let access: FileAccess;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "massgen-access-")));
  for (const name of ["work/inner", "shown", "outside"]) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "outside/secret"), "s");
  await symlink(join(folder, "outside"), join(folder, "work/link"));
  access = fileAccess({ reads: [join(folder, "work"), join(folder, "shown")], writes: [join(folder, "work")], home: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const allowed = async (path: string, use: "read" | "write"): Promise<boolean> => (await access.refusal(path, use)) === null;

describe("REQ-WORKSPACE-4 paths of a call", () => {
  test("lie in the agent's folders, wherever links lead; relative ones count from its working folder", async () => {
    const reads = ["new.txt", "inner/../a", join(folder, "shown/agent2/x"), "~/work/a", `file://${folder}/shown`, "."];
    for (const path of reads) expect(await allowed(path, "read"), path).toBe(true);
    const refused = [
      "..",
      "../outside/secret",
      "link/secret",
      "link/new",
      "/etc/passwd",
      "~/outside",
      "~",
      "a\0b",
      join(folder, "worker"),
      "file://%",
    ];
    for (const path of refused) expect(await allowed(path, "read"), path).toBe(false);
  });

  test("what is only shown cannot be written, and the reason says where could be", async () => {
    expect(await allowed("inner/new", "write")).toBe(true);
    expect(await access.refusal(join(folder, "shown/x"), "write")).toBe(
      `"${folder}/shown/x" may not be written: it lies outside ${folder}/work.`,
    );
    const reader = fileAccess({ reads: [folder], writes: [], home: folder });
    expect(await reader.refusal("a", "write")).toMatch(/no folder you may write to/);
  });

  test("are found among the arguments of servers' tools by what they are called", () => {
    expect(pathsIn({ path: "a", paths: ["b", "c"], source: "d", destination: "e", old_path: "f", content: "/etc/passwd", n: 1 })).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
      "f",
    ]);
    expect(pathsIn(null)).toEqual([]);
    const operations = [{ source: "/a", destination: "b" }, { files: [{ path: "c" }] }];
    expect(pathsIn({ operations, path: "d", edits: [{ from: "/usr/bin", to: "x", newText: "/etc" }] })).toEqual(["/a", "b", "c", "d"]);
  });
});

describe("REQ-WORKSPACE-4 Claude Code's own tools", () => {
  const refused = async (tool: string, input: unknown): Promise<boolean> => (await refusalOfNative(tool, input, access)) !== null;

  test("read what is shown, write where the agent works, and nothing else", async () => {
    expect(await refused("Read", { file_path: join(folder, "shown/a") })).toBe(false);
    expect(await refused("Write", { file_path: join(folder, "shown/a") })).toBe(true);
    expect(await refused("Edit", { file_path: "inner/a" })).toBe(false);
    expect(await refused("Read", { file_path: "link/secret" })).toBe(true);
    expect(await refused("NotebookEdit", { notebook_path: "/etc/x.ipynb" })).toBe(true);
    expect(await refused("NewTool", { path: join(folder, "shown/a") })).toBe(true);
    expect(await refused("Grep", { pattern: "/etc" })).toBe(false);
    expect(await refused("Grep", { pattern: "x", path: "/etc" })).toBe(true);
    expect(await refused("WebSearch", { query: "/etc" })).toBe(false);
  });

  test("look for names only in the agent's folders", async () => {
    for (const pattern of ["**/*.ts", "inner/*", `${folder}/shown/**`]) expect(await refused("Glob", { pattern }), pattern).toBe(false);
    for (const pattern of ["/etc/*", "../*", "a/../../outside/*", "~/outside/*", "link/*"])
      expect(await refused("Glob", { pattern }), pattern).toBe(true);
    expect(await refused("Glob", { pattern: "*", path: "/etc" })).toBe(true);
  });

  test("a command that names what lies outside is refused", async () => {
    for (const command of ["ls", "node inner/a.js > out.txt", "/usr/bin/env node -e 1 2>/dev/null", `cat ${folder}/shown/a`, "echo a/b/c"])
      expect(await refused("Bash", { command }), command).toBe(false);
    for (const command of [
      "cat /etc/passwd",
      "cd .. && ls",
      "cat<../outside/secret",
      "cat ~/outside/secret",
      "ls $HOME/outside",
      "cat /usr/../etc/passwd",
    ])
      expect(await refused("Bash", { command }), command).toBe(true);
  });
});
