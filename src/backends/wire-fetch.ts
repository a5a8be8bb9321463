// The fetch that a provider's SDK gets: one host only, no redirects, the user's extra body merged in, each request shown to whoever debugs.
import { isRecord } from "../core/index.ts";
import type { BackendParts } from "./backend-parts.ts";
import { HttpHeaders, type Io } from "../io/index.ts";

export type WireOptions = {
  /** The only origin requests may go to, as part of the base URL. */
  readonly baseUrl: string;
  /** Changes the parsed body before it is sent. */
  readonly rewrite?: (body: Record<string, unknown>) => Record<string, unknown>;
  /** Replaces headers of the SDK; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
};

export type WireParts = Pick<BackendParts, "io" | "config" | "onRequest">;

/** `code` is one of the names the classification knows. */
class WireError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "WireError";
    this.code = code;
  }
}

/** Objects are merged key by key, everything else is replaced. */
export function mergeBody(body: Record<string, unknown>, extra: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = { ...body };
  for (const [key, value] of Object.entries(extra)) {
    const old = merged[key];
    merged[key] = isRecord(old) && isRecord(value) ? mergeBody(old, value) : value;
  }
  return merged;
}

function newBody(text: string, { rewrite }: WireOptions, extra: Readonly<Record<string, unknown>>): string {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) return text;
  const rewritten = rewrite === undefined ? parsed : rewrite(parsed);
  return JSON.stringify(mergeBody(rewritten, extra));
}

function newHeaders(init: RequestInit | undefined, { headers }: WireOptions): { headers?: HttpHeaders } {
  if (headers === undefined) return {};
  const changed = HttpHeaders.from(init?.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) changed.delete(name);
    else changed.set(name, value);
  }
  return { headers: changed };
}

/** One line without headers, because keys travel there, and without the key wherever it might stand. */
function show({ config, onRequest }: WireParts, what: string): void {
  onRequest?.(config.apiKey === null || config.apiKey === "" ? what : what.replaceAll(config.apiKey, "***"));
}

/** Looks at the first bytes too: servers that forget to say what they send are said to send HTML by some frameworks. */
async function isWebPage(response: Response): Promise<boolean> {
  if (!/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) return false;
  const reader = response.clone().body?.getReader();
  const first = await reader?.read();
  // Both halves of a cloned body must be given up before this settles.
  reader?.cancel().catch(() => undefined);
  return new TextDecoder().decode(first?.value).trimStart().startsWith("<");
}

/** A key travels in the headers of every request, so a request to any other origin than the configured one is refused. */
export function wireFetch(parts: WireParts, options: WireOptions): Io["fetch"] {
  const { origin } = new URL(options.baseUrl);
  const extra = parts.config.extraBody;
  const changes = options.rewrite !== undefined || Object.keys(extra).length > 0;
  return async (target, init) => {
    const url = new URL(typeof target === "string" || target instanceof URL ? target : target.url);
    if (url.origin !== origin) throw new WireError("foreign-host", `a request to ${url.origin} was refused: the key belongs to ${origin}`);
    const body = changes && typeof init?.body === "string" ? { body: newBody(init.body, options, extra) } : {};
    const request = { ...init, ...body, ...newHeaders(init, options), redirect: "manual" } as const;
    show(parts, `${request.method ?? "GET"} ${url.href} ${typeof request.body === "string" ? request.body : ""}`);
    const response = await parts.io.fetch(target, request);
    show(parts, `${response.status} ${url.href}`);
    if (response.ok && (await isWebPage(response))) {
      await response.body?.cancel();
      throw new WireError("web-page", `a web page came instead of an API's reply from ${url.origin}${url.pathname}`);
    }
    if (response.status < 300 || response.status >= 400) return response;
    await response.body?.cancel();
    throw new WireError(
      "redirected",
      `the server redirects to ${response.headers.get("location") ?? "another address"}; put the final address into base_url`,
    );
  };
}
