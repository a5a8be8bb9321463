// One entry of `mcp_servers`: its keys, the rules between them, and the server configuration it comes to.
import type { Json } from "../core/index.ts";
import { optional, record, reportStranger, withDefault, type ValuesOf } from "./record.ts";
import { inside, report, shown, type Place, type Reading } from "./reading.ts";
import { anything, choice, flag, freeMapping, listOf, number, oneOrMore, text, type Shape } from "./shapes.ts";
import { splitCommand } from "./split-command.ts";
import { childOf, type Mark, type Tree } from "./tree.ts";
import type { McpServerConfig } from "./types.ts";
import { checkUrl } from "./urls.ts";
import { namedTexts, textWithVariables } from "./variables.ts";

const seconds = (max: number) => number({ above: 0, max, unit: "seconds" });
const toolNames = oneOrMore(text(), "a list of tool names");
const NAME_RULE = "a name of 1 to 100 letters, digits, dashes or underscores";
const SERVER_NAME = /^[A-Za-z0-9_-]{1,100}$/;

const FIELDS = {
  name: optional(text({ pattern: SERVER_NAME, expected: NAME_RULE }), "The server's name; in the map form the key."),
  type: optional(
    choice(["stdio", "streamable-http", "sse"]),
    "How the server is reached; stdio where there is a command, streamable-http where there is a url.",
  ),
  command: optional(
    oneOrMore(text({ lenient: true }), "a command: text, or a list of words"),
    "stdio: the program to start, as text (quotes as in a shell) or as a list of words.",
  ),
  args: withDefault(
    listOf(textWithVariables(), "a list of arguments"),
    [],
    "stdio: arguments, appended to the command; ${NAME} is replaced.",
  ),
  env: withDefault(namedTexts("a mapping of names to texts"), {}, "stdio: environment variables of the server; ${NAME} is replaced."),
  cwd: optional(textWithVariables(), "stdio: working folder of the server."),
  url: optional(textWithVariables({ expected: "a URL" }), "streamable-http and sse: the server's address; ${NAME} is replaced."),
  headers: withDefault(
    namedTexts("a mapping of header names to texts"),
    {},
    "streamable-http and sse: request headers; ${NAME} is replaced.",
  ),
  timeout: optional(seconds(3600), "streamable-http and sse: the longest wait for a reply to begin."),
  http_read_timeout: optional(seconds(86_400), "streamable-http and sse: the longest silence of an open stream."),
  allowed_tools: optional(toolNames, "The only tools agents may call; replaces the backend's list for this server."),
  exclude_tools: withDefault(toolNames, [], "Tools agents may not call; added to the backend's list."),
  shared: withDefault(choiceOfSharing(), "auto", "Whether agents share one process: auto, true or false."),
  max_processes: withDefault(number({ min: 1, max: 256, integer: true }), 4, "stdio: most processes of this server."),
  max_concurrency: optional(
    number({ min: 1, max: 1024, integer: true }),
    "Most calls at a time; where left out 1 if any tool changes something, else 16.",
  ),
  idle_timeout: withDefault(
    number({ min: 0, max: 604_800, unit: "seconds" }),
    300,
    "Seconds without a call after which the server is ended; 0 = never.",
  ),
  lazy: withDefault(flag, true, "Connect at the first call where the tools are known from an earlier run."),
  connect_timeout: withDefault(seconds(3600), 60, "The longest time to start and connect."),
  call_timeout: optional(seconds(86_400), "The longest call; progress starts it anew. `tool_call_timeout_seconds` where left out."),
  max_total_timeout: optional(seconds(86_400), "The longest call whatever progress is reported; 600 where left out."),
  restart: withDefault(
    record({
      max: withDefault(number({ min: 0, max: 1000, integer: true }), 3, "Restarts after the server died."),
      backoff: withDefault(number({ min: 0, max: 3600, unit: "seconds" }), 1, "Wait before the first restart; doubles each time."),
    }),
    { max: 3, backoff: 1 },
    "What happens after the server died.",
  ),
  max_message_bytes: withDefault(
    number({ min: 1024, max: 2 ** 30, integer: true, unit: "bytes" }),
    16 * 1024 * 1024,
    "Largest message accepted from the server.",
  ),
  protocol: optional(choice(["legacy", "auto", "2026-07-28"]), "Protocol revision to speak."),
  security: withDefault(freeMapping, {}, "Rules of the security layer: level, allowed_executables, env, allow_localhost and so on."),
};

