// Judges addresses: absolute http or https, without a name or password inside; never repeats one in a message.
import { report, type Place, type Reading } from "./reading.ts";
import type { Mark } from "./tree.ts";
import { variablesIn } from "./variables.ts";

/** True where `url` can be connected to; a text whose variables are not replaced (in `check` mode) passes. */
export function checkUrl(url: string, at: { readonly place: Place; readonly mark: Mark }, reading: Reading): boolean {
  if (variablesIn(url).length > 0) return true;
  const parsed = URL.parse(url);
  const fail = (message: string): false => {
    report(reading, at, { code: "bad-url", message });
    return false;
  };
  if (parsed === null) return fail(`\`${at.place.name}\` is not an absolute URL; it begins with https:// or http://`);
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") return fail(`\`${at.place.name}\` must begin with https:// or http://`);
  if (parsed.username !== "" || parsed.password !== "")
    return fail(`\`${at.place.name}\` holds a user name or password; use \`headers\` or \`api_key\` instead`);
  return true;
}

/** True for this machine's own addresses. */
export function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? "";
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const ENDPOINTS = /\/(chat\/completions|completions|responses|messages)\/?$/;

/**
 * The root of an API as its SDK wants it: a full endpoint is cut to its root, a bare host gets the version path of `defaultBaseUrl`,
 * and the last slash goes.
 */
export function apiRoot(url: string, defaultBaseUrl: string | null): string {
  const parsed = URL.parse(url);
  if (parsed === null || variablesIn(url).length > 0) return url;
  const bare = parsed.pathname === "/" && parsed.search === "";
  if (bare && defaultBaseUrl !== null) return `${parsed.origin}${new URL(defaultBaseUrl).pathname}`.replace(/\/+$/, "");
  return url.replace(ENDPOINTS, "").replace(/\/+$/, "");
}
