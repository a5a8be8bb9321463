// What `fetch` is called with, in one shape: address, method, headers, the whole body, signal.
import { HttpHeaders } from "./http-headers.ts";

export type Outgoing = {
  readonly url: URL;
  /** Upper case where it is one of the usual. */
  readonly method: string;
  readonly headers: HttpHeaders;
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal | null;
  readonly redirect: NonNullable<RequestInit["redirect"]>;
};

type Target = Parameters<typeof fetch>[0];

/** Rejects with `TypeError` for an address that is no http or https, or that holds a password. A streamed body is collected first. */
export async function outgoingOf(target: Target, init: RequestInit = {}): Promise<Outgoing> {
  const { body } = init;
  return isPlainTarget(target) && isPlainBody(body)
    ? plainOutgoing(target, { ...init, body })
    : plainOutgoing(...(await simplified(target, init)));
}

function plainOutgoing(target: string | URL, init: PlainInit): Outgoing {
  const url = new URL(target);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new TypeError(`${url.protocol} is not a protocol for requests`);
  if (url.username !== "" || url.password !== "") throw new TypeError("the address of a request must hold no user name and no password");
  const { signal = null, redirect = "follow" } = init;
  const headers = HttpHeaders.from(init.headers);
  const body = init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? null);
  const kind =
    typeof init.body === "string" ? "text/plain" : init.body instanceof URLSearchParams ? "application/x-www-form-urlencoded" : null;
  if (kind !== null && !headers.has("content-type")) headers.set("content-type", `${kind};charset=UTF-8`);
  return { url, method: usual(init.method ?? "GET"), headers, body, signal, redirect };
}

type PlainBody = string | Uint8Array | URLSearchParams | null | undefined;
type PlainInit = Omit<RequestInit, "body"> & { readonly body: PlainBody };

const usual = (method: string): string => (/^(get|head|post|put|delete|options|patch)$/i.test(method) ? method.toUpperCase() : method);

const isPlainTarget = (target: Target): target is string | URL => typeof target === "string" || target instanceof URL;
const isPlainBody = (body: unknown): body is PlainBody =>
  body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array || body instanceof URLSearchParams;

/** The platform takes the rare shapes apart: its own requests, forms, files, streams. */
async function simplified(target: Target, init: RequestInit): Promise<[string, PlainInit]> {
  const request = new Request(target, { ...init, ...(init.body instanceof ReadableStream ? { duplex: "half" as const } : {}) });
  const { url, method, headers, signal, redirect } = request;
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  return [url, { method, headers: [...headers], body, signal, redirect }];
}
