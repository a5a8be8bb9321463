// What makes two server entries the same server: how it is reached and with which credentials; never its name, lists or limits.
import { resolveCommand, type Environment } from "../io/index.ts";
import { canonicalJson, type Json } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { keyedDigest, sha256 } from "./digests.ts";

export type FingerprintSurroundings = {
  readonly env: Environment;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Random, kept on this machine. */ readonly key: string;
};

/** 64 hex digits. Values of `env` and `headers` enter as keyed digests only. */
export function fingerprintOf({ transport, extra }: McpServerConfig, around: FingerprintSurroundings): string {
  if (transport.type !== "stdio") {
    return sha256(
      canonicalJson({
        type: transport.type,
        url: keyedDigest(around.key, transport.url),
        headers: digests(transport.headers, around.key),
        ...toldApart(extra),
        auth: extra["auth"] ? keyedDigest(around.key, canonicalJson(extra["auth"])) : undefined,
      }),
    );
  }
  const cwd = transport.cwd ?? around.cwd;
  const env = { ...around.env, ...transport.env };
  const resolved = resolveCommand({ command: transport.command, args: transport.args, env, cwd, platform: around.platform });
  return sha256(
    canonicalJson({
      type: "stdio",
      file: resolved?.file ?? transport.command,
      args: transport.args.map((arg) => keyedDigest(around.key, arg)),
      cwd,
      ...toldApart(extra),
      env: digests(transport.env, around.key),
    }),
  );
}

/** What a server is told of us belongs to its connection: entries that tell different things cannot share one. */
function toldApart(extra: McpServerConfig["extra"]): Readonly<Record<string, Json>> {
  const keys = ["roots", "elicitation", "sampling"] as const;
  return Object.fromEntries(keys.flatMap((key) => (extra[key] === undefined ? [] : [[key, extra[key]] as const])));
}

function digests(values: Readonly<Record<string, string>>, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, keyedDigest(key, value)]));
}
