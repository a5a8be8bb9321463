// A `fetch` that sends the server's token and, when the server turns a request away, gets a better one and asks again.
// A request that was turned away was not carried out, so asking again repeats no effect.
import type { Io } from "../../io/index.ts";
import { orAbort } from "../abortable.ts";
import { loadSdk } from "../sdk.ts";
import type { AuthSession, Challenge } from "./session.ts";

/** Rejects with `MCPAuthenticationError` when no token can be had. Ends because each round needs a new token, and those are counted. */
export function authorizedFetch(inner: Io["fetch"], session: AuthSession): Io["fetch"] {
  return async (input, init) => {
    const sdk = await loadSdk();
    const provider = await session.provider();
    const signed = provider.dpop === undefined ? inner : sdk.withDpopFromProvider(provider)((url, more) => inner(url, more));
    for (;;) {
      const token = await session.token();
      const headers = new Headers(init?.headers);
      if (token !== null) headers.set("authorization", `Bearer ${token}`);
      const response = await signed(input as string | URL, { ...init, headers });
      const challenge = challengeOf(response, sdk.extractWWWAuthenticateParams);
      if (challenge === null) return response;
      await response.body?.cancel();
      const renewal = session.renew(challenge, token);
      await (init?.signal ? orAbort(renewal, init.signal) : renewal);
    }
  };
}

type Reader = Awaited<ReturnType<typeof loadSdk>>["extractWWWAuthenticateParams"];

/** Null for everything that a token cannot mend. */
function challengeOf(response: Response, read: Reader): Challenge | null {
  if (response.status !== 401 && response.status !== 403) return null;
  const { error, scope, resourceMetadataUrl } = read(response);
  if (response.status === 403 && error !== "insufficient_scope") return null;
  return { status: response.status, scope, resourceMetadataUrl };
}