/** Keys whose values are checked by the part of the program they configure. */
const EXTRA_KEYS = [
  "breaker",
  "writes",
  "auth",
  "cache",
  "max_in_flight_per_agent",
  "rate_limit",
  "permissions",
  "tools",
  "max_tools",
  "roots",
  "sampling",
  "elicitation",
  "gemini_schema",
  "description",
] as const;
const EXTRA_FIELDS = Object.fromEntries(
  EXTRA_KEYS.map((key) => [key, optional(anything, "Checked by the part of the program it configures.")]),
);
const KNOWN_KEYS = [...Object.keys(FIELDS), ...EXTRA_KEYS];

const entryShape = record({ ...FIELDS, ...EXTRA_FIELDS } as typeof FIELDS, {
  stranger: (entry, place, reading) => reportStranger(entry, KNOWN_KEYS, { place, reading }),
});
type EntryValues = ValuesOf<typeof FIELDS>;

/** auto, true or false. */
function choiceOfSharing(): Shape<"auto" | boolean> {
  const word = choice(["auto"]);
  return {
    schema: { enum: ["auto", true, false] },
    read: (tree, place, reading) =>
      tree.kind === "scalar" && tree.value === "auto" ? word.read(tree, place, reading) : flag.read(tree, place, reading),
  };
}

export const mcpServerSchema = entryShape.schema;

export type ServerEntry = {
  readonly server: McpServerConfig;
  readonly mark: Mark;
  readonly allowed: readonly string[] | null;
  readonly excluded: readonly string[];
};
export type ServerDefaults = { readonly key: string | null; readonly callTimeoutMs: number };

/** The server of one entry, its tool lists not joined yet; null after a problem that leaves nothing to start. */
export function readServer(
  tree: Tree,
  at: { readonly place: Place; readonly defaults: ServerDefaults },
  reading: Reading,
): ServerEntry | null {
  const { place, defaults } = at;
  const values = entryShape.read(translateType(tree, place, reading), place, reading);
  if (values === null) return null;
  const name = nameOf(values, { tree, place, key: defaults.key }, reading);
  const transport = transportOf(values, { tree, place }, reading);
  if (name === null || transport === null) return null;
  const callTimeoutMs = values.call_timeout === null ? defaults.callTimeoutMs : Math.round(values.call_timeout * 1000);
  const server: McpServerConfig = {
    name,
    transport,
    allowedTools: values.allowed_tools,
    excludeTools: values.exclude_tools,
    shared: values.shared,
    maxProcesses: values.max_processes,
    maxConcurrency: values.max_concurrency,
    idleTimeoutMs: Math.round(values.idle_timeout * 1000),
    lazy: values.lazy,
    connectTimeoutMs: Math.round(values.connect_timeout * 1000),
    callTimeoutMs,
    maxTotalTimeoutMs: Math.max(callTimeoutMs, Math.round((values.max_total_timeout ?? 600) * 1000)),
    restart: { max: values.restart.max, backoffMs: Math.round(values.restart.backoff * 1000) },
    maxMessageBytes: values.max_message_bytes,
    protocol: values.protocol,
    security: values.security,
    extra: extrasOf(values),
  };
  return { server, mark: tree.mark, allowed: values.allowed_tools, excluded: values.exclude_tools };
}

function extrasOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  const given = EXTRA_KEYS.flatMap((key) =>
    values[key] === null || values[key] === undefined ? [] : [[key, values[key] as Json] as const],
  );
  return Object.fromEntries(given);
}

