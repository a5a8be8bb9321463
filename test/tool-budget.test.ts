// Tools on demand in whole runs of the built program, judged by the requests a provider got and by what the server was asked.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, type ChatRequest, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

type Run = CliRun & { readonly folder: string; readonly requests: readonly ChatRequest[] };

async function run(
  script: ChatScript,
  more: { agents?: readonly string[]; backend?: object; orchestrator?: object; more?: object } = {},
): Promise<Run> {
  server = await chatServer(script);
  const folder = temporaryFolder();
  const backend = {
    type: "chatcompletion",
    base_url: server.baseUrl,
    api_key: "test-key-000",
    mcp_servers: {
      books: { command: process.execPath, args: [join(import.meta.dirname, "servers/many-tools-server.mjs"), join(folder, "log")] },
    },
    ...more.backend,
  };
  const agents = (more.agents ?? ["a"]).map((id) => ({ id, backend: { ...backend, model: id } }));
  const config = writeConfig(folder, { agents, ...(more.orchestrator ? { orchestrator: more.orchestrator } : {}), ...more.more });
  const result = await runCli(["--config", config, "Go."], { cwd: folder });
  return { ...result, folder, requests: server.requests };
}

const answer = { toolCalls: [{ name: "new_answer", arguments: { content: "Done." } }] };
const called = ({ folder }: Run): readonly string[] =>
  readFileSync(join(folder, "log"), "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => ((JSON.parse(line) as { name?: string }).name ?? []) as string[]);

const STEPS = [
  { toolCalls: [{ name: "search_tools", arguments: { query: "remove a payment", limit: 2 } }] },
  { toolCalls: [{ name: "mcp__books__remove_payment", arguments: { id: "9" } }] },
  { toolCalls: [{ name: "mcp__books__read_photo", arguments: { id: "3" } }] },
  answer,
];
const stepwise: ChatScript = ({ number }) => STEPS[number - 1] ?? answer;

describe("more tools than a model should carry (REQ-MCP-40)", () => {
  test.each([
    ["the agent", { backend: { max_tools: 10 } }],
    ["the team", { orchestrator: { max_tools: 10 } }],
    ["the server's entry", { backend: {}, own: 10 }],
  ])("are offered through a search, with the limit of %s, and the person is told once", async (_who, more) => {
    const own = "own" in more ? { mcp_servers: { books: { ...serverEntry(), max_tools: 10 } } } : {};
    const result = await run(stepwise, { ...more, backend: { ...("backend" in more ? more.backend : {}), ...own } });
    expect(result.stdout).toBe("Done.\n");
    const tools = result.requests.map((request) => request.tools);
    expect(tools[0]).toEqual(["new_answer", "search_tools"]);
    expect(tools[1]?.slice(0, 3)).toEqual(["new_answer", "search_tools", "mcp__books__remove_payment"]);
    expect(tools[2]).toEqual(tools[1]);
    expect(tools[3]).toEqual([...(tools[2] ?? []), "mcp__books__read_photo"]);
    expect(result.stderr.match(/search_tools/g)?.length).toBeGreaterThanOrEqual(1);
    expect(result.stderr.split("\n").filter((line) => line.includes("are declared") || line.includes("Not all of the"))).toHaveLength(1);
    if (!("own" in more)) expect(called(result)).toEqual(["remove_payment", "read_photo"]);
  });

  test("that were found before the run was cut off are declared again when it goes on", async () => {
    const { folder, requests } = await run(stepwise, { backend: { max_tools: 10 }, more: { budget: { max_model_calls: 1 } } });
    expect(requests).toHaveLength(1);
    const resumed = await runCli(["resume", "last", "--max-model-calls", "10"], { cwd: folder });
    expect(resumed.stdout).toBe("Done.\n");
    expect(requests[1]?.tools.slice(0, 3)).toEqual(["new_answer", "search_tools", "mcp__books__remove_payment"]);
  });

  test("are all declared where they fit, as before", async () => {
    const result = await run(() => answer);
    expect(result.requests[0]?.tools).toHaveLength(71);
    expect(result.stderr).not.toContain("search_tools");
  });

  test("two runs send the same tools in the same order (REQ-MCP-41)", async () => {
    const bodies: string[] = [];
    for (let again = 0; again < 2; again += 1) {
      const { requests } = await run(stepwise, { backend: { max_tools: 10 } });
      bodies.push(JSON.stringify(requests.map(({ body }) => body["tools"])));
      await server?.close();
    }
    expect(bodies[0]).toBe(bodies[1]);
  });
});

const council: ChatScript = ({ tools, model }) => {
  if (tools.includes("vote")) return { toolCalls: [{ name: "vote", arguments: { agent_id: "agent1", reason: "Good." } }] };
  return tools.includes("new_answer")
    ? { toolCalls: [{ name: "new_answer", arguments: { content: `By ${model}.` } }] }
    : { text: "The result." };
};

describe("requests that can only vote, and presentations (REQ-MCP-42)", () => {
  test("carry the vote and nothing else, or no tools at all", async () => {
    const { requests } = await run(council, { agents: ["a", "b"], orchestrator: { max_answers_per_agent: 1 } });
    const votes = requests.filter(({ tools }) => tools.includes("vote"));
    expect(votes.length).toBeGreaterThanOrEqual(1);
    for (const { tools } of votes) expect(tools).toEqual(["vote"]);
    expect(requests.at(-1)?.body["tools"]).toBeUndefined();
    expect(requests[0]?.tools.length).toBeGreaterThan(50);
  });

  test("where an answer is still possible, the tools are there", async () => {
    const { requests } = await run(council, { agents: ["a", "b"] });
    const votes = requests.filter(({ tools }) => tools.includes("vote"));
    expect(votes.length).toBeGreaterThanOrEqual(1);
    for (const { tools } of votes) expect(tools).toContain("mcp__books__read_photo");
  });
});

function serverEntry(): object {
  return { command: process.execPath, args: [join(import.meta.dirname, "servers/many-tools-server.mjs")] };
}
