// Server entries as the examples of rules sketch them, made whole.
import type { McpServerConfig } from "../config/types.ts";
import { PLAIN_SERVER } from "../testing/plain-server.ts";
import { subjectOf } from "./check-server.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import type { ServerSketch, ServerSubject } from "./types.ts";

/** The subject a rule's example stands for. */
export function subjectOfSketch(sketch: ServerSketch): ServerSubject {
  return subjectOf(serverOfSketch(sketch), { ...DEFAULT_POLICY, ...sketch.policy }, sketch.context ?? {});
}

export function serverOfSketch(sketch: ServerSketch): McpServerConfig {
  const [command = "", ...args] = sketch.argv ?? [];
  return {
    ...PLAIN_SERVER,
    name: sketch.name ?? "s",
    transport:
      sketch.url === undefined
        ? { type: "stdio", command, args, env: sketch.env ?? {}, cwd: sketch.cwd ?? null }
        : { type: sketch.type ?? "streamable-http", url: sketch.url, headers: sketch.headers ?? {}, timeoutMs: null, readTimeoutMs: null },
    security: sketch.security ?? {},
  };
}
