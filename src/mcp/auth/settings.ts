// The `auth` block of a server entry: which grant gets the token, as whom, and at which authorization server alone.
import { isRecord, type Json } from "../../core/index.ts";
import { AUTH_KEYS, AUTH_TEXTS, type McpServerConfig } from "../../config/types.ts";
import { MCPConfigurationError } from "../errors.ts";

export const GRANTS = ["authorization_code", "client_credentials", "jwt_bearer", "cross_app"] as const;
export type Grant = (typeof GRANTS)[number];

/** Where the identity comes from that a cross-app grant exchanges. */
export type IdentityProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly idToken: string;
  /** Looked up at the issuer where it is null. */ readonly tokenEndpoint: string | null;
};

export type AuthSettings = {
  readonly grant: Grant;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  /** PEM, with its algorithm (default ES256): the client signs instead of sending a secret. */
  readonly privateKey: { readonly pem: string; readonly algorithm: string } | null;
  /** https address of the client's metadata document, used as its id where the authorization server can do that. */
  readonly clientMetadataUrl: string | null;
  /** Asked for where the server names no scope itself. */
  readonly scope: string | null;
  /** The one authorization server the credentials are for; null = the first one they are used at. */
  readonly issuer: string | null;
  readonly redirectUri: string;
  /** A signed assertion (jwt_bearer). */
  readonly assertion: string | null;
  readonly idp: IdentityProvider | null;
  /** Binds tokens to a key of this process (RFC 9449). */
  readonly dpop: boolean;
};

const REDIRECT_URI = "http://127.0.0.1:8976/callback";
type Texts = Readonly<Record<(typeof AUTH_TEXTS)[number], string | null>>;

/** Null where the entry has no `auth`, or `auth: false`. `auth: true` takes every default. Throws `MCPConfigurationError`. */
export function authSettings(server: McpServerConfig): AuthSettings | null {
  const written = server.extra["auth"];
  if (written === undefined || written === null || written === false) return null;
  const fail = (message: string): never => {
    throw new MCPConfigurationError(`Server "${server.name}": ${message}.`, { configSection: server.name });
  };
  if (server.transport.type === "stdio") return fail("`auth` is for servers with a `url`; a stdio server gets its credentials in `env`");
  const block =
    written === true
      ? {}
      : isRecord(written)
        ? (written as Readonly<Record<string, Json>>)
        : fail("`auth` must be true, false or a group of settings");
  const stranger = Object.keys(block).find((key) => !AUTH_KEYS.includes(key));
  if (stranger !== undefined) fail(`\`auth.${stranger}\` is not known; known are ${AUTH_KEYS.join(", ")}`);
  const problem = problemOf(readBlock(block, fail));
  if (problem !== null) fail(problem);
  return readBlock(block, fail);
}

type Fail = (message: string) => never;

function readBlock(block: Readonly<Record<string, Json>>, fail: Fail): AuthSettings {
  const texts = Object.fromEntries(AUTH_TEXTS.map((key) => [key, textOf(block[key], `auth.${key}`, fail)])) as Texts;
  const dpop = block["dpop"] ?? false;
  if (typeof dpop !== "boolean") return fail("`auth.dpop` must be true or false");
  return {
    grant: grantOf(block["grant"] ?? "authorization_code", fail),
    clientId: texts.client_id,
    clientSecret: texts.client_secret,
    privateKey: texts.private_key === null ? null : { pem: texts.private_key, algorithm: texts.algorithm ?? "ES256" },
    clientMetadataUrl: texts.client_metadata_url,
    scope: texts.scope,
    issuer: texts.issuer,
    redirectUri: texts.redirect_uri ?? REDIRECT_URI,
    assertion: texts.assertion,
    idp: idpOf(block["idp"], fail),
    dpop,
  };
}

function textOf(value: Json | undefined, key: string, fail: Fail): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" && value !== "" ? value : fail(`\`${key}\` must be a text`);
}

function grantOf(value: Json, fail: Fail): Grant {
  return GRANTS.find((grant) => grant === value) ?? fail(`\`auth.grant\` must be one of ${GRANTS.join(", ")}`);
}

function idpOf(value: Json | undefined, fail: Fail): IdentityProvider | null {
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) return fail("`auth.idp` must be a group of settings");
  const text = (key: string): string | null => textOf(value[key] as Json | undefined, `auth.idp.${key}`, fail);
  const [issuer, clientId, idToken] = [text("issuer"), text("client_id"), text("id_token")];
  if (issuer === null || clientId === null || idToken === null) return fail("`auth.idp` needs `issuer`, `client_id` and `id_token`");
  return { issuer, clientId, idToken, clientSecret: text("client_secret"), tokenEndpoint: text("token_endpoint") };
}

/** What does not go together. */
function problemOf(settings: AuthSettings): string | null {
  const { grant, clientId, clientSecret, privateKey, assertion, idp, clientMetadataUrl, redirectUri, issuer } = settings;
  if (grant !== "authorization_code" && clientId === null) return `\`auth.grant: ${grant}\` needs \`client_id\``;
  if (grant === "client_credentials" && clientSecret === null && privateKey === null)
    return "`auth.grant: client_credentials` needs `client_secret` or `private_key`";
  if (grant === "jwt_bearer" && assertion === null) return "`auth.grant: jwt_bearer` needs `assertion`";
  if (grant === "cross_app" && idp === null) return "`auth.grant: cross_app` needs `idp`";
  if (clientMetadataUrl !== null && !/^https:\/\/[^/]+\/./.test(clientMetadataUrl))
    return "`auth.client_metadata_url` must be an https address with a path";
  if (issuer !== null && !URL.canParse(issuer)) return "`auth.issuer` must be an address";
  return /^https?:$/.test(URL.parse(redirectUri)?.protocol ?? "") ? null : "`auth.redirect_uri` must be an http or https address";
}
