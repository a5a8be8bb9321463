// Remembers the children of this process in a file, and ends the children of processes that were killed before they could do it.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { processesWithMarker, processStart } from "./process-table.ts";
import { endTree, TREE_MARKER, type ProcessRegistry } from "./process-tree.ts";

type ChildRecord = { readonly pid: number; readonly start: string | null; readonly command: string; readonly marker: string };
type OwnerRecord = { readonly v: 1; readonly pid: number; readonly start: string | null; readonly children: readonly ChildRecord[] };

const registries = new Map<string, ProcessRegistry>();

/** The registry of this process in `stateDir/pids/<pid>.json` (mode 0600). Command lines are kept as a digest only. */
export function processRegistry(stateDir: string): ProcessRegistry {
  const dir = path.join(stateDir, "pids");
  const known = registries.get(dir);
  if (known) return known;
  const children = new Map<number, ChildRecord>();
  const own = { v: 1 as const, pid: process.pid, start: processStart(process.pid) };
  const file = path.join(dir, `${process.pid}.json`);
  const save = (): void => {
    if (children.size === 0) return rmSync(file, { force: true });
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const draft = `${file}.new`;
    writeFileSync(draft, JSON.stringify({ ...own, children: [...children.values()] } satisfies OwnerRecord), { mode: 0o600 });
    renameSync(draft, file);
  };
  const registry: ProcessRegistry = {
    add: ({ pid, marker, command }) => {
      children.set(pid, {
        pid,
        start: processStart(pid),
        command: createHash("sha256").update(JSON.stringify(command)).digest("hex"),
        marker,
      });
      save();
    },
    remove: (pid) => {
      if (children.delete(pid)) save();
    },
  };
  registries.set(dir, registry);
  return registry;
}

export type SweepReport = { readonly ended: readonly number[]; readonly survivors: readonly number[] };

/** Ends what processes left behind that were killed: only children whose start time still matches, or that carry the recorded marker. */
export async function sweepOrphans(stateDir: string): Promise<SweepReport> {
  const dir = path.join(stateDir, "pids");
  const ended: number[] = [];
  const survivors: number[] = [];
  for (const name of fileNames(dir)) {
    const file = path.join(dir, name);
    const owner = readOwner(file);
    if (owner && isSame(owner.pid, owner.start)) continue;
    const before = survivors.length;
    for (const child of owner?.children ?? []) {
      if (!isSame(child.pid, child.start) && processesWithMarker(TREE_MARKER, child.marker).length === 0) continue;
      ((await endTree(targetOf(child))) ? ended : survivors).push(child.pid);
    }
    // What is left of one process keeps its own record, and no other.
    if (survivors.length === before) rmSync(file, { force: true });
  }
  return { ended, survivors };
}

/** A leader that is gone leaves only its marker to go by: its pid may belong to somebody else by now. */
function targetOf(child: ChildRecord): { pid: number; marker: string } {
  return { pid: isSame(child.pid, child.start) ? child.pid : -1, marker: child.marker };
}

function isSame(pid: number, start: string | null): boolean {
  return start !== null && processStart(pid) === start;
}

function fileNames(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => /^\d+\.json$/.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function readOwner(file: string): OwnerRecord | null {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as OwnerRecord;
    return value.v === 1 && Array.isArray(value.children) ? value : null;
  } catch {
    return null; // Half written by a process that was killed, or gone already: nothing can be told from it.
  }
}
