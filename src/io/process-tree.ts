// Child processes that are started in a group of their own and ended as a whole tree, wrappers and grandchildren included.
import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { processesWithMarker, processStart, processTable, type ProcessRow } from "./process-table.ts";

/** Set in every child's environment: finds descendants that left the group. Says nothing about the run. */
export const TREE_MARKER = "MASSGEN_TREE";

export type RegisteredChild = { readonly pid: number; readonly marker: string; readonly command: readonly string[] };

/** Where running children are remembered (`process-registry.ts`). */
export type ProcessRegistry = {
  add(child: RegisteredChild): void;
  remove(pid: number): void;
};

export type TreeRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
  /** Windows only: pass the arguments as they are, because the caller quoted them for cmd.exe. */
  readonly verbatim?: boolean;
  /** Remembers the child so that it is found again after this process was killed. */
  readonly registry?: ProcessRegistry;
};

export type ExitStatus = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ChildTree = {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The first process of the tree ended; its descendants may still run. */
  readonly exited: Promise<ExitStatus>;
  readonly hasExited: () => boolean;
  /** Resolves when the first process ended and its output was read, at the latest `drainMs` after it ended (a grandchild may keep the pipe open). */
  finished(drainMs: number): Promise<ExitStatus>;
  /**
   * Closes standard input, waits `politeMs` for the child to leave by itself, then ends the whole tree (SIGTERM, then SIGKILL); at most about
   * two seconds. True when nothing of the tree is left.
   */
  end(politeMs?: number): Promise<boolean>;
};

export type TreeTarget = { readonly pid: number; readonly marker?: string };

const POLITE_MS = 400;
const TERM_MS = 700;
const KILL_MS = 700;
const POLL_MS = 15;

const living = new Set<number>();
let exitHookInstalled = false;

/** Starts a child in its own process group. Rejects with Node's error (`ENOENT`, `EACCES`, `ENOTDIR` …) when it cannot be started. */
export async function spawnTree(request: TreeRequest): Promise<ChildTree> {
  const marker = randomBytes(8).toString("hex");
  const child = spawn(request.command, [...request.args], {
    env: { ...request.env, [TREE_MARKER]: marker },
    ...(request.cwd === null ? {} : { cwd: request.cwd }),
    detached: process.platform !== "win32",
    shell: false,
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    windowsVerbatimArguments: request.verbatim === true,
  });
  const { pid } = child;
  if (pid === undefined) return new Promise((_, reject) => child.once("error", reject));
  remember(pid);
  request.registry?.add({ pid, marker, command: [request.command, ...request.args] });
  return treeOf(child, { pid, marker }, request.registry);
}

function treeOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  target: Required<TreeTarget>,
  registry?: ProcessRegistry,
): ChildTree {
  let gone = false;
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once("exit", (code, signal) => {
      gone = true;
      resolve({ code, signal });
    });
  });
  let ending: Promise<boolean> | null = null;
  const finish = async (politeMs: number): Promise<boolean> => {
    child.stdin.end();
    await Promise.race([exited, wait(politeMs, undefined, { ref: false })]);
    const ended = await endTree(target);
    child.stdout.destroy();
    child.stderr.destroy();
    living.delete(target.pid);
    if (ended) registry?.remove(target.pid);
    return ended;
  };
  return {
    pid: target.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    hasExited: () => gone,
    finished: async (drainMs) => {
      const status = await exited;
      if (!child.stdout.closed)
        await Promise.race([new Promise((resolve) => child.stdout.once("close", resolve)), wait(drainMs, undefined, { ref: false })]);
      return status;
    },
    end: (politeMs = POLITE_MS) => (ending ??= finish(politeMs)),
  };
}

/** Ends a process, its group, its session, its descendants and whatever carries its marker. True when nothing of it is left. */
export async function endTree(target: TreeTarget): Promise<boolean> {
  if (process.platform === "win32") return endTreeOnWindows(target.pid);
  let members = await membersOf(target);
  for (const [signal, ms] of [
    ["SIGTERM", TERM_MS],
    ["SIGKILL", KILL_MS],
  ] as const) {
    if (members.length === 0) return true;
    signalTree(target, members, signal);
    members = await leftAfter(target, members, ms);
  }
  return members.length === 0;
}

function signalTree(target: TreeTarget, members: readonly ProcessRow[], signal: NodeJS.Signals): void {
  if (members.some((row) => row.group === target.pid)) send(-target.pid, signal);
  for (const row of members) if (row.group !== target.pid) send(row.pid, signal);
}

/** Sends a signal; a process that is gone already is what was wanted. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    if ((error as NodeJS.ErrnoException).code === "EPERM") return true;
    throw error;
  }
}

/** Those that are alive when all are gone, at the latest after `ms`. All processes are looked at again only once the known ones are gone: it takes long. */
async function leftAfter(target: TreeTarget, known: readonly ProcessRow[], ms: number): Promise<readonly ProcessRow[]> {
  const until = performance.now() + ms;
  let members = known;
  do {
    while (members.some(({ pid }) => mayRun(pid)) && performance.now() < until) await wait(POLL_MS);
    members = await membersOf(target);
  } while (members.length > 0 && performance.now() < until);
  return members;
}

/** False once it has ended. Elsewhere than on Linux a process that nobody waited for still counts, until all are looked at. */
const mayRun = (pid: number): boolean => (process.platform === "linux" ? processStart(pid) !== null : send(pid, 0));

/** What is alive of a tree: same group, same session, descendants of any of them, and processes that inherited the marker. */
async function membersOf({ pid, marker }: TreeTarget): Promise<readonly ProcessRow[]> {
  const rows = (await processTable()).filter((row) => row.pid !== process.pid && row.pid !== 1);
  const marked = new Set(marker === undefined ? [] : processesWithMarker(TREE_MARKER, marker));
  const found = new Set(
    rows.filter((row) => row.pid === pid || row.group === pid || row.session === pid || marked.has(row.pid)).map((row) => row.pid),
  );
  for (let grew = true; grew;) {
    const more = rows.filter((row) => !found.has(row.pid) && found.has(row.parent));
    for (const row of more) found.add(row.pid);
    grew = more.length > 0;
  }
  return rows.filter((row) => found.has(row.pid) && !row.zombie);
}

async function endTreeOnWindows(pid: number): Promise<boolean> {
  const taskkill = promisify(execFile);
  try {
    await taskkill("taskkill", ["/pid", String(pid), "/T", "/F"], { windowsHide: true });
  } catch {
    // It says so, with exit code 128, when the process is gone already; what is left is checked below.
  }
  return !send(pid, 0);
}

/** A process that exits without closing its servers still takes them along. */
function remember(pid: number): void {
  living.add(pid);
  if (exitHookInstalled || process.platform === "win32") return;
  exitHookInstalled = true;
  process.once("exit", () => {
    for (const leader of living) send(-leader, "SIGKILL");
  });
}
