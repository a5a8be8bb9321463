// The one tool by which a model finds the tools that are not declared to it: its declaration, and what a search brings.
import { isRecord, type Json } from "../core/index.ts";
import { neutralise } from "../security/index.ts";
import type { OfferedTool, ToolOutcome } from "./contract.ts";
import { failed } from "./outcomes.ts";
import { ToolRanking } from "./tool-ranking.ts";

/** A server whose tools are not all declared, and how many it has. */
export type OnDemand = {
  readonly server: string;
  readonly tools: number;
  /** What the entry says it is for. */ readonly description?: string;
};

export const SEARCH_TOOLS = "search_tools";
/** Names of servers' tools begin with `mcp__`; this one stands for the search where a program adds that by itself. */
export const SEARCH_TOOLS_RESERVED = `mcp__tools__${SEARCH_TOOLS}`;

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 20;
/** Characters of schemas in one result; the schemas beyond come with the declarations. */
const SCHEMA_ROOM = 24_000;

/** Its text changes only where the servers behind it do. */
export function searchTool(servers: readonly OnDemand[]): OfferedTool {
  const there = servers.map(({ server, tools, description }) => `${server} (${tools}${description ? `: ${description}` : ""})`).join(", ");
  return {
    name: SEARCH_TOOLS,
    server: "massgen",
    tool: SEARCH_TOOLS,
    description: `Finds further tools you can call: ${there}. Say in a few words what the tool should do, or give its name. Tools that are found can be called from your next step on.`,
    inputSchema: {
      type: "object",
      properties: {
        query: { type: "string", description: "What the tool should do, for example: create an issue in a repository." },
        limit: { type: "integer", minimum: 1, maximum: MAX_LIMIT, description: `Most tools to return; ${DEFAULT_LIMIT} where left out.` },
      },
      required: ["query"],
      additionalProperties: false,
    },
    effect: "read-only",
    readOnly: true,
    idempotent: true,
  };
}

/** Whether a model means the search, however it spells it. */
export const isSearch = (name: string): boolean =>
  [SEARCH_TOOLS, SEARCH_TOOLS_RESERVED].includes(
    name
      .replace(/^(?:default_api|functions)[.:]/, "")
      .toLowerCase()
      .replaceAll("-", "_"),
  );

export type Found = { readonly outcome: ToolOutcome; readonly names: readonly string[] };

/** Searches among `tools`; never throws. */
export function findTools(input: Json, tools: readonly OfferedTool[]): Found {
  const query = isRecord(input) && typeof input["query"] === "string" ? input["query"].trim() : "";
  if (query === "") return { outcome: failed("invalid-input", `${SEARCH_TOOLS} needs a \`query\`: a few words of text.`, true), names: [] };
  const wanted = isRecord(input) && typeof input["limit"] === "number" ? Math.floor(input["limit"]) : DEFAULT_LIMIT;
  const limit = Math.min(MAX_LIMIT, Math.max(1, wanted));
  const ranked = rankingOf(tools).search(query);
  const best = ranked.slice(0, limit);
  const result =
    best.length === 0
      ? { tools: [], servers: serversOf(tools), note: "No tool has one of these words. Try other words, or the name of a server." }
      : { tools: describe(best), further_matches: ranked.length - best.length, note: "You can call these from your next step on." };
  return {
    outcome: { ok: true, content: [{ type: "text", text: neutralise(JSON.stringify(result)) }] },
    names: best.map(({ name }) => name),
  };
}

/** The words of an agent's tools are counted once for as long as the tools are the same. */
const rankings = new WeakMap<readonly OfferedTool[], ToolRanking>();

function rankingOf(tools: readonly OfferedTool[]): ToolRanking {
  const known = rankings.get(tools) ?? new ToolRanking(tools);
  rankings.set(tools, known);
  return known;
}

function describe(tools: readonly OfferedTool[]): readonly unknown[] {
  let room = SCHEMA_ROOM;
  return tools.map(({ name, description, inputSchema }) => {
    room -= JSON.stringify(inputSchema).length;
    return { name, description, ...(room >= 0 ? { input_schema: inputSchema } : {}) };
  });
}

function serversOf(tools: readonly OfferedTool[]): readonly string[] {
  return [...new Set(tools.map(({ server }) => server))];
}
