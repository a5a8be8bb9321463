// A server entry that says nothing but what it is, as the configuration fills it in; a test names only what it means to be different.
import type { McpServerConfig } from "../config/types.ts";

export const PLAIN_SERVER: Omit<McpServerConfig, "name" | "transport"> = {
  allowedTools: null,
  excludeTools: [],
  shared: "auto",
  maxProcesses: 4,
  maxConcurrency: null,
  idleTimeoutMs: 300_000,
  lazy: true,
  connectTimeoutMs: 60_000,
  callTimeoutMs: 120_000,
  maxTotalTimeoutMs: 600_000,
  restart: { max: 3, backoffMs: 1_000 },
  maxMessageBytes: 16 * 1024 * 1024,
  protocol: null,
  security: {},
  extra: {},
};
