// Where a configuration's `${file:PATH}` and `${keyring:NAME}` come from.
import { UsageError } from "../../errors/index.ts";
import type { SecretSource } from "../../config/index.ts";
import type { Io } from "../../io/index.ts";
import { readSecretFile } from "./secret-file.ts";
import { fileStore, loadKeyring, openSecretStore, type Keyring } from "./secret-store.ts";

/** The keyring is asked first, then the file in which secrets were kept before there was one. */
export function secretSource(
  io: Pick<Io, "files" | "cwd" | "env" | "platform">,
  load: () => Promise<Keyring | null> = loadKeyring,
): SecretSource {
  return {
    async read(kind, name) {
      if (kind === "file") return readSecretFile(name, io);
      try {
        const store = await openSecretStore(io, load);
        const value = (await store.get(name)) ?? (store.kind === "file" ? null : await fileStore(io).get(name));
        return value === null ? { problem: `is not stored; store it with \`massgen mcp secret set ${name}\`` } : { value };
      } catch (error) {
        if (error instanceof UsageError) return { problem: `cannot be used: ${error.message} ${error.next}` };
        return { problem: `could not be read from the keyring (${error instanceof Error ? error.message : String(error)})` };
      }
    },
  };
}
