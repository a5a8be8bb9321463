// Keys of a server's entry that other layers act on: mistakes in them are found here, before anything is started.
import { expect, test } from "vitest";
import { config, read, serverWith } from "./config.test-support.ts";

test.each([
  ["breaker: {max_failurs: 3}", "max_failures"],
  ["breaker: {jitter: 2}", "0.9"],
  ["cache: {disk: 7}", "true or false"],
  ["tools: {resources: 3}", "true or false"],
  ["rate_limit: fast", "a number"],
  ["rate_limit: {calls: 0}", "from 1"],
  ["max_tools: -1", "from 0"],
  ["max_in_flight_per_agent: 0", "from 1"],
  ["ping_interval: -1", "from 0"],
  ["sampling: alow", "allow"],
  ["elicitation: maybe", "deny"],
  ["roots: [3]", "text"],
  ["description: [x]", "text"],
  ["security: {levl: strict}", "level"],
  ["security: {allow_everything: true}", "it has no effect"],
  ["security: {allow_private_ips: maybe}", "true or false"],
  ["security: {env: {denied_var: [A]}}", "denied_vars"],
  ["security: {allowed_executables: node}", "a list of texts"],
  ["auth: {grnt: client_credentials}", "grant"],
  ["auth: [x]", "true, false or a group"],
  ["permissions: {decision: deny}", "a list of rules"],
  ["permissions: [{decison: deny, decision: deny}]", "decision"],
  ["permissions: [{decison: deny}]", "decision"],
  ["permissions: [{tool: x}]", "needs a `decision`"],
  ["permissions: [{decision: never}]", "deny"],
  ["permissions: [{decision: deny, arguments: {path: 3}}]", "text"],
])("%s is an error that says what is expected (REQ-MCP-47)", async (line, words) => {
  const { problems } = await read(serverWith("command: x", line));
  expect(problems).toHaveLength(1);
  expect(problems[0]?.severity).toBe("error");
  expect(JSON.stringify(problems[0])).toContain(words);
});

test("what is right is handed on as it is written", async () => {
  const lines = [
    "breaker: {max_failures: 2, slow_call: 1.5}",
    "cache: {ttl: 60, read_ttl: 0, reads: false, disk: false}",
    "rate_limit: {calls: 5, seconds: 2}",
    "max_tools: 20",
    "ping_interval: 30",
    "roots: .",
    "elicitation: deny",
    "sampling: ask",
    "description: The books.",
  ];
  const { agents } = await config(serverWith("command: x", ...lines));
  expect(agents[0]?.backend.mcpServers[0]?.extra).toEqual({
    breaker: { max_failures: 2, slow_call: 1.5 },
    cache: { ttl: 60, read_ttl: 0, reads: false, disk: false },
    rate_limit: { calls: 5, seconds: 2 },
    max_tools: 20,
    ping_interval: 30,
    roots: ".",
    elicitation: "deny",
    sampling: "ask",
    description: "The books.",
  });
});

test("a key that would do nothing here is warned of, with its place", async () => {
  const { problems } = await read(serverWith("command: x", "gemini_schema: json"));
  expect(problems).toMatchObject([{ severity: "warning", message: expect.stringContaining("belongs under `backend`") }]);
});
