import { expect, test } from "vitest";
import { keyOfServer, placeOf } from "./server-keys.ts";
import { WORKFLOW_PREFIX, WORKFLOW_SERVER } from "./workflow-server.ts";

test("a tool is served under the key its server has before it brings tools", () => {
  expect(placeOf("mcp__weather__get__now")).toEqual({ server: "weather", tool: "get__now" });
  expect(keyOfServer("weather")).toBe("weather");
  expect(placeOf("search_tools").server).toBe("tools");
});

test("a server called as ours takes the decisions from nobody", () => {
  const { server, tool } = placeOf(`mcp__${WORKFLOW_SERVER}__vote`);
  expect([server, tool]).toEqual([keyOfServer(WORKFLOW_SERVER), "vote"]);
  expect(server).not.toBe(WORKFLOW_SERVER);
  expect(`mcp__${server}__${tool}`.startsWith(WORKFLOW_PREFIX)).toBe(false);
});
