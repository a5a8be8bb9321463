// Carries the files that were changed in a copy of a folder over to the folder itself, without passing through links and
// without overwriting what somebody else changed meanwhile.
import { constants, promises as fs } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "./files.ts";
import { holdFolder, type HeldFolder } from "./held-folder.ts";

export type MergeRequest = {
  /** The folder as it was when the copy was made. */
  readonly base: string;
  readonly changed: string;
  readonly target: string;
  /** Names left out of the uppermost folder. */
  readonly except: readonly string[];
};
export type MergeReport = {
  /** Relative paths, sorted. */
  readonly written: readonly string[];
  /** Changed in the copy, and the target has it already: a former process was stopped on the way, or somebody did the same. */
  readonly same: readonly string[];
  /** The target holds something else by now; left as it is. */
  readonly conflicts: readonly string[];
  /** In the copy they were removed; in the target they are left. */
  readonly kept: readonly string[];
};

const DEEPEST = 64;
const PIECE = 256 * 1024;

/** May be repeated: what has been carried over is found to be the same. Rejects with the system's error. */
export async function mergeFolder(request: MergeRequest): Promise<MergeReport> {
  const report = { written: [] as string[], same: [] as string[], conflicts: [] as string[], kept: [] as string[] };
  await using base = await holdFolder(request.base);
  await using changed = await holdFolder(request.changed);
  await using target = await holdFolder(request.target);
  await new Merger(request.except, report).folder({ base, changed, target }, "", 0);
  return report;
}

type Sides = { readonly base: HeldFolder | null; readonly changed: HeldFolder; readonly target: HeldFolder };
type Lists = { readonly [Name in keyof MergeReport]: string[] };

class Merger {
  readonly #except: readonly string[];
  readonly #report: Lists;

  constructor(except: readonly string[], report: Lists) {
    this.#except = except;
    this.#report = report;
  }

  async folder(sides: Sides, relative: string, depth: number): Promise<void> {
    if (depth > DEEPEST) return void this.#report.conflicts.push(relative);
    const except = depth === 0 ? this.#except : [];
    const names = await sides.changed.names();
    for (const name of names) {
      if (!except.includes(name)) await this.#entry(sides, name, { relative: path.join(relative, name), depth: depth + 1 });
    }
    const before = sides.base === null ? [] : await sides.base.names();
    for (const name of before) if (!names.includes(name) && !except.includes(name)) this.#report.kept.push(path.join(relative, name));
  }

  async #entry(sides: Sides, name: string, at: { readonly relative: string; readonly depth: number }): Promise<void> {
    const facts = await sides.changed.facts(name);
    if (facts?.isDirectory() === true) return this.#inner(sides, name, at);
    if (facts?.isFile() !== true) return;
    const outcome = await placeFile(sides, name);
    if (outcome !== "unchanged") this.#report[outcome].push(at.relative);
  }

  async #inner(sides: Sides, name: string, at: { readonly relative: string; readonly depth: number }): Promise<void> {
    await using changed = await sides.changed.folder(name);
    if (changed === null) return;
    await using base = (await sides.base?.folder(name)) ?? null;
    await using target = await folderFor(sides.target, name);
    if (target === null) this.#report.conflicts.push(at.relative);
    else await this.folder({ base, changed, target }, at.relative, at.depth);
  }
}

/** The folder of the target, made where nothing has its name; null where something else has it. */
async function folderFor(target: HeldFolder, name: string): Promise<HeldFolder | null> {
  if ((await target.facts(name)) === null) {
    await fs.mkdir(target.at(name)).catch((error: unknown) => {
      if (systemErrorCode(error) !== "EEXIST") throw error;
    });
  }
  return target.folder(name);
}

async function placeFile({ base, changed, target }: Sides, name: string): Promise<"unchanged" | "written" | "same" | "conflicts"> {
  await using wanted = await changed.file(name);
  if (wanted === null) return "conflicts";
  await using before = (await base?.file(name)) ?? null;
  const taken = await target.facts(name);
  await using now = taken?.isFile() === true ? await target.file(name) : null;
  if (before !== null && (await areEqual(wanted, before))) return "unchanged";
  if (now !== null && (await areEqual(wanted, now))) return "same";
  const untouched = taken === null ? before === null : before !== null && now !== null && (await areEqual(before, now));
  if (!untouched) return "conflicts";
  await write(wanted, { target, name, mode: now === null ? null : (await now.stat()).mode & 0o777 });
  return "written";
}

type Target = { readonly target: HeldFolder; readonly name: string; readonly mode: number | null };

/** Written beside it and renamed, so that nobody ever sees half a file. */
async function write(from: FileHandle, { target, name, mode }: Target): Promise<void> {
  const beside = target.at(`.${name.slice(0, 200)}.${process.pid}.massgen-new`);
  await fs.rm(beside, { force: true });
  try {
    await fill(beside, from, mode);
    await fs.rename(beside, target.at(name));
  } catch (error) {
    await fs.rm(beside, { force: true });
    throw error;
  }
}

async function fill(beside: string, from: FileHandle, mode: number | null): Promise<void> {
  const given = (await from.stat()).mode & 0o111;
  await using handle = await fs.open(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode ?? 0o644 | given);
  const piece = Buffer.allocUnsafe(PIECE);
  for (let at = 0; ;) {
    const { bytesRead } = await from.read(piece, 0, PIECE, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    await handle.writeFile(piece.subarray(0, bytesRead));
  }
  if (mode !== null) await handle.chmod(mode);
  await handle.datasync();
}

async function areEqual(a: FileHandle, b: FileHandle): Promise<boolean> {
  const [sizeA, sizeB] = [(await a.stat()).size, (await b.stat()).size];
  if (sizeA !== sizeB) return false;
  const [left, right] = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)];
  for (let at = 0; ;) {
    const [one, other] = await Promise.all([a.read(left, 0, PIECE, at), b.read(right, 0, PIECE, at)]);
    if (one.bytesRead !== other.bytesRead) return false;
    if (one.bytesRead === 0) return true;
    if (!left.subarray(0, one.bytesRead).equals(right.subarray(0, other.bytesRead))) return false;
    at += one.bytesRead;
  }
}
