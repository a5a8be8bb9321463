import { describe, expect, test } from "vitest";
import { backendWith, config, onlyAgent } from "./config.test-support.ts";
import { joinToolLists, type BackendLists, type ToolLists } from "./tool-lists.ts";

const SERVERS = ["time", "web", "web__deep"];
const without = (name: string): ToolLists & { readonly name: string } => ({ name, allowedTools: null, excludeTools: [] });
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
    expect(joinToolLists(without("time"), backend({}))).toEqual({ allowedTools: null, excludeTools: [] });
  });

  test("plain names of the backend's list hold for every server", () => {
    expect(joinToolLists(without("time"), backend({ allowed: ["now"], excluded: ["zones"] }))).toEqual({
      allowedTools: ["now"],
      excludeTools: ["zones"],
    });
    expect(joinToolLists(without("web"), backend({ allowed: ["now"] })).allowedTools).toEqual(["now"]);
  });

  test("prefixed names hold for their server only", () => {
    const lists = backend({ allowed: ["mcp__time__now", "mcp__web"], excluded: ["mcp__web__post"] });
    expect(joinToolLists(without("time"), lists)).toEqual({ allowedTools: ["now"], excludeTools: [] });
    expect(joinToolLists(without("web"), lists)).toEqual({ allowedTools: null, excludeTools: ["post"] });
    expect(joinToolLists(without("web__deep"), lists).allowedTools).toEqual([]);
  });

  test("the longest server name a prefixed name begins with owns it", () => {
    const lists = backend({ allowed: ["mcp__web__deep__dive"] });
    expect(joinToolLists(without("web__deep"), lists).allowedTools).toEqual(["dive"]);
    expect(joinToolLists(without("web"), lists).allowedTools).toEqual([]);
  });

  test("an own list of the server replaces the backend's, exclusions add up", () => {
    const joined = joinToolLists(
      { name: "time", allowedTools: ["mcp__time__zones", "now"], excludeTools: ["now"] },
      backend({ allowed: ["never"], excluded: ["old"] }),
    );
    expect(joined).toEqual({ allowedTools: ["zones", "now"], excludeTools: ["old", "now"] });
  });

  test("an empty list allows nothing", () => {
    expect(joinToolLists(without("time"), backend({ allowed: [] })).allowedTools).toEqual([]);
    expect(joinToolLists({ ...without("time"), allowedTools: [] }, backend({})).allowedTools).toEqual([]);
  });

  test("a whole server can be excluded", () => {
    expect(joinToolLists(without("web"), backend({ excluded: ["mcp__web"] })).allowedTools).toEqual([]);
    expect(joinToolLists(without("time"), backend({ excluded: ["mcp__web"] })).allowedTools).toBeNull();
    expect(joinToolLists(without("web"), backend({ allowed: ["mcp__web__*"] })).allowedTools).toBeNull();
  });

  describe("on claude_code", () => {
    const claude = (lists: Partial<BackendLists>): BackendLists => backend({ type: "claude_code", ...lists });

    test("a list of native tools does not limit MCP tools", () => {
      expect(joinToolLists(without("web"), claude({ allowed: ["Read", "Bash"] })).allowedTools).toBeNull();
    });

    test("an mcp__ entry makes the list one of MCP tools, too", () => {
      const lists = claude({ allowed: ["Read", "mcp__web", "mcp__time__now"] });
      expect(joinToolLists(without("web"), lists).allowedTools).toBeNull();
      expect(joinToolLists(without("time"), lists).allowedTools).toEqual(["now"]);
      expect(joinToolLists(without("web__deep"), lists).allowedTools).toEqual([]);
    });

    test("disallowed_tools excludes MCP tools by their prefixed names", () => {
      const lists = claude({ disallowed: ["Bash(rm*)", "mcp__web__post", "mcp__time"] });
      expect(joinToolLists(without("web"), lists)).toEqual({ allowedTools: null, excludeTools: ["post"] });
      expect(joinToolLists(without("time"), lists).allowedTools).toEqual([]);
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
