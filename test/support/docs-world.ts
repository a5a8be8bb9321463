// The world in which the commands of the guides are run: the built program and installed servers on the PATH, scripted providers, a folder of its own.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { bareEnvironment, cliPath, projectRoot } from "./run-cli.ts";

const models = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "massgen/models");
/** A model file for local agents; null where none was brought. */
export const localModel = existsSync(models)
  ? (readdirSync(models)
      .filter((name) => name.endsWith(".gguf"))
      .map((name) => join(models, name))[0] ?? null)
  : null;

/** `massgen` is the built program; `npx` starts what is installed here, without a network. */
export function toolFolder(folder: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const node = JSON.stringify(process.execPath);
  const scripts: Readonly<Record<string, string>> = {
    massgen: `exec ${node} ${JSON.stringify(cliPath)} "$@"`,
    node: `exec ${node} "$@"`,
    npx: `case "$1" in -y|--no-install) shift;; esac
if [ "$1" = massgen ]; then shift; exec ${node} ${JSON.stringify(cliPath)} "$@"; fi
name="\${1%@*}"; shift
if [ ! -e ${JSON.stringify(join(projectRoot, "node_modules"))}/"$name"/dist/index.js ]; then echo "npm error 404 Not Found: $name" >&2; exit 1; fi
exec ${node} ${JSON.stringify(join(projectRoot, "node_modules"))}/"$name"/dist/index.js "$@"`,
  };
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

/** A folder as a reader may have it: a file, and a change that git sees. */
export function readersFolder(folder: string): string {
  const work = join(folder, "work");
  mkdirSync(work);
  writeFileSync(join(work, "notes.txt"), "first\n");
  const git = (...args: readonly string[]) => spawnSync("git", [...args], { cwd: work });
  git("init", "--quiet");
  git("add", "notes.txt");
  writeFileSync(join(work, "notes.txt"), "second\n");
  return work;
}

export type Place = { readonly work: string; readonly bin: string; readonly env: Readonly<Record<string, string>> };
export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export function runShell(text: string, { work, bin, env }: Place): Promise<Outcome> {
  const home = dirname(work);
  const bare = bareEnvironment(home);
  const child = spawn("bash", ["-e", "-c", text], {
    cwd: work,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...bare,
      ...env,
      ...(localModel === null ? {} : { MASSGEN_LOCAL_MODEL: localModel }),
      PATH: `${bin}${delimiter}${bare["PATH"] ?? ""}`,
      TMPDIR: home,
    },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
}
