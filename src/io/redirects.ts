// What a request becomes when its answer sends it somewhere else, by the rules of fetch; what was meant for one origin stays there.
import type { Io } from "./io.ts";

export type PlainRequest = { readonly url: URL; readonly init: RequestInit & { readonly headers: Headers }; readonly redirect: NonNullable<RequestInit["redirect"]> };

export function plainRequest(input: Parameters<Io["fetch"]>[0], init: RequestInit = {}): PlainRequest {
  if (!(input instanceof Request)) return { url: new URL(String(input)), init: { ...init, headers: new Headers(init.headers) }, redirect: init.redirect ?? "follow" };
  const { method, body, signal, redirect } = input;
  const whole: RequestInit = { method, signal, redirect, ...(body === null ? {} : { body, duplex: "half" as const }), ...init };
  return { url: new URL(input.url), init: { ...whole, headers: new Headers(init.headers ?? input.headers) }, redirect: whole.redirect ?? "follow" };
}

export function isRedirect({ status, headers }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.get("location") !== null;
}

const CREDENTIALS = ["authorization", "proxy-authorization", "cookie", "mcp-session-id", "host"];

/** Throws where the address cannot be read or the body cannot be sent twice. */
export function afterRedirect({ url: from, init, redirect }: PlainRequest, response: Response, ownHeaders: readonly string[]): PlainRequest {
  const url = URL.parse(response.headers.get("location") ?? "", from.href);
  if (url === null) throw new Error("The server redirects to something that is no address.");
  const headers = new Headers(init.headers);
  if (url.origin !== from.origin) for (const name of [...CREDENTIALS, ...ownHeaders]) headers.delete(name);
  const method = (init.method ?? "GET").toUpperCase();
  if (!becomesGet(response.status, method)) {
    if (init.body !== undefined && init.body !== null && typeof init.body !== "string") throw new Error("The server redirects a request whose content cannot be sent again.");
    return { url, init: { ...init, headers }, redirect };
  }
  for (const name of ["content-type", "content-length", "content-encoding", "content-language", "content-location"]) headers.delete(name);
  return { url, init: { ...init, method: "GET", body: null, headers }, redirect };
}

function becomesGet(status: number, method: string): boolean {
  return (status === 303 && method !== "HEAD") || ((status === 301 || status === 302) && method === "POST");
}