/** `http` and `streamable_http` are what other programs call streamable-http. */
function translateType(tree: Tree, place: Place, reading: Reading): Tree {
  const type = childOf(tree, "type");
  if (tree.kind !== "mapping" || type?.kind !== "scalar" || typeof type.value !== "string") return tree;
  const written = type.value;
  if (!["http", "streamable_http", "streamableHttp", "streamablehttp"].includes(written)) return tree;
  report(
    reading,
    { place: inside(place, "type"), mark: type.mark },
    {
      code: "former-name",
      message: `\`type: ${written}\` is read as \`type: streamable-http\``,
      severity: "warning",
    },
  );
  return {
    ...tree,
    entries: tree.entries.map((entry) => (entry.key === "type" ? { ...entry, value: { ...type, value: "streamable-http" } } : entry)),
  };
}

function nameOf(
  values: EntryValues,
  at: { readonly tree: Tree; readonly place: Place; readonly key: string | null },
  reading: Reading,
): string | null {
  const name = values.name ?? at.key;
  if (values.name !== null) return values.name;
  const where = { place: at.place, mark: at.tree.mark };
  if (name === null) {
    if (childOf(at.tree, "name") === null)
      report(reading, where, { code: "missing-key", message: "A server in the list form needs a `name`" });
    return null;
  }
  if (SERVER_NAME.test(name)) return name;
  report(reading, where, { code: "out-of-range", message: `A server cannot be called "${shown(name)}"`, expected: NAME_RULE });
  return null;
}

type At = { readonly tree: Tree; readonly place: Place };

function transportOf(values: EntryValues, at: At, reading: Reading): McpServerConfig["transport"] | null {
  const where = { place: at.place, mark: at.tree.mark };
  const given = (key: string): boolean => childOf(at.tree, key) !== null;
  if (given("type") && values.type === null) return null;
  if (values.type === null && given("url") && given("command")) {
    report(reading, where, {
      code: "contradiction",
      message: "The server has a `command` and a `url`, and no `type` that says which one is meant",
      expected: "type: stdio, or type: streamable-http",
    });
    return null;
  }
  const type = values.type ?? (given("url") ? "streamable-http" : "stdio");
  warnUnused(type, at, reading);
  if (type === "stdio") return stdioOf(values, { ...at, given: given("command") }, reading);
  if (values.url === null) {
    if (!given("url")) report(reading, where, { code: "missing-key", message: `A server of type ${type} needs a \`url\`` });
    return null;
  }
  const urlNode = childOf(at.tree, "url");
  if (!checkUrl(values.url, { place: inside(at.place, "url"), mark: urlNode?.mark ?? at.tree.mark }, reading)) return null;
  return {
    type,
    url: values.url,
    headers: values.headers,
    timeoutMs: milliseconds(values.timeout),
    readTimeoutMs: milliseconds(values.http_read_timeout),
  };
}

const milliseconds = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000));

const STDIO_ONLY = ["command", "args", "env", "cwd", "max_processes"];
const HTTP_ONLY = ["url", "headers", "timeout", "http_read_timeout"];

function warnUnused(type: string, { tree, place }: At, reading: Reading): void {
  if (tree.kind !== "mapping") return;
  const unused = type === "stdio" ? HTTP_ONLY : STDIO_ONLY;
  for (const entry of tree.entries.filter(({ key }) => unused.includes(key))) {
    report(
      reading,
      { place: inside(place, entry.key), mark: entry.mark },
      {
        code: "ignored-key",
        message: `\`${entry.key}\` has no effect for a server of type ${type}`,
        severity: "warning",
      },
    );
  }
}

function stdioOf(values: EntryValues, at: At & { readonly given: boolean }, reading: Reading): McpServerConfig["transport"] | null {
  const node = childOf(at.tree, "command");
  const where = { place: node === null ? at.place : inside(at.place, "command"), mark: node?.mark ?? at.tree.mark };
  const fail = (code: string, message: string): null => {
    report(reading, where, { code, message });
    return null;
  };
  if (!at.given || node === null) return fail("missing-key", "A server of type stdio needs a `command` (arguments alone start nothing)");
  if (values.command === null) return null;
  const words = node.kind === "scalar" ? splitCommand(values.command[0] ?? "") : values.command;
  if (words === null) return fail("wrong-type", "A quote in `command` is not closed");
  const [command, ...first] = words;
  if (command === undefined || command.trim() === "") return fail("missing-key", "`command` is empty");
  return { type: "stdio", command, args: [...first, ...values.args], env: values.env, cwd: values.cwd };
}
