// The snapshots of one run: for each answer the files its agent had when it gave it, and of the winner's a copy to keep.
import { join } from "node:path";
import { makeMarkedFolder, readMarker, removeMarkedFolder } from "../io/index.ts";
import { wholeCopy, type Copied, type CopyResult, type Copying, type Part } from "./copying.ts";

export type Snapshot = { readonly folder: string } & Copied;

export class SnapshotStore {
  /** Absolute. */
  readonly root: string;
  readonly #copying: Copying;

  constructor(root: string, copying: Copying) {
    this.root = root;
    this.#copying = copying;
  }

  /** Where the n-th snapshot of an agent lies. */
  placeOf(slug: string, n: number): string {
    return join(this.root, slug, String(n));
  }

  /** The copy that is there and whole; else null, and what is left of one is gone. */
  async find(folder: string, of = ""): Promise<Snapshot | null> {
    const copied = await wholeCopy(folder, of);
    if (copied !== null) return { folder, ...copied };
    await removeMarkedFolder(folder);
    return null;
  }

  /** Takes the snapshot, or finds it taken. */
  async take(slug: string, n: number, parts: readonly Part[]): Promise<Snapshot | Extract<CopyResult, { problem: string }>> {
    const folder = this.placeOf(slug, n);
    return this.copyTo(folder, parts, { parent: join(this.root, slug) });
  }

  /** Copies parts to a folder in `parent`, or finds the copy of the same thing there; one of something else is replaced. */
  async copyTo(
    folder: string,
    parts: readonly Part[],
    { parent, of = "" }: { readonly parent: string; readonly of?: string },
  ): Promise<Snapshot | Extract<CopyResult, { problem: string }>> {
    await makeMarkedFolder(this.root, { holds: "snapshots of a run" });
    await makeMarkedFolder(parent);
    const known = await this.find(folder, of);
    if (known !== null) return known;
    const copied = await this.#copying.copy(parts, folder, { of });
    return "problem" in copied ? copied : { folder, ...copied };
  }

  /** Clears away what a process that was killed has left half made. */
  async sweep(slugs: readonly string[]): Promise<void> {
    if ((await readMarker(this.root)) === null) return;
    await Promise.all([this.root, ...slugs.map((slug) => join(this.root, slug))].map((folder) => this.#copying.sweep(folder)));
  }
}
