// The way to one remote server: its name is resolved, every address is checked, and the connection goes to what was checked.
import type { McpServerConfig } from "../config/types.ts";
import { pinnedFetch, type Io, type PinnedFetchOptions } from "../io/index.ts";
import { checkAddress, kindOfHost, narrow, type OperatorPolicy } from "../security/index.ts";

export type RemoteFetchOptions = {
  readonly io: Io;
  readonly policy: OperatorPolicy;
  /** Default: the system's resolver. */
  readonly resolve?: NonNullable<PinnedFetchOptions["resolve"]>;
};

/** `Io.fetch` for a server that has no address. Redirects are followed by nobody but the protocol library, within the server's own origin. */
export function remoteFetch(server: McpServerConfig, { io, policy, resolve }: RemoteFetchOptions): Io["fetch"] {
  if (server.transport.type === "stdio") return io.fetch;
  return pinnedFetch({
    checkAddress: addressCheck(server, policy),
    connectTimeoutMs: server.connectTimeoutMs,
    env: io.env,
    inner: io.fetch,
    ...(resolve ? { resolve } : {}),
  });
}

/** A name of the public network does not lead to this machine, unless its entry says `allow_localhost` or the operator lists it. */
function addressCheck(server: McpServerConfig, policy: OperatorPolicy): PinnedFetchOptions["checkAddress"] {
  const asWritten = narrow(policy, server.security);
  const askedFor = narrow({ ...policy, localhost: policy.localhost === "always" ? "asked" : policy.localhost }, server.security);
  return (address, hostname) => {
    const checked = checkAddress(address, hostname, kindOfHost(hostname) === "name" ? askedFor : asWritten);
    return checked.ok ? null : checked.reason;
  };
}
