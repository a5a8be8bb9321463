// How much a question and the description of a tool speak of the same things, by the words they share.
import type { OfferedTool } from "../../mcp/contract.ts";

const STOP_WORDS = new Set(
  (
    "a an and any are as ask at be by call can could do does for from get give has have how i if in into is it its let make me my of on one or our out please " +
    "question shall should so some tell than that the their them then there these this those to tool use uses using want was we were what when where which who whose why will with " +
    "would you your current returns return"
  ).split(" "),
);

/** Lower-case words without endings that only inflect; numbers and stop words are left out. */
export function contentWords(text: string): readonly string[] {
  const words =
    text
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  return words.filter((word) => word.length > 1 && !STOP_WORDS.has(word)).map(stem);
}

function stem(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith("ing")) return word.slice(0, -3);
  if (word.length > 4 && /(?:ed|(?:[sxz]|[cs]h)es)$/.test(word)) return word.slice(0, -2);
  const singular = word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
  return singular.length > 3 && singular.endsWith("e") ? singular.slice(0, -1) : singular;
}

/**
 * 0 where they share nothing. The share of the question's words that the description knows (0 to 1), half a point more where one of
 * them is in the tool's name, and a whole point where the question names the tool.
 */
export function wordOverlap(question: string, tool: Pick<OfferedTool, "tool" | "description" | "inputSchema">): number {
  const asked = [...new Set(contentWords(question))];
  if (asked.length === 0) return 0;
  const name = new Set(contentWords(tool.tool));
  const known = new Set([...name, ...contentWords(tool.description), ...contentWords(schemaWords(tool.inputSchema))]);
  const shared = asked.filter((word) => known.has(word)).length / asked.length;
  const inName = asked.some((word) => name.has(word)) ? 0.5 : 0;
  return shared + inName + (namesTool(question, tool.tool) ? 1 : 0);
}

/** Names of several words count wherever they stand; a plain word only beside the word "tool". */
function namesTool(question: string, name: string): boolean {
  const text = question.toLowerCase();
  const lower = name.toLowerCase();
  return /[-_.]/.test(lower) ? text.includes(lower) : text.includes(`${lower} tool`) || text.includes(`tool ${lower}`);
}

/** Property names and the values that may be chosen. */
function schemaWords(schema: OfferedTool["inputSchema"]): string {
  if (typeof schema !== "object" || typeof schema["properties"] !== "object" || schema["properties"] === null) return "";
  return Object.entries(schema["properties"])
    .map(([key, value]: [string, unknown]) => `${key} ${enumWords(value)}`)
    .join(" ");
}

function enumWords(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("enum" in schema) || !Array.isArray(schema.enum)) return "";
  return schema.enum.filter((value) => typeof value === "string").join(" ");
}
