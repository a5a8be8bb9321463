// Says in our words why an authorization failed: what an authorization server writes may repeat a secret or try to talk to the reader.
import { isRecord } from "../../core/index.ts";

export type Reason = {
  readonly text: string;
  /** It may work later. */
  readonly passing: boolean;
};

const SENTENCES: Readonly<Record<string, string>> = {
  IssuerMismatchError: "the issuer is not the one that was asked",
  AuthorizationServerMismatchError: "the credentials belong to another authorization server",
  InsecureTokenEndpointError: "the token address is not encrypted",
  RegistrationRejectedError: "the authorization server does not let this client register",
  OAuthClientRegistrationError: "the authorization server does not let this client register",
  ZodError: "the authorization server's answer cannot be read",
  SyntaxError: "the authorization server's answer cannot be read",
  TimeoutError: "the authorization server did not answer in time",
};

export function reasonOf(error: unknown): Reason {
  const name = error instanceof Error ? error.name : "";
  const known = SENTENCES[name] ?? SENTENCES[error instanceof Error ? error.constructor.name : ""];
  if (known !== undefined) return { text: known, passing: name === "TimeoutError" };
  if (error instanceof TypeError) return { text: "the authorization server cannot be reached", passing: true };
  const code = isRecord(error) ? error["code"] : undefined;
  if (typeof code === "string" && /^[a-z_]{1,60}$/.test(code))
    return { text: `the authorization server answered ${code}`, passing: code === "server_error" || code === "temporarily_unavailable" };
  if (error instanceof Error && error.message.startsWith("Protected resource "))
    return { text: "the server names another server as the one to sign in for", passing: false };
  return { text: "the authorization server could not be used", passing: false };
}
