// A fetch that connects only to addresses that were looked at: names are resolved here, every address is judged, and the connection goes to one of those.
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Environment, Io } from "./io.ts";
import { isProxied } from "./proxy-fetch.ts";

type Fetch = Io["fetch"];
type Resolve = (hostname: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

export type PinnedFetchOptions = {
  /** Why an address that a name led to may not be used; null where it may. `hostname` as in the URL, literal addresses included. */
  readonly checkAddress: (address: string, hostname: string) => string | null;
  readonly connectTimeoutMs: number;
  /** Where it names a proxy, that one resolves the names, and such requests go by `inner`. */
  readonly env: Environment;
  readonly inner: Fetch;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
};

/**
 * Rejects with an error that says why where an address may not be used; nothing was sent to it then. Follows no redirect: with
 * `redirect: "manual"` the caller gets it, judges it and asks again; without, a redirect rejects.
 */
export function pinnedFetch(options: PinnedFetchOptions): Fetch {
  let direct: Promise<Fetch> | null = null;
  return async (input, given) => {
    const { url, init } = takeApart(input, given);
    if (isProxied(options.env, url)) return options.inner(url, init);
    const literal = literalOf(url);
    const refusal = literal === null ? null : options.checkAddress(literal, literal);
    if (refusal !== null) throw new Error(refusal);
    direct ??= connectingFetch(options);
    return asGlobal(await (await direct)(url, init), url);
  };
}

/** The library knows no `Request` but its own. */
function takeApart(input: Parameters<Fetch>[0], given: RequestInit = {}): { readonly url: URL; readonly init: RequestInit } {
  const { method, headers, body = null, signal, redirect } = input instanceof Request ? input : given;
  const asked = given.redirect ?? redirect;
  const own = input instanceof Request ? { method, headers, signal, ...(body === null ? {} : { body, duplex: "half" as const }) } : {};
  return {
    url: new URL(input instanceof Request ? input.url : String(input)),
    init: { ...own, ...given, redirect: asked === "manual" ? "manual" : "error" },
  };
}

/** Loaded with the first request that needs it. */
async function connectingFetch(options: PinnedFetchOptions): Promise<Fetch> {
  const { Agent, fetch } = await import("./undici.ts");
  // How long an answer may take is the caller's decision: a tool may work for hours.
  const dispatcher = new Agent({
    connect: { lookup: checkedLookup(options), timeout: options.connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const request = fetch as unknown as (url: URL, init: object) => Promise<Response>;
  return (url, init) => request(url as URL, { ...init, dispatcher });
}

/** One bad address is enough: who mixes them wants us to take the bad one some day. */
function checkedLookup({ checkAddress, resolve = systemResolve }: PinnedFetchOptions): LookupFunction {
  return (hostname, asked, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const [first] = addresses;
      const refusal = addresses.map(({ address }) => checkAddress(address, hostname)).find((reason) => reason !== null);
      if (first === undefined || refusal !== undefined) return callback(new Error(refusal ?? `${hostname} has no address`), "");
      if (asked.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

// Not every failed look-up brings an empty list.
const systemResolve: Resolve = (hostname, done) =>
  process
    .getBuiltinModule("node:dns")
    .lookup(hostname, { all: true }, (error, addresses: LookupAddress[] | undefined) => done(error, addresses ?? []));

/** The address in a URL that has one instead of a name: no resolver is asked for it. */
function literalOf(url: URL): string | null {
  const bare = url.hostname.replace(/^\[|\]$/g, "");
  return process.getBuiltinModule("node:net").isIP(bare) === 0 ? null : bare;
}

const WITHOUT_BODY = new Set([101, 204, 205, 304]);

/** The library has a `Response` of its own; whoever asks for the platform's shall get it. */
function asGlobal({ body, status, statusText, headers }: Response, url: URL): Response {
  const response = new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers: [...headers] });
  Object.defineProperty(response, "url", { value: url.href });
  return response;
}
