// Finds out which package and version a server entry really starts, by what stands on this machine.
import path from "node:path";
import type { McpServerConfig } from "../config/types.ts";
import { resolveCommand, systemErrorCode, type Io } from "../io/index.ts";
import { packagesIn } from "../security/index.ts";
import { isRecord } from "./wire.ts";

type Surroundings = Pick<Io, "files" | "env" | "cwd" | "platform">;

/** `name@1.2.3`, or null where it cannot be told (remote servers, unpinned packages that are fetched at each start). Never rejects for missing files. */
export async function resolvedPackage(server: McpServerConfig, io: Surroundings): Promise<string | null> {
  const { transport } = server;
  if (transport.type !== "stdio") return null;
  const { packages, program } = packagesIn(server);
  if (packages.length > 0) return packages.every(({ pinned }) => pinned) ? packages.map(({ text }) => text).join(", ") : null;
  if (program === null) return null;
  const cwd = transport.cwd ?? io.cwd;
  if (program !== transport.command) return nodePackage(path.resolve(cwd, program), io);
  const found = resolveCommand({
    command: transport.command,
    args: transport.args,
    env: { ...io.env, ...transport.env },
    cwd,
    platform: io.platform,
  });
  return found ? ((await pythonPackage(found.file, io)) ?? (await nodePackage(found.file, io))) : null;
}

/** The nearest package.json above a file that has a name and a version. */
async function nodePackage(file: string, { files }: Surroundings): Promise<string | null> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = await readJson(files, path.join(folder, "package.json"));
    if (isRecord(manifest) && typeof manifest["name"] === "string" && typeof manifest["version"] === "string")
      return `${manifest["name"]}@${manifest["version"]}`;
    if (folder === path.dirname(folder)) return null;
  }
}

/** A command in the `bin` of a virtual environment has its package beside it. */
async function pythonPackage(file: string, { files }: Surroundings): Promise<string | null> {
  const lib = path.join(path.dirname(path.dirname(file)), "lib");
  const wanted = path
    .basename(file)
    .replace(/\.exe$/i, "")
    .replace(/[-_.]+/g, "_")
    .toLowerCase();
  for (const version of (await listed(files, lib)).filter((name) => name.startsWith("python3"))) {
    const names = await listed(files, path.join(lib, version, "site-packages"));
    const info = names.find((name) => name.toLowerCase().startsWith(`${wanted}-`) && name.endsWith(".dist-info"));
    const found = info && /^(.+)-([^-]+)\.dist-info$/.exec(info);
    if (found) return `${(found[1] ?? "").replaceAll("_", "-")}@${found[2] ?? ""}`;
  }
  return null;
}

async function readJson(files: Io["files"], file: string): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await files.read(file)).toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError) && systemErrorCode(error) === null) throw error;
    return null;
  }
}

async function listed(files: Io["files"], folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return [];
  }
}
