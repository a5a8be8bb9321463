// Commands are found as a shell would find them, and quoted for cmd.exe where Windows leaves no other way.
import path from "node:path";
import { describe, expect, test } from "vitest";
import { resolveCommand } from "./resolve-command.ts";

const question = { args: ["a b"], cwd: "/", platform: "linux" as NodeJS.Platform };

describe("a command", () => {
  test("is looked for on PATH and becomes an absolute path", () => {
    expect(resolveCommand({ ...question, command: "sh", env: { PATH: "/nowhere:/bin" } })).toEqual({ file: "/bin/sh", args: ["a b"], verbatim: false });
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
