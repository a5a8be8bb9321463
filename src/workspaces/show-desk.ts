// What lies on one agent's desk: a read-only copy for each answer it is shown, under the label by which it knows the answer.
import { join } from "node:path";
import type { AnswerId, Label } from "../core/index.ts";
import { makeMarkedFolder, MARKER_FILE, markFolder, removeMarkedFolder, sealFolder, type Io } from "../io/index.ts";
import type { CopyResult, Copying } from "./copying.ts";
import { STAGED, WORKSPACE_PART, type Desk } from "./desk.ts";
import type { Snapshot } from "./snapshot-store.ts";

/** Copies that are made ahead wait where no agent's tools reach. */
const WAITING = ".waiting";

export type Shown = {
  readonly answer: AnswerId;
  /** The working folder's first; null where they could not be put there. */
  readonly folders: readonly string[] | null;
};

export class ShownDesk {
  readonly desk: Desk;
  readonly #copying: Copying;
  readonly #files: Io["files"];
  readonly #waiting: string;
  readonly #ready = new Map<AnswerId, Promise<CopyResult>>();
  #shown = new Map<Label, Shown>();

  constructor(desk: Desk, temporary: string, { copying, files }: { readonly copying: Copying; readonly files: Io["files"] }) {
    this.desk = desk;
    this.#copying = copying;
    this.#files = files;
    this.#waiting = join(temporary, `${WAITING}-${desk.slug}`);
  }

  shown(label: Label): Shown | null {
    return this.#shown.get(label) ?? null;
  }

  /** Removes what earlier runs have left; copies of staged folders stay where `keepStaged`. */
  async clear(keepStaged: boolean): Promise<void> {
    this.#shown = new Map();
    await removeMarkedFolder(this.#waiting);
    await makeMarkedFolder(this.#waiting);
    for (const name of await this.#files.list(this.desk.folder)) {
      if (name !== MARKER_FILE && !(keepStaged && name === STAGED)) await removeMarkedFolder(join(this.desk.folder, name));
    }
  }

  /** Copies ahead, unseen by the agent. */
  prepare(answer: AnswerId, snapshot: Snapshot): Promise<CopyResult> {
    const known = this.#ready.get(answer);
    if (known !== undefined) return known;
    const parts = snapshot.parts.map((name) => ({ name, from: join(snapshot.folder, name) }));
    const made = this.#copying.copy(parts, this.#waitingPlace(answer), { readOnly: true });
    made.catch(() => undefined); // Stopped: nobody waits for it any more.
    this.#ready.set(answer, made);
    return made;
  }

  /** True when exactly these lie on the desk. */
  holds(wanted: ReadonlyMap<Label, { readonly answer: AnswerId }>): boolean {
    return this.#shown.size === wanted.size && [...wanted].every(([label, { answer }]) => this.#shown.get(label)?.answer === answer);
  }

  /** Puts these on the desk instead of what lies there. Resolves with what could not be shown, one sentence each. */
  async show(wanted: ReadonlyMap<Label, { readonly answer: AnswerId; readonly snapshot: Snapshot | null }>): Promise<readonly string[]> {
    const problems: string[] = [];
    const shown = new Map<Label, Shown>();
    for (const [label, before] of this.#shown) {
      if (wanted.get(label)?.answer === before.answer) shown.set(label, before);
      else
        for (const folder of before.folders ?? [])
          await removeMarkedFolder(folder).catch((error: unknown) => problems.push(wordsOf(error)));
    }
    for (const [label, { answer, snapshot }] of wanted) {
      if (shown.has(label)) continue;
      const placed = snapshot === null || snapshot.files === 0 ? [] : await this.#place(label, answer, snapshot);
      if ("problem" in placed) problems.push(placed.problem);
      shown.set(label, { answer, folders: "problem" in placed ? null : placed });
    }
    this.#shown = shown;
    return problems;
  }

  /** Takes everything shown away. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#ready.values());
    await this.show(new Map());
    await removeMarkedFolder(this.#waiting);
  }

  #waitingPlace(answer: AnswerId): string {
    return join(this.#waiting, Buffer.from(answer).toString("hex"));
  }

  async #place(label: Label, answer: AnswerId, snapshot: Snapshot): Promise<readonly string[] | { readonly problem: string }> {
    const made = await this.prepare(answer, snapshot);
    this.#ready.delete(answer);
    const waiting = this.#waitingPlace(answer);
    if ("problem" in made) return made;
    try {
      const folders: string[] = [];
      for (const part of snapshot.parts) {
        const folder = join(this.desk.folder, part === WORKSPACE_PART ? label : `${label}-${part}`);
        await removeMarkedFolder(folder);
        await markFolder(join(waiting, part), { holds: "a copy to read" });
        await this.#files.rename(join(waiting, part), folder);
        await sealFolder(folder);
        folders.push(folder);
      }
      await removeMarkedFolder(waiting);
      return folders;
    } catch (error) {
      return { problem: wordsOf(error) };
    }
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
