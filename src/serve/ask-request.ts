// The tool `ask_council` as clients see it, and its arguments, checked: every mistake at once, in words a model can act on.
import type { Limits } from "../config/types.ts";
import type { HistoryMessage } from "../core/index.ts";
import type { ToolDeclaration } from "../mcp/index.ts";
import { RESULT_SCHEMA } from "./answer-report.ts";

export const ASK_COUNCIL = "ask_council";
const MOST_AGENTS = 20;
const MOST_QUESTION = 200_000;
const MOST_HISTORY = 100;

/** What the server lets its clients choose. */
export type Offer = {
  /** Names of the teams beside the server's own. */
  readonly teams: readonly string[];
  /** The server's own team has no file: its size can be asked for. */
  readonly sizes: boolean;
};

export type AskRequest = {
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  /** Null = the server's own. */
  readonly team: string | null;
  readonly agents: number | null;
  readonly budget: Partial<Limits>;
  readonly timeoutMs: number | null;
};

const LIMITS = {
  max_cost_usd: { name: "maxCostUsd", whole: false, help: "Spend at most this much money (US dollars)." },
  max_tokens: { name: "maxTokens", whole: true, help: "Use at most this many tokens, in and out." },
  max_model_calls: { name: "maxModelCalls", whole: true, help: "Make at most this many requests to models." },
  max_tool_calls: { name: "maxToolCalls", whole: true, help: "Make at most this many tool calls." },
} as const satisfies Readonly<Record<string, { readonly name: keyof Limits; readonly whole: boolean; readonly help: string }>>;
type LimitKey = keyof typeof LIMITS;
const LIMIT_KEYS = Object.keys(LIMITS) as readonly LimitKey[];

export function declarationOf({ teams, sizes }: Offer): ToolDeclaration {
  const limits = Object.fromEntries(
    LIMIT_KEYS.map((key) => [key, { type: LIMITS[key].whole ? "integer" : "number", exclusiveMinimum: 0, description: LIMITS[key].help }]),
  );
  return {
    name: ASK_COUNCIL,
    title: "Ask a council of AI agents",
    description:
      "Several AI agents work on the question independently, see each other's answers, improve them or vote, and one presents the result. Worth its time and money for hard or important questions, not for simple look-ups. The agents see only what is written here: give them the whole question with everything it needs. It takes minutes; at a limit the best answer so far is returned.",
    inputSchema: {
      type: "object",
      properties: {
        question: { type: "string", minLength: 1, maxLength: MOST_QUESTION, description: "The whole question, with all it needs." },
        history: {
          type: "array",
          maxItems: MOST_HISTORY,
          description: "What was said before, oldest first.",
          items: {
            type: "object",
            properties: { role: { type: "string", enum: ["user", "assistant"] }, text: { type: "string" } },
            required: ["role", "text"],
            additionalProperties: false,
          },
        },
        ...(teams.length === 0 ? {} : { config: { type: "string", enum: teams, description: "Another team than the usual one." } }),
        ...(sizes ? { agents: { type: "integer", minimum: 1, maximum: MOST_AGENTS, description: "How many agents work on it." } } : {}),
        ...limits,
        timeout_seconds: { type: "number", minimum: 1, description: "Decide with what is there after this many seconds." },
      },
      required: ["question"],
      additionalProperties: false,
    },
    outputSchema: RESULT_SCHEMA,
    // It changes nothing itself; the agents' own tools are under the operator's policy.
    annotations: { readOnlyHint: false, openWorldHint: true },
  };
}

type Reading = { readonly given: Record<string, unknown>; readonly problems: string[] };

/** The request, or everything that is wrong with it. */
export function readRequest(input: unknown, offer: Offer): AskRequest | { readonly problems: readonly string[] } {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return { problems: ["The arguments must be an object."] };
  const reading: Reading = { given: input as Record<string, unknown>, problems: [] };
  const known = Object.keys((declarationOf(offer).inputSchema as { readonly properties: object }).properties);
  for (const key of Object.keys(reading.given)) {
    if (!known.includes(key)) reading.problems.push(`There is no argument ${JSON.stringify(key)}; there are: ${known.join(", ")}.`);
  }
  const request: AskRequest = {
    question: readQuestion(reading),
    history: readHistory(reading),
    team: readTeam(reading, offer),
    agents: readNumber("agents", { whole: true, least: 1, most: MOST_AGENTS }, reading),
    budget: readLimits(reading),
    timeoutMs: milliseconds(readNumber("timeout_seconds", { whole: false, least: 1, most: Number.MAX_SAFE_INTEGER }, reading)),
  };
  if (request.team !== null && request.agents !== null)
    reading.problems.push("`config` and `agents` exclude each other: a configuration names its agents.");
  return reading.problems.length > 0 ? { problems: reading.problems } : request;
}

function readQuestion({ given: { question }, problems }: Reading): string {
  if (typeof question === "string" && question.trim() !== "" && question.length <= MOST_QUESTION) return question.trim();
  problems.push(`\`question\` must be a text of 1 to ${MOST_QUESTION} characters.`);
  return "";
}

function readHistory({ given: { history = [] }, problems }: Reading): readonly HistoryMessage[] {
  if (Array.isArray(history) && history.length <= MOST_HISTORY && history.every(isMessage))
    return history.map(({ role, text }) => ({ role, text }));
  problems.push(`\`history\` must be a list of at most ${MOST_HISTORY} messages {role: "user" or "assistant", text}.`);
  return [];
}

function isMessage(value: unknown): value is HistoryMessage {
  if (typeof value !== "object" || value === null || !("role" in value) || !("text" in value)) return false;
  return (value.role === "user" || value.role === "assistant") && typeof value.text === "string";
}

function readTeam({ given: { config }, problems }: Reading, { teams }: Offer): string | null {
  if (config === undefined) return null;
  const team = teams.find((name) => name === config);
  if (team === undefined && teams.length > 0) problems.push(`\`config\` must be one of ${teams.join(", ")}.`);
  return team ?? null;
}

type Bounds = { readonly whole: boolean; readonly least: number; readonly most: number };

function readNumber(key: string, { whole, least, most }: Bounds, { given, problems }: Reading): number | null {
  const value = given[key];
  if (value === undefined) return null;
  const fits = typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (!fits)
    problems.push(`\`${key}\` must be a ${whole ? "whole " : ""}number of at least ${least}${most <= 1e9 ? ` and at most ${most}` : ""}.`);
  return fits ? value : null;
}

function readLimits(reading: Reading): Partial<Limits> {
  return Object.fromEntries(
    LIMIT_KEYS.map((key) => {
      const { name, whole } = LIMITS[key];
      return [name, readNumber(key, { whole, least: whole ? 1 : Number.MIN_VALUE, most: Number.MAX_SAFE_INTEGER }, reading)] as const;
    }).filter(([, value]) => value !== null),
  );
}

const milliseconds = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds * 1000));
