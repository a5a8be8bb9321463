// Walks from the authorization address to our redirect address without a browser, where the authorization server needs no person.
import type { Io } from "../../io/index.ts";
import { MCPAuthenticationError } from "../errors.ts";

const MAX_HOPS = 10;

export type Walk = {
  readonly server: string;
  readonly redirectUri: string;
  /** Looks at every address before it goes there. */
  readonly fetch: Io["fetch"];
};

/** What the authorization server sends back to us. Rejects with `MCPAuthenticationError` where a person has to sign in. */
export async function followAuthorization(from: URL, { server, redirectUri, fetch }: Walk): Promise<URLSearchParams> {
  const goal = new URL(redirectUri);
  let at = from;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const response = await fetch(at, { redirect: "manual", headers: { accept: "text/html, */*" } });
    await response.body?.cancel();
    const location = response.headers.get("location");
    const next = response.status >= 300 && response.status < 400 && location !== null ? URL.parse(location, at.href) : null;
    if (next === null) {
      throw new MCPAuthenticationError(
        `Signing in to "${server}" needs a person: ${from.host} answered with a page (HTTP ${response.status}).`,
        { serverName: server },
        {
          next: `Put a token into \`headers\` of "${server}", or use \`auth.grant: client_credentials\`.`,
        },
      );
    }
    if (next.origin === goal.origin && next.pathname === goal.pathname) return next.searchParams;
    at = next;
  }
  throw new MCPAuthenticationError(`Signing in to "${server}" led through more than ${MAX_HOPS} redirects.`, { serverName: server });
}
