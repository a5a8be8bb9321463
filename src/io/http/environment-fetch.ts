// The `fetch` of the program: through the proxies of the environment, everything behind it loaded with the first request.
import type { Environment } from "../io.ts";
import { proxyFor } from "./proxies.ts";

/** A host that does not answer fails a request after so long. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A proxy address that cannot be read rejects the requests that would go through it. */
export function environmentFetch(env: Environment): typeof fetch {
  let made: Promise<typeof fetch> | null = null;
  return async (...call) => {
    made ??= import("./http-fetch.ts").then(({ httpFetch }) =>
      httpFetch({ proxyFor: (url) => proxyFor(env, url), connectTimeoutMs: CONNECT_TIMEOUT_MS }),
    );
    return (await made)(...call);
  };
}
