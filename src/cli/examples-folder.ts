// Where the package keeps its example configurations: beside dist/ when installed, beside src/ in the repository.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Io } from "../io/index.ts";

/** The folder, or null where the package was installed without it. */
export async function examplesFolder(io: Io): Promise<string | null> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < 4; level++) {
    const manifest = join(folder, "package.json");
    if (await io.files.exists(manifest)) {
      const examples = join(folder, "examples");
      return (await io.files.exists(examples)) ? examples : null;
    }
    folder = dirname(folder);
  }
  return null;
}
