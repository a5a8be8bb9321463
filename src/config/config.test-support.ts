// What the tests of this folder share: loading a text and looking at what came of it.
import type { Problem } from "../errors/index.ts";
import { parseConfigText, type ReadOptions } from "./load.ts";
import type { AgentConfig, MassgenConfig, McpServerConfig } from "./types.ts";

/** Every provider's key, so that a test that is not about keys needs none. */
export const KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  ["GOOGLE", "OPENAI", "ANTHROPIC", "XAI", "ZAI", "CEREBRAS", "NEBIUS", "FIREWORKS", "AZURE_OPENAI"].map((name) => [
    `${name}_API_KEY`,
    `key-of-${name.toLowerCase()}`,
  ]),
);

export type Outcome = { readonly config: MassgenConfig | null; readonly problems: readonly Problem[] };

export function read(text: string, options: Partial<ReadOptions> & { readonly file?: string } = {}): Promise<Outcome> {
  return parseConfigText(text, options.file ?? "team.yaml", { env: KEYS, ...options });
}

/** The configuration; fails with the problems where there is none. */
export async function config(text: string, options: Partial<ReadOptions> & { readonly file?: string } = {}): Promise<MassgenConfig> {
  const outcome = await read(text, options);
  if (outcome.config === null) throw new Error(outcome.problems.map(line).join("\n"));
  return outcome.config;
}

/** `line:column [warning] message (expected …) (did you mean …)`. */
export function line(problem: Problem): string {
  const expected = problem.expected === null ? "" : ` (expected ${problem.expected})`;
  const suggestion = problem.suggestion === null ? "" : ` (did you mean ${problem.suggestion}?)`;
  return `${problem.line}:${problem.column} ${problem.severity === "warning" ? "warning " : ""}${problem.message}${expected}${suggestion}`;
}

/** One gemini agent with these lines, indented by four, under `backend`. */
export function backendWith(...lines: readonly string[]): string {
  return ["agent:", "  backend:", "    type: gemini", ...lines.map((text) => `    ${text}`)].join("\n");
}

/** One gemini agent with one server `s` of these lines. */
export function serverWith(...lines: readonly string[]): string {
  return backendWith("mcp_servers:", "  s:", ...lines.map((text) => `    ${text}`));
}

export function onlyAgent(loaded: MassgenConfig): AgentConfig {
  const [agent] = loaded.agents;
  if (agent === undefined || loaded.agents.length !== 1) throw new Error(`${loaded.agents.length} agents`);
  return agent;
}

export function onlyServer(loaded: MassgenConfig): McpServerConfig {
  const [server] = onlyAgent(loaded).backend.mcpServers;
  if (server === undefined) throw new Error("no server");
  return server;
}
