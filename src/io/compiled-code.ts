// Keeps compiled code between runs, so that the second run of a version need not compile what the first did.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

/** Code loaded from now on is looked up there first and stored there when the process ends. A folder that cannot be used changes nothing. */
export function keepCompiledCode(cacheFolder: string): void {
  enableCompileCache(join(cacheFolder, "compiled"));
}
