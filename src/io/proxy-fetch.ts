// A fetch that goes through the proxy the environment names. Without such a variable it is the platform's own, and nothing is loaded.
import type { Environment } from "./io.ts";

type Fetch = typeof fetch;
type Proxies = { readonly httpProxy?: string; readonly httpsProxy?: string; readonly noProxy: string };

/** Servers on this machine are never behind a proxy. */
const LOOPBACK = "localhost,127.0.0.1,::1";

const first = (env: Environment, ...names: readonly string[]): string | undefined =>
  names.map((name) => env[name]).find((value) => value !== undefined && value !== "");

function proxiesOf(env: Environment): Proxies | null {
  // Lower case first, as curl and Node do; programs behind a web server must not take HTTP_PROXY from a request's header, which this one is not.
  const httpProxy = first(env, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY");
  const httpsProxy = first(env, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
  if (httpProxy === undefined && httpsProxy === undefined) return null;
  const excepted = first(env, "no_proxy", "NO_PROXY");
  return {
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    noProxy: excepted === "*" ? excepted : [LOOPBACK, excepted].filter((part) => part !== undefined).join(","),
  };
}

/** Whether a request goes through a proxy of the environment, which then is the one who resolves names. */
export function isProxied(env: Environment, url: URL): boolean {
  const proxies = proxiesOf(env);
  if (proxies === null || (proxies.httpProxy === undefined && url.protocol !== "https:")) return false;
  if (proxies.noProxy === "*") return false;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port === "" ? { "https:": "443", "http:": "80" }[url.protocol] : url.port;
  return !proxies.noProxy.split(/[,\s]+/).some((entry) => {
    const [, name = entry, only = port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
    const bare = name.toLowerCase().replace(/^\*?\./, "");
    return bare !== "" && only === port && (host === bare || host.endsWith(`.${bare}`));
  });
}

/** Honours HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case. A proxy address that cannot be read rejects the request. */
export function proxyFetch(env: Environment): Fetch {
  const proxies = proxiesOf(env);
  if (proxies === null) return (...call) => fetch(...call);
  let agent: Promise<unknown> | null = null;
  return async (target, init) => {
    agent ??= import("./undici.ts").then(({ EnvHttpProxyAgent }) => new EnvHttpProxyAgent(proxies));
    return fetch(target, { ...init, dispatcher: await agent } as RequestInit);
  };
}
