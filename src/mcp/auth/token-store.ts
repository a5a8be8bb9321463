// What authorization servers gave us, each thing under the issuer that gave it, kept in the state folder for the owner's eyes alone.
import { isRecord } from "../../core/index.ts";
import path from "node:path";
import type { StoredOAuthClientInformation, StoredOAuthTokens } from "@modelcontextprotocol/client";
import { systemErrorCode, type Files } from "../../io/index.ts";

export type TokenStoreOptions = {
  readonly files: Files;
  readonly stateDir: string;
  /** The server's fingerprint: other credentials or another address are another store. */
  readonly key: string;
  /** False keeps everything in memory: tokens bound to a key of this process are of no use to the next. */
  readonly keep: boolean;
};

export class TokenStore {
  readonly #options: TokenStoreOptions;
  readonly #file: string;
  #clients = new Map<string, StoredOAuthClientInformation>();
  #tokens = new Map<string, StoredOAuthTokens>();
  /** The issuer of the tokens that were saved last. */
  #latest: string | null = null;
  #text = "";

  constructor(options: TokenStoreOptions) {
    this.#options = options;
    this.#file = path.join(options.stateDir, "oauth", `${options.key}.json`);
  }

  get latest(): StoredOAuthTokens | undefined {
    return this.#latest === null ? undefined : this.#tokens.get(this.#latest);
  }

  /** Where credentials without a configured issuer were used first. */
  get latestIssuer(): string | null {
    return this.#latest;
  }

  client(issuer: string): StoredOAuthClientInformation | undefined {
    return this.#clients.get(issuer);
  }

  tokens(issuer: string): StoredOAuthTokens | undefined {
    return this.#tokens.get(issuer);
  }

  /** Everything in it that must not be shown. */
  get secrets(): readonly string[] {
    const tokens = [...this.#tokens.values()].flatMap(({ access_token, refresh_token, id_token }) => [
      access_token,
      refresh_token,
      id_token,
    ]);
    const clients = [...this.#clients.values()].map((client) => ("client_secret" in client ? client.client_secret : undefined));
    return [...tokens, ...clients].filter((secret) => typeof secret === "string");
  }

  /** Takes over what another process wrote. A file that cannot be read counts as empty: signing in again replaces it. */
  async load(): Promise<void> {
    if (!this.#options.keep) return;
    try {
      const text = Buffer.from(await this.#options.files.read(this.#file, 1_000_000)).toString("utf8");
      if (text !== this.#text) this.#adopt(text);
    } catch (error) {
      if (systemErrorCode(error) === null && !(error instanceof SyntaxError)) throw error;
    }
  }

  async saveClient(issuer: string, client: StoredOAuthClientInformation): Promise<void> {
    this.#clients.set(issuer, client);
    await this.#write();
  }

  async saveTokens(issuer: string, tokens: StoredOAuthTokens): Promise<void> {
    this.#tokens.set(issuer, tokens);
    this.#latest = issuer;
    await this.#write();
  }

  async forget(what: "clients" | "tokens"): Promise<void> {
    if (what === "clients") this.#clients.clear();
    else this.#tokens.clear();
    await this.#write();
  }

  #adopt(text: string): void {
    const stored: unknown = JSON.parse(text);
    if (!isRecord(stored)) return;
    this.#clients = mapOf(stored["clients"], "client_id");
    this.#tokens = mapOf(stored["tokens"], "access_token");
    this.#latest = typeof stored["latest"] === "string" ? stored["latest"] : null;
    this.#text = text;
  }

  async #write(): Promise<void> {
    if (!this.#options.keep) return;
    const { files, stateDir } = this.#options;
    this.#text = JSON.stringify({ latest: this.#latest, clients: [...this.#clients], tokens: [...this.#tokens] });
    await files.makeFolder(path.join(stateDir, "oauth"));
    await files.replace(this.#file, this.#text);
  }
}

function mapOf<Value>(value: unknown, needed: string): Map<string, Value> {
  const pairs = (Array.isArray(value) ? value : []).filter(
    (pair): pair is [string, Value] =>
      Array.isArray(pair) && typeof pair[0] === "string" && isRecord(pair[1]) && typeof pair[1][needed] === "string",
  );
  return new Map(pairs);
}
