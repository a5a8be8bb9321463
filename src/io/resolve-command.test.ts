// Commands are found as a shell would find them, and quoted for cmd.exe where Windows leaves no other way.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { executableFacts } from "./executable-facts.ts";
import { resolveCommand } from "./resolve-command.ts";

const question = { args: ["a b"], cwd: "/", platform: "linux" as NodeJS.Platform };

describe("a command", () => {
  test("is looked for on PATH and becomes an absolute path", () => {
    expect(resolveCommand({ ...question, command: "sh", env: { PATH: "/nowhere:/bin" } })).toEqual({
      file: "/bin/sh",
      args: ["a b"],
      verbatim: false,
    });
  });

  test("with a slash is taken from the working folder", () => {
    expect(resolveCommand({ ...question, command: "./sh", cwd: "/bin", env: { PATH: "" } })?.file).toBe("/bin/sh");
  });

  test("that is a folder, no program or missing is not found", () => {
    for (const command of ["/bin", path.join(import.meta.dirname, "io.ts"), "no-such-command", ""]) {
      expect(resolveCommand({ ...question, command, env: { PATH: "/bin:/usr/bin" } })).toBeNull();
    }
  });
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === "win32")("where a program lies (REQ-SECRUN-2)", () => {
  function place(): {
    readonly folder: string;
    readonly facts: (command: string, more?: { readonly PATH?: string; readonly cwd?: string }) => ReturnType<typeof executableFacts>;
  } {
    const folder = mkdtempSync(path.join(tmpdir(), "massgen-exe-"));
    folders.push(folder);
    mkdirSync(path.join(folder, "bin"), { mode: 0o755 });
    writeFileSync(path.join(folder, "bin/tool"), "#!/bin/sh\n", { mode: 0o755 });
    const facts = (command: string, { PATH = path.join(folder, "bin"), cwd = "/" } = {}) =>
      executableFacts({ command, cwd, env: { PATH }, platform: process.platform });
    return { folder, facts };
  }

  test("an ordinary program is nobody else's to replace", () => {
    const { folder, facts } = place();
    expect(facts("tool")).toEqual({ path: path.join(folder, "bin/tool"), writableByOthers: false, inWorkingFolder: false });
    expect(facts("no-such-tool")).toBeNull();
  });

  test("a program that everybody may write, or whose folder is open, is; through a link too", () => {
    const { folder, facts } = place();
    chmodSync(path.join(folder, "bin/tool"), 0o757);
    symlinkSync(path.join(folder, "bin/tool"), path.join(folder, "link"));
    expect(facts("tool")?.writableByOthers).toBe(true);
    expect(facts(path.join(folder, "link"))?.writableByOthers).toBe(true);
    chmodSync(path.join(folder, "bin/tool"), 0o755);
    expect(facts("tool")?.writableByOthers).toBe(false);
    chmodSync(path.join(folder, "bin"), 0o777);
    expect(facts("tool")?.writableByOthers).toBe(true);
    chmodSync(path.join(folder, "bin"), 0o1777);
    expect(facts("tool")?.writableByOthers).toBe(false);
  });

  test("a bare name found in the working folder, or through a relative folder of PATH, is found there", () => {
    const { folder, facts } = place();
    expect(facts("tool", { cwd: path.join(folder, "bin") })?.inWorkingFolder).toBe(true);
    expect(facts("tool", { cwd: folder, PATH: "bin" })?.inWorkingFolder).toBe(true);
    expect(facts("tool", { cwd: folder })?.inWorkingFolder).toBe(false);
    expect(facts("./bin/tool", { cwd: folder })?.inWorkingFolder).toBe(false);
  });
});
