// Where models and the local runtime are kept.
import { isAbsolute, join, resolve } from "node:path";
import type { Io } from "../../io/index.ts";

type Surroundings = Pick<Io, "env" | "cwd">;

/** `$MASSGEN_HOME/cache`, else `$XDG_CACHE_HOME/massgen`, else `~/.cache/massgen`. */
function cacheFolder({ env, cwd }: Surroundings): string {
  const home = env["MASSGEN_HOME"];
  if (home !== undefined && home !== "") return join(resolve(cwd, home), "cache");
  const shared = env["XDG_CACHE_HOME"];
  const base = shared !== undefined && isAbsolute(shared) ? shared : join(userHome({ env, cwd }), ".cache");
  return join(base, "massgen");
}

function userHome({ env, cwd }: Surroundings): string {
  return env["HOME"] ?? env["USERPROFILE"] ?? cwd;
}

export const modelsFolder = (io: Surroundings): string => join(cacheFolder(io), "models");

/** Where `massgen local setup` installs node-llama-cpp. */
export const runtimeFolder = (io: Surroundings): string => join(cacheFolder(io), "runtime");

/** A path as a person writes it: `~/` is the home folder, anything relative starts at the working folder. */
export function personPath(io: Surroundings, path: string): string {
  return path.startsWith("~/") ? join(userHome(io), path.slice(2)) : resolve(io.cwd, path);
}
