// Write paths under `writes: winner`: each agent works on a copy, and what the winner changed in its copy is carried over, once.
import { join } from "node:path";
import type { EventOf, RunId } from "../core/index.ts";
import { MARKER_FILE, markFolder, mergeFolder, readMarker } from "../io/index.ts";
import type { Copying } from "./copying.ts";
import { STAGED, type ContextFolder, type Desk } from "./desk.ts";
import type { Snapshot, SnapshotStore } from "./snapshot-store.ts";

type Options = {
  readonly folders: readonly ContextFolder[];
  readonly store: SnapshotStore;
  readonly copying: Copying;
  readonly run: RunId;
};

export class StagedFolders {
  readonly #options: Options;
  readonly #base: string;
  /** Desks that have their copies. */
  readonly #having = new Set<Desk>();

  constructor(options: Options) {
    this.#options = options;
    // No agent's folder can have a name with a dot.
    this.#base = join(options.store.root, "write-paths.base");
  }

  /** What stands on the desk, each with the folder it is a copy of. */
  on(desk: Desk): readonly { readonly copy: string; readonly of: string; readonly name: string }[] {
    if (!this.#having.has(desk)) return [];
    return this.#options.folders.map(({ name, path }) => ({ name, of: path, copy: join(desk.folder, STAGED, name) }));
  }

  /** Copies the folders as they are now, once for the run. Null, or why it could not be done. */
  async begin(): Promise<string | null> {
    const { folders, store } = this.#options;
    if (folders.length === 0) return null;
    const parts = folders.map(({ name, path }) => ({ name, from: path }));
    const base = await store.copyTo(this.#base, parts, { parent: store.root });
    return "problem" in base ? base.problem : null;
  }

  /** Gives a desk its copies: those it has of this run, else from its last snapshot, else as the folders were. */
  async give(desk: Desk, last: Snapshot | null): Promise<string | null> {
    const { folders, copying, run } = this.#options;
    const place = join(desk.folder, STAGED);
    if ((await readMarker(place))?.["run"] !== run) {
      const from = last !== null && folders.every(({ name }) => last.parts.includes(name)) ? last.folder : this.#base;
      const made = await copying.copy(
        folders.map(({ name }) => ({ name, from: join(from, name) })),
        place,
      );
      if ("problem" in made) return made.problem;
      await markFolder(place, { run });
    }
    this.#having.add(desk);
    return null;
  }

  /** Carries over what is different in the snapshot from how the folder was; what had been carried over before is found to be there. */
  async carryOver(snapshot: Snapshot, answer: EventOf<"changes-applied">["answer"]): Promise<readonly EventOf<"changes-applied">[]> {
    const events: EventOf<"changes-applied">[] = [];
    for (const { name, path } of this.#options.folders) {
      const base = join(this.#base, name);
      const changed = join(snapshot.folder, name);
      const { written, same, conflicts, kept } = await mergeFolder({ base, changed, target: path, except: [MARKER_FILE] });
      events.push({ type: "changes-applied", answer, path, written: written.length + same.length, conflicts, kept });
    }
    return events;
  }
}
