// A fetch that connects only to addresses that were looked at: names are resolved here, every address is judged, and the connection goes to one of those.
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Environment, Io } from "./io.ts";
import { isProxied } from "./http/proxies.ts";

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
  return async (target, given) => {
    const request = typeof target === "string" || target instanceof URL ? null : target;
    const url = new URL(request?.url ?? String(target));
    const asked = given?.redirect ?? request?.redirect;
    const init = { ...given, redirect: asked === "manual" ? "manual" : "error" } as const;
    if (isProxied(options.env, url)) return options.inner(target, init);
    const literal = literalOf(url);
    const refusal = literal === null ? null : options.checkAddress(literal, literal);
    if (refusal !== null) throw new Error(refusal);
    direct ??= connectingFetch(options);
    return (await direct)(target, init);
  };
}

/** Loaded with the first request. How long an answer may take is the caller's decision: a tool may work for hours. */
async function connectingFetch(options: PinnedFetchOptions): Promise<Fetch> {
  const { httpFetch } = await import("./http/http-fetch.ts");
  return httpFetch({ proxyFor: () => null, connectTimeoutMs: options.connectTimeoutMs, lookup: checkedLookup(options) });
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
