// One authorization per server and run: agents with connections of their own share the token and the attempts.
import type { McpServerConfig } from "../../config/types.ts";
import { AuthSession, type AuthSessionOptions } from "./session.ts";
import { authSettings } from "./settings.ts";

export class AuthSessions {
  readonly #stateDir: string;
  readonly #sessions = new Map<string, AuthSession>();

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  /** Tokens and secrets that were given to us so far. */
  get secrets(): readonly string[] {
    return this.#sessions.size === 0 ? [] : [...this.#sessions.values()].flatMap((session) => session.secrets);
  }

  /** Null for servers without `auth`. Throws `MCPConfigurationError` where the block makes no sense. */
  of(server: McpServerConfig, fingerprint: string, around: AuthSessionOptions["around"]): AuthSession | null {
    const settings = authSettings(server);
    const { transport } = server;
    if (settings === null || transport.type === "stdio") return null;
    const known = this.#sessions.get(fingerprint);
    if (known) return known;
    const session = new AuthSession({ server: server.name, url: transport.url, settings, fingerprint, stateDir: this.#stateDir, around });
    this.#sessions.set(fingerprint, session);
    return session;
  }
}
