// What the commands of a conversation answer: a table from their names to the lines they print.
import type { HistoryMessage } from "../core/index.ts";
import { cost, plural, shorten, tokens } from "../displays/index.ts";
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";
import { neutralise } from "../security/index.ts";
import { nearest } from "./nearest.ts";

/** What a conversation remembers. */
export type Talk = {
  readonly history: HistoryMessage[];
  /** One per run; a run that went on has its newest. */
  readonly results: RunResult[];
  readonly servers: { readonly states: Map<string, string>; note(item: LiveItem): void };
};

type Slash = {
  readonly help: string;
  readonly run: (talk: Talk, team: () => Promise<readonly string[]>) => Promise<readonly string[]> | readonly string[];
};

const SLASHES: Readonly<Record<string, Slash>> = {
  "/help": { help: "this list", run: () => Object.entries(SLASHES).map(([name, { help }]) => `  ${name.padEnd(13)}${help}`) },
  "/status": { help: "questions asked, tokens and cost so far", run: status },
  "/agents": { help: "who answers", run: (_talk, team) => team() },
  "/history": { help: "what was said so far", run: history },
  "/mcp": { help: "MCP servers and their state", run: servers },
  "/cost": { help: "cost per question", run: costs },
  "/answer-now": {
    help: "while a question is worked on: decide with what is there",
    run: () => [
      "No question is being worked on. While one is, this command or SIGUSR1 asks for the answer now; in the full screen also the key a.",
    ],
  },
  "/resume": { help: "go on with a run that was stopped: the last one, or /resume RUN", run: () => [] },
  "/clear": { help: "forget what was said", run: forget },
  "/reset": { help: "the same as /clear", run: forget },
  "/quit": { help: "leave (also quit, exit, Ctrl-D)", run: () => [] },
};

/** These need more than what is remembered: the conversation carries them out. */
export const RESUME = "/resume";
export const ANSWER_NOW = "/answer-now";

/** Every command's name, for completion. */
export const SLASH_NAMES: readonly string[] = Object.keys(SLASHES);
const SHORT: Readonly<Record<string, string>> = { "/h": "/help", "/?": "/help" };

/** The lines a command prints; an unknown one says what is near. */
export async function answerSlash(line: string, talk: Talk, team: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const word = line.split(/\s/, 1)[0]?.toLowerCase() ?? "";
  const name = SHORT[word] ?? word;
  const slash = Object.hasOwn(SLASHES, name) ? SLASHES[name] : undefined;
  if (slash !== undefined) return slash.run(talk, team);
  const meant = nearest(name, SLASH_NAMES);
  return [`There is no command ${shorten(neutralise(name), 40)}${meant === null ? "; /help lists them" : `; did you mean ${meant}?`}`];
}

function status({ history: said, results }: Talk): string[] {
  return [`${plural(results.length, "question")} asked, ${plural(said.length / 2, "exchange")} remembered, ${cost(total(results))}`];
}

function history({ history: said }: Talk): string[] {
  if (said.length === 0) return ["Nothing was said yet."];
  return said.flatMap(({ role, text }) => `${role === "user" ? "You" : "MassGen"}: ${neutralise(text)}`.split("\n"));
}

function servers({ servers: { states } }: Talk): string[] {
  if (states.size === 0) return ["No MCP server has been used yet."];
  return [...states].map(([server, state]) => `  ${neutralise(server)}: ${state}`);
}

function costs({ results }: Talk): string[] {
  if (results.length === 0) return ["Nothing was spent yet."];
  const rows = results.map((result, index) => `  ${index + 1}. ${cost(result.cost, result.unpricedSteps)}, ${tokens(result.usage)}`);
  return [...rows, `  together ${cost(total(results))}`];
}

function forget(talk: Talk): string[] {
  talk.history.length = 0;
  return ["Forgotten: the next question starts a new conversation."];
}

/** Null as soon as one question's price is unknown: a sum that leaves something out would be wrong. */
function total(results: readonly RunResult[]): number | null {
  let sum = 0;
  for (const { cost: price } of results) {
    if (price === null) return null;
    sum += price;
  }
  return sum;
}
