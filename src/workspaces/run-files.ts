// The files of one run: follows the log, takes a snapshot of each answer's files, and shows them to the agents that see the answer.
import { join } from "node:path";
import type { AgentId, AnswerId, Entry, EventOf, Label, RunEvent, RunId, TurnPlan } from "../core/index.ts";
import type { Clock, Io } from "../io/index.ts";
import type { RunFiles, RunPlace, RunPorts } from "./contract.ts";
import { Copying, type Part } from "./copying.ts";
import { WORKSPACE_PART, type Desk, type Layout } from "./desk.ts";
import { asLogged, WinnerFiles, type Teller } from "./keep-winner.ts";
import { ShownDesk } from "./show-desk.ts";
import { SnapshotStore, type Snapshot } from "./snapshot-store.ts";
import { StagedFolders } from "./staged-folders.ts";
import { carriedWords, ownWords, shownWords } from "./words.ts";

export type RunFilesOptions = {
  readonly layout: Layout;
  readonly place: RunPlace;
  readonly io: Pick<Io, "files" | "randomHex"> & { readonly clock: Clock };
  readonly ports: RunPorts;
};

type Known = {
  readonly agent: AgentId;
  readonly label: Label;
  /** The n-th answer of its agent, from 1. */
  readonly n: number;
  /** Undefined while it is not settled; null = there is none. */
  snapshot?: Snapshot | null;
  /** Where a former process has put it. */
  saved?: true;
};

type Wanted = ReadonlyMap<Label, { readonly answer: AnswerId; readonly snapshot: Snapshot | null }>;

export class TeamFiles implements RunFiles {
  readonly #options: RunFilesOptions;
  readonly #stop = new AbortController();
  readonly #copying: Copying;
  readonly #store: SnapshotStore;
  readonly #staged: StagedFolders;
  readonly #winner: WinnerFiles;
  readonly #desks: ReadonlyMap<AgentId, ShownDesk>;
  readonly #labels = new Map<AgentId, Label>();
  readonly #answers = new Map<AnswerId, Known>();
  readonly #introduced = new Set<AgentId>();
  readonly #settled = new Set<AnswerId>();
  readonly #carried = new Map<string, EventOf<"changes-applied">>();
  readonly #working = new Set<Promise<void>>();
  readonly #showing = new Set<AgentId>();
  readonly #settling = new Set<AnswerId>();
  #phase: "folding" | "preparing" | "running" = "folding";

