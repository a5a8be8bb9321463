// The way to addresses that a server named: http and https only, never deeper into the network than the server itself is, small and quick answers.
import type { Clock, Io } from "../../io/index.ts";
import { kindOfHost } from "../../security/index.ts";
import { boundedFetch, throughStream } from "../bounded-fetch.ts";
import { MCPAuthenticationError } from "../errors.ts";

const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** Why an address that a server named is not fetched; null where it may be. */
export function refusalOfUrl(url: URL, serverUrl: URL): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") return `it begins with ${url.protocol}`;
  if (url.username !== "" || url.password !== "") return "it holds a user name or a password";
  const [kind, serverKind] = [kindOfHost(url.hostname), kindOfHost(serverUrl.hostname)];
  if (kind === "metadata" || kind === "special") return "it is a metadata service or a reserved address";
  if ((kind === "loopback" || kind === "private") && kind !== serverKind)
    return kind === "loopback" ? "it is this machine, and the server is not" : "it lies in a private network, and the server does not";
  return url.protocol === "http:" && kind !== "loopback" && url.origin !== serverUrl.origin ? "it is not encrypted" : null;
}

/** Rejects with `MCPAuthenticationError` before anything is sent to an address that is refused. Redirects are the caller's: each hop comes here again. */
export function checkedFetch(
  inner: Io["fetch"],
  at: { readonly server: string; readonly serverUrl: URL; readonly clock: Clock },
): Io["fetch"] {
  const bounded = boundedFetch(inner, {
    maxMessageBytes: MAX_BYTES,
    replyTimeoutMs: TIMEOUT_MS,
    readTimeoutMs: TIMEOUT_MS,
    clock: at.clock,
  });
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const refusal = refusalOfUrl(url, at.serverUrl);
    if (refusal !== null)
      throw new MCPAuthenticationError(`The server "${at.server}" sends us to an address for signing in that is not fetched: ${refusal}.`, {
        serverName: at.server,
      });
    const limit = new AbortController();
    const timer = at.clock.after(TIMEOUT_MS, () =>
      limit.abort(new DOMException("The authorization server did not answer in time.", "TimeoutError")),
    );
    const signal = init?.signal ? AbortSignal.any([init.signal, limit.signal]) : limit.signal;
    const over = (): void => timer.cancel();
    try {
      const response = await bounded(input, { ...init, redirect: init?.redirect === "error" ? "error" : "manual", signal });
      if (response.body === null) over();
      return throughStream(response, new TransformStream({ flush: over, cancel: over })); // An answer that begins and never ends is none.
    } catch (error) {
      over();
      throw error;
    }
  };
}
