// Who holds a run: enough of a process's identity to tell a living holder from a dead one whose number was given to somebody else.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { systemErrorCode } from "./files.ts";

export type ProcessIdentity = {
  readonly pid: number;
  /** When the process started, in the system's own words; null where the system does not say. */
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
    self: () => ({ pid: process.pid, started: startOf(process.pid), host: hostname() }),
    isAlive: (other) => other.host !== hostname() || (exists(other.pid) && sameStart(other)),
  };
}

function sameStart(other: ProcessIdentity): boolean {
  const now = startOf(other.pid);
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

/** Field 22 of /proc/<pid>/stat: ticks since the machine started. The command name before it may hold spaces and brackets. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return fields[19] === undefined ? null : `${boot}/${fields[19]}`;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return null;
  }
}
