// Where the package keeps what it brings beside its program: beside dist/ when installed, beside src/ in the repository.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Io } from "../io/index.ts";

/** The folder, or null where the package was installed without it. */
export async function packageFolder(name: "examples" | "templates", { files }: Pick<Io, "files">): Promise<string | null> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < 4; level++) {
    if (await files.exists(join(folder, "package.json"))) {
      const wanted = join(folder, name);
      return (await files.exists(wanted)) ? wanted : null;
    }
    folder = dirname(folder);
  }
  return null;
}
