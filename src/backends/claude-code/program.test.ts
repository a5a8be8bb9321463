// Claude Code is found where a person has it, and is not looked for where the file names it.
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startProgram } from "./program.ts";

const withoutOwn = (executable: string | null): string => {
  if (executable === null) throw new Error("Native CLI binary for linux-x64 not found.");
  return executable;
};

function installed(): { readonly folder: string; readonly claude: string } {
  const folder = mkdtempSync(join(tmpdir(), "massgen-claude-"));
  const claude = join(folder, "claude");
  writeFileSync(claude, "#!/bin/sh\n");
  chmodSync(claude, 0o755);
  return { folder, claude };
}

const world = (path: string, platform: NodeJS.Platform = "linux") => ({ env: { PATH: path }, cwd: "/", platform });

describe("Claude Code's program (REQ-BACKEND-63)", () => {
  test("is the SDK's own where that is there, whatever is on the PATH", () => {
    expect(startProgram(null, world(installed().folder), (executable) => executable)).toBeNull();
  });

  test("is `claude` on the PATH where the SDK has none", () => {
    const { folder, claude } = installed();
    expect(startProgram(null, world(folder), withoutOwn)).toBe(claude);
  });

  test("is the one the file names, and no other where that one does not start", () => {
    const { folder } = installed();
    expect(startProgram("/opt/claude", world(folder), withoutOwn)).toBe("/opt/claude");
    expect(() =>
      startProgram("/opt/claude", world(folder), () => {
        throw new Error("spawn /opt/claude ENOENT");
      }),
    ).toThrow("/opt/claude");
  });

  test("is missing where there is none at all, and another error is not taken for that", () => {
    expect(() => startProgram(null, world("/nowhere"), withoutOwn)).toThrow("not found");
    expect(() =>
      startProgram(null, world(installed().folder), () => {
        throw new Error("out of memory");
      }),
    ).toThrow("out of memory");
  });
});
