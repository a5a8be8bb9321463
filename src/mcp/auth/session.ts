// The authorization of one server for one run: its token, at most three attempts to get a better one, one attempt at a time for all who wait.
import type { OAuthProvider as Provider } from "./oauth-provider.ts";
import type { Clock, Files, Io } from "../../io/index.ts";
import { MCPAuthenticationError } from "../errors.ts";
import { loadSdk } from "../sdk.ts";
import { checkedFetch } from "./checked-fetch.ts";
import { followAuthorization } from "./follow-authorization.ts";
import { OAuthProvider } from "./oauth-provider.ts";
import { reasonOf } from "./reason.ts";
import type { AuthSettings } from "./settings.ts";
import { TokenStore } from "./token-store.ts";

/** What a server said when it turned a request away. */
export type Challenge = { readonly status: 401 | 403; readonly scope?: string | undefined; readonly resourceMetadataUrl?: URL | undefined };

export type AuthSessionOptions = {
  readonly server: string;
  readonly url: string;
  readonly settings: AuthSettings;
  readonly fingerprint: string;
  readonly stateDir: string;
  readonly around: { readonly fetch: Io["fetch"]; readonly clock: Clock; readonly files: Files; readonly randomHex: Io["randomHex"] };
};

/** Attempts per run and server. Renewing a token whose announced life is over costs none of them. */
export const AUTHORIZATION_BUDGET = 3;
/** A token that is announced to live shorter than this is not renewed for free: a server must not make us sign in for ever. */
const SHORTEST_FREE_LIFE_MS = 30_000;

export class AuthSession {
  readonly #options: AuthSessionOptions;
  readonly #store: TokenStore;
  readonly #serverUrl: URL;
  readonly #fetch: Io["fetch"];
  #left = AUTHORIZATION_BUDGET;
  #running: Promise<void> | null = null;
  #starting: Promise<Provider> | null = null;
  #refused: MCPAuthenticationError | null = null;
  #scope: string | undefined;
  #expiresAt = Infinity;

  constructor(options: AuthSessionOptions) {
    this.#options = options;
    const { around, fingerprint, server, settings, stateDir, url } = options;
    this.#serverUrl = new URL(url);
    this.#store = new TokenStore({ files: around.files, stateDir, key: fingerprint, keep: !settings.dpop });
    this.#fetch = checkedFetch(around.fetch, { server, serverUrl: this.#serverUrl, clock: around.clock });
  }

  /** Tokens and secrets it was given. */
  get secrets(): readonly string[] {
    return this.#store.secrets;
  }

  /** The token to send now; null before the first authorization. */
  async token(): Promise<string | null> {
    return (await this.provider()).tokens()?.access_token ?? null;
  }

  /** Made once, with what earlier runs kept. */
  provider(): Promise<Provider> {
    return (this.#starting ??= this.#start());
  }

  /** Resolves when there is another token than `used`. Rejects with `MCPAuthenticationError` where there is none to be had. */
  async renew(challenge: Challenge, used: string | null): Promise<void> {
    if ((await this.token()) !== used) return;
    await (this.#running ??= this.#renew(challenge, used).finally(() => (this.#running = null)));
  }

  async #start(): Promise<Provider> {
    const { settings, around } = this.#options;
    const sdk = await loadSdk();
    await this.#store.load();
    return new OAuthProvider({ settings, store: this.#store, sdk, randomHex: around.randomHex, fetch: this.#fetch });
  }

  async #renew(challenge: Challenge, used: string | null): Promise<void> {
    const { server } = this.#options;
    if (this.#refused) throw this.#refused;
    await this.#store.load(); // Another process may have a newer one.
    if (used !== null && (await this.token()) !== used) return;
    this.#spend();
    const provider = await this.provider();
    try {
      await this.#authorize(provider, challenge);
      const { expires_in: seconds } = provider.tokens() ?? {};
      this.#expiresAt =
        typeof seconds === "number" && seconds * 1000 >= SHORTEST_FREE_LIFE_MS
          ? this.#options.around.clock.monotonic() + seconds * 1000
          : Infinity;
    } catch (error) {
      const { text, passing } = reasonOf(error);
      const failure =
        error instanceof MCPAuthenticationError
          ? error
          : new MCPAuthenticationError(
              `The authorization for "${server}" failed: ${text}.`,
              { serverName: server },
              { retryable: passing },
            );
      if (!failure.retryable) this.#refused = failure;
      throw failure;
    } finally {
      provider.finish();
    }
  }

  #spend(): void {
    const { server, around } = this.#options;
    if (around.clock.monotonic() >= this.#expiresAt) return;
    if (this.#left === 0) {
      throw new MCPAuthenticationError(
        `The server "${server}" still refuses after ${AUTHORIZATION_BUDGET} authorizations; no more are tried in this run.`,
        { serverName: server },
      );
    }
    this.#left -= 1;
  }

  async #authorize(provider: Provider, challenge: Challenge): Promise<void> {
    const sdk = await loadSdk();
    const granted = provider.tokens()?.scope;
    this.#scope = sdk.computeScopeUnion(this.#scope, challenge.status === 403 ? granted : undefined, challenge.scope);
    const request = {
      serverUrl: this.#serverUrl,
      fetchFn: (url: string | URL, init?: RequestInit) => this.#fetch(url, init),
      ...(challenge.resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl: challenge.resourceMetadataUrl }),
      ...(this.#scope === undefined ? {} : { scope: this.#scope }),
    };
    const forceReauthorization = challenge.status === 403 && sdk.isStrictScopeSuperset(this.#scope, granted);
    if ((await sdk.auth(provider, { ...request, forceReauthorization })) === "AUTHORIZED") return;
    const answer = await this.#goThere(provider);
    const iss = answer.iss === null ? {} : { iss: answer.iss };
    await sdk.auth(provider, { ...request, ...iss, authorizationCode: answer.code });
  }

  /** To the authorization server and back with a code. What it writes beside the code is never shown: before its issuer is checked anybody may have written it. */
  async #goThere(provider: Provider): Promise<{ readonly code: string; readonly iss: string | null }> {
    const { server, settings } = this.#options;
    if (provider.authorizationUrl === null) throw new Error("there is no address to sign in at");
    const params = await followAuthorization(provider.authorizationUrl, { server, redirectUri: settings.redirectUri, fetch: this.#fetch });
    if (!provider.isOurs(params.get("state")))
      throw new MCPAuthenticationError(`The authorization for "${server}" came back with an answer to another question (state).`, {
        serverName: server,
      });
    const code = params.get("code");
    if (code === null || code === "")
      throw new MCPAuthenticationError(`The authorization for "${server}" was refused.`, { serverName: server });
    return { code, iss: params.get("iss") };
  }
}
