// Secrets by name: in the keyring of the system where `@napi-rs/keyring` is installed, otherwise in a file that only this user can read.
import { join } from "node:path";
import { UsageError } from "../../errors/index.ts";
import { configFolder, fileRights, systemErrorCode, type Io } from "../../io/index.ts";

export type SecretStore = {
  readonly kind: "keyring" | "file";
  /** For people: where the secrets are, and how they are kept. */
  readonly where: string;
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** False where there was none. */
  remove(name: string): Promise<boolean>;
  /** Sorted. */
  names(): Promise<readonly string[]>;
};

/** The part of `@napi-rs/keyring` that is used. */
export type Keyring = {
  readonly Entry: new (
    service: string,
    account: string,
  ) => { getPassword(): string | null; setPassword(value: string): void; deletePassword(): boolean };
  findCredentials(service: string): readonly { readonly account: string }[];
};

const SERVICE = "massgen";
const FILE = "secrets.json";
const PACKAGE = "@napi-rs/keyring";
type Surroundings = Pick<Io, "files" | "cwd" | "env" | "platform">;

/** Null where the package is not installed or the system has no keyring to offer. */
export async function loadKeyring(): Promise<Keyring | null> {
  try {
    const keyring = (await import(PACKAGE)) as Keyring;
    keyring.findCredentials(SERVICE);
    return keyring;
  } catch {
    return null; // Not installed, or no keyring service is running: the file is used, and the commands say so.
  }
}

export async function openSecretStore(io: Surroundings, load: () => Promise<Keyring | null> = loadKeyring): Promise<SecretStore> {
  const keyring = await load();
  return keyring ? keyringStore(keyring) : fileStore(io);
}

function keyringStore({ Entry, findCredentials }: Keyring): SecretStore {
  const names = async (): Promise<readonly string[]> =>
    findCredentials(SERVICE)
      .map(({ account }) => account)
      .toSorted();
  return {
    kind: "keyring",
    where: "the keyring of this system",
    names,
    get: async (name) => new Entry(SERVICE, name).getPassword(),
    set: async (name, value) => new Entry(SERVICE, name).setPassword(value),
    remove: async (name) => (await names()).includes(name) && new Entry(SERVICE, name).deletePassword(),
  };
}

/** The store that is always there. */
export function fileStore(io: Surroundings): SecretStore {
  const path = join(configFolder(io), FILE);
  const write = async (secrets: ReadonlyMap<string, string>): Promise<void> => {
    await io.files.makeFolder(configFolder(io));
    await io.files.replace(path, `${JSON.stringify({ version: 1, secrets: Object.fromEntries(secrets) }, null, 2)}\n`);
  };
  const read = (): Promise<Map<string, string>> => readSecrets(path, io);
  return {
    kind: "file",
    where: `${path} (only you can read it, mode 0600; it is not encrypted, because ${PACKAGE} is not installed or this system has no keyring)`,
    get: async (name) => (await read()).get(name) ?? null,
    set: async (name, value) => write((await read()).set(name, value)),
    names: async () => [...(await read()).keys()].toSorted(),
    remove: async (name) => {
      const secrets = await read();
      if (!secrets.delete(name)) return false;
      await write(secrets);
      return true;
    },
  };
}

/** Throws UsageError where the file was damaged or others can read it: it must not be used and not be overwritten. */
async function readSecrets(path: string, { files, platform }: Surroundings): Promise<Map<string, string>> {
  const rights = await fileRights(path);
  if (rights === null) return new Map();
  if (platform !== "win32" && (rights & 0o077) !== 0)
    throw new UsageError("E_SECURITY", `Others can read ${path} (mode ${rights.toString(8)}).`, {
      next: `Run chmod 600 ${path}, and change the secrets in it.`,
    });
  try {
    const { secrets } = JSON.parse(Buffer.from(await files.read(path)).toString("utf8")) as { secrets: Record<string, string> };
    return new Map(Object.entries(secrets).filter(([, value]) => typeof value === "string"));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError) && systemErrorCode(error) === null) throw error;
    throw new UsageError("E_SECURITY", `${path} cannot be read as a list of secrets.`, {
      cause: error,
      next: "Correct or remove the file.",
    });
  }
}
