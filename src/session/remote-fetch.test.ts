// Where the names of remote servers may lead, by the policy and the entry; the connections are real, the resolver is ours.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { McpServerConfig } from "../config/types.ts";
import { createIo } from "../io/index.ts";
import { DEFAULT_POLICY, type OperatorPolicy } from "../security/index.ts";
import { PLAIN_SERVER } from "../testing/plain-server.ts";
import { remoteFetch } from "./remote-fetch.ts";

const server = (security: McpServerConfig["security"] = {}): McpServerConfig => ({
  ...PLAIN_SERVER,
  name: "s",
  transport: { type: "streamable-http", url: "https://mcp.example.com/", headers: {}, timeoutMs: null, readTimeoutMs: null },
  maxProcesses: 1,
  idleTimeoutMs: 0,
  connectTimeoutMs: 5_000,
  callTimeoutMs: 5_000,
  maxTotalTimeoutMs: 5_000,
  restart: { max: 0, backoffMs: 0 },
  maxMessageBytes: 1_000,
  security,
});

async function ask(
  hostname: string,
  addresses: readonly string[],
  { security = {}, policy = {} }: { security?: McpServerConfig["security"]; policy?: Partial<OperatorPolicy> } = {},
): Promise<string> {
  const target = createServer((_request, response) => void response.end("answered"));
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    target.closeAllConnections();
    target.close();
  });
  const fetch = remoteFetch(server(security), {
    io: { ...createIo(), env: {} },
    policy: { ...DEFAULT_POLICY, ...policy },
    resolve: (_name, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      ),
  });
  try {
    return await (await fetch(`http://${hostname}:${(target.address() as AddressInfo).port}/`)).text();
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  }
}

describe("REQ-SECRUN-5 addresses of a remote server", () => {
  test("this machine is reached under its own names; a public name that leads here only where the entry or the operator says so", async () => {
    expect(await ask("localhost", ["127.0.0.1"])).toBe("answered");
    expect(await ask("127.0.0.1", [])).toBe("answered");
    expect(await ask("mcp.example.com", ["127.0.0.1"])).toMatch(/mcp\.example\.com leads to 127\.0\.0\.1, and it is this machine itself/);
    expect(await ask("mcp.example.com", ["127.0.0.1"], { security: { allow_localhost: true } })).toBe("answered");
    expect(await ask("mcp.example.com", ["127.0.0.1"], { policy: { allowedHosts: ["mcp.example.com"] } })).toBe("answered");
    expect(await ask("localhost", ["127.0.0.1"], { policy: { localhost: "never" }, security: { allow_localhost: true } })).toMatch(
      /this machine itself/,
    );
  });

  test("private, reserved and metadata addresses are refused, even one among good ones", async () => {
    for (const bad of ["10.1.2.3", "169.254.169.254", "::ffff:192.168.0.1", "fd00:ec2::254", "0.0.0.0"]) {
      expect(await ask("mcp.example.com", ["127.0.0.1", bad], { security: { allow_localhost: true } }), bad).toMatch(
        new RegExp(`leads to ${bad}, and it`),
      );
    }
    expect(await ask("169.254.169.254", [])).toMatch(/metadata/);
  });
});
