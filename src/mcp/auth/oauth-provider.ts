// What the protocol library asks of an OAuth client: who we are, what was given to us by which issuer, and where to go next.
import type {
  AddClientAuthentication,
  DpopSession,
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import type { Io } from "../../io/index.ts";
import type { loadSdk } from "../sdk.ts";
import type { AuthSettings } from "./settings.ts";
import type { TokenStore } from "./token-store.ts";

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const GRANT_TYPES = {
  authorization_code: ["authorization_code", "refresh_token"],
  client_credentials: ["client_credentials"],
  jwt_bearer: [JWT_BEARER],
  cross_app: [JWT_BEARER],
} as const;

export type OAuthProviderOptions = {
  readonly settings: AuthSettings;
  readonly store: TokenStore;
  readonly sdk: Awaited<ReturnType<typeof loadSdk>>;
  readonly randomHex: Io["randomHex"];
  /** For the identity provider of a cross-app grant. */
  readonly fetch: Io["fetch"];
};

export class OAuthProvider implements OAuthClientProvider {
  readonly redirectUrl: string | undefined;
  readonly clientMetadata: OAuthClientMetadata;
  readonly clientMetadataUrl?: string;
  readonly saveClientInformation?: (client: StoredOAuthClientInformation, context?: OAuthClientInformationContext) => Promise<void>;
  readonly addClientAuthentication?: AddClientAuthentication;
  readonly prepareTokenRequest?: (scope?: string) => Promise<URLSearchParams>;
  readonly dpop?: () => Promise<DpopSession>;
  /** Set by the flow: where a person (or we) should go. */
  authorizationUrl: URL | null = null;
  readonly #options: OAuthProviderOptions;
  #state = "";
  #verifier = "";
  /** Kept between going there and coming back only: what a server said of its authorization server last time may be wrong today. */
  #discovery: OAuthDiscoveryState | undefined;
  #issuer = "";
  #resource = "";

  constructor(options: OAuthProviderOptions) {
    this.#options = options;
    const { settings, sdk, store } = options;
    const interactive = settings.grant === "authorization_code";
    this.redirectUrl = interactive ? settings.redirectUri : undefined;
    this.clientMetadata = metadataOf(settings);
    if (settings.clientMetadataUrl !== null) this.clientMetadataUrl = settings.clientMetadataUrl;
    if (settings.clientId === null)
      this.saveClientInformation = (client, context) => store.saveClient(context?.issuer ?? client.issuer ?? "", client);
    if (!interactive) this.prepareTokenRequest = (scope) => this.#tokenRequest(scope);
    if (settings.privateKey !== null && settings.clientId !== null) {
      const { pem, algorithm } = settings.privateKey;
      this.addClientAuthentication = sdk.createPrivateKeyJwtAuth({
        issuer: settings.clientId,
        subject: settings.clientId,
        privateKey: pem,
        alg: algorithm,
      });
    }
    if (settings.dpop) {
      const session = sdk.DpopSession.create();
      this.dpop = () => session;
    }
  }

  state(): string {
    return (this.#state = this.#options.randomHex(16));
  }

  /** True where the answer belongs to the question this flow asked. */
  isOurs(state: string | null): boolean {
    return this.#state !== "" && state === this.#state;
  }

  clientInformation(context?: OAuthClientInformationContext): StoredOAuthClientInformation | undefined {
    const { settings, store } = this.#options;
    if (settings.clientId === null) return context === undefined ? undefined : store.client(context.issuer);
    const issuer = settings.issuer ?? store.latestIssuer;
    return {
      client_id: settings.clientId,
      ...(settings.clientSecret === null ? {} : { client_secret: settings.clientSecret }),
      ...(issuer === null ? {} : { issuer }),
    };
  }

  tokens(context?: OAuthClientInformationContext): StoredOAuthTokens | undefined {
    return context === undefined ? this.#options.store.latest : this.#options.store.tokens(context.issuer);
  }

  saveTokens(tokens: StoredOAuthTokens, context?: OAuthClientInformationContext): Promise<void> {
    return this.#options.store.saveTokens(context?.issuer ?? tokens.issuer ?? "", tokens);
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  saveAuthorizationServerUrl(issuer: string): void {
    this.#issuer = issuer;
  }

  saveResourceUrl(resource: string): void {
    this.#resource = resource;
  }

  async invalidateCredentials(scope: "all" | "client" | "tokens" | "verifier" | "discovery"): Promise<void> {
    if (scope === "all" || scope === "client") await this.#options.store.forget("clients");
    if (scope === "all" || scope === "tokens") await this.#options.store.forget("tokens");
    if (scope === "all" || scope === "discovery") this.#discovery = undefined;
  }

  /** Forgets everything of one flow. */
  finish(): void {
    this.#discovery = undefined;
    this.authorizationUrl = null;
    this.#state = this.#verifier = "";
  }

  async #tokenRequest(scope: string | undefined): Promise<URLSearchParams> {
    const { settings } = this.#options;
    const params = new URLSearchParams(
      settings.grant === "client_credentials"
        ? { grant_type: "client_credentials" }
        : { grant_type: JWT_BEARER, assertion: await this.#assertion(scope) },
    );
    if (scope !== undefined && scope !== "") params.set("scope", scope);
    if (settings.clientSecret === null && settings.privateKey === null && settings.clientId !== null)
      params.set("client_id", settings.clientId);
    return params;
  }

  async #assertion(scope: string | undefined): Promise<string> {
    const {
      settings: { idp, assertion },
      sdk,
      fetch,
    } = this.#options;
    if (idp === null) return assertion ?? "";
    const { issuer, clientId, clientSecret, idToken, tokenEndpoint } = idp;
    const request = {
      clientId,
      idToken,
      audience: this.#issuer,
      resource: this.#resource,
      fetchFn: (url: string | URL, init?: RequestInit) => fetch(url, init),
      ...(clientSecret === null ? {} : { clientSecret }),
      ...(scope === undefined ? {} : { scope }),
    };
    const grant = await (tokenEndpoint === null
      ? sdk.discoverAndRequestJwtAuthGrant({ ...request, idpUrl: issuer })
      : sdk.requestJwtAuthorizationGrant({ ...request, tokenEndpoint }));
    return grant.jwtAuthGrant;
  }
}

function metadataOf({ grant, redirectUri, scope, privateKey }: AuthSettings): OAuthClientMetadata {
  const interactive = grant === "authorization_code";
  return {
    client_name: "MassGen",
    redirect_uris: interactive ? [redirectUri] : [],
    grant_types: [...GRANT_TYPES[grant]],
    ...(interactive ? { response_types: ["code"] } : {}),
    application_type: "native",
    ...(scope === null ? {} : { scope }),
    ...(privateKey === null ? {} : { token_endpoint_auth_method: "private_key_jwt" }),
  };
}
