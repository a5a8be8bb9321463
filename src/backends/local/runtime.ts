// Loads node-llama-cpp, from beside this program or from where `massgen local setup` put it, and says plainly when it cannot run here.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Llama } from "node-llama-cpp";
import type * as Library from "node-llama-cpp";
import { UsageError } from "../../errors/index.ts";
import type { Io } from "../../io/index.ts";
import { runtimeFolder } from "./places.ts";
import { reasonOf } from "./setup-report.ts";

export type LlamaLibrary = typeof Library;
type RuntimeIo = Pick<Io, "env" | "cwd" | "files" | "platform">;

/** The version whose binaries match; both must be exactly equal. */
export const RUNTIME_VERSION = "3.22.1";

/** Throws UsageError (E_LOCAL_RUNTIME). */
export async function loadLibrary(io: RuntimeIo): Promise<LlamaLibrary> {
  try {
    return await import("node-llama-cpp");
  } catch (error) {
    if (!isMissing(error)) throw runtimeError(`node-llama-cpp cannot be loaded: ${reasonOf(error)}`, error);
  }
  const manifest = join(runtimeFolder(io), "package.json");
  if (!(await io.files.exists(manifest))) throw runtimeError("the local runtime (node-llama-cpp) is not installed");
  try {
    const entry = createRequire(manifest).resolve("node-llama-cpp");
    return (await import(pathToFileURL(entry).href)) as LlamaLibrary;
  } catch (error) {
    throw runtimeError(`the local runtime in ${runtimeFolder(io)} cannot be loaded: ${reasonOf(error)}`, error);
  }
}

/** Never compiles and never downloads; the library's own messages stay off the terminal. Throws UsageError (E_LOCAL_RUNTIME). */
export async function startLlama(library: LlamaLibrary, io: RuntimeIo): Promise<Llama> {
  try {
    return await library.getLlama({
      gpu: "auto",
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: library.LlamaLogLevel.disabled,
      logger: () => undefined,
    });
  } catch (error) {
    const binary = error instanceof library.NoBinaryFoundError;
    throw runtimeError(
      binary
        ? `there is no ready-made binary of node-llama-cpp for ${io.platform} ${process.arch}`
        : `node-llama-cpp does not start: ${reasonOf(error)}`,
      error,
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("node-llama-cpp");
}

function runtimeError(what: string, cause?: unknown): UsageError {
  return new UsageError("E_LOCAL_RUNTIME", `The local backend cannot run: ${what}.`, cause === undefined ? {} : { cause });
}
