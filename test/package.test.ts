// The package as a stranger gets it: packed, installed into an empty folder, used as command and as library.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
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

/** Stops at three requests of four agents' eight, and goes on in a process of its own, by the file and by an object. */
const STOPPED = `
import { coordinate } from "massgen";
const result = await coordinate({ question: "Which one?", config: "team.json", logs: true, budget: { maxModelCalls: 3 } }).result;
console.log(JSON.stringify({ exitCode: result.exitCode, runPath: result.runPath }));
`;
const GOES_ON = `
import { resume } from "massgen";
import { readFileSync } from "node:fs";
const [folder] = process.argv.slice(2);
const run = resume(folder, { budget: { maxModelCalls: 20 } });
const types = [];
for await (const entry of run.events) types.push(entry.type);
const { answer, exitCode } = await run.result;
const config = JSON.parse(readFileSync("team.json", "utf8"));
const again = await resume(folder, { config }).result;
const nowhere = await resume("nowhere").result.catch((error) => error.code);
console.log(JSON.stringify({ answer, exitCode, first: types[0], resumed: types.includes("run-resumed"), again: again.answer, nowhere }));
`;

const FOLDER_OF_NODES = join(projectRoot, ".cache/nodes");
/** The Node of the tests, and the oldest and newest that `npm run setup:nodes` brings. */
const nodes: readonly (readonly [name: string, program: string])[] = [
  ["the Node of the tests", process.execPath],
  ...(existsSync(FOLDER_OF_NODES) ? readdirSync(FOLDER_OF_NODES) : []).flatMap((version) => {
    const program = join(FOLDER_OF_NODES, version, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
    return existsSync(program) ? [[`Node ${version}`, program] as const] : [];
  }),
];
if (nodes.length === 1) console.log("only with the Node of the tests: the oldest and the newest are absent (npm run setup:nodes)");

describe("the packed package", () => {
  test.each(nodes)(
    "with %s it installs without any dependency, answers as library and as command and takes a run up again (REQ-WHOLE-7, REQ-LIB-1)",
    { timeout: 180_000 },
    async (_name, program) => {
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
        const node = (...args: readonly string[]): Promise<string> =>
          new Promise((resolve) => execFile(program, args, options, (_error, stdout, stderr) => resolve(stdout + stderr)));
        expect(JSON.parse(await node("program.mjs", server.baseUrl))).toEqual({
          answer: "This is the presented answer.",
          first: "run-start",
          last: "run-end",
          exports: ["function", "function"],
          wrong: true,
        });
        expect(execFileSync(program, [join(folder, "node_modules/.bin/massgen"), "--version"], options)).toMatch(/0\.0\.15/);
        expect(existsSync(join(folder, "massgen_logs"))).toBe(false);

        const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key-000" };
        writeFileSync(join(folder, "team.json"), JSON.stringify({ agents: ["a", "b", "c"].map((id) => ({ id, backend })) }));
        writeFileSync(join(folder, "stopped.mjs"), STOPPED);
        writeFileSync(join(folder, "goes-on.mjs"), GOES_ON);
        const before = server.requests.length;
        const stopped = JSON.parse(await node("stopped.mjs")) as { readonly exitCode: number; readonly runPath: string };
        expect([stopped.exitCode, server.requests.length - before]).toEqual([3, 3]);
        expect(JSON.parse(await node("goes-on.mjs", stopped.runPath))).toEqual({
          answer: "This is the presented answer.",
          exitCode: 0,
          first: "run-start",
          resumed: true,
          again: "This is the presented answer.",
          nowhere: "E_RUN_NOT_FOUND",
        });
        expect(server.requests.slice(before).filter(({ tools }) => tools.includes("new_answer") && !tools.includes("vote"))).toHaveLength(
          3,
        );
      } finally {
        await server.close();
      }
    },
  );
});
