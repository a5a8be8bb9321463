// What is done with the files of the chosen answer: its changes are carried over, and its files are kept for the person who asked.
import { isAbsolute, join, relative } from "node:path";
import type { AgentId, AnswerId, RunEvent } from "../core/index.ts";
import type { RunPlace } from "./contract.ts";
import { WORKSPACE_PART, type Desk } from "./desk.ts";
import type { Snapshot, SnapshotStore } from "./snapshot-store.ts";
import type { StagedFolders } from "./staged-folders.ts";

export type KeepOptions = {
  readonly place: RunPlace;
  readonly store: SnapshotStore;
  readonly staged: StagedFolders;
  readonly tell: Teller;
};
export type Teller = {
  /** Rejects where the log fails. */
  record(event: RunEvent): Promise<void>;
  warn(message: string, next: string, agent?: AgentId): Promise<void>;
};
export type Winner = { readonly answer: AnswerId; readonly desk: Desk; readonly snapshot: Snapshot };

export class WinnerFiles {
  readonly #options: KeepOptions;

  constructor(options: KeepOptions) {
    this.#options = options;
  }

  /** May be repeated after a crash; the fact that says that all is done comes last. */
  async keep(winner: Winner): Promise<void> {
    await this.#carryOver(winner);
    const { place, store, tell } = this.#options;
    const { answer, desk, snapshot } = winner;
    if (snapshot.parts.length === 0) return;
    const parent = place.folder === null ? store.root : join(place.folder, "final");
    const parts = snapshot.parts.map((name) => ({ name, from: join(snapshot.folder, name) }));
    // No agent's folder can have a name with a dot.
    const kept = await store.copyTo(join(parent, place.folder === null ? "final.files" : "files"), parts, { parent, of: answer });
    if ("problem" in kept)
      return tell.warn(`The files of the final answer were not copied: ${kept.problem}.`, `They are in ${snapshot.folder}.`, desk.agent);
    const path = kept.parts.includes(WORKSPACE_PART) ? join(kept.folder, WORKSPACE_PART) : kept.folder;
    await tell.record({ type: "snapshot-saved", agent: desk.agent, answer, path: asLogged(path, place), final: true });
  }

  async #carryOver({ answer, desk, snapshot }: Winner): Promise<void> {
    const { staged, tell } = this.#options;
    if (staged.on(desk).length === 0) return;
    try {
      for (const event of await staged.carryOver(snapshot, answer)) await tell.record(event);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await tell.warn(`The changes of ${answer} were not all carried over: ${reason}.`, `They are in ${snapshot.folder}.`, desk.agent);
    }
  }
}

/** Relative to the run's folder where it lies in it, so that the folder can be moved. */
export function asLogged(path: string, { folder }: RunPlace): string {
  const inside = folder === null ? path : relative(folder, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}
