// The real world: the one place where the program's `Io` is made of the process it runs in.
import { createClock } from "./clock.ts";
import { createFiles } from "./files.ts";
import { environmentFetch } from "./http/environment-fetch.ts";
import type { Io } from "./io.ts";
import { createProcesses } from "./process-identity.ts";

/** Standard input is opened by whoever reads it. */
const realTerminal: Io["terminal"] = {
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
};

export function createIo(): Io {
  return {
    clock: createClock(),
    random: Math.random,
    // Loaded on first use: help and version need no randomness.
    randomHex: (bytes) => process.getBuiltinModule("node:crypto").randomBytes(bytes).toString("hex"),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    pid: process.pid,
    terminal: realTerminal,
    fetch: environmentFetch(process.env),
    files: createFiles(),
    processes: createProcesses(),
  };
}
