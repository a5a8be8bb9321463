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

/** What the examples ask the reader to have in the environment, besides the providers' keys. */
const TOKENS = {
  DISCORD_TOKEN: "discord-token-000",
  BRAVE_API_KEY: "brave-key-0000",
  NOTION_TOKEN_ONE: "notion-token-one",
  NOTION_TOKEN_TWO: "notion-token-two",
};

type Result = {
  readonly answer: string;
  readonly agents: readonly { readonly id: string; readonly state: string; readonly toolCalls: number }[];
  readonly answers: readonly { readonly agent: string }[];
  readonly degraded: readonly string[];
  readonly intents?: readonly { readonly agent: string; readonly fate: string }[];
};
type Ran = Outcome & { readonly result: Result; readonly log: readonly Readonly<Record<string, unknown>>[]; readonly work: string };

type RunOptions = {
  readonly wish?: ToolWish;
  readonly args?: string;
  readonly edit?: (text: string) => string;
  /** A command to run first, as the example's header says. */
  readonly before?: string;
};

/** A copy of the example, with files of /tmp moved into the test's own folder and nothing else changed. */
async function run(name: string, { wish, args = "", edit = (text) => text, before = "true" }: RunOptions = {}): Promise<Ran> {
  const folder = temporaryFolder();
  const work = readersFolder(folder);
  providers = await scriptedProviders(wish);
  const text = readFileSync(join(projectRoot, "examples", `${name}.yaml`), "utf8").replaceAll(
    "/tmp/massgen-example",
    join(work, "example"),
  );
  writeFileSync(join(work, "team.yaml"), edit(text));
  const place = { work, bin: toolFolder(folder), env: { ...providers.env, ...TOKENS } };
  const outcome = await runShell(
    `${before} > /dev/null; massgen --config team.yaml --output result.json --strict-config ${args} "What is in this folder?"`,
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
/** Calls a tool once in each conversation, where it is offered; servers that are still starting are waited for. */
const first =
  (name: string, input: object): ToolWish =>
  ({ tools = [] }, called) => {
    const open = (wanted: string): boolean => tools.some((tool) => tool.function.name.endsWith(wanted)) && !called(wanted);
    if (open(name)) return { name, input };
    return !called(name) && open("wait_for_tools") ? { name: "wait_for_tools", input: {} } : null;
  };

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

  test.each(["single_agent", "three_providers", "budgets", "gpt5_team", "research_team", "fast_timeout"])(
    "%s: answers, and nothing is degraded",
    async (name) => {
      const ran = await run(name);
      expect({ code: ran.code, degraded: ran.result.degraded }, ran.stderr).toEqual({ code: 0, degraded: [] });
    },
  );

  test("same_model_three_times: two equal first answers are enough, and nobody is asked for a vote", async () => {
    const ran = await run("same_model_three_times");
    expect({ code: ran.code, degraded: ran.result.degraded }, ran.stderr).toEqual({ code: 0, degraded: [] });
    expect(ran.result.agents).toHaveLength(3);
    expect(ran.result.answers).toHaveLength(2);
    expect(eventsOf(ran, "vote-submitted")).toEqual([]);
  });

  test.each(["open_models", "openai_compatible", "local_servers"])("%s: each agent is asked at its own address", async (name) => {
    const asked = (text: string): string =>
      text.replaceAll(
        /^( +)model: .+$/gm,
        (line, indent: string) => `${line}\n${indent}base_url: ${providers?.url}/v1\n${indent}api_key: docs-key-0000`,
      );
    const inOneLine = (text: string): string =>
      text.replaceAll(/model: ([^ }]+) \}/g, `model: $1, base_url: ${providers?.url}/v1, api_key: docs-key-0000 }`);
    // These two servers are asked first which models they have.
    const served = (text: string): string => text.replace("qwen/qwen3-4b-2507", "gpt-4").replace("llama3.2", "gpt-4o");
    const own = (text: string): string => text.replaceAll(/^ +base_url: http:\/\/localhost.*\n/gm, "");
    const ran = await run(name, { edit: (text) => inOneLine(asked(served(own(text)))) });
    expect({ code: ran.code, degraded: ran.result.degraded }, ran.stderr).toEqual({ code: 0, degraded: [] });
    expect(ran.result.answers).toHaveLength(ran.result.agents.length);
  });

  test("azure_openai: both deployments are asked under their names", async () => {
    const ran = await run("azure_openai");
    expect({ code: ran.code, degraded: ran.result.degraded }, ran.stderr).toEqual({ code: 0, degraded: [] });
    expect(new Set(providers?.requests.map(({ model }) => model))).toEqual(new Set(["gpt-4.1", "gpt-5-chat"]));
  });

  test("custom_server: the server that `mcp init` writes is started and its tool is called", async () => {
    const ran = await run("custom_server", {
      before: "massgen mcp init typescript-stdio weather",
      wish: first("forecast", { city: "Lisbon" }),
    });
    expect(ran.code).toBe(0);
    const results = eventsOf(ran, "tool-result").filter(({ name }) => String(name).startsWith("mcp__weather__"));
    expect(results.map(({ isError }) => isError)).toEqual([false]);
    expect(ran.result.degraded).toEqual([]);
  });

  test.each([
    ["discord_mcp", "discord"],
    ["browser_mcp", "playwright"],
    ["travel_mcp", "airbnb"],
    ["notion_mcp", "notion"],
  ])("%s: where its server cannot be had, the agents answer without it and the output says so", async (name, server) => {
    const ran = await run(name);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.result.answers.length).toBeGreaterThan(0);
    expect(ran.stderr).toContain(server);
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
