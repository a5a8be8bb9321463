// `massgen local setup`: installs the local runtime into the cache (85 MB instead of 725 MB with every platform's and GPU's binaries), then a model.
import { dirname, join } from "node:path";
import { UsageError } from "../../errors/index.ts";
import { fileSize, runChild, withProcessLock, type ChildEnd, type Io } from "../../io/index.ts";
import { runtimeFolder } from "./places.ts";
import { prepareLocalModel, type LocalModel } from "./prepare.ts";
import { loadLibrary, RUNTIME_VERSION } from "./runtime.ts";
import type { SetupReport } from "./setup-report.ts";

const NPM_TIMEOUT_MS = 10 * 60_000;
const CPU_BINARIES: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-armv7l",
  "linux-riscv64": "linux-riscv64",
  "darwin-arm64": "mac-arm64-metal",
  "darwin-x64": "mac-x64",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

export type LocalSetupOptions = { readonly io: Io; readonly yes: boolean; readonly report: SetupReport; readonly signal?: AbortSignal };

/** Resolves with the model that will answer. Throws UsageError: E_LOCAL_RUNTIME or E_LOCAL_MODEL. */
export async function localSetup(options: LocalSetupOptions): Promise<LocalModel> {
  const { io, report } = options;
  if (await isRuntimeThere(io)) report.say?.("The local runtime is there.");
  else await installRuntime(options);
  const model = await prepareLocalModel({ ...options, config: { model: null, options: {} } });
  report.say?.(`Ready: ${model.line} (${model.path})`);
  if (model.note !== null) report.say?.(model.note);
  return model;
}

async function isRuntimeThere(io: Io): Promise<boolean> {
  try {
    await loadLibrary(io);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

async function installRuntime({ io, report, signal }: LocalSetupOptions): Promise<void> {
  const folder = runtimeFolder(io);
  const packages = runtimePackages(io.platform, process.arch);
  report.say?.(`Installing ${packages.join(" and ")} into ${folder} (about 85 MB) …`);
  await io.files.makeFolder(folder);
  const stop = signal === undefined ? {} : { signal };
  await withProcessLock({ io, path: join(folder, "install.lock"), ...stop }, async () => {
    await io.files.replace(join(folder, "package.json"), '{"private":true}\n');
    const npm = await npmCommand(io);
    // No install scripts: they would look for a compiler. No optional packages: they are the binaries of all other platforms and GPUs.
    const flags = ["--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--save-exact"];
    const end = await runChild(
      {
        command: npm.command,
        args: [...npm.args, "install", "--prefix", folder, ...flags, ...packages],
        env: io.env,
        timeoutMs: NPM_TIMEOUT_MS,
        ...stop,
      },
      io.clock,
    );
    signal?.throwIfAborted();
    if (end.reason !== "exited" || end.code !== 0) throw installFailed(end, packages);
  });
}

/** Both packages must have the same version. Throws UsageError where no binary exists for this platform. */
export function runtimePackages(platform: NodeJS.Platform, arch: string): readonly string[] {
  const binary = CPU_BINARIES[`${platform}-${arch}`];
  if (binary === undefined)
    throw new UsageError("E_LOCAL_RUNTIME", `There is no ready-made local runtime for ${platform} ${arch}.`, {
      next: "Use a provider, or a server such as Ollama.",
    });
  return [`node-llama-cpp@${RUNTIME_VERSION}`, `@node-llama-cpp/${binary}@${RUNTIME_VERSION}`];
}

type Npm = { readonly command: string; readonly args: readonly string[] };

/** npm's own program where it can be found: on Windows `npm` is a batch file, which cannot be started without a shell. */
async function npmCommand({ env, platform }: Io): Promise<Npm> {
  const beside = dirname(process.execPath);
  const places = [
    env["npm_execpath"] ?? "",
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  for (const place of places) {
    if (place.endsWith("npm-cli.js") && (await fileSize(place)) !== null) return { command: process.execPath, args: [place] };
  }
  if (platform === "win32") throw new UsageError("E_LOCAL_RUNTIME", "npm was not found beside Node.");
  return { command: "npm", args: [] };
}

function installFailed(end: ChildEnd, packages: readonly string[]): UsageError {
  const why =
    end.reason === "missing"
      ? "npm was not found"
      : end.reason === "timeout"
        ? "npm did not finish"
        : end.output.trim().split("\n").slice(-3).join("\n");
  return new UsageError("E_LOCAL_RUNTIME", `The local runtime could not be installed: ${why}`, {
    next: `Install ${packages.join(" and ")} by hand.`,
  });
}
