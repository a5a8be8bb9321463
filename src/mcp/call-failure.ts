// What a failed call is told as: may it have happened, may it be tried again, and whose fault was it.
import { isRecord } from "../core/index.ts";
import type { ToolFailureCode } from "./contract.ts";
import { codeOf, httpStatus } from "./connect-failure.ts";
import { MCPAuthenticationError } from "./errors.ts";
import { REPLY_TOO_LARGE, STREAM_ENDED } from "./wire.ts";

export type CallEnd = {
  readonly server: string;
  readonly tool: string;
  readonly readOnly: boolean;
  /** "deadline": our time limit ended it; "abort": the caller did. */
  readonly endedBy: "deadline" | "abort" | null;
  readonly limitMs: number;
};
export type CallFailure = {
  readonly code: ToolFailureCode;
  readonly message: string;
  readonly retryable: boolean;
  /** What the circuit breaker counts; null = the server works. */
  readonly fault: "crash" | "timeout" | "server" | null;
  /** The connection is of no use any more. */
  readonly connectionLost?: true;
  /** The request was certainly not carried out. */
  readonly notSent?: true;
  /** The list of tools is out of date. */
  readonly staleCatalog?: true;
};

const NOT_REPEATED =
  "It is not known whether it took effect; it was not and will not be repeated by itself. Find out before you call it again.";

export function explainCallFailure(error: unknown, end: CallEnd): CallFailure {
  const name = `The tool "${end.tool}" of "${end.server}"`;
  if (end.endedBy === "abort")
    return end.readOnly
      ? failure("cancelled", `${name} was cancelled.`)
      : failure("outcome-unknown", `${name} was cancelled while it ran. ${NOT_REPEATED}`);
  if (end.endedBy === "deadline") return late(`${name} did not answer within ${end.limitMs / 1000} s.`, end);
  if (error instanceof MCPAuthenticationError) return failure("server-error", error.message, error.retryable);
  const rpcCode = isRecord(error) && typeof error["code"] === "number" ? error["code"] : null;
  if (rpcCode === REPLY_TOO_LARGE) return failure("server-error", `${name} was carried out. ${messageOf(error)}`);
  if (rpcCode === STREAM_ENDED || codeOf(error) === "CONNECTION_CLOSED") return lost(name, end, "the connection was lost");
  const status = httpStatus(error);
  if (status !== null) return explainStatus(status, { name, end, error });
  if (rpcCode !== null) return explainReply(rpcCode, { name, error });
  if (codeOf(error) === "INVALID_RESULT") return failure("server-error", `${name} sent a reply that cannot be read: ${messageOf(error)}`);
  return explainTransport(error, { name, end });
}

type Told = { readonly name: string; readonly error: unknown };

const failure = (code: ToolFailureCode, message: string, retryable = false): CallFailure => ({ code, message, retryable, fault: null });

function lost(name: string, end: CallEnd, why: string): CallFailure {
  const told = end.readOnly
    ? failure("server-gone", `${name} did not answer: ${why}.`, true)
    : failure("outcome-unknown", `${name} did not answer: ${why}. ${NOT_REPEATED}`);
  return { ...told, fault: "crash", connectionLost: true };
}

function late(text: string, { readOnly }: CallEnd): CallFailure {
  return readOnly
    ? { ...failure("timeout", text, true), fault: "timeout" }
    : { ...failure("outcome-unknown", `${text} ${NOT_REPEATED}`), fault: "timeout" };
}

/** A reply is a definite answer: the server is well, the request was not. */
function explainReply(code: number, { name, error }: Told): CallFailure {
  const message = messageOf(error);
  if (code === -32_602 && /unknown tool|tool .*not found|no such tool/i.test(message))
    return { ...failure("unknown-tool", `${name} does not exist any more: ${message}`), staleCatalog: true };
  if (code === -32_602) return failure("invalid-input", `${name} refused its arguments: ${message}`);
  return failure("server-error", `${name} failed: ${message} (code ${code})`);
}

function explainStatus(status: number, { name, end, error }: Told & { readonly end: CallEnd }): CallFailure {
  if (status === 401 || status === 403) return failure("server-error", `"${end.server}" refused the credentials (HTTP ${status}).`);
  if (status === 404)
    return { ...failure("server-gone", `The session with "${end.server}" has ended.`, true), connectionLost: true, notSent: true };
  if (status === 429) return { ...failure("server-error", `"${end.server}" allows no more calls now (HTTP 429).`, true), fault: "server" };
  if (status < 500) return failure("server-error", `${name} failed: HTTP ${status} ${messageOf(error)}`);
  const text = `"${end.server}" answered with HTTP ${status}`;
  const told = end.readOnly ? failure("server-error", `${text}.`, true) : failure("outcome-unknown", `${text}. ${NOT_REPEATED}`);
  return { ...told, fault: "server" };
}

/** The request did not get through, or its answer did not. */
function explainTransport(error: unknown, { name, end }: { readonly name: string; readonly end: CallEnd }): CallFailure {
  const code = rootCode(error);
  const never =
    code === "ECONNREFUSED" ||
    code === "ENOTFOUND" ||
    code === "EAI_AGAIN" ||
    code === "NOT_CONNECTED" ||
    code === "E_SERVER_ENDED" ||
    messageOf(error) === "Not connected";
  if (timedOut(error)) return late(`${name}: ${messageOf(error)}`, end);
  if (!never) return lost(name, end, messageOf(error));
  return {
    ...failure("server-gone", `"${end.server}" cannot be reached (${code ?? messageOf(error)}).`, true),
    fault: "crash",
    connectionLost: true,
    notSent: true,
  };
}

function timedOut(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1, at = at.cause) if (at.name === "TimeoutError") return true;
  return false;
}

function rootCode(error: unknown): string | null {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error && at.cause instanceof Error; depth += 1) at = at.cause;
  return codeOf(at);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
