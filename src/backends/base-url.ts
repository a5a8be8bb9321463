// Which address a backend talks to: the configuration's, the environment's, the provider's own.
import type { BackendConfig, BackendRow } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import type { Io } from "../io/index.ts";

const trimmed = (url: string): string => url.replace(/\/+$/, "");

/** Adds the API's version where somebody gave only a host: tools disagree on whether it belongs to a base URL. */
function withVersion(url: string, version: string | null): string {
  if (version === null) return url;
  const parsed = new URL(url);
  return parsed.pathname === "/" || parsed.pathname === "" ? `${trimmed(url)}/${version}` : url;
}

export type Address = { readonly config: Pick<BackendConfig, "baseUrl" | "type">; readonly row: BackendRow; readonly io: Pick<Io, "env"> };

/** Without a trailing slash. `version` is added to a bare host. Throws UsageError where there is no address, or none that can be read. */
export function baseUrlOf({ config, row, io }: Address, version: string | null): string {
  const variable = config.baseUrl === null ? row.baseUrlVariables.find((name) => (io.env[name] ?? "") !== "") : undefined;
  const given = config.baseUrl ?? (variable === undefined ? row.defaultBaseUrl : io.env[variable]) ?? null;
  if (given === null) {
    const next = `Set base_url${row.baseUrlVariables.length === 0 ? "" : ` or ${row.baseUrlVariables.join(" or ")}`}.`;
    throw new UsageError("E_CONFIG_INVALID", `${row.title} needs an address`, { next });
  }
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new UsageError("E_CONFIG_INVALID", `${row.title}: ${variable ?? "base_url"} is no http(s) address: ${given}`);
  }
  return trimmed(withVersion(given, version));
}
