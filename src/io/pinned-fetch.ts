// A fetch that connects only to addresses that were looked at: names are resolved here, every address is judged, the connection goes to one of
// those, and each redirect is judged anew.
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Environment, Io } from "./io.ts";
import { isProxied } from "./proxy-fetch.ts";
import { afterRedirect, isRedirect, plainRequest, type PlainRequest } from "./redirects.ts";

type Fetch = Io["fetch"];
type Resolve = (hostname: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

export type PinnedFetchOptions = {
  /** Why an address that a name led to may not be used; null where it may. `hostname` as in the URL, literal addresses included. */
  readonly checkAddress: (address: string, hostname: string) => string | null;
  /** Why a redirect may not be followed; null where it may. */
  readonly checkRedirect: (url: URL) => string | null;
  /** Names of headers that go to the first origin only, beside credentials. */
  readonly ownHeaders: readonly string[];
  readonly connectTimeoutMs: number;
  /** Where it names a proxy, that one resolves the names: such requests go by `inner`, and only their redirects are judged. */
  readonly env: Environment;
  readonly inner: Fetch;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
};

const MAX_REDIRECTS = 5;

/** Rejects with an error that says why where something may not be reached; nothing was sent to it then. */
export function pinnedFetch(options: PinnedFetchOptions): Fetch {
  let direct: Promise<Fetch> | null = null;
  const send = async (request: PlainRequest): Promise<Response> => {
    const init: RequestInit = { ...request.init, redirect: "manual" };
    if (isProxied(options.env, request.url)) return options.inner(request.url, init);
    const literal = literalOf(request.url);
    const refusal = literal === null ? null : options.checkAddress(literal, literal);
    if (refusal !== null) throw new Error(refusal);
    direct ??= connectingFetch(options);
    return (await direct)(request.url, init);
  };
  return async (input, init) => {
    let request = plainRequest(input, init);
    for (let hops = 0; ; hops += 1) {
      const response = await send(request);
      if (!isRedirect(response) || request.redirect === "manual") return asGlobal(response, request.url);
      await response.body?.cancel();
      if (request.redirect === "error") throw new TypeError("The server answered with a redirect, which was not expected.");
      if (hops === MAX_REDIRECTS) throw new Error(`The server redirected more than ${MAX_REDIRECTS} times.`);
      const next = afterRedirect(request, response, options.ownHeaders);
      const refusal = options.checkRedirect(next.url);
      if (refusal !== null) throw new Error(`The server redirects to ${next.url.origin}, and that is not followed: ${refusal}`);
      request = next;
    }
  };
}

/** Loaded with the first request that needs it. */
async function connectingFetch(options: PinnedFetchOptions): Promise<Fetch> {
  const { Agent, fetch } = await import("./undici.ts");
  // How long an answer may take is the caller's decision: a tool may work for hours.
  const dispatcher = new Agent({ connect: { lookup: checkedLookup(options), timeout: options.connectTimeoutMs }, headersTimeout: 0, bodyTimeout: 0 });
  const request = fetch as unknown as (url: URL, init: object) => Promise<Response>;
  return (url, init) => request(url as URL, { ...init, dispatcher });
}

/** One bad address is enough: who mixes them wants us to take the bad one some day. */
function checkedLookup({ checkAddress, resolve = systemResolve }: PinnedFetchOptions): LookupFunction {
  return (hostname, asked, callback) => {
    resolve(hostname, (error, addresses) => {
      // Beside an error the system's resolver gives no list at all.
      if (error !== null) return callback(error, "");
      const [first] = addresses;
      const refusal = addresses.map(({ address }) => checkAddress(address, hostname)).find((reason) => reason !== null);
      if (first === undefined) return callback(new Error(`${hostname} has no address`), "");
      if (refusal !== undefined) return callback(new Error(refusal), "");
      if (asked.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

const systemResolve: Resolve = (hostname, done) => process.getBuiltinModule("node:dns").lookup(hostname, { all: true }, done);

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
