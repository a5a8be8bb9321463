// Runs a helper program to its end (pip, npm): no shell, bounded in time, ended by its own id.
import { spawn, type ChildProcess } from "node:child_process";
import type { Clock, Environment } from "./io.ts";

export type ChildRequest = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

export type ChildEnd = {
  readonly reason: "exited" | "missing" | "timeout" | "aborted";
  /** Null where the program did not end by itself. */
  readonly code: number | null;
  /** The last 4096 characters it printed, both streams together. */
  readonly output: string;
};

const KEPT = 4096;

/** Never rejects: a program that does not exist, fails or hangs is a value. */
export function runChild(request: ChildRequest, clock: Clock): Promise<ChildEnd> {
  if (request.signal?.aborted === true) return Promise.resolve({ reason: "aborted", code: null, output: "" });
  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    env: { ...request.env } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    // Its own group, so that what it starts itself ends with it.
    detached: process.platform !== "win32",
  });
  return follow(child, request, clock);
}

function follow(child: ChildProcess, request: ChildRequest, clock: Clock): Promise<ChildEnd> {
  let output = "";
  let stopped: "timeout" | "aborted" | null = null;
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString("utf8")).slice(-KEPT));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const stop = (why: "timeout" | "aborted"): void => {
    stopped ??= why;
    endGroup(child);
    // A process that left the group may hold them open for ever.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const onAbort = (): void => stop("aborted");
  const timer = clock.after(request.timeoutMs, () => stop("timeout"));
  request.signal?.addEventListener("abort", onAbort);
  return new Promise((resolve) => {
    const end = (reason: ChildEnd["reason"], code: number | null): void => {
      timer.cancel();
      request.signal?.removeEventListener("abort", onAbort);
      resolve({ reason, code, output });
    };
    child.once("error", (error) => {
      if (output === "") output = error.message;
      end("missing", null);
    });
    child.once("close", (code) => end(stopped ?? "exited", stopped === null ? code : null));
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // The group is gone already; the child itself may still be listed.
  }
}
