// Which processes exist, who started them and when: read from /proc on Linux, from `ps` elsewhere. Never signals anything.
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** 0 where the system does not tell. */
  readonly session: number;
  /** Ended, and only waiting for its parent to notice. */
  readonly zombie: boolean;
};

const run = promisify(execFile);

/** Every process that can be seen; empty on Windows. */
export async function processTable(platform: NodeJS.Platform = process.platform): Promise<readonly ProcessRow[]> {
  if (platform === "win32") return [];
  if (platform !== "linux") return psTable();
  const rows: ProcessRow[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(Number(name));
    if (fields)
      rows.push({
        pid: Number(name),
        zombie: fields[0] === "Z" || fields[0] === "X",
        parent: Number(fields[1]),
        group: Number(fields[2]),
        session: Number(fields[3]),
      });
  }
  return rows;
}

async function psTable(): Promise<readonly ProcessRow[]> {
  const { stdout } = await run("ps", ["-axo", "pid=,ppid=,pgid=,stat="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    return pid && parent && group
      ? [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: 0, zombie: (state ?? "").startsWith("Z") }]
      : [];
  });
}

/** The fields of /proc/PID/stat after the command name, which may itself hold blanks and brackets. */
function statFields(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null; // It ended between listing and reading.
  }
}

let bootId: string | null = null;

/**
 * When the process started, as a text that differs for every process that ever had this pid; null when there is no such process or the
 * system cannot tell (Windows).
 */
export function processStart(pid: number, platform: NodeJS.Platform = process.platform): string | null {
  if (platform === "win32") return null;
  if (platform !== "linux") return psStart(pid);
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z" || fields[0] === "X") return null;
  bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  return `${bootId}:${fields[19] ?? ""}`;
}

function psStart(pid: number): string | null {
  try {
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim() || null
    );
  } catch {
    return null; // `ps` exits with 1 when there is no such process.
  }
}

/** Pids of processes whose environment holds `NAME=value`. Linux only; elsewhere empty. */
export function processesWithMarker(name: string, value: string): readonly number[] {
  if (process.platform !== "linux") return [];
  const needle = `${name}=${value}`;
  return readdirSync("/proc")
    .filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(needle);
      } catch {
        return false; // Another user's process, or one that just ended.
      }
    })
    .map(Number);
}
