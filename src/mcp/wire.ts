// The JSON-RPC messages as our transports see them, before any schema has looked at them.
import { isRecord } from "../core/index.ts";

export type RpcId = string | number;
export type RpcMessage = {
  readonly jsonrpc: "2.0";
  readonly id?: RpcId;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: RpcError;
};
export type RpcError = { readonly code: number; readonly message: string; readonly data?: unknown };

/** Codes of replies that we put in a server's place; outside the range servers may use. */
export const REPLY_TOO_LARGE = -31_901;
export const STREAM_ENDED = -31_902;

/** True for anything that can be a JSON-RPC 2.0 message; the id's type is judged by whoever knows what was sent. */
export function isRpcMessage(value: unknown): value is RpcMessage {
  if (!isRecord(value) || value["jsonrpc"] !== "2.0") return false;
  return typeof value["method"] === "string" || "result" in value || isRecord(value["error"]);
}

export const isReply = (message: RpcMessage): boolean => message.method === undefined;
export const isRequest = (message: RpcMessage): boolean => message.method !== undefined && message.id !== undefined;

const VERSION = String.raw`"jsonrpc"\s*:\s*"2\.0"\s*`;
const ID = String.raw`"id"\s*:\s*(\d+)\s*`;
const BEGINNING = new RegExp(String.raw`^\s*\{\s*(?:${VERSION},\s*)?(?:${ID},\s*)?(?:${VERSION},\s*)?"(?:result|error)"\s*:`);
const END = new RegExp(String.raw`,\s*${ID}(?:,\s*${VERSION})?\}\s*$`);

/** The number of the request that a reply answers of which only the ends are known; null where it cannot be told, or it is no reply. */
export function idOfCutReply(head: string, tail: string): number | null {
  const reply = BEGINNING.exec(head);
  const id = reply && (reply[1] ?? END.exec(tail)?.[1]);
  return id === null || id === undefined ? null : Number(id);
}
