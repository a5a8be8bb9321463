// Who may speak to the server over HTTP: the right name in Host, no foreign page in Origin, and the token. Pure, and closed where in doubt.
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

export type GuardOptions = {
  readonly token: string;
  /** Names and addresses under which the server may be reached, beside this machine's own. */
  readonly hosts: readonly string[];
  /** It listens beyond this machine: then any address (never a name) is a right Host. */
  readonly beyond: boolean;
};
export type Asking = { readonly host: string | undefined; readonly origin: string | undefined; readonly authorization: string | undefined };
export type Refusal = { readonly status: 401 | 403; readonly message: string };

/** Null = it may speak. A name that leads here although it is not ours is how a web page would reach a server on this machine. */
export function refusalOf({ host, origin, authorization }: Asking, guard: GuardOptions): Refusal | null {
  if (!isOurs(hostnameOf(`http://${host ?? ""}`), guard))
    return { status: 403, message: "This server does not answer under this name (Host)." };
  if (origin !== undefined && !isOurs(hostnameOf(origin), guard))
    return { status: 403, message: "Requests of web pages are refused (Origin)." };
  if (!isToken(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "", guard.token))
    return { status: 401, message: "A bearer token is needed." };
  return null;
}

/** Compares digests, so that neither length nor content is told by time. */
function isToken(given: string, token: string): boolean {
  const digest = (value: string): Buffer => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(given), digest(token)) && given !== "";
}

function isOurs(hostname: string | null, { hosts, beyond }: GuardOptions): boolean {
  if (hostname === null) return false;
  return isLoopbackName(hostname) || hosts.includes(hostname) || (beyond && isIP(hostname) !== 0);
}

/** Without brackets, in lower case; null where it is none. */
function hostnameOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, username, password, protocol } = new URL(url);
  const clean = username === "" && password === "" && /^https?:$/.test(protocol);
  return clean && hostname !== "" ? bare(hostname) : null;
}

const bare = (hostname: string): string => hostname.toLowerCase().replace(/^\[|\]$/g, "");

/** True for names and addresses that mean this machine and nothing else. */
export function isLoopbackName(hostname: string): boolean {
  const name = bare(hostname);
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}
