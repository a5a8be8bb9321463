// Spawns a child that cannot outlive us, however we end: a process that goes on calling a paid service after kill -9 of ours must not exist.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";

export type GuardedCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
};

/** The kernel sends the signal when the thread that spawned the child ends: call it on the main thread. */
const SETPRIV = ["/usr/bin/setpriv", "/bin/setpriv"];

/** Reads its standard input until it ends (our end of the pipe closes with our process), then kills the child it was told. */
const WATCHER = `process.stdin.resume(); process.stdin.on("end", () => { try { process.kill(Number(process.argv[1]), "SIGKILL"); } catch {} });`;

/**
 * Starts `command` with pipes for all three streams. On Linux the kernel ends it with us (`setpriv --pdeathsig`);
 * elsewhere a tiny watcher process does, which ends by itself when the child has ended.
 */
export function spawnGuarded(request: GuardedCommand): ChildProcess {
  const setpriv = process.platform === "linux" ? SETPRIV.find((path) => existsSync(path)) : undefined;
  const [command, args] =
    setpriv === undefined ? [request.command, request.args] : [setpriv, ["--pdeathsig", "KILL", "--", request.command, ...request.args]];
  const child = spawn(command, args, {
    cwd: request.cwd,
    env: { ...request.env } as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  if (setpriv === undefined && child.pid !== undefined) watch(child, child.pid);
  return child;
}

function watch(child: ChildProcess, pid: number): void {
  const watcher = spawn(process.execPath, ["-e", WATCHER, String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    windowsHide: true,
  });
  watcher.unref();
  watcher.on("error", () => undefined);
  child.once("exit", () => watcher.kill("SIGKILL"));
}

/** True where the program runs with all rights, which some children refuse. */
export const runsAsRoot = (): boolean => process.getuid?.() === 0;
