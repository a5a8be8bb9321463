// Where the program keeps what outlives a run: state (pids, breakers, grants) and cache (models, tool lists). docs/contracts.md §6.
import { isAbsolute, join, resolve } from "node:path";
import type { Io } from "./io.ts";

type Surroundings = Pick<Io, "env" | "cwd">;

/** `$MASSGEN_HOME/cache`, else `$XDG_CACHE_HOME/massgen`, else `~/.cache/massgen`. */
export const cacheFolder = (io: Surroundings): string => place(io, { own: "cache", variable: "XDG_CACHE_HOME", usual: ".cache" });

/** `$MASSGEN_HOME/state`, else `$XDG_STATE_HOME/massgen`, else `~/.local/state/massgen`. */
export const stateFolder = (io: Surroundings): string => place(io, { own: "state", variable: "XDG_STATE_HOME", usual: ".local/state" });

/** `$MASSGEN_HOME/config`, else `$XDG_CONFIG_HOME/massgen`, else `~/.config/massgen`. */
export const configFolder = (io: Surroundings): string => place(io, { own: "config", variable: "XDG_CONFIG_HOME", usual: ".config" });

export const userHome = ({ env, cwd }: Surroundings): string => env["HOME"] ?? env["USERPROFILE"] ?? cwd;

function place(io: Surroundings, names: { own: string; variable: string; usual: string }): string {
  const home = io.env["MASSGEN_HOME"];
  if (home !== undefined && home !== "") return join(resolve(io.cwd, home), names.own);
  const shared = io.env[names.variable];
  return join(shared !== undefined && isAbsolute(shared) ? shared : join(userHome(io), names.usual), "massgen");
}
