// Where models and the local runtime are kept.
import { join, resolve } from "node:path";
import { cacheFolder, userHome, type Io } from "../../io/index.ts";

type Surroundings = Pick<Io, "env" | "cwd">;

export const modelsFolder = (io: Surroundings): string => join(cacheFolder(io), "models");

/** Where `massgen local setup` installs node-llama-cpp. */
export const runtimeFolder = (io: Surroundings): string => join(cacheFolder(io), "runtime");

/** A path as a person writes it: `~/` is the home folder, anything relative starts at the working folder. */
export function personPath(io: Surroundings, path: string): string {
  return path.startsWith("~/") ? join(userHome(io), path.slice(2)) : resolve(io.cwd, path);
}
