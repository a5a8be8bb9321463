// Turns whatever went wrong while connecting into an error that names the server, the stage, its last output and the next step.
import { isRecord } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { MCPAuthenticationError, MCPConnectionError, MCPError, MCPTimeoutError, type ConnectionStage } from "./errors.ts";
import type { StdioTransport } from "./stdio-transport.ts";

type Attempt = { readonly server: McpServerConfig; readonly stdio: StdioTransport | null };

export function explainConnectFailure(error: unknown, attempt: Attempt): MCPError {
  const ours = causes(error).find((cause) => cause instanceof MCPError);
  if (ours !== undefined) return ours;
  const { server } = attempt;
  const status = httpStatus(error);
  if (status === 401 || status === 403 || nameOf(error) === "UnauthorizedError") {
    return new MCPAuthenticationError(
      `The server "${server.name}" refused the credentials${status === null ? "" : ` (HTTP ${status})`}.`,
      { serverName: server.name },
      { cause: error },
    );
  }
  if (codeOf(error) === "REQUEST_TIMEOUT" || nameOf(error) === "TimeoutError") {
    const seconds = server.connectTimeoutMs / 1000;
    return new MCPTimeoutError(
      withOutput(`The server "${server.name}" did not answer within ${seconds} s (handshake).`, attempt),
      { serverName: server.name, operation: "connect", timeoutSeconds: seconds },
      {
        cause: error,
        next: `Raise \`connect_timeout\` of "${server.name}", or ${runByHand(server)}.`,
      },
    );
  }
  const stage = stageOf(error, attempt);
  const fields = {
    serverName: server.name,
    transportType: server.transport.type,
    stage,
    ...(attempt.stdio ? { stderr: attempt.stdio.stderr } : hostOf(server)),
  };
  return new MCPConnectionError(withOutput(`The server "${server.name}" ${whatHappened(error, attempt, stage)}.`, attempt), fields, {
    cause: error,
    retryable: stage !== "start" && (status === null || passes(status)),
    next: nextStep(attempt, status),
  });
}

/** Overloaded, starting up, behind a gateway that is: not the request's fault. */
const passes = (status: number): boolean => status >= 500 || status === 429 || status === 408;

function stageOf(error: unknown, { stdio }: Attempt): ConnectionStage {
  if (stdio && stdio.pid === null) return "start";
  return nameOf(error) === "AbortError" ? "start" : "handshake";
}

function whatHappened(error: unknown, { stdio, server }: Attempt, stage: ConnectionStage): string {
  const status = stdio?.status;
  if (status)
    return status.signal
      ? `was ended by ${status.signal} during the ${stage}`
      : `ended with code ${String(status.code)} during the ${stage}`;
  if (stage === "start" && codeOf(error) === "ENOENT" && server.transport.type === "stdio")
    return `could not be started: the working folder ${server.transport.cwd ?? "."} does not exist`;
  const answered = httpStatus(error);
  if (answered !== null) return `could not be reached (${stage}): it answered with HTTP ${answered}${pageText(rootMessage(error))}`;
  return `could not be reached (${stage}): ${rootMessage(error)}`;
}

/** The error and what caused it, the outermost first. */
function causes(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < 6; at = at instanceof Error ? at.cause : undefined) chain.push(at);
  return chain;
}

/** `fetch failed` says nothing; its cause does. */
function rootMessage(error: unknown): string {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error && at.cause instanceof Error; depth += 1) at = at.cause;
  const code = codeOf(at);
  const message = at instanceof Error ? at.message : String(at);
  return (code !== null && !message.includes(code) ? `${code} ${message}` : message).slice(0, 500);
}

/** What a server says with its refusal, where it is no page for a browser. */
function pageText(message: string): string {
  const text = message
    .replace(/^CLIENT_HTTP_\w+ /, "")
    .replace(/^Error POSTing to endpoint: ?/, "")
    .trim();
  return text === "" || /<(?:!doctype|html|head|body)\b/i.test(text) ? "" : `: ${text}`;
}

function withOutput(message: string, { stdio }: Attempt): string {
  const output = stdio?.stderr ?? "";
  return output === "" ? message : `${message} Its last output:\n${output}`;
}

/** Answers of a server that does not know streamable HTTP at this address. */
const NO_SUCH_WAY = new Set([400, 404, 405, 406, 415]);

function nextStep({ server, stdio }: Attempt, status: number | null): string {
  if (server.transport.type === "streamable-http" && status !== null && NO_SUCH_WAY.has(status))
    return `Check the \`url\` of "${server.name}"; if the server speaks the older HTTP with server-sent events, say \`type: sse\`.`;
  const output = stdio?.stderr ?? "";
  if (
    /mcp\.server\.fastmcp|has no attribute '(?:list_tools|call_tool|list_resources|list_prompts)'|cannot import name '.*' from 'mcp/.test(
      output,
    )
  ) {
    return "This Python server needs the older protocol library: pin `mcp<2` where it is installed.";
  }
  if (/E404|404 Not Found - GET/.test(output)) return "The package named in `args` does not exist in the registry; correct its name.";
  if (/EADDRINUSE/.test(output)) return "The port the server wants is in use; end the other process or change the port.";
  const sentence = runByHand(server);
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function runByHand(server: McpServerConfig): string {
  return server.transport.type === "stdio"
    ? `run the command of "${server.name}" by hand and read its output`
    : `check that the server "${server.name}" is running and its \`url\` is right`;
}

function hostOf({ transport }: McpServerConfig): { host?: string; port?: number } {
  if (transport.type === "stdio" || !URL.canParse(transport.url)) return {};
  const { hostname, port } = new URL(transport.url);
  return { host: hostname, ...(port === "" ? {} : { port: Number(port) }) };
}

export const codeOf = (error: unknown): string | null => (isRecord(error) && typeof error["code"] === "string" ? error["code"] : null);
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

export function httpStatus(error: unknown): number | null {
  if (!isRecord(error)) return null;
  const { status, data, code } = error;
  if (typeof status === "number") return status;
  if (isRecord(data) && typeof data["status"] === "number") return data["status"];
  return typeof code === "number" && code >= 400 && code < 600 ? code : null;
}

/** Connected, but its list of tools could not be had. */
export function toolsFailure(error: unknown, server: McpServerConfig, { stderrTail }: { stderrTail(): string }): MCPError {
  if (error instanceof MCPError) return error;
  return new MCPConnectionError(
    `The tools of the server "${server.name}" could not be read: ${error instanceof Error ? error.message : String(error)}.`,
    {
      serverName: server.name,
      transportType: server.transport.type,
      stage: "tools",
      stderr: stderrTail(),
    },
    { cause: error, retryable: true },
  );
}
