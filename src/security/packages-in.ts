// Which packages and images a server entry fetches or starts, and whether each is pinned to one version.
import type { McpServerConfig } from "../config/types.ts";
import { imageOf } from "./launch/container.ts";
import { packagesOf, type PackageSpec } from "./launch/package-spec.ts";
import { readLaunch } from "./launch/read-launch.ts";

export type { PackageSpec } from "./launch/package-spec.ts";
export type StartedCode = {
  /** Empty where nothing is fetched: the code is on this machine already, or the server is remote. */
  readonly packages: readonly PackageSpec[];
  /** The script or program that the innermost layer starts; null for a remote server and for a module. */
  readonly program: string | null;
  /** What runs the script or the module (`python -m`); null where the program runs by itself. */
  readonly interpreter: { readonly command: string; readonly language: string; readonly module: string | null } | null;
};

/** Pure; nothing is looked up. */
export function packagesIn({ transport }: McpServerConfig): StartedCode {
  if (transport.type !== "stdio") return { packages: [], program: null, interpreter: null };
  const layers = readLaunch(transport.command, transport.args);
  const packages = layers.flatMap((layer) => [...packagesOf(layer), ...imageOf(layer)]);
  const last = layers.at(-1);
  if (last?.family?.kind !== "interpreter") return { packages, program: last?.command ?? null, interpreter: null };
  const { command, family, options, rest } = last;
  const module = options.find(({ name }) => family.name === "python" && name === "-m")?.value ?? null;
  return { packages, program: module === null ? (rest[0] ?? null) : null, interpreter: { command, language: family.name, module } };
}
