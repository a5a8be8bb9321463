// The shipped examples, run as they are: scripted providers on this machine, real servers where they are installed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readersFolder, runShell, toolFolder, type Outcome } from "./support/docs-world.ts";
import { projectRoot, temporaryFolder } from "./support/run-cli.ts";
import { scriptedProviders, type ScriptedProviders, type ScriptedRequest, type ToolWish } from "./support/scripted-providers.ts";

let providers: ScriptedProviders | null = null;
afterEach(async () => {
  await providers?.close();
  providers = null;
});

type Result = {
  readonly answer: string;
  readonly agents: readonly { readonly id: string; readonly state: string; readonly toolCalls: number }[];
  readonly answers: readonly { readonly agent: string }[];
  readonly degraded: readonly string[];
  readonly intents?: readonly { readonly agent: string; readonly fate: string }[];
};
type Ran = Outcome & { readonly result: Result; readonly log: readonly Readonly<Record<string, unknown>>[]; readonly work: string };

type RunOptions = { readonly wish?: ToolWish; readonly args?: string; readonly edit?: (text: string) => string };

/** A copy of the example, with files of /tmp moved into the test's own folder and nothing else changed. */
async function run(name: string, { wish, args = "", edit = (text) => text }: RunOptions = {}): Promise<Ran> {
  const folder = temporaryFolder();
  const work = readersFolder(folder);
  providers = await scriptedProviders(wish);
  const text = readFileSync(join(projectRoot, "examples", `${name}.yaml`), "utf8").replaceAll(
    "/tmp/massgen-example",
    join(work, "example"),
  );
  writeFileSync(join(work, "team.yaml"), edit(text));
  const place = { work, bin: toolFolder(folder), env: { ...providers.env, DISCORD_TOKEN: "discord-token-000" } };
  const outcome = await runShell(
    `massgen --config team.yaml --output result.json --strict-config ${args} "What is in this folder?"`,
    place,
  );
  const said = `${outcome.stdout}\n${outcome.stderr}`;
  expect(existsSync(join(work, "result.json")), said).toBe(true);
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  const result = JSON.parse(readFileSync(join(work, "result.json"), "utf8")) as Result & { runPath: string };
  const log = readFileSync(join(result.runPath, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { ...outcome, result, log, work };
}

const eventsOf = (ran: Ran, type: string): Ran["log"] => ran.log.filter((entry) => entry["type"] === type);
/** Calls a tool once in each conversation, where it is offered. */
const first =
  (name: string, input: object): ToolWish =>
  ({ tools = [] }, called) =>
    tools.some((tool) => tool.function.name.endsWith(name)) && !called(name) ? { name, input } : null;

describe("the shipped examples (REQ-DOCS-8)", () => {
  test.each(["gemini_mcp", "gemini_multi_mcp", "gpt5_mcp"])("%s: every agent reads through its file server and answers", async (name) => {
    const ran = await run(name, { wish: first("list_directory", { path: "." }) });
    expect(ran.code).toBe(0);
    expect(ran.result.degraded).toEqual([]);
    const results = eventsOf(ran, "tool-result").filter((entry) => String(entry["name"]).endsWith("list_directory"));
    expect(results.length).toBeGreaterThanOrEqual(1);
    for (const { isError, content } of results) {
      expect(isError).toBe(false);
      expect(JSON.stringify(content)).toContain("notes.txt");
    }
    expect(ran.result.answers.length).toBe(ran.result.agents.length);
  });

  test.each(["single_agent", "three_providers", "budgets"])("%s: answers, and nothing is degraded", async (name) => {
    const ran = await run(name);
    expect({ code: ran.code, degraded: ran.result.degraded }, ran.stderr).toEqual({ code: 0, degraded: [] });
  });

  test("budgets: a limit ends the run with the best answer so far", async () => {
    const ran = await run("budgets", { args: "--max-model-calls 3" });
    expect(ran.code).toBe(3);
    expect(ran.result.answer).toMatch(/An answer of/);
  });

  test("resilient_servers: a server that does not exist takes only its own tools away, and is told", async () => {
    const ran = await run("resilient_servers", { wish: first("list_directory", { path: "." }) });
    expect(ran.code).toBe(0);
    expect(eventsOf(ran, "tool-result").some(({ isError }) => isError === false)).toBe(true);
    expect(ran.stderr).toContain("flaky");
    expect(ran.result.degraded.length).toBe(1);
  });

  test("permissions_write_once: both plan to write, one writes, and nobody can delete", async () => {
    const entities = (request: ScriptedRequest): object => ({
      entities: [{ name: `noted by ${request.model}`, entityType: "event", observations: ["friday"] }],
    });
    const wish: ToolWish = (request, called) =>
      first("create_entities", entities(request))(request, called) ?? first("delete_entities", { entityNames: ["x"] })(request, called);
    const ran = await run("permissions_write_once", { wish });
    expect(ran.code).toBe(0);
    const tools = (type: string): string[] => eventsOf(ran, type).map(({ agent, tool }) => `${String(agent)} ${String(tool)}`);
    expect(tools("intent-recorded").toSorted()).toEqual(["gemini create_entities", "gpt create_entities"]);
    expect(
      eventsOf(ran, "tool-verdict")
        .filter(({ verdict }) => verdict === "deny")
        .map(({ agent }) => String(agent))
        .toSorted(),
    ).toEqual(["gemini", "gpt"]);
    const [winner] = ran.result.intents?.filter(({ fate }) => fate === "done") ?? [];
    expect(ran.result.intents?.map(({ fate }) => fate).toSorted()).toEqual(["done", "dropped"]);
    const stored = readFileSync(join(ran.work, "example-write-once.json"), "utf8");
    expect(stored.match(/noted by/g)).toHaveLength(1);
    expect(stored).toContain(`noted by ${winner?.agent === "gpt" ? "gpt-5-mini" : "gemini-2.5-flash"}`);
    expect(ran.result.degraded).toEqual([]);
  });

  test("three_agents_default: all three providers answer and vote", async () => {
    const ran = await run("three_agents_default");
    expect(ran.code).toBe(0);
    expect(ran.result.answers.map(({ agent }) => agent).toSorted()).toEqual(["gemini", "gpt", "grok"]);
    expect(ran.result.degraded).toEqual([]);
  });

  test("http_server: a tool of a server at an address is called", async () => {
    const server = spawn(process.execPath, [join(import.meta.dirname, "servers/http-server.mjs")], { stdio: ["pipe", "pipe", "ignore"] });
    try {
      const [line] = (await once(server.stdout, "data")) as [Buffer];
      const url = line.toString().trim();
      const ran = await run("http_server", {
        wish: first("read", { n: 7 }),
        edit: (text) => text.replaceAll("http://localhost:8000/mcp", url),
      });
      expect(ran.code).toBe(0);
      expect(ran.result.degraded).toEqual([]);
      expect(eventsOf(ran, "tool-result").map(({ name, isError }) => ({ name, isError }))).toContainEqual({
        name: "mcp__weather__read",
        isError: false,
      });
    } finally {
      server.kill();
    }
  });
});
