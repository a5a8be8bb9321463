// Tools on demand: what is declared, what a search finds, how stable both are, with a real server of 70 tools and 300 real schemas where they are.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { agent, serverFile, startRun, stdioServer, textOf } from "./broker.test-support.ts";
import type { OfferedTool } from "./contract.ts";
import { exposeNames } from "./names.ts";
import { ToolBudget } from "./tool-budget.ts";
import { ToolRanking } from "./tool-ranking.ts";
import { wordsOf } from "./tool-words.ts";

type Told = Partial<Pick<OfferedTool, "description" | "inputSchema">>;
const tool = (server: string, name: string, told: Told = {}): OfferedTool => ({
  name: `mcp__${server}__${name}`,
  server,
  tool: name,
  description: "",
  inputSchema: { type: "object" },
  effect: "read-only",
  readOnly: true,
  idempotent: true,
  ...told,
});
const many = (server: string, count: number): OfferedTool[] => Array.from({ length: count }, (_, n) => tool(server, `t${n}`));
const names = (tools: readonly OfferedTool[]): string[] => tools.map(({ name }) => name);
const budget = (max: number, own: Record<string, number> = {}) => {
  const told: unknown[] = [];
  return { told, tools: new ToolBudget({ max, ownLimits: new Map(Object.entries(own)) }, (servers, total) => told.push([servers, total])) };
};

describe("the budget of declared tools", () => {
  test("is not felt where all tools fit", () => {
    const { tools, told } = budget(10);
    const all = many("a", 10);
    expect(tools.offered(all)).toBe(all);
    expect(tools.hidden(all)).toEqual([]);
    expect(told).toEqual([]);
  });

  test("takes the largest servers away first and tells it once (REQ-MCP-40)", () => {
    const { tools, told } = budget(10);
    const all = [...many("small", 3), ...many("large", 9)];
    for (let again = 0; again < 3; again += 1) expect(names(tools.offered(all))).toEqual(["search_tools", ...names(many("small", 3))]);
    expect(names(tools.hidden(all))).toEqual(names(many("large", 9)));
    expect(told).toEqual([[[{ server: "large", tools: 9 }], 12]]);
  });

  test("keeps the beginning of the list while found tools are appended in the order they were found (REQ-MCP-41)", () => {
    const { tools } = budget(10);
    const all = [...many("small", 3), ...many("large", 9)];
    let before = names(tools.offered(all));
    for (const found of ["mcp__large__t7", "mcp__large__t2", "mcp__large__t5"]) {
      tools.use([found]);
      const now = names(tools.offered(all));
      expect(now).toEqual([...before, found]);
      before = now;
    }
  });

  test("never declares more than the limit, and lets go what was of no use for the longest time", () => {
    const { tools } = budget(4);
    const all = many("large", 30);
    for (const { name } of all.slice(0, 6)) {
      tools.use([name]);
      tools.use(["mcp__large__t0"]);
      expect(tools.offered(all).length).toBeLessThanOrEqual(4);
    }
    expect(names(tools.offered(all))).toEqual(["search_tools", "mcp__large__t0", "mcp__large__t4", "mcp__large__t5"]);
  });

  test("stays on when a server's tools vanish and come back", () => {
    const { tools } = budget(10);
    tools.offered(many("large", 20));
    expect(names(tools.offered(many("large", 2)))).toEqual(["search_tools"]);
  });

  test("can be set for one server", () => {
    const { tools } = budget(100, { large: 5 });
    expect(names(tools.offered([...many("small", 3), ...many("large", 6)]))).toEqual(["search_tools", ...names(many("small", 3))]);
  });
});

