// One entry of `mcp_servers` and the server configuration it comes to.
import type { Json } from "../core/index.ts";
import { literalSecrets } from "./literal-secrets.ts";
import { EXTRA_KEYS } from "./mcp-server-extras.ts";
import { SERVER_NAME, SERVER_NAME_RULE, serverShape, type ServerValues } from "./mcp-server-fields.ts";
import { transportOf, translateType } from "./mcp-transport.ts";
import { keepSecret, report, shown, type Place, type Reading } from "./reading.ts";
import { childOf, type Tree } from "./tree.ts";
import type { McpServerConfig } from "./types.ts";
import { referencesIn } from "./variables.ts";

export type ServerDefaults = { readonly key: string | null; readonly callTimeoutMs: number };

const DEFAULT_TOTAL_MS = 600_000;

/** The server of one entry, its tool lists not joined yet; null after a problem that leaves nothing to start. */
export function readServer(
  tree: Tree,
  at: { readonly place: Place; readonly defaults: ServerDefaults },
  reading: Reading,
): McpServerConfig | null {
  const { place, defaults } = at;
  const values = serverShape.read(translateType(tree, place, reading), place, reading);
  if (values === null) return null;
  const name = nameOf(values, { tree, place, key: defaults.key }, reading);
  const transport = transportOf(values, { tree, place }, reading);
  if (name === null || transport === null) return null;
  for (const secret of literalSecrets(transport)) keepSecret(reading, secret);
  const callTimeoutMs = values.call_timeout === null ? defaults.callTimeoutMs : Math.round(values.call_timeout * 1000);
  const totalMs =
    values.max_total_timeout === null ? Math.max(callTimeoutMs, DEFAULT_TOTAL_MS) : Math.round(values.max_total_timeout * 1000);
  const references = referencesIn(tree);
  return {
    name,
    transport,
    allowedTools: values.allowed_tools,
    excludeTools: values.exclude_tools,
    ...(values.read_only_tools.length === 0 ? {} : { readOnlyTools: values.read_only_tools }),
    ...(values.writes === null ? {} : { writes: values.writes }),
    shared: values.shared,
    maxProcesses: values.max_processes,
    maxConcurrency: values.max_concurrency,
    idleTimeoutMs: Math.round(values.idle_timeout * 1000),
    lazy: values.lazy,
    connectTimeoutMs: Math.round(values.connect_timeout * 1000),
    callTimeoutMs: Math.min(callTimeoutMs, totalMs),
    maxTotalTimeoutMs: totalMs,
    restart: { max: values.restart.max, backoffMs: Math.round(values.restart.backoff * 1000) },
    maxMessageBytes: values.max_message_bytes,
    protocol: values.protocol,
    security: values.security,
    extra: extrasOf(values),
    ...(references.length === 0 ? {} : { references }),
  };
}

function extrasOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  const given = EXTRA_KEYS.flatMap((key) =>
    values[key] === null || values[key] === undefined ? [] : [[key, values[key] as Json] as const],
  );
  return Object.fromEntries(given);
}

function nameOf(
  values: ServerValues,
  at: { readonly tree: Tree; readonly place: Place; readonly key: string | null },
  reading: Reading,
): string | null {
  if (values.name !== null) return values.name;
  const name = at.key;
  const where = { place: at.place, mark: at.tree.mark };
  if (name === null) {
    if (childOf(at.tree, "name") === null)
      report(reading, where, { code: "missing-key", message: "A server in the list form needs a `name`" });
    return null;
  }
  if (SERVER_NAME.test(name)) return name;
  report(reading, where, { code: "out-of-range", message: `A server cannot be called "${shown(name)}"`, expected: SERVER_NAME_RULE });
  return null;
}
