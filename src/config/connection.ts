// Where a backend's requests go and which key goes with them. A provider's key from the environment is sent only to that provider's own hosts.
import type { Environment } from "../io/index.ts";
import { BACKEND_TABLE, isHostOf, presetOfHost, type BackendRow } from "./backend-table.ts";
import { inside, keepSecret, report, type Place, type Reading } from "./reading.ts";
import { childOf, type Mark, type Tree } from "./tree.ts";
import { apiRoot, checkUrl, isLoopback } from "./urls.ts";
import { variablesIn } from "./variables.ts";

export type Written = { readonly apiKey: string | null; readonly baseUrl: string | null; readonly azureEndpoint: string | null };
export type Connection = { readonly baseUrl: string | null; readonly apiKey: string | null };
type At = { readonly tree: Tree; readonly place: Place };

/** Address and key of a backend; what is missing is reported, in `check` mode neither keys nor variables are missed. */
export function connectionOf(row: BackendRow, written: Written, rest: At & { readonly reading: Reading }): Connection {
  const { reading } = rest;
  const base = baseOf(row, written, rest);
  if (row.type === "azure_openai" && base.url === null && reading.mode === "run") {
    report(reading, markOf(rest, "base_url"), {
      code: "missing-key",
      message: "azure_openai needs the endpoint of your resource: `azure_endpoint`, or the variable AZURE_OPENAI_ENDPOINT",
    });
  }
  const apiKey = written.apiKey !== null && written.apiKey.trim() !== "" ? written.apiKey.trim() : keyFor(row, base, rest);
  if (apiKey !== null && variablesIn(apiKey).length === 0) keepSecret(reading, apiKey);
  if (apiKey !== null && base.url?.startsWith("http://") === true && !isLoopback(base.url) && variablesIn(base.url).length === 0) {
    report(reading, markOf(rest, "base_url"), {
      code: "insecure-url",
      message: "The key is sent without encryption, because `base_url` begins with http://",
      severity: "warning",
    });
  }
  return { baseUrl: base.url, apiKey };
}

type Base = { readonly url: string | null; readonly from: "file" | "environment" | "default" };

function baseOf(row: BackendRow, written: Written, rest: At & { readonly reading: Reading }): Base {
  const key = written.azureEndpoint !== null && row.type === "azure_openai" ? "azure_endpoint" : "base_url";
  const given = key === "azure_endpoint" ? written.azureEndpoint : written.baseUrl;
  if (given !== null) {
    const fine = checkUrl(given, markOf(rest, key), rest.reading);
    return { url: fine ? apiRoot(given, row.defaultBaseUrl) : null, from: "file" };
  }
  for (const variable of row.baseUrlVariables) {
    const value = rest.reading.env[variable]?.trim() ?? "";
    if (value === "") continue;
    if (checkUrl(value, { place: { path: rest.place.path, name: variable, hidden: true }, mark: rest.tree.mark }, rest.reading)) {
      return { url: apiRoot(value, row.defaultBaseUrl), from: "environment" };
    }
  }
  return { url: row.defaultBaseUrl, from: "default" };
}

function markOf({ tree, place }: At, key: string): { readonly place: Place; readonly mark: Mark } {
  const child = childOf(tree, key);
  return child === null ? { place, mark: tree.mark } : { place: inside(place, key), mark: child.mark };
}

/** The key of the environment for this address; null where none is needed, or after its absence was reported. */
function keyFor(row: BackendRow, base: Base, rest: At & { readonly reading: Reading }): string | null {
  const { reading } = rest;
  if (base.url !== null && variablesIn(base.url).length > 0) return null;
  const owner = ownerOf(row, base);
  const found = owner?.keyVariables.map((name) => reading.env[name]?.trim() ?? "").find((value) => value !== "");
  if (found !== undefined) return found;
  const local = base.from !== "default" && base.url !== null && isLoopback(base.url);
  if (reading.mode === "check" || local || base.url === null) return null;
  if (owner === null) reportForeign(row, base.url, rest);
  else if (!row.keyOptional || owner !== row) reportMissing(owner, rest);
  return null;
}

/** The row whose key may be sent to this address. */
function ownerOf(row: BackendRow, base: Base): BackendRow | null {
  // An address from the real environment was set by the person who set the key there.
  if (base.url === null || base.from === "environment") return row;
  if (isOwn(row, base.url)) return row;
  const preset = presetOfHost(base.url);
  if (preset !== null) return BACKEND_TABLE[preset] ?? null;
  return base.from === "default" || isLoopback(base.url) ? row : null;
}

function isOwn(row: BackendRow, url: string): boolean {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" && isHostOf(row, parsed.hostname);
}

/**
 * Whether what the environment holds for a provider besides its key, such as the login of a program, may go to `baseUrl`: to the provider's
 * own hosts, to this machine, and to an address the environment names itself. Null is the provider's own address.
 */
export function isTrustedAddress(row: BackendRow, baseUrl: string | null, env: Environment): boolean {
  if (baseUrl === null || isLoopback(baseUrl) || isOwn(row, baseUrl)) return true;
  return row.baseUrlVariables.some((name) => apiRoot(env[name]?.trim() ?? "", row.defaultBaseUrl) === baseUrl);
}

function reportMissing(owner: BackendRow, rest: At & { readonly reading: Reading }): void {
  const names = owner.keyVariables.join(" or ");
  report(
    rest.reading,
    { place: rest.place, mark: rest.tree.mark },
    {
      code: "key-missing",
      message: `No key for ${owner.title}: the variable ${names} is not set; set it in the environment or in .env`,
    },
  );
}

function reportForeign(row: BackendRow, url: string, rest: At & { readonly reading: Reading }): void {
  const hasKey = row.keyVariables.some((name) => (rest.reading.env[name]?.trim() ?? "") !== "");
  const hasLogin = row.type === "claude_code";
  if (row.keyOptional && !hasKey && !hasLogin && !url.startsWith("https://")) return;
  const host = URL.parse(url)?.host ?? "this host";
  const variable = row.keyVariables[0] ?? "YOUR_KEY";
  report(rest.reading, markOf(rest, "base_url"), {
    code: "key-missing",
    message: `No key is sent to ${host}: it is ${row.keyOptional ? `a provider that is not known${hasLogin ? ", and neither is a login of Claude Code" : ""}` : `not a known host of ${row.title}, and ${variable} goes to its own provider only`}; to send a key, set \`api_key\`, for example to \${${variable}}`,
    severity: row.keyOptional ? "warning" : "error",
  });
}
