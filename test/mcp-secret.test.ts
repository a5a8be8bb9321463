// `massgen mcp secret` and what refers to secrets, from the command line to the server.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chatServer } from "../src/testing/index.ts";
import { projectRoot, temporaryFolder, writeConfig } from "./support/run-cli.ts";
import { massgen } from "./support/run-in-process.ts";

const entry = (env: Record<string, string>): unknown => ({
  command: process.execPath,
  args: [join(projectRoot, "test/servers/counting-server.mjs"), "-"],
  env,
});
const config = (folder: string, env: Record<string, string>): string =>
  writeConfig(folder, { agents: [{ id: "a", backend: { type: "gemini", mcp_servers: { counter: entry(env) } } }] });

describe("massgen mcp secret", () => {
  test("stores from standard input, lists names, removes, and never prints a value (REQ-MCPCMD-8)", async () => {
    const folder = temporaryFolder();
    const secret = (argv: readonly string[], stdin = "") => massgen(["mcp", "secret", ...argv], { cwd: folder, stdin });
    const stored = await secret(["set", "GITHUB_TOKEN"], "ghp-4711-value\n");
    expect(stored).toMatchObject({ code: 0, stderr: "" });
    expect(stored.stdout).toMatch(/^Stored GITHUB_TOKEN in .*\.\nA configuration refers to it as \$\{keyring:GITHUB_TOKEN\}\.\n$/);
    expect((await secret(["list"])).stdout).toBe("GITHUB_TOKEN\n");
    expect((await secret(["rm", "GITHUB_TOKN"])).stderr).toContain("did you mean GITHUB_TOKEN?");
    expect((await secret(["rm", "GITHUB_TOKEN"])).stdout).toMatch(/^Removed GITHUB_TOKEN/);
    expect((await secret(["list"])).stdout).toMatch(/^There are no secrets/);
    for (const argv of [["set", "A", "value"], ["set", "a b"], ["set", "A"], ["sett"], []])
      expect((await secret(argv)).code, argv.join(" ")).toBe(2);
    expect(stored.stdout).not.toContain("4711");
  });

  test("a server gets its secrets from the store and from a file, once, and nothing prints them (REQ-MCPCMD-8)", async () => {
    const folder = temporaryFolder();
    await massgen(["mcp", "secret", "set", "TOKEN"], { cwd: folder, stdin: "tok-${FROM_ENV}-4711" });
    writeFileSync(join(folder, "key.txt"), "key-4712-value\n", { mode: 0o600 });
    const file = config(folder, { A: "Bearer ${keyring:TOKEN}", B: "${file:key.txt}" });
    const called = await massgen(["mcp", "call", "counter", "environment", "--config", file], {
      cwd: folder,
      env: { FROM_ENV: "never put in" },
    });
    expect(called.code).toBe(0);
    expect(called.stdout).toContain('"A":"Bearer [redacted]","B":"[redacted]"');
    expect(called.stdout + called.stderr).not.toMatch(/471[12]|never put in/);
    expect((await massgen(["config", "check", file], { cwd: folder })).code).toBe(0);
  });

  test("a server whose secret is missing or readable by others is not started, and told what to do (REQ-MCPCMD-8)", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "open.txt"), "key-4712-value", { mode: 0o644 });
    const missing = await massgen(["mcp", "test", "--config", config(folder, { A: "${keyring:NOPE}" })], { cwd: folder });
    expect(missing).toMatchObject({ code: 4, stdout: expect.stringContaining("massgen mcp secret set NOPE") as unknown });
    const open = await massgen(["mcp", "test", "--config", config(folder, { A: "${file:open.txt}" })], { cwd: folder });
    expect(open.code).toBe(4);
    expect(open.stderr).toMatch(/others can read \(mode 644\); run chmod 600/);
  });

  test("a run finds the key of its model in the store, and does not begin without it (REQ-MCPCMD-8)", async () => {
    const folder = temporaryFolder();
    const model = await chatServer(() => ({ toolCalls: [{ name: "new_answer", arguments: { content: "Done." } }] }));
    try {
      const file = writeConfig(folder, {
        agents: [
          { id: "a", backend: { type: "chatcompletion", model: "scripted", base_url: model.baseUrl, api_key: "${keyring:MODEL_KEY}" } },
        ],
      });
      const without = await massgen(["--config", file, "Go."], { cwd: folder });
      expect(without).toMatchObject({ code: 2, stdout: "" });
      expect(without.stderr).toMatch(
        /The secret keyring:MODEL_KEY in `api_key` is not stored; store it with `massgen mcp secret set MODEL_KEY`/,
      );
      await massgen(["mcp", "secret", "set", "MODEL_KEY"], { cwd: folder, stdin: "test-key-4713" });
      expect(await massgen(["--config", file, "Go."], { cwd: folder })).toMatchObject({ code: 0, stdout: "Done.\n" });
      expect(model.requests.length).toBeGreaterThan(0);
    } finally {
      await model.close();
    }
  });
});
