// The official conformance suite's server scenarios that need no tools of its own, against the council over HTTP.
import { spawn } from "node:child_process";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { councilScript } from "../src/testing/index.ts";
import { atEnd, place } from "./support/council-client.ts";
import { projectRoot } from "./support/run-cli.ts";
import { startServe } from "./support/started-server.ts";

const SCENARIOS = [
  "server-initialize",
  "server-session-lifecycle",
  "logging-set-level",
  "ping",
  "tools-list",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
];

/** The suite sends no token: this adds it, and leaves everything else as it came. */
async function withToken(url: string, token: string): Promise<string> {
  const { port } = new URL(url);
  const proxy = createServer((request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const onward = httpRequest({ host: "127.0.0.1", port, method: request.method, path: request.url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://localhost:${(proxy.address() as AddressInfo).port}/mcp`;
}

function runSuite(scenario: string, url: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const file = join(projectRoot, "node_modules/mcp-conformance-next/dist/index.js");
  const child = spawn(process.execPath, [file, "server", "--url", url, "--scenario", scenario], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

describe("the conformance suite against massgen serve", () => {
  test.each(SCENARIOS)("%s (REQ-SERVE-11)", { timeout: 60_000 }, async (scenario) => {
    const { folder } = await place(councilScript());
    const { url, token } = await startServe(folder);
    const { code, output } = await runSuite(scenario, await withToken(url, token));
    expect(code, output).toBe(0);
    expect(output).toMatch(/Passed: [1-9]\d*\/\d+, 0 failed, 0 warnings/);
  });
});
