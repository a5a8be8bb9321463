// Reads the fields that matter out of whatever a provider's SDK throws or streams as an error: status, headers, body, cause.

export type ErrorFields = {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's own words. */
  readonly message: string;
  /** Every machine-readable name found (`type`, `code`, `status`, `reason`), lower case. */
  readonly names: ReadonlySet<string>;
  /** `details` of a Google error. */
  readonly details: readonly Readonly<Record<string, unknown>>[];
  /** System error codes along the chain of causes (`ECONNREFUSED` …). */
  readonly systemCodes: readonly string[];
  /** The class name of the SDK's error. */
  readonly kind: string;
};

type Bag = Readonly<Record<string, unknown>>;

function asBag(value: unknown): Bag | null {
  return typeof value === "object" && value !== null ? (value as Bag) : null;
}

function asText(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : null;
}

function parseBody(text: unknown): Bag | null {
  if (typeof text !== "string" || text === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    return asBag(Array.isArray(value) ? value[0] : value);
  } catch {
    return null; // Not JSON: a proxy's HTML page, for instance; the status decides then.
  }
}

/** The objects that may describe the error, the most specific first. */
function descriptions(error: Bag): Bag[] {
  const found: Bag[] = [];
  for (const candidate of [parseBody(error["responseBody"]), asBag(error["data"]), error]) {
    if (candidate === null) continue;
    const inner = asBag(candidate["error"]) ?? (asBag(candidate["response"]) ? asBag(asBag(candidate["response"])?.["error"]) : null);
    if (inner !== null) found.push(inner);
    found.push(candidate);
  }
  return found;
}

function collectNames(bags: readonly Bag[], details: readonly Bag[]): Set<string> {
  const names = new Set<string>();
  for (const bag of [...bags, ...details]) {
    for (const key of ["type", "code", "status", "reason"]) {
      const name = asText(bag[key]);
      if (name !== null) names.add(name.toLowerCase());
    }
  }
  return names;
}

function causes(error: unknown): Bag[] {
  const chain: Bag[] = [];
  for (let at = asBag(error); at !== null && chain.length < 8; at = asBag(at["cause"])) {
    chain.push(at);
    const errors = at["errors"];
    if (Array.isArray(errors)) chain.push(...errors.map(asBag).filter((one) => one !== null));
  }
  return chain;
}

function lowerKeys(headers: Bag | null): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(headers ?? {})) if (typeof value === "string") result[key.toLowerCase()] = value;
  return result;
}

function rawMessage(bags: readonly Bag[]): string | null {
  for (const bag of bags) {
    // OpenRouter wraps what the real provider said.
    const raw = asText(asBag(bag["metadata"])?.["raw"]);
    // xAI and Ollama write the words where others have an object, servers in Python under `detail`.
    const message = asText(bag["message"]) ?? asText(bag["error"]) ?? asText(bag["detail"]);
    if (message !== null) return raw === null || raw.length > 300 ? message : `${message}: ${raw}`;
  }
  return null;
}

/** Never throws, whatever it is given. */
export function errorFields(error: unknown): ErrorFields {
  const bag = asBag(error) ?? {};
  const chain = causes(error);
  const bags = descriptions(bag);
  const details = bags.flatMap((one) =>
    Array.isArray(one["details"]) ? one["details"].map(asBag).filter((detail) => detail !== null) : [],
  );
  const status =
    bag["statusCode"] ??
    bags.map((one) => one["statusCode"] ?? one["code"]).find((code) => typeof code === "number" && code >= 100 && code < 600);
  return {
    status: typeof status === "number" ? status : null,
    headers: lowerKeys(asBag(bag["responseHeaders"])),
    message: rawMessage(bags) ?? asText(error) ?? "unknown error",
    names: collectNames(bags, details),
    details,
    systemCodes: chain.map((one) => asText(one["code"])).filter((code) => code !== null),
    kind: asText(bag["name"]) ?? "",
  };
}
