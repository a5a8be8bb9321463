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
  const text = textOf(pid, "stat");
  return text === null ? null : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/**
 * Null when the process ended meanwhile or is another user's. Always as UTF-8, for which Node needs no buffers: any other encoding takes 16 kB
 * for a file that tells no size, and for every process of the machine, many times a second, that left the program's memory in pieces.
 */
function textOf(pid: number | string, file: "stat" | "environ"): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return null;
  }
}

let bootId: string | null = null;

/** Ticks count from the machine's start; where it is not said which start that was they stand alone. */
function thisBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return ""; // A sandbox without that file.
  }
}

/**
 * When the process started, as a text that differs for every process that ever had this pid; null when there is no such process, when it has
 * ended and only waits for its parent to notice, or when the system cannot tell (Windows).
 */
export function processStart(pid: number, platform: NodeJS.Platform = process.platform): string | null {
  if (platform === "win32") return null;
  if (platform !== "linux") return psStart(pid);
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z" || fields[0] === "X") return null;
  bootId ??= thisBoot();
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
    .filter((pid) => /^\d+$/.test(pid) && textOf(pid, "environ")?.split("\0").includes(needle) === true)
    .map(Number);
}
