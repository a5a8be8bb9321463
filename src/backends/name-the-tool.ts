// Adds to a provider's complaint about a tool or its schema which server's tool it was: providers name them by position.
import type { ToolTable } from "./tool-table.ts";
import type { Trouble } from "./trouble.ts";

const POSITIONS = [/function_?declarations\[(\d+)\]/i, /\btools\.(\d+)\b/, /\btools\[(\d+)\]/];

export function nameTheTool(trouble: Trouble, table: ToolTable): Trouble {
  if (trouble.failure.category !== "bad-request") return trouble;
  const { message } = trouble.failure;
  const position = POSITIONS.map((pattern) => pattern.exec(message)?.[1]).find((text) => text !== undefined);
  // The longest name first: one tool's name may begin with another's.
  const byName = [...table.entries].sort((a, b) => b.name.length - a.name.length).find((entry) => message.includes(entry.name));
  const entry = byName ?? (position === undefined ? undefined : table.entries[Number(position)]);
  if (entry?.offered === undefined) return trouble;
  const { server, tool } = entry.offered;
  const named = `${message} – this is the tool "${tool}" of the MCP server "${server}"; exclude_tools can leave it out`;
  return { ...trouble, failure: { ...trouble.failure, message: named } };
}
