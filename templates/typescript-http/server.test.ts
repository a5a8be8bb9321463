// Starts the server on a free port and calls its tools.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const child = spawn(process.execPath, [fileURLToPath(new URL("server.ts", import.meta.url))], {
  env: { ...process.env, PORT: "0", WEATHER_TOKEN: "a-token" },
  stdio: ["ignore", "pipe", "inherit"],
});
after(() => child.kill());
const [line] = await once(child.stdout, "data");
const url = /http:\S+/.exec(String(line))?.[0] ?? "";

const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: "Bearer a-token",
      ...headers,
    },
  });

async function ask(method: string, params: unknown = {}): Promise<any> {
  const response = await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  assert.equal(response.status, 200);
  return response.json();
}

test("greets in the protocol the client speaks", async () => {
  const { result } = await ask("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });
  assert.equal(result.protocolVersion, "2025-11-25");
  assert.equal((await post(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }))).status, 202);
});

test("lists its tools and calls one", async () => {
  const { result: listing } = await ask("tools/list");
  assert.deepEqual(
    listing.tools.map((tool: { name: string }) => tool.name),
    ["cities", "forecast"],
  );
  const { result } = await ask("tools/call", { name: "forecast", arguments: { city: "Oslo", month: 7 } });
  assert.equal(result.content[0].text, "Oslo: 17 °C on average in month 7.");
});

test("lets nobody in who has no token, comes from a page elsewhere, or asks in another way", async () => {
  assert.equal((await post("{}", { authorization: "" })).status, 401);
  assert.equal((await post("{}", { origin: "https://example.com" })).status, 403);
  assert.equal((await fetch(url, { headers: { authorization: "Bearer a-token" } })).status, 405);
  assert.equal((await post("no json")).status, 400);
  assert.equal((await fetch(new URL(url).origin + "//", { headers: { authorization: "Bearer a-token" } })).status, 404);
});
