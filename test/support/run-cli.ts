// Runs the built program as a person would: a real process, its two outputs and its exit code.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";

export const projectRoot = join(import.meta.dirname, "../..");
export const cliPath = join(projectRoot, "dist/cli.js");

export type CliRun = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type CliOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly timeoutMs?: number;
};

/** Only what a program needs to run: no keys and no settings of whoever runs the tests. */
export function bareEnvironment(folder: string): Record<string, string> {
  const keep = ["PATH", "LANG", "TMPDIR", "SYSTEMROOT"];
  const kept = Object.fromEntries(keep.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return { ...kept, HOME: folder, XDG_STATE_HOME: join(folder, "state"), NO_COLOR: "1" };
}

export type StartedCli = { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<CliRun> };

/** Starts the program; a test may kill it by its own child process. */
export function startCli(args: readonly string[], options: CliOptions): StartedCli {
  const child = spawn(process.execPath, [cliPath, ...args], {
    cwd: options.cwd,
    env: { ...bareEnvironment(options.cwd), ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const limit = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 150_000);
  return { child, ended: new Promise((resolve) => child.on("close", (code) => (clearTimeout(limit), resolve({ code, ...output })))) };
}

export const runCli = (args: readonly string[], options: CliOptions): Promise<CliRun> => startCli(args, options).ended;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "massgen-e2e-"));
  folders.push(folder);
  return folder;
}

export function writeConfig(folder: string, config: unknown): string {
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify(config, null, 2));
  return path;
}
