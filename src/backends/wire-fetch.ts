// The fetch that a provider's SDK gets: one host only, no redirects, the user's extra body merged in.
import type { Json } from "../core/index.ts";
import type { Io } from "../io/index.ts";

export type WireOptions = {
  readonly io: Pick<Io, "fetch">;
  /** The only origin requests may go to, as part of the base URL. */
  readonly baseUrl: string;
  readonly extraBody: Readonly<Record<string, Json>>;
  /** Changes the parsed body before it is sent. */
  readonly rewrite?: (body: Record<string, unknown>) => Record<string, unknown>;
};

/** `code` is one of the names the classification knows. */
class WireError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "WireError";
    this.code = code;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Objects are merged key by key, everything else is replaced. */
export function mergeBody(body: Record<string, unknown>, extra: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = { ...body };
  for (const [key, value] of Object.entries(extra)) {
    const old = merged[key];
    merged[key] = isRecord(old) && isRecord(value) ? mergeBody(old, value) : value;
  }
  return merged;
}

function newBody(text: string, { extraBody, rewrite }: WireOptions): string {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) return text;
  const rewritten = rewrite === undefined ? parsed : rewrite(parsed);
  return JSON.stringify(mergeBody(rewritten, extraBody));
}

/** A key travels in the headers of every request, so a request to any other origin than the configured one is refused. */
export function wireFetch(options: WireOptions): Io["fetch"] {
  const { origin } = new URL(options.baseUrl);
  const changes = options.rewrite !== undefined || Object.keys(options.extraBody).length > 0;
  return async (target, init) => {
    const url = new URL(target instanceof Request ? target.url : target);
    if (url.origin !== origin) throw new WireError("foreign-host", `a request to ${url.origin} was refused: the key belongs to ${origin}`);
    const body = changes && typeof init?.body === "string" ? { body: newBody(init.body, options) } : {};
    const response = await options.io.fetch(target, { ...init, ...body, redirect: "manual" });
    if (response.status < 300 || response.status >= 400) return response;
    await response.body?.cancel();
    throw new WireError("redirected", `the server redirects to ${response.headers.get("location") ?? "another address"}; put the final address into base_url`);
  };
}
