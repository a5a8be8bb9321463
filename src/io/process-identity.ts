// Who holds a run: enough of a process's identity to tell a living holder from a dead one whose number was given to somebody else.
import { hostname } from "node:os";
import { systemErrorCode } from "./files.ts";
import { processStart } from "./process-table.ts";

export type ProcessIdentity = {
  readonly pid: number;
  /** When the process started, as `processStart` says it; null where the system does not say. */
  readonly started: string | null;
  readonly host: string;
};

export type Processes = {
  self(): ProcessIdentity;
  /** False only when the process is certainly gone; a process of another machine counts as alive. */
  isAlive(process: ProcessIdentity): boolean;
};

export function createProcesses(): Processes {
  return {
    self: () => ({ pid: process.pid, started: processStart(process.pid), host: hostname() }),
    isAlive: (other) => other.host !== hostname() || (exists(other.pid) && sameStart(other)),
  };
}

function sameStart(other: ProcessIdentity): boolean {
  const now = processStart(other.pid);
  return now === null || other.started === null || now === other.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}
