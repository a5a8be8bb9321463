// Everything the program takes from the outside world, as one value that tests can replace.
// Only files in this folder touch the clock, the environment, files, processes, the network and the terminal.
import type { Readable, Writable } from "node:stream";
import type { Files } from "./files.ts";
import type { Processes } from "./process-identity.ts";

export type Timer = { cancel(): void };
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes backwards. */
  monotonic(): number;
  /** Runs `action` once after `ms`; does not keep the process alive. */
  after(ms: number, action: () => void): Timer;
  /** Resolves after `ms`, rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type Terminal = {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
};

export type Environment = { readonly [name: string]: string | undefined };

export type Io = {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** `bytes` random bytes as lower-case hex. */
  randomHex(bytes: number): string;
  readonly env: Environment;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  readonly terminal: Terminal;
  readonly fetch: typeof fetch;
  readonly files: Files;
  readonly processes: Processes;
};
