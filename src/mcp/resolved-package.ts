// Finds out which package and version a server entry really starts, by what stands on this machine.
import { isRecord } from "../core/index.ts";
import path from "node:path";
import type { McpServerConfig } from "../config/types.ts";
import { findExecutable, realPlace, systemErrorCode, type Io } from "../io/index.ts";
import { packagesIn } from "../security/index.ts";

type Surroundings = Pick<Io, "files" | "env" | "cwd" | "platform">;

/**
 * `name@1.2.3`, or null where it cannot be told: remote servers, unpinned packages that are fetched at each start, a program that only
 * happens to lie in somebody's project. Never rejects for missing files.
 */
export async function resolvedPackage(server: McpServerConfig, io: Surroundings): Promise<string | null> {
  const { packages, program, interpreter } = packagesIn(server);
  if (packages.length > 0) return packages.every(({ pinned }) => pinned) ? packages.map(({ text }) => text).join(", ") : null;
  const module = interpreter?.module ?? null;
  const file = interpreter && module === null ? scriptFile(server, program, io) : commandFile(server, interpreter?.command ?? program, io);
  if (file === null) return null;
  if (module !== null) return pythonPackage(file, module.split(".")[0] ?? module, io);
  const python = await pythonPackage(file, path.basename(file).replace(/\.exe$/i, ""), io);
  return python ?? (interpreter?.language === "python" ? null : nodePackage(file, io));
}

function scriptFile({ transport }: McpServerConfig, script: string | null, io: Surroundings): string | null {
  return script === null || transport.type !== "stdio" ? null : path.resolve(transport.cwd ?? io.cwd, script);
}

function commandFile({ transport }: McpServerConfig, command: string | null, io: Surroundings): string | null {
  if (command === null || transport.type !== "stdio") return null;
  return findExecutable({
    command,
    args: [],
    env: { ...io.env, ...transport.env },
    cwd: transport.cwd ?? io.cwd,
    platform: io.platform,
  });
}

/** The nearest package.json above a file that has a name and a version, not beyond a Python environment; installed commands are links into their packages. */
async function nodePackage(file: string, { files }: Surroundings): Promise<string | null> {
  for (let folder = path.dirname(await linkedTo(file)); ; folder = path.dirname(folder)) {
    const manifest = await readJson(files, path.join(folder, "package.json"));
    if (isRecord(manifest) && typeof manifest["name"] === "string" && typeof manifest["version"] === "string")
      return `${manifest["name"]}@${manifest["version"]}`;
    if (folder === path.dirname(folder) || (await files.exists(path.join(folder, "pyvenv.cfg")))) return null;
  }
}

/** What is in the `bin` of a virtual environment has its packages beside it. */
async function pythonPackage(file: string, name: string, { files }: Surroundings): Promise<string | null> {
  const lib = path.join(path.dirname(path.dirname(file)), "lib");
  const wanted = name.replace(/[-_.]+/g, "_").toLowerCase();
  for (const version of (await listed(files, lib)).filter((name) => name.startsWith("python3"))) {
    const names = await listed(files, path.join(lib, version, "site-packages"));
    const info = names.find((name) => name.toLowerCase().startsWith(`${wanted}-`) && name.endsWith(".dist-info"));
    const found = info && /^(.+)-([^-]+)\.dist-info$/.exec(info);
    if (found) return `${(found[1] ?? "").replaceAll("_", "-")}@${found[2] ?? ""}`;
  }
  return null;
}

async function linkedTo(file: string): Promise<string> {
  try {
    return await realPlace(file);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return file;
  }
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
