// Where `massgen serve --http` listens, and the token its clients need.
import { resolve } from "node:path";
import { UsageError } from "../errors/index.ts";
import { fileRights, systemErrorCode, type Io } from "../io/index.ts";
import { quoted, usageError } from "./arguments.ts";

export const TOKEN_VARIABLE = "MASSGEN_SERVE_TOKEN";
const LEAST_TOKEN = 16;
const MOST_TOKEN_BYTES = 4_096;

export type Address = { readonly host: string; readonly port: number };

/** `8765`, `127.0.0.1:8765`, `[::1]:8765`; without a host only this machine. Throws UsageError. */
export function readAddress(written: string): Address {
  const [, host, port = ""] = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:[\]/]+):)?(\d{1,5})$/.exec(written.trim()) ?? [];
  if (port === "" || Number(port) > 65_535) throw usageError(`--http cannot be ${quoted(written)}`, "8765, or 127.0.0.1:8765");
  const bare = (host ?? "127.0.0.1").replace(/^\[|\]$/g, "");
  return { host: bare === "localhost" ? "127.0.0.1" : bare, port: Number(port) };
}

export type Token = {
  readonly value: string;
  /** Nobody knows it yet: it must be shown. */ readonly made: boolean;
  readonly warnings: readonly string[];
};

/** From the file, else the variable, else made. Throws UsageError for one that is too short or cannot be sent. */
export async function serverToken(file: string | null, io: Io): Promise<Token> {
  if (file !== null) {
    const path = resolve(io.cwd, file);
    const rights = await fileRights(path);
    const open = rights !== null && (rights & 0o077) !== 0 && io.platform !== "win32";
    const warnings = open ? [`massgen: warning: ${file} can be read by others; chmod 600 closes it`] : [];
    return { value: checked(await readToken(path, file, io), `The token in ${file}`), made: false, warnings };
  }
  const given = io.env[TOKEN_VARIABLE];
  if (given !== undefined) return { value: checked(given, `The token in ${TOKEN_VARIABLE}`), made: false, warnings: [] };
  return { value: io.randomHex(32), made: true, warnings: [] };
}

async function readToken(path: string, shown: string, { files }: Io): Promise<string> {
  const unreadable = (why: string): UsageError => new UsageError("E_USAGE", `The token file ${shown} cannot be read (${why}).`);
  const bytes = await files.read(path, MOST_TOKEN_BYTES + 1).catch((error: unknown) => {
    throw unreadable(systemErrorCode(error) ?? String(error));
  });
  if (bytes.length > MOST_TOKEN_BYTES) throw unreadable(`more than ${MOST_TOKEN_BYTES} bytes`);
  return new TextDecoder().decode(bytes);
}

function checked(written: string, what: string): string {
  const token = written.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= LEAST_TOKEN) return token;
  throw new UsageError("E_USAGE", `${what} must be one line of at least ${LEAST_TOKEN} letters, digits and signs.`, {
    next: "`openssl rand -hex 32` makes a good one.",
  });
}
