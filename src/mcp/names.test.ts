import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exposeNames, type ToolIdentity } from "./names.ts";

const SAFE = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const nameOf = (server: string, tool: string, others: readonly ToolIdentity[] = []) =>
  exposeNames([...others, { server, tool }]).nameOf(server, tool) ?? "";

const awkward = fc.oneof(
  fc.string({ size: "medium" }),
  fc.string({ unit: "grapheme", size: "medium" }),
  fc.constantFrom(
    "s",
    "s__a",
    "s_",
    "_s",
    "a__b",
    "b",
    "",
    "__proto__",
    "constructor",
    "vote",
    "new_answer",
    "x".repeat(200),
    "ünïcode ✓",
    "\ud800",
    "list",
    "A",
    "a",
  ),
);
const identities = fc.array(fc.record({ server: awkward, tool: awkward }), { size: "max", maxLength: 60 });

describe("REQ-SCHEMA-1 exposed names", () => {
  test("a name that fits stays as people know it", () => {
    expect(nameOf("weather", "get_forecast")).toBe("mcp__weather__get_forecast");
    expect(nameOf("files", "list")).toBe("mcp__files__list");
    expect(nameOf("s", "_private")).toBe("mcp__s___private");
    expect(nameOf("s", "a__b")).toBe("mcp__s__a__b");
  });

  test("of two pairs that spell the same name only one gets it, whatever else is listed", () => {
    const first = { server: "s", tool: "a__b" };
    const second = { server: "s__a", tool: "b" };
    for (const order of [[first, second], [second, first], [second]]) {
      const map = exposeNames(order);
      expect(map.nameOf("s__a", "b")).toMatch(/^mcp__s_a__b_[0-9a-f]{8}$/);
      if (order.includes(first)) expect(map.nameOf("s", "a__b")).toBe("mcp__s__a__b");
    }
    expect(nameOf("s_", "x")).not.toBe(nameOf("s", "_x"));
  });

  test("what does not fit is shortened, stays readable and keeps both parts", () => {
    const long = nameOf("a_rather_long_server_name_for_project", "retrieve_the_complete_customer_record_by_id");
    const near = nameOf("a_rather_long_server_name_for_project", "retrieve_the_complete_customer_record_by_ix");
    expect(long).toMatch(SAFE);
    expect(long).toMatch(/^mcp__a_rather_long_s.*__retrieve_the_complete.*_[0-9a-f]{8}$/);
    expect(near).not.toBe(long);
    expect(nameOf("x", "search.v2")).toMatch(/^mcp__x__search_v2_[0-9a-f]{8}$/);
    expect(nameOf("m", "3d/render scene.v2 ✓")).toMatch(/^mcp__m__3d_render_scene_v2_[0-9a-f]{8}$/);
    expect(nameOf("x".repeat(200), "y".repeat(200))).toHaveLength(64);
  });

  test("a tool that copies another tool's shortened name takes nothing over", () => {
    const stolen = nameOf("s__a", "b");
    const thief = { server: "s_a", tool: stolen.slice("mcp__s_a__".length) };
    const map = exposeNames([thief, { server: "s__a", tool: "b" }]);
    expect(map.nameOf(thief.server, thief.tool)).toBe(stolen);
    expect(map.nameOf("s__a", "b")).not.toBe(stolen);
    expect(map.resolve(stolen)).toMatchObject(thief);
  });

  test("the workflow tools and further reserved names are never given away", () => {
    expect(exposeNames([{ server: "s", tool: "vote" }]).resolve("vote")).toBeUndefined();
    const map = exposeNames([{ server: "massgen", tool: "vote" }], ["mcp__massgen__vote"]);
    expect(map.nameOf("massgen", "vote")).toMatch(/^mcp__massgen__vote_[0-9a-f]{8}$/);
    expect(map.resolve("mcp__massgen__vote")).toBeUndefined();
  });

  test("any set of names is mapped one to one, provider-safe, and back", () => {
    fc.assert(
      fc.property(identities, (tools) => {
        const map = exposeNames(tools);
        const distinct = new Set(tools.map((tool) => JSON.stringify([tool.server, tool.tool])));
        expect(map.entries).toHaveLength(distinct.size);
        expect(new Set(map.entries.map((entry) => entry.name)).size).toBe(distinct.size);
        for (const entry of map.entries) {
          expect(entry.name).toMatch(SAFE);
          expect(map.resolve(entry.name)).toBe(entry);
        }
      }),
    );
  });

  test("a name does not change with the order or with the other tools", () => {
    fc.assert(
      fc.property(identities, fc.nat(), (tools, at) => {
        const map = exposeNames(tools);
        const backwards = exposeNames([...tools].reverse());
        const one = tools[at % Math.max(1, tools.length)];
        for (const { server, tool } of tools) expect(backwards.nameOf(server, tool)).toBe(map.nameOf(server, tool));
        if (one !== undefined) expect(nameOf(one.server, one.tool)).toBe(map.nameOf(one.server, one.tool));
      }),
    );
  });
});

describe("REQ-SCHEMA-2 re-spelled names", () => {
  const map = exposeNames([
    { server: "brave-search", tool: "web_search" },
    { server: "files", tool: "read-file" },
    { server: "files", tool: "List" },
    { server: "files", tool: "list" },
  ]);

  test.each([
    ["mcp__brave_search__web_search", "web_search"],
    ["MCP__Brave-Search__Web_Search", "web_search"],
    ["brave-search__web_search", "web_search"],
    ["mcp__files__read_file", "read-file"],
    ["default_api:mcp__files__read_file", "read-file"],
    ["mcp__files__list", "list"],
  ])("%s finds its tool", (spelling, tool) => {
    expect(map.resolve(spelling)?.tool).toBe(tool);
  });

  test("a spelling two tools share finds neither", () => {
    expect(map.resolve("files__LIST")).toBeUndefined();
    expect(map.resolve("web_search")).toBeUndefined();
    expect(map.resolve("__proto__")).toBeUndefined();
  });
});
