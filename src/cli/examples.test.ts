// The examples of the package are found, read and copied without looking for its folder.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { world } from "./cli.test-support.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "massgen-examples-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const w = world({ cwd: folder });
  const code = await w.run(...argv);
  return { code, stdout: w.stdout(), stderr: w.stderr() };
}

describe("massgen examples (REQ-CLI-8)", () => {
  test("lists each example with what it shows", async () => {
    const { code, stdout } = await run("examples");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^single_agent +\S.*$/m);
    expect(stdout).toMatch(/^gemini_mcp +One Gemini agent with two MCP servers/m);
    const listed = JSON.parse((await run("examples", "--json")).stdout) as { name: string; about: string }[];
    expect(listed.length).toBeGreaterThan(20);
    for (const { name, about } of listed) expect(about, name).not.toBe("");
  });

  test("prints one, and copies it without replacing anything", async () => {
    const shown = await run("examples", "show", "gemini-mcp.yaml");
    expect(shown.stdout).toContain("mcp_servers:");
    expect(await run("examples", "copy", "gemini_mcp", "mine")).toMatchObject({
      code: 0,
      stdout: `Wrote ${join("mine", "gemini_mcp.yaml")}.\n`,
    });
    expect(readFileSync(join(folder, "mine", "gemini_mcp.yaml"), "utf8").trimEnd()).toBe(shown.stdout.trimEnd());
    const again = await run("examples", "copy", "gemini_mcp", "mine");
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("is there already and was not replaced");
  });

  test.each([
    [["examples", "shew"], "did you mean show?"],
    [["examples", "show"], "Say which example"],
    [["examples", "show", "gemini_mpc"], "did you mean gemini_mcp?"],
    [["examples", "copy", "gemini_mcp", ".", "more"], "one example at a time"],
  ])("%j is told in words", async (argv, says) => {
    const { code, stderr } = await run(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  test("a shipped example is not locked where it lies", async () => {
    const { code, stderr } = await run("mcp", "lock", "--config", "gemini_mcp");
    expect(code).toBe(2);
    expect(stderr).toContain("massgen examples copy gemini_mcp");
  });
});
