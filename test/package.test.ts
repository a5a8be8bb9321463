// The package as a stranger gets it: packed, installed into an empty folder, used as command and as library.
import { execFileSync } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chatServer, councilScript } from "../src/testing/index.ts";
import { bareEnvironment, projectRoot, temporaryFolder } from "./support/run-cli.ts";

const npm = (args: readonly string[], { cwd, home }: { readonly cwd: string; readonly home: string }): string =>
  execFileSync("npm", [...args], {
    cwd,
    encoding: "utf8",
    env: { ...bareEnvironment(home), npm_config_update_notifier: "false" },
    stdio: ["ignore", "pipe", "pipe"],
  });

const PROGRAM = `
import { coordinate, UsageError } from "massgen";
import { createBroker } from "massgen/mcp";
import { scriptedBackend } from "massgen/testing";
const backend = { type: "chatcompletion", model: "scripted", base_url: process.argv[2], api_key: "test-key-000" };
const run = coordinate({ question: "Which one?", config: { agents: [{ id: "a", backend }, { id: "b", backend }] } });
const types = [];
for await (const entry of run.events) types.push(entry.type);
const result = await run.result;
const wrong = await coordinate({ question: "?", config: { agents: [{ id: "a", backend: { type: "nonsense" } }] } }).result.catch((error) => error instanceof UsageError);
console.log(JSON.stringify({ answer: result.answer, first: types[0], last: types.at(-1), exports: [typeof createBroker, typeof scriptedBackend], wrong }));
`;

describe("the packed package", () => {
  test("installs without any dependency, answers as library and as command (REQ-WHOLE-7)", { timeout: 180_000 }, async () => {
    const folder = temporaryFolder();
    const packed =
      npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: projectRoot, home: folder })
        .trim()
        .split("\n")
        .at(-1) ?? "";
    expect(statSync(join(folder, packed)).size).toBeLessThan(3_000_000);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    npm(["install", "--offline", "--no-audit", "--no-fund", `./${packed}`], { cwd: folder, home: folder });
    expect(existsSync(join(folder, "node_modules/massgen/dist/types/src/index.d.ts"))).toBe(true);
    const server = await chatServer(councilScript());
    try {
      writeFileSync(join(folder, "program.mjs"), PROGRAM);
      const options = { cwd: folder, encoding: "utf8", env: bareEnvironment(folder) } as const;
      const { promise, resolve } = Promise.withResolvers<string>();
      const { execFile } = await import("node:child_process");
      execFile(process.execPath, ["program.mjs", server.baseUrl], options, (_error, stdout, stderr) => resolve(stdout + stderr));
      expect(JSON.parse(await promise)).toEqual({
        answer: "This is the presented answer.",
        first: "run-start",
        last: "run-end",
        exports: ["function", "function"],
        wrong: true,
      });
      expect(execFileSync(process.execPath, [join(folder, "node_modules/.bin/massgen"), "--version"], options)).toMatch(/0\.0\.15/);
      expect(existsSync(join(folder, "massgen_logs"))).toBe(false);
    } finally {
      await server.close();
    }
  });
});
