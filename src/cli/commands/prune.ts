// `massgen runs prune`: deletes old conversations, and only what this program made.
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import type { Io } from "../../io/index.ts";
import { readMarker, removeFolder, removeMarkedFolder } from "../../io/index.ts";
import { isRunHeld } from "../../log/index.ts";
import { plural } from "../../displays/index.ts";
import { usageError } from "../arguments.ts";
import { readRun, runFolders } from "../stored-runs.ts";

const OURS = /^log_\d{8}_\d{6}_[0-9a-f]{8}$/;
const DAY_MS = 86_400_000;
/** What the marker of a run's folder of snapshots says. */
const SNAPSHOTS = "snapshots of a run";

export type PruneOptions = { readonly keep: number | null; readonly "older-than": number | null; readonly "dry-run": boolean };

/** @returns the exit code; throws UsageError where nothing says what is old. */
export async function prune(options: PruneOptions, io: Io): Promise<number> {
  if (options.keep === null && options["older-than"] === null)
    throw usageError("Say what may go: --keep N (conversations) or --older-than DAYS");
  const old = await oldOnes(await conversations(io), options, io);
  const gone: string[] = [];
  for (const { folder, questions } of old) {
    if ((await Promise.all(questions.map((question) => isRunHeld(question, io)))).some(Boolean)) {
      io.terminal.stderr.write(`${basename(folder)} is in use and stays.\n`);
      continue;
    }
    const snapshots = await snapshotsOutside(questions, io);
    if (!options["dry-run"]) {
      for (const snapshot of snapshots) await removeMarkedFolder(snapshot);
      await removeFolder(folder);
    }
    gone.push(folder);
    io.terminal.stdout.write([folder, ...snapshots].map((path) => `${nameOf(path, io)}\n`).join(""));
  }
  io.terminal.stderr.write(
    `${plural(gone.length, "conversation")} ${options["dry-run"] ? "would be" : gone.length === 1 ? "was" : "were"} deleted.\n`,
  );
  return 0;
}

/** A conversation by its name, what lies elsewhere by its path from here. */
const nameOf = (path: string, { cwd }: Pick<Io, "cwd">): string => (OURS.test(basename(path)) ? basename(path) : relative(cwd, path));

/** Where the runs kept their answers' files in a folder of their own for each run (`snapshot_storage`), and it is there still. */
async function snapshotsOutside(questions: readonly string[], io: Io): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const question of questions) {
    const entries = await readRun(question, io).then(
      (run) => run.entries,
      () => [], // Of a log that cannot be read nobody knows what else it made.
    );
    for (const entry of entries) {
      if (entry.type !== "snapshot-saved" || !isAbsolute(entry.path)) continue;
      // storage/RUN/AGENT/N
      const ofRun = dirname(dirname(entry.path));
      if (basename(ofRun) === entry.run) found.add(ofRun);
    }
  }
  const markers = await Promise.all([...found].map(readMarker));
  return [...found].filter(
    (folder, at) => markers[at]?.["holds"] === SNAPSHOTS && !questions.some((question) => folder.startsWith(question)),
  );
}

type Conversation = { readonly folder: string; readonly questions: readonly string[] };

/** Oldest first; folders with other names or other things in them are not ours. */
async function conversations(io: Io): Promise<readonly Conversation[]> {
  const found = new Map<string, string[]>();
  for (const question of await runFolders(io)) {
    const folder = dirname(question);
    if (OURS.test(basename(folder))) found.set(folder, [...(found.get(folder) ?? []), question]);
  }
  const ours: Conversation[] = [];
  for (const [folder, questions] of found) {
    const names = await io.files.list(folder);
    if (names.every((name) => questions.includes(join(folder, name)))) ours.push({ folder, questions });
  }
  return ours;
}

async function oldOnes(all: readonly Conversation[], { keep, "older-than": days }: PruneOptions, io: Io): Promise<readonly Conversation[]> {
  const beyond = keep === null ? all : all.slice(0, Math.max(0, all.length - keep));
  if (days === null) return beyond;
  const limit = io.clock.now() - days * DAY_MS;
  const old: Conversation[] = [];
  for (const conversation of beyond) if ((await lastSign(conversation, io)) < limit) old.push(conversation);
  return old;
}

/** Time of the newest entry; a log that cannot be read is never old. */
async function lastSign({ questions }: Conversation, io: Io): Promise<number> {
  try {
    const run = await readRun(questions.at(-1) ?? "", io);
    return run.entries.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