  constructor(options: RunFilesOptions) {
    this.#options = options;
    const { layout, io, place } = options;
    this.#copying = new Copying({ io, limitBytes: layout.limitBytes, signal: this.#stop.signal });
    this.#store = new SnapshotStore(storageOf(layout, place), this.#copying);
    const folders = layout.context.filter(({ use }) => use === "staged");
    this.#staged = new StagedFolders({ folders, store: this.#store, copying: this.#copying, run: place.run });
    const tell: Teller = { record: (event) => this.#record(event), warn: (...said) => this.#warn(...said) };
    this.#winner = new WinnerFiles({ place, store: this.#store, staged: this.#staged, tell });
    const around = { copying: this.#copying, files: io.files };
    this.#desks = new Map(layout.desks.map((desk) => [desk.agent, new ShownDesk(desk, layout.temporary, around)]));
  }

  noticed(entry: Entry): void {
    switch (entry.type) {
      case "run-start":
        for (const { id, label } of entry.agents) this.#labels.set(id, label);
        return;
      case "turn-start":
        return void (entry.prompt === "" || this.#introduced.add(entry.agent));
      case "answer-submitted":
        return this.#answered(entry);
      case "snapshot-saved":
        return this.#saved(entry);
      case "changes-applied":
        return void this.#carried.set(entry.path, entry);
      default:
    }
  }

  begin(): void {
    const resumed = this.#answers.size > 0 || this.#introduced.size > 0;
    this.#phase = "preparing";
    this.#work(async () => {
      await this.#prepare(resumed);
      this.#phase = "running";
      for (const [answer, known] of this.#answers) if (known.snapshot === undefined) this.#snapshot(answer, known);
    });
  }

  isReady(turn: TurnPlan): boolean {
    if (this.#phase !== "running") return false;
    const shown = this.#desks.get(turn.agent);
    if (shown === undefined || !this.#options.layout.shares) return true;
    const answers = [...this.#answers].filter(([id, { agent }]) => agent === turn.agent || turn.shown.includes(id));
    if (answers.some(([, { snapshot }]) => snapshot === undefined)) return false;
    const wanted = this.#wanted(turn);
    if (shown.holds(wanted)) return true;
    if (!this.#showing.has(turn.agent)) this.#show(turn.agent, shown, wanted);
    return false;
  }

  wordsFor(turn: TurnPlan): string {
    const shown = this.#desks.get(turn.agent);
    if (shown === undefined) return "";
    const own = this.#introduced.has(turn.agent) ? "" : ownWords({ ...this.#ownOf(shown.desk), staged: this.#staged.on(shown.desk) });
    const files = [...this.#wanted(turn)].map(([label, { snapshot }]) => ({
      label,
      folders: snapshot === null ? (this.#sharesFiles(label) ? null : []) : (shown.shown(label)?.folders ?? null),
    }));
    return [shownWords(files), own].filter((text) => text !== "").join("\n\n");
  }

  isSettled(winner: AnswerId | null): boolean {
    if (this.#phase !== "running") return false;
    if (winner !== null && !this.#settled.has(winner)) {
      if (!this.#settling.has(winner)) this.#settle(winner);
      return false;
    }
    return this.#working.size === 0;
  }

  presenterWords(): string {
    return carriedWords([...this.#carried.values()]);
  }

  async close({ clear }: { readonly clear: boolean }): Promise<void> {
    this.#stop.abort(new Error("The run is over."));
    await Promise.allSettled(this.#working);
    if (clear) await Promise.allSettled([...this.#desks.values()].map((desk) => desk.close()));
  }

  #ownOf({ workspace }: Desk): {
    readonly workspace: string | null;
    readonly reads: readonly string[];
    readonly writes: readonly string[];
  } {
    const pathsOf = (use: string): readonly string[] =>
      this.#options.layout.context.filter((folder) => folder.use === use).map(({ path }) => path);
    return { workspace, reads: pathsOf("read"), writes: pathsOf("write") };
  }

  #sharesFiles(label: Label): boolean {
    return [...this.#desks.values()].some(({ desk }) => this.#labels.get(desk.agent) === label && this.#partsOf(desk).length > 0);
  }

  /** For each label of the turn, the answer shown under it. */
  #wanted({ shown, mayVote }: TurnPlan): Wanted {
    const wanted = new Map<Label, { readonly answer: AnswerId; readonly snapshot: Snapshot | null }>();
    for (const answer of shown) {
      const known = this.#answers.get(answer);
      if (known !== undefined && mayVote.includes(known.label)) wanted.set(known.label, { answer, snapshot: known.snapshot ?? null });
    }
    return wanted;
  }

  #answered({ agent, answer, late }: EventOf<"answer-submitted">): void {
    const label = this.#labels.get(agent);
    if (late || label === undefined || this.#answers.has(answer)) return;
    const n = [...this.#answers.values()].filter((each) => each.agent === agent).length + 1;
    const known: Known = { agent, label, n };
    this.#answers.set(answer, known);
    if (this.#phase === "running") this.#snapshot(answer, known);
  }

  #saved({ answer, final }: EventOf<"snapshot-saved">): void {
    const known = this.#answers.get(answer);
    if (known !== undefined && this.#phase === "folding") known.saved = true;
    if (final === true && this.#phase === "folding") this.#settled.add(answer);
  }

  async #prepare(resumed: boolean): Promise<void> {
    const { layout } = this.#options;
    await this.#store.sweep(layout.desks.map(({ slug }) => slug));
    await Promise.all([...this.#desks.values()].map((desk) => desk.clear(resumed)));
    await this.#findSnapshots();
    const problem = await this.#staged.begin();
    if (problem !== null)
      return this.#warn(`The copies of your write paths were not made: ${problem}.`, "Agents work without them; nothing is changed there.");
    if (!layout.context.some(({ use }) => use === "staged")) return;
    for (const { desk } of this.#desks.values()) {
      const failed = await this.#staged.give(desk, this.#lastOf(desk.agent));
      if (failed !== null)
        await this.#warn(`The copies of your write paths were not made: ${failed}.`, "This agent works without them.", desk.agent);
    }
  }

  /** What a former process has saved is used where it is whole; older answers than an agent's last have no files any more. */
  async #findSnapshots(): Promise<void> {
    for (const [, known] of this.#answers) {
      const desk = this.#desks.get(known.agent)?.desk;
      const isLast = ![...this.#answers.values()].some((other) => other.agent === known.agent && other.n > known.n);
      const found = desk === undefined ? null : await this.#store.find(this.#store.placeOf(desk.slug, known.n));
      if (found !== null) known.snapshot = found;
      else if (!isLast) known.snapshot = null;
    }
    // One that is there and was not noted yet is noted by `#snapshot`.
    for (const known of this.#answers.values()) if (known.snapshot && known.saved !== true) delete known.snapshot;
  }

  #lastOf(agent: AgentId): Snapshot | null {
    return [...this.#answers.values()].findLast((known) => known.agent === agent && known.snapshot)?.snapshot ?? null;
  }

  #partsOf(desk: Desk): readonly Part[] {
    const own = desk.workspace === null || !this.#options.layout.shares ? [] : [{ name: WORKSPACE_PART, from: desk.workspace }];
    return [...own, ...this.#staged.on(desk).map(({ name, copy }) => ({ name, from: copy }))];
  }

  #snapshot(answer: AnswerId, known: Known): void {
    const desk = this.#desks.get(known.agent)?.desk;
    const parts = desk === undefined ? [] : this.#partsOf(desk);
    if (desk === undefined || parts.length === 0) return void (known.snapshot = null);
    this.#work(async () => {
      try {
        const taken = await this.#store.take(desk.slug, known.n, parts);
        if ("problem" in taken)
          return await this.#warn(`The files of ${answer} were not copied: ${taken.problem}.`, LIMIT_ADVICE, known.agent);
        await this.#record({ type: "snapshot-saved", agent: known.agent, answer, path: asLogged(taken.folder, this.#options.place) });
        if (taken.unreadable.length > 0)
          await this.#warn(
            `Not copied with ${answer}, because the system did not let them be read: ${taken.unreadable.slice(0, 20).join(", ")}.`,
            "",
            known.agent,
          );
        known.snapshot = taken;
        for (const [agent, shown] of this.#desks)
          if (agent !== known.agent && taken.files > 0) void shown.prepare(answer, taken).catch(() => undefined);
      } finally {
        known.snapshot ??= null;
      }
    });
  }

  #show(agent: AgentId, shown: ShownDesk, wanted: Wanted): void {
    this.#showing.add(agent);
    this.#work(async () => {
      try {
        for (const problem of await shown.show(wanted)) await this.#warn(`Files could not be shown: ${problem}.`, "", agent);
      } finally {
        this.#showing.delete(agent);
      }
    });
  }

  #settle(winner: AnswerId): void {
    const known = this.#answers.get(winner);
    if (known !== undefined && known.snapshot === undefined) return;
    this.#settling.add(winner);
    this.#work(async () => {
      try {
        const desk = known === undefined ? undefined : this.#desks.get(known.agent)?.desk;
        if (desk !== undefined && known?.snapshot) await this.#winner.keep({ answer: winner, desk, snapshot: known.snapshot });
      } finally {
        this.#settled.add(winner);
      }
    });
  }

  #record(event: RunEvent): Promise<void> {
    return this.#options.ports.record(event);
  }

  async #warn(message: string, next: string, agent?: AgentId): Promise<void> {
    await this.#record({
      type: "warning",
      code: "E_WORKSPACE",
      message,
      ...(agent === undefined ? {} : { agent }),
      ...(next === "" ? {} : { next }),
    });
  }

  /** Whatever goes wrong is told and costs the files, never the run. */
  #work(action: () => Promise<void>): void {
    const work = action()
      .catch(async (error: unknown) => {
        if (this.#phase === "preparing") this.#phase = "running";
        if (!this.#stop.signal.aborted) await this.#warn(`Working folders: ${error instanceof Error ? error.message : String(error)}.`, "");
      })
      .catch(() => undefined) // A log that cannot be written ends the run by itself.
      .finally(() => {
        this.#working.delete(work);
        if (!this.#stop.signal.aborted) this.#options.ports.changed();
      });
    this.#working.add(work);
  }
}

const LIMIT_ADVICE = "Keep large files elsewhere, or raise `snapshot_limit_mb`.";

function storageOf({ storage, temporary }: Layout, { folder, run }: RunPlace): string {
  if (storage !== null) return join(storage, run satisfies RunId);
  return folder === null ? join(temporary, "snapshots", run) : join(folder, "snapshots");
}
