// The proxies that the environment names: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case.
import type { Environment } from "../io.ts";

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

/** The same for a program of others, under the names such programs know: one variable for every protocol is not among them, nor that this machine is excepted. */
export function proxyVariables(env: Environment): Readonly<Record<string, string>> {
  const proxies = proxiesOf(env);
  if (proxies === null) return {};
  const { httpProxy, httpsProxy = httpProxy, noProxy } = proxies;
  const named = { HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy };
  const given = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.flatMap(([name, value]) => [[name, value] as const, [name.toLowerCase(), value] as const]));
}

/** Whether a request goes through a proxy of the environment, which then is the one who resolves names. */
export const isProxied = (env: Environment, url: URL): boolean => proxyOf(env, url) !== null;

/** The proxy for a request, null = none. Throws for an address that cannot be read. */
export function proxyFor(env: Environment, url: URL): URL | null {
  const written = proxyOf(env, url);
  if (written === null) return null;
  const proxy = URL.parse(written.includes("://") ? written : `http://${written}`);
  if (proxy?.protocol !== "http:" && proxy?.protocol !== "https:")
    throw new TypeError("The environment names a proxy whose address does not begin with http:// or https://.");
  return proxy;
}

function proxyOf(env: Environment, url: URL): string | null {
  const proxies = proxiesOf(env);
  if (proxies === null) return null;
  const proxy = url.protocol === "https:" ? (proxies.httpsProxy ?? proxies.httpProxy) : proxies.httpProxy;
  return proxy === undefined || isExcepted(proxies.noProxy, url) ? null : proxy;
}

function isExcepted(noProxy: string, url: URL): boolean {
  if (noProxy === "*") return true;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port === "" ? { "https:": "443", "http:": "80" }[url.protocol] : url.port;
  return noProxy.split(/[,\s]+/).some((entry) => {
    const [, name = entry, only = port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
    const bare = name.toLowerCase().replace(/^\*?\./, "");
    return bare !== "" && only === port && (host === bare || host.endsWith(`.${bare}`));
  });
}
