// The keys of one entry of `mcp_servers`, with their bounds and defaults.
import { EXTRA_FIELDS, IDLE_SERVER_KEYS } from "./mcp-server-extras.ts";
import { securityShape } from "./mcp-server-rules.ts";
import { optional, record, withDefault, type ValuesOf } from "./record.ts";
import { choice, flag, listOf, number, oneOrMore, text, type Shape } from "./shapes.ts";
import { namedTexts, textWithVariables } from "./variables.ts";

const seconds = (max: number) => number({ above: 0, max, unit: "seconds" });
const toolNames = oneOrMore(text(), "a list of tool names");
export const SERVER_NAME_RULE = "a name of 1 to 100 letters, digits, dashes or underscores";
export const SERVER_NAME = /^[A-Za-z0-9_-]{1,100}$/;

const FIELDS = {
  name: optional(text({ pattern: SERVER_NAME, expected: SERVER_NAME_RULE }), "The server's name; in the map form the key."),
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
  read_only_tools: withDefault(
    toolNames,
    [],
    "Tools that change nothing although their server does not say so: called at any time, side by side, also under `writes: winner`. What the server calls destructive stays so.",
  ),
  writes: optional(
    choice(["everyone", "winner", "ask"]),
    "As `orchestrator.writes`, for this server. `winner` is refused for servers that hold the state of one agent.",
  ),
  shared: withDefault(choiceOfSharing(), "auto", "Whether agents share one process: auto, true or false."),
  max_processes: withDefault(number({ min: 1, max: 256, integer: true }), 4, "stdio: most processes of this server."),
  max_concurrency: optional(
    number({ min: 1, max: 1024, integer: true }),
    "Most calls at a time, 16 where left out; a call that may change something always runs alone.",
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
  security: withDefault(securityShape, {}, "Rules of the security layer: level, allowed_executables, env, allow_localhost and so on."),
};

export const serverShape = record({ ...FIELDS, ...EXTRA_FIELDS } as typeof FIELDS, {
  idle: IDLE_SERVER_KEYS,
});
export type ServerValues = ValuesOf<typeof FIELDS>;

/** auto, true or false. */
function choiceOfSharing(): Shape<"auto" | boolean> {
  const word = choice(["auto"]);
  return {
    schema: { enum: ["auto", true, false] },
    read: (tree, place, reading) =>
      tree.kind === "scalar" && tree.value === "auto" ? word.read(tree, place, reading) : flag.read(tree, place, reading),
  };
}
