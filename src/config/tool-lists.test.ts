import { describe, expect, test } from "vitest";
import { backendWith, config, onlyAgent } from "./config.test-support.ts";
import { joinToolLists, type BackendLists } from "./tool-lists.ts";

const SERVERS = ["time", "web", "web__deep"];
const none = { allowed: null, excluded: [] };
const backend = (lists: Partial<BackendLists>): BackendLists => ({
  type: "gemini",
  allowed: null,
  excluded: [],
  disallowed: [],
  servers: SERVERS,
  ...lists,
});

describe("tool lists of backend and server are joined (REQ-CONFIG-18)", () => {
  test("without lists everything is allowed", () => {
    expect(joinToolLists("time", none, backend({}))).toEqual({ allowedTools: null, excludeTools: [] });
  });

  test("plain names of the backend's list hold for every server", () => {
    expect(joinToolLists("time", none, backend({ allowed: ["now"], excluded: ["zones"] }))).toEqual({
      allowedTools: ["now"],
      excludeTools: ["zones"],
    });
    expect(joinToolLists("web", none, backend({ allowed: ["now"] })).allowedTools).toEqual(["now"]);
  });

  test("prefixed names hold for their server only", () => {
    const lists = backend({ allowed: ["mcp__time__now", "mcp__web"], excluded: ["mcp__web__post"] });
    expect(joinToolLists("time", none, lists)).toEqual({ allowedTools: ["now"], excludeTools: [] });
    expect(joinToolLists("web", none, lists)).toEqual({ allowedTools: null, excludeTools: ["post"] });
    expect(joinToolLists("web__deep", none, lists).allowedTools).toEqual([]);
  });

  test("the longest server name a prefixed name begins with owns it", () => {
    const lists = backend({ allowed: ["mcp__web__deep__dive"] });
    expect(joinToolLists("web__deep", none, lists).allowedTools).toEqual(["dive"]);
    expect(joinToolLists("web", none, lists).allowedTools).toEqual([]);
  });

  test("an own list of the server replaces the backend's, exclusions add up", () => {
    const joined = joinToolLists(
      "time",
      { allowed: ["mcp__time__zones", "now"], excluded: ["now"] },
      backend({ allowed: ["never"], excluded: ["old"] }),
    );
    expect(joined).toEqual({ allowedTools: ["zones", "now"], excludeTools: ["old", "now"] });
  });

  test("an empty list allows nothing", () => {
    expect(joinToolLists("time", none, backend({ allowed: [] })).allowedTools).toEqual([]);
    expect(joinToolLists("time", { allowed: [], excluded: [] }, backend({})).allowedTools).toEqual([]);
  });

  test("a whole server can be excluded", () => {
    expect(joinToolLists("web", none, backend({ excluded: ["mcp__web"] })).allowedTools).toEqual([]);
    expect(joinToolLists("time", none, backend({ excluded: ["mcp__web"] })).allowedTools).toBeNull();
    expect(joinToolLists("web", none, backend({ allowed: ["mcp__web__*"] })).allowedTools).toBeNull();
  });

  describe("on claude_code", () => {
    const claude = (lists: Partial<BackendLists>): BackendLists => backend({ type: "claude_code", ...lists });

    test("a list of native tools does not limit MCP tools", () => {
      expect(joinToolLists("web", none, claude({ allowed: ["Read", "Bash"] })).allowedTools).toBeNull();
    });

    test("an mcp__ entry makes the list one of MCP tools, too", () => {
      const lists = claude({ allowed: ["Read", "mcp__web", "mcp__time__now"] });
      expect(joinToolLists("web", none, lists).allowedTools).toBeNull();
      expect(joinToolLists("time", none, lists).allowedTools).toEqual(["now"]);
      expect(joinToolLists("web__deep", none, lists).allowedTools).toEqual([]);
    });

    test("disallowed_tools excludes MCP tools by their prefixed names", () => {
      const lists = claude({ disallowed: ["Bash(rm*)", "mcp__web__post", "mcp__time"] });
      expect(joinToolLists("web", none, lists)).toEqual({ allowedTools: null, excludeTools: ["post"] });
      expect(joinToolLists("time", none, lists).allowedTools).toEqual([]);
    });
  });
});

test("the lists of a configuration reach its servers (REQ-CONFIG-18)", async () => {
  const text = backendWith(
    "allowed_tools: [a, mcp__two__b]",
    "exclude_tools: c",
    "mcp_servers:",
    "  one: {command: x}",
    "  two: {command: y, exclude_tools: [d]}",
  );
  const servers = onlyAgent(await config(text)).backend.mcpServers;
  expect(servers.map(({ name, allowedTools, excludeTools }) => [name, allowedTools, excludeTools])).toEqual([
    ["one", ["a"], ["c"]],
    ["two", ["a", "b"], ["c", "d"]],
  ]);
});

test("claude_code keeps its native lists as options", async () => {
  const text =
    "agent: {backend: {type: claude_code, allowed_tools: [Read, mcp__s], disallowed_tools: ['Bash(rm*)'], permission_mode: bypassPermissions, mcp_servers: {s: {command: x}, t: {command: y}}}}";
  const { options, mcpServers } = onlyAgent(await config(text)).backend;
  expect(options).toEqual({ allowed_tools: ["Read", "mcp__s"], disallowed_tools: ["Bash(rm*)"], permission_mode: "bypassPermissions" });
  expect(mcpServers.map(({ allowedTools }) => allowedTools)).toEqual([null, []]);
});
