// Starts the server as MassGen would, and calls its tools.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const child = spawn(process.execPath, [fileURLToPath(new URL("server.ts", import.meta.url))], { stdio: ["pipe", "pipe", "inherit"] });
const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
after(() => child.kill());

let id = 0;
async function ask(method: string, params: unknown = {}): Promise<any> {
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params })}\n`);
  const { value } = await replies.next();
  const reply = JSON.parse(String(value));
  assert.equal(reply.id, id);
  return reply;
}

test("greets in the protocol the client speaks", async () => {
  const { result } = await ask("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });
  assert.equal(result.protocolVersion, "2025-11-25");
  assert.ok(result.capabilities.tools);
});

test("lists its tools with their arguments", async () => {
  const { result } = await ask("tools/list");
  assert.deepEqual(
    result.tools.map((tool: { name: string }) => tool.name),
    ["cities", "forecast"],
  );
});

test("calls a tool", async () => {
  const { result } = await ask("tools/call", { name: "forecast", arguments: { city: "Oslo", month: 7 } });
  assert.equal(result.content[0].text, "Oslo: 17 °C on average in month 7.");
});

test("tells the model what was wrong with a call", async () => {
  const { result } = await ask("tools/call", { name: "forecast", arguments: { city: "Atlantis" } });
  assert.equal(result.isError, true);
  assert.match(result.content[0].text, /Known cities/);
});

test("refuses what does not exist", async () => {
  assert.equal((await ask("tools/call", { name: "nothing" })).error.code, -32602);
  assert.equal((await ask("nonsense")).error.code, -32601);
});
