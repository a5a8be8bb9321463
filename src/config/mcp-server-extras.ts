// The keys of a server's entry that the MCP layer and the security layer read themselves: checked here, handed on as they are written.
import type { Json } from "../core/index.ts";
import { optional, record, type Field } from "./record.ts";
import { anything, choice, flag, number, oneOrMore, text, type Shape } from "./shapes.ts";
import { authShape, permissionsShape } from "./mcp-server-rules.ts";

const count = (max: number, min = 1) => number({ min, max, integer: true });
const seconds = number({ min: 0, max: 604_800, unit: "seconds" });
const share = number({ min: 0, max: 1.01 });
const factor = number({ min: 1, max: 1_000 });

const breaker = record({
  enabled: optional(flag, "False = the server is asked whatever happened before."),
  max_failures: optional(count(1_000), "Failures in a row that open it."),
  reset_time: optional(seconds, "The first wait; it grows with every cycle that brings no recovery."),
  backoff_multiplier: optional(factor, "How the wait grows."),
  max_backoff_multiplier: optional(factor, "The longest wait, as a multiple of the first."),
  jitter: optional(number({ min: 0, max: 0.9 }), "Part of the wait that is random."),
  window: optional(count(10_000), "Calls looked at for the two rates."),
  min_calls: optional(count(10_000), "The rates count from this many calls on."),
  timeout_rate: optional(share, "Share of time-outs that opens it; 1.01 = never."),
  slow_call: optional(seconds, "A call longer than this is slow; 0 = none is."),
  slow_call_rate: optional(share, "Share of slow calls that opens it."),
  probes: optional(count(100), "Probes in a row that close it."),
});

const cache = record({
  ttl: optional(seconds, "How long a list of tools is fresh."),
  read_ttl: optional(seconds, "How long the result of a read-only call may be given to another agent."),
  reads: optional(flag, "False = no agent gets another agent's result."),
  disk: optional(flag, "Whether lists of tools are kept between runs."),
});

const tools = record({
  resources: optional(flag, "Whether resources are offered as tools."),
  prompts: optional(flag, "Whether prompts are offered as tools."),
});

const pace = record({
  calls: optional(count(1_000_000), "Most calls …"),
  seconds: optional(number({ above: 0, max: 86_400, unit: "seconds" }), "… in this many seconds."),
});

/** A number, or the mapping that says more. */
function numberOr(one: Shape<number>, more: Shape<unknown>): Shape<unknown> {
  return {
    schema: { anyOf: [one.schema, more.schema] },
    read: (tree, place, reading) => (tree.kind === "mapping" ? more : one).read(tree, place, reading),
  };
}

/** What is read is only checked: the layer that acts on the key fills in its own defaults. */
function checked(shape: Shape<unknown>, description: string): Field<Json | null> {
  return optional<Json>(
    {
      schema: shape.schema,
      read: (tree, place, reading) => (shape.read(tree, place, reading) === null ? null : anything.read(tree, place, reading)),
    },
    description,
  );
}

const willing = choice(["deny", "ask", "allow"]);

export const EXTRA_FIELDS = {
  breaker: checked(breaker, "When a failing server is held back."),
  cache: checked(cache, "What is remembered of the server."),
  max_in_flight_per_agent: checked(count(1_024), "Most calls of one agent at a time."),
  rate_limit: checked(
    numberOr(number({ min: 1, max: 1_000_000 }), pace),
    "Most calls per minute, or `{calls, seconds}`; calls beyond that wait. Counted over all agents.",
  ),
  ping_interval: checked(
    seconds,
    "How long nothing may be heard of a connected server before it is asked whether it is there (`ping`); 0 = it is not asked. 60 for remote servers, 0 for processes. Not in revision 2026-07-28, which has no ping.",
  ),
  permissions: optional(
    permissionsShape,
    "A list of rules `{decision: allow, ask or deny, agent, server, tool, arguments}`; they can only add strictness to the operator's policy.",
  ),
  tools: checked(tools, "`resources` and `prompts`: whether a server's resources and prompts are offered as tools (true)."),
  max_tools: checked(count(10_000, 0), "With more tools than this, the server's are found through search_tools instead of being declared."),
  roots: checked(
    oneOrMore(text(), "a folder, or a list of folders"),
    "Folders the server is told it may work in, where it asks (`roots/list`); relative to the working folder. None where left out.",
  ),
  elicitation: checked(
    willing,
    "What happens when the server asks for something in the middle of a call: `deny` = declined; `ask` = a person is asked where one is there, else declined; `allow` = forms are accepted with the values they propose. `ask` where left out.",
  ),
  sampling: checked(
    willing,
    "What happens when the server asks for an answer of a model: `deny` = refused; `ask` = after a person agreed, where one is there; `allow` = answered by the model of the agent whose call it is, within the budget. `deny` where left out.",
  ),
  description: checked(
    text({ maxLength: 1_000 }),
    "What the server is for; shown by `massgen mcp list` and to models that search for tools.",
  ),
  auth: optional(authShape, "streamable-http and sse: how a token is got (OAuth); ${NAME} is replaced."),
};
export const EXTRA_KEYS = Object.keys(EXTRA_FIELDS) as readonly (keyof typeof EXTRA_FIELDS)[];

/** Keys without effect in a server's entry, with where they belong. */
export const IDLE_SERVER_KEYS = { gemini_schema: "has no effect in a server's entry; it belongs under `backend`" };
