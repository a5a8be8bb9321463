// Which packages and images a server entry fetches or starts, and whether each is pinned to one version.
import type { McpServerConfig } from "../config/types.ts";
import { imageOf } from "./launch/container.ts";
import { packagesOf, type PackageSpec } from "./launch/package-spec.ts";
import { readLaunch } from "./launch/read-launch.ts";

export type { PackageSpec } from "./launch/package-spec.ts";
export type StartedCode = {
  /** Empty where nothing is fetched: the code is on this machine already, or the server is remote. */
  readonly packages: readonly PackageSpec[];
  /** The script or program that the innermost layer starts; null for a remote server. */
  readonly program: string | null;
};

/** Pure; nothing is looked up. */
export function packagesIn({ transport }: McpServerConfig): StartedCode {
  if (transport.type !== "stdio") return { packages: [], program: null };
  const layers = readLaunch(transport.command, transport.args);
  const last = layers.at(-1);
  const script = last?.family?.kind === "interpreter" ? last.rest[0] : undefined;
  return { packages: layers.flatMap((layer) => [...packagesOf(layer), ...imageOf(layer)]), program: script ?? last?.command ?? null };
}