describe("the ranking", () => {
  test.each([
    ["createPullRequest", ["create", "pull", "request"]],
    ["list-issues_v2", ["list", "issue", "v", "2"]],
    ["the HTTPServer's queries", ["http", "server", "s", "query"]],
    ["天气 weather", ["天", "气", "weather"]],
  ])("reads the words of %s", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test("looks at names, descriptions, arguments and servers, names most", () => {
    const ranking = new ToolRanking([
      tool("git", "commit", { description: "Records changes." }),
      tool("mail", "send", {
        description: "Sends a message. Never commit anything here.",
        inputSchema: { type: "object", properties: { recipient: { type: "string" } } },
      }),
      tool("weather", "today", { description: "Temperature and rain." }),
    ]);
    const first = (query: string): string | undefined => ranking.search(query)[0]?.tool;
    expect(first("commit")).toBe("commit");
    expect(first("who is the recipient")).toBe("send");
    expect(first("will it rain?")).toBe("today");
    expect(first("weathr")).toBeUndefined();
    expect(first("temp")).toBe("today");
    expect(ranking.search("commit").map((found) => found.tool)).toEqual(["commit", "send"]);
  });

  test("is the same whatever the order of the tools (REQ-MCP-41)", () => {
    const all = [...many("b", 5), ...many("a", 5)].map((one) => ({ ...one, description: "reads a file" }));
    const expected = names(new ToolRanking(all).search("read file"));
    expect(expected).toEqual([...expected].sort());
    expect(names(new ToolRanking(all.toReversed()).search("read file"))).toEqual(expected);
  });

  test("puts a tool that is named before all others", () => {
    expect(names(new ToolRanking([tool("a", "x_y"), tool("b", "other", { description: "x y x y" })]).search("x_y"))[0]).toBe("mcp__a__x_y");
  });
});

const manyTools = (name = "books") => stdioServer(name, [serverFile("many-tools-server.mjs")]);

/** A broker whose agents have a limit. */
function limited(maxTools: number, servers = [manyTools()]) {
  const run = startRun({}, { agents: ["a", "b"].map((id) => ({ id: agent(id), servers, maxTools })) });
  return run;
}

describe("tools on demand over a real server (REQ-MCP-40)", () => {
  test("one search stands for 70 tools, and what it finds is declared from then on", async () => {
    const run = limited(20);
    await run.settled("a");
    expect(run.tools("a")).toEqual(["search_tools"]);
    const found = JSON.parse(textOf(await run.call("a", "search_tools", { query: "delete a calendar event", limit: 3 }))) as {
      tools: { name: string; description: string; input_schema: unknown }[];
    };
    expect(found.tools[0]).toMatchObject({ name: "mcp__books__remove_calendar_event", input_schema: { required: ["id"] } });
    expect(run.tools("a")).toEqual(["search_tools", ...found.tools.map(({ name }) => name)]);
    expect(run.tools("b")).toEqual(["search_tools"]);
    expect(textOf(await run.call("a", "mcp__books__remove_calendar_event", { id: "7" }))).toBe('remove_calendar_event {"id":"7"}');
    expect(run.of("tool-result")[0]).toMatchObject({ name: "search_tools", isError: false, found: found.tools.map(({ name }) => name) });
    expect(run.of("warning")).toMatchObject([{ code: "E_TOOL_BUDGET" }, { code: "E_TOOL_BUDGET" }]);
  });

  test("an exact name works without a search, stays declared, and an unknown one points to the search", async () => {
    const run = limited(20);
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__books__list_photo", { id: "1" }))).toBe('list_photo {"id":"1"}');
    expect(run.tools("a")).toEqual(["search_tools", "mcp__books__list_photo"]);
    expect(await run.call("a", "mcp__books__fly", {})).toMatchObject({
      code: "unknown-tool",
      message: expect.stringContaining("search_tools"),
    });
  });

  test("a search without matches names the servers, one without words is a mistake", async () => {
    const run = limited(20);
    await run.settled("a");
    expect(JSON.parse(textOf(await run.call("a", "search_tools", { query: "quaternion" })))).toMatchObject({
      tools: [],
      servers: ["books"],
    });
    expect(await run.call("a", "search_tools", {})).toMatchObject({ ok: false, code: "invalid-input" });
  });

  test("what an earlier process had found is declared again", async () => {
    const run = limited(20);
    run.broker.foundBefore?.(agent("a"), ["mcp__books__read_photo"]);
    await run.settled("a");
    expect(run.tools("a")).toEqual(["search_tools", "mcp__books__read_photo"]);
  });

  test("tools are declared in the order of the configuration, whichever server was first", async () => {
    const slow = stdioServer("slow", [serverFile("misbehaving-server.mjs"), "--slow-start=300"]);
    const run = startRun({ a: [slow, stdioServer("fast", [serverFile("counting-server.mjs"), "-"])] });
    await run.settled("a");
    const servers = run.broker
      .forAgent(agent("a"))
      .list()
      .map(({ server }) => server);
    expect([...new Set(servers)]).toEqual(["slow", "fast"]);
  });
});

const corpus = path.join(process.env["MASSGEN_CORPUS"] ?? path.join(import.meta.dirname, "../../../shared/data"), "tool-schemas");
const present = existsSync(corpus);
if (!present) console.log("skipped: real tool schemas are not here (set MASSGEN_CORPUS)");

describe.skipIf(!present)("the tools of real servers", () => {
  type Listed = {
    readonly tools: readonly { readonly name: string; readonly description?: string; readonly inputSchema: OfferedTool["inputSchema"] }[];
  };
  const files = present ? readdirSync(corpus).toSorted() : [];
  // Two accounts of each: more than 300 tools, half of them alike but for the server.
  const real = ["", "second-"]
    .flatMap((prefix) => files.map((file) => ({ prefix, file })))
    .flatMap(({ prefix, file }) => {
      const server = `${prefix}${path.basename(file, ".json")}`;
      const { tools } = JSON.parse(readFileSync(path.join(corpus, file), "utf8")) as Listed;
      return tools.map(({ name, description = "", inputSchema }) => tool(server, name, { description, inputSchema }));
    });
  const map = exposeNames(real.map((one) => ({ server: one.server, tool: one.tool })));
  const all = real.map((one) => ({ ...one, name: map.nameOf(one.server, one.tool) ?? "" }));

  test("are brought under any limit, and every one of them is found by its own name (REQ-MCP-40)", () => {
    expect(all.length).toBeGreaterThan(300);
    for (const max of [2, 16, 40, 100]) expect(budget(max).tools.offered(all).length).toBeLessThanOrEqual(max);
    const ranking = new ToolRanking(all);
    const lost = all.filter(({ name }) => ranking.search(name)[0]?.name !== name);
    expect(names(lost)).toEqual([]);
  });

  test.each([
    ["create an issue in a GitHub repository", "github", "create_issue"],
    ["merge a pull request", "github", "merge_pull_request"],
    ["what time is it in Tokyo", "time", "get_current_time"],
    ["take a screenshot of the page", "puppeteer", "puppeteer_screenshot"],
    ["read the content of a file on disk", "filesystem", "read_text_file"],
    ["show the commit history", "git", "git_log"],
    ["post a message to a slack channel", "slack", "slack_post_message"],
    ["run a SQL query", "postgres", "query"],
    ["fetch a web page as markdown", "fetch", "fetch"],
    ["merge cells of a worksheet", "excel", "merge_cells"],
  ])("answer %s with %s %s among the first five of each account", (query, server, name) => {
    const best = new ToolRanking(all).search(query).slice(0, 10);
    expect(best.map((found) => `${found.server.replace("second-", "")} ${found.tool}`)).toContain(`${server} ${name}`);
  });
});
