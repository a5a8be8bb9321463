// `massgen mcp call`: calls one tool and prints what it brings.
import { isRecord, type Content, type Json } from "../../../core/index.ts";
import type { ToolOutcome } from "../../../mcp/contract.ts";
import { quoted, usageError } from "../../arguments.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand, withServers, type SafeOutput } from "../../mcp-command.ts";
import type { Io } from "../../../io/index.ts";
import { formDialogue } from "../../form-dialogue.ts";
import { nearest } from "../../nearest.ts";
import { loadMcp, type McpSession, type OpenedServer } from "../../../session/index.ts";
import { CALL_OPTIONS } from "../mcp-options.ts";

export const mcpCallCommand = defineCommand({
  usage: ["mcp call SERVER TOOL ['{JSON}'] --config FILE [--agent ID] [--json]"],
  details:
    "Prints the result; exit code 4 when the call fails. The security policy applies: what it would ask you is allowed, what it denies is not. A form that the server sends is filled in at the prompt, where there is one.",
  options: CALL_OPTIONS,
  examples: [
    "massgen mcp call memory read_graph --config team.yaml",
    `massgen mcp call time get_current_time '{"timezone":"UTC"}' -c team.yaml`,
  ],
  run: async ({ options, positionals }, context) => {
    const { server, tool, input } = readCall(positionals);
    const { config, io, out } = await serversAtHand(options.config, context);
    const { mcpEntries, openMcpSession, openTrail, operatorPolicy, selectEntries } = await loadMcp();
    const team = options.agent === null ? config : { ...config, agents: config.agents.filter(({ id }) => id === options.agent) };
    if (team.agents.length === 0)
      throw usageError(
        `There is no agent ${quoted(options.agent ?? "")}`,
        nearest(
          options.agent ?? "",
          config.agents.map(({ id }) => id),
        ),
      );
    // A misspelt name or policy must not leave an empty trail.
    selectEntries(mcpEntries(team), [server]);
    await operatorPolicy(io, options.policy);
    const audit = await openTrail(io);
    const session = await openMcpSession(team, {
      io,
      servers: [server],
      fresh: false,
      policyFile: options.policy,
      audit,
      ...formsFor(io.terminal),
    });
    const close = async (): Promise<void> => {
      await session.close();
      await audit.close();
    };
    return withServers({ ...session, close }, context, async (signal) => {
      const opened = only(session, server);
      const outcome = await opened.call(tool, input, signal);
      if (options.json) out.json(outcome);
      else sayOutcome(outcome, { out, remedy: remedyFor(outcome, opened, tool) });
      return outcome.ok ? 0 : 4;
    });
  },
});

/** Where a person watches, forms of the server are filled in line by line. */
function formsFor(terminal: Io["terminal"]): { readonly fillIn?: ReturnType<typeof formDialogue> } {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true ? { fillIn: formDialogue(terminal) } : {};
}

function readCall([server, tool, written = "{}", more]: readonly string[]): { server: string; tool: string; input: Json } {
  if (server === undefined || tool === undefined)
    throw usageError("Say which tool: mcp call SERVER TOOL '{\"argument\": 1}' --config FILE");
  if (more !== undefined) throw usageError(`The arguments must be one JSON object in quotes, and ${quoted(more)} comes after it`);
  try {
    const input = JSON.parse(written) as Json;
    if (isRecord(input)) return { server, tool, input };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(`The arguments are not JSON: ${error.message}`, `'{"name": "value"}' in single quotes`);
  }
  throw usageError(`The arguments must be a JSON object, not ${quoted(written)}`);
}

/** Agents may have different entries of one name; then it must be said whose is meant. */
function only({ servers }: McpSession, name: string): OpenedServer {
  const [first, second] = servers;
  if (first === undefined) throw usageError(`There is no server ${quoted(name)}`);
  if (second === undefined) return first;
  const agents = servers.map(({ entry }) => entry.agents.join(", "));
  throw usageError(`Agents have different servers called ${quoted(name)} (${agents.join(" / ")}); add --agent ID`);
}

function remedyFor(outcome: ToolOutcome, opened: OpenedServer, tool: string): string | null {
  if (outcome.ok) return null;
  if (outcome.code !== "unknown-tool") return opened.failure()?.next ?? null;
  const names = opened.tools.list().map((offered) => offered.tool);
  const meant = nearest(tool, names);
  if (meant !== null) return `Did you mean ${meant}?`;
  return names.length === 0
    ? (opened.failure()?.next ?? null)
    : `Its tools: ${names.slice(0, 20).join(", ")}${names.length > 20 ? " …" : ""}.`;
}

function sayOutcome(outcome: ToolOutcome, { out, remedy }: { readonly out: SafeOutput; readonly remedy: string | null }): void {
  if (outcome.ok) {
    for (const item of outcome.content) out.line(contentLine(item));
    if (outcome.content.length === 0) out.remark("(the tool answered with nothing)");
    return;
  }
  out.remark(`massgen: ${outcome.message} [${outcome.code}]`);
  if (remedy) out.remark(remedy);
}

function contentLine(item: Content): string {
  if ("text" in item) return item.text;
  if ("base64" in item) return `[${item.type}: ${item.mediaType}, ${Math.floor(item.base64.length * 0.75)} bytes; --json prints it]`;
  return `[${item.type}: ${item.uri}]`;
}
