import { expect, test } from "vitest";
import { parseConfigText } from "./index.ts";

/** The secrets of a file with this server. */
async function secretsOf(server: object): Promise<readonly string[]> {
  const file = { agent: { backend: { type: "gemini", api_key: "k", mcp_servers: { s: server } } } };
  const { config, problems } = await parseConfigText(JSON.stringify(file), null, { env: {} });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return config?.secrets ?? [];
}

test.each([
  [["--token=Jh5nRb8mLs"]],
  [["--api-key", "Jh5nRb8mLs"]],
  [["-token", "Jh5nRb8mLs"]],
  [["API_TOKEN=Jh5nRb8mLs"]],
  [["--header", "Authorization: Bearer Jh5nRb8mLs"]],
  [["--header", "X-Api-Key:Jh5nRb8mLs"]],
])("a secret in the arguments %j is one of the run's secrets", async (args) => {
  expect(await secretsOf({ command: "node", args })).toContain("Jh5nRb8mLs");
});

test.each(["https://mcp.example.com/mcp?key=Jh5nRb8mLs", "https://mcp.example.com/mcp?a=1&access_token=Jh5nRb8mLs"])(
  "a secret in the address %s is one of the run's secrets",
  async (url) => {
    expect(await secretsOf({ type: "streamable-http", url })).toContain("Jh5nRb8mLs");
  },
);

test.each([
  [["--key-file", "/home/me/keys/id2"]],
  [["--token-count=12"]],
  [["--auth=none"]],
  [["--tokenizer", "cl100k", "--model", "Jh5nRb8mLs"]],
  [["Jh5nRb8mLs"]],
])("what only stands near such a word stays readable: %j", async (args) => {
  expect(await secretsOf({ command: "node", args })).toEqual([]);
});
