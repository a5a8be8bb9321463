// Which package a server entry starts, found by what stands on the machine, and never guessed from whose folder it lies in.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createIo } from "../io/index.ts";
import { serverFile, stdioServer, temporaryFolder } from "./broker.test-support.ts";
import { resolvedPackage } from "./resolved-package.ts";

/** A project of somebody's with a virtual environment and an installed package in it, as they usually are. */
function project() {
  const folder = temporaryFolder();
  const make = (name: string, content: string, mode = 0o644): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content, { mode });
  };
  make("package.json", JSON.stringify({ name: "my-project", version: "9.9.9" }));
  for (const program of ["python", "mcp-server-clock", "someones-tool"]) make(`.venv/bin/${program}`, "#!/bin/sh\n", 0o755);
  make(".venv/pyvenv.cfg", "");
  make(".venv/lib/python3.11/site-packages/mcp_server_clock-2026.1.2.dist-info/METADATA", "");
  make("node_modules/@a/notes/package.json", JSON.stringify({ name: "@a/notes", version: "1.2.3" }));
  make("node_modules/@a/notes/dist/index.js", "#!/usr/bin/env node\n", 0o755);
  mkdirSync(path.join(folder, "node_modules/.bin"));
  symlinkSync("../@a/notes/dist/index.js", path.join(folder, "node_modules/.bin/notes"));
  make("server.py", "");
  const packageOf = (command: string, ...args: readonly string[]): Promise<string | null> =>
    resolvedPackage(stdioServer("s", args, { command, cwd: folder }), { ...createIo(), cwd: folder });
  return { packageOf };
}

describe("the package of a server", () => {
  test.each([
    ["a module of a virtual environment", [".venv/bin/python", "-m", "mcp_server_clock", "--utc"], "mcp-server-clock@2026.1.2"],
    ["a command of a virtual environment", [".venv/bin/mcp-server-clock"], "mcp-server-clock@2026.1.2"],
    ["such a command given to its interpreter", [".venv/bin/python", ".venv/bin/mcp-server-clock"], "mcp-server-clock@2026.1.2"],
    ["a script of an installed package", ["node", "node_modules/@a/notes/dist/index.js"], "@a/notes@1.2.3"],
    ["an installed command, which is a link", ["node_modules/.bin/notes"], "@a/notes@1.2.3"],
    ["a pinned package that is fetched", ["npx", "-y", "@a/notes@1.2.3"], "@a/notes@1.2.3"],
  ] as const)("is found for %s", async (_, [command, ...args], expected) => {
    expect(await project().packageOf(command, ...args)).toBe(expected);
  });

  test.each([
    ["a module that is not installed there", [".venv/bin/python", "-m", "something_else"]],
    ["a command of a virtual environment that no package there is named for", [".venv/bin/someones-tool"]],
    ["a Python script of one's own", [".venv/bin/python", "server.py"]],
    ["code on the command line", ["node", "-e", "0"]],
    ["an unpinned package", ["npx", "-y", "@a/notes"]],
    ["a command that is not there", ["no-such-command"]],
  ] as const)("is not guessed for %s", async (_, [command, ...args]) => {
    expect(await project().packageOf(command, ...args)).toBeNull();
  });

  test("of a script in a project is that project", async () => {
    const { name, version } = (await import("../../package.json", { with: { type: "json" } })).default;
    const script = stdioServer("s", [serverFile("plain.mjs")]);
    expect(await resolvedPackage(script, createIo())).toBe(`${name}@${version}`);
  });
});
