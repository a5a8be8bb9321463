// What may be reached under a name or an address, by the settings of a server. The same answer is used for the entry's URL,
// for every address a name resolves to, and for every redirect.
import { type AddressKind, kindOfAddress } from "./address.ts";
import { matches } from "./findings.ts";
import type { Settings } from "./types.ts";

export type HostKind = AddressKind | "name";

const METADATA_NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
  "metadata.azure.com",
  "metadata.packet.net",
  "rancher-metadata",
]);

/** Lower case, without the trailing dot and brackets. */
export function canonicalHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/\.+$/, "")
    .replace(/^\[|\]$/g, "");
}

export function kindOfHost(hostname: string): HostKind {
  const host = canonicalHost(hostname);
  const address = kindOfAddress(host);
  if (address !== null) return address;
  if (METADATA_NAMES.has(host)) return "metadata";
  if (host === "localhost" || host.endsWith(".localhost") || ["localhost.localdomain", "ip6-localhost", "ip6-loopback"].includes(host))
    return "loopback";
  if (/\.(?:internal|local|lan|home|corp|intranet|private|home\.arpa)$/.test(host) || !host.includes(".")) return "private";
  return "name";
}

/**
 * Why a server may not be reached at this kind of place; null where it may. `hostname` is the name in the URL: a name the
 * operator lists by itself may lead to private addresses, to metadata services never.
 */
export function refusalOf(kind: HostKind, hostname: string, settings: Settings): string | null {
  const listed = isListed(settings.allowedHosts, hostname);
  if (kind === "metadata") return "it is the metadata service of a cloud, which hands out credentials";
  if (kind === "special") return "it is a reserved, link-local or multicast address";
  if (kind === "loopback") return settings.localhost === "always" || listed ? null : "it is this machine itself";
  if (kind === "private") return settings.privateNetworks === "always" || listed ? null : "it lies in a private network";
  return null;
}

export function isListed(list: readonly string[] | null, hostname: string): boolean {
  const host = canonicalHost(hostname);
  return list?.some((pattern) => matches(pattern.toLowerCase(), host)) === true;
}

/** For the connection: whether an address that a server's name resolved to may be used. Check every address, use the one checked. */
export function checkAddress(
  address: string,
  hostname: string,
  settings: Settings,
): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  const kind = kindOfAddress(address);
  const reason = kind === null ? "it is no address" : refusalOf(kind, hostname, settings);
  return reason === null ? { ok: true } : { ok: false, reason: `${hostname} leads to ${address}, and ${reason}` };
}
