// What the rest of the program knows of agents' folders: what an agent may reach, and what a run asks for before its turns begin.
import type { AnswerId, Entry, RunEvent, RunId, TurnPlan } from "../core/index.ts";

export type FileUse = "read" | "write";

/** What one agent may do with files; asked by whatever offers tools that touch them. */
export type FileAccess = {
  /** Everything it may read, its working folder first; absolute, links resolved. */
  readonly folders: readonly string[];
  /** Null = it may; else the reason, a sentence for the model. Relative paths count from the working folder. Never rejects. */
  refusal(path: string, use: FileUse): Promise<string | null>;
};

/** What the files of a run need of it. */
export type RunPorts = {
  /** Puts a fact on record; rejects where the log fails, which ends the run by itself. */
  record(event: RunEvent): Promise<void>;
  /** To be called when something has come that was not there when it was asked for. */
  changed(): void;
};

/** The files of one run. Everything is copied in the background; whoever asks for what is not there yet is told later by `changed`. */
export type RunFiles = {
  /** Every entry of the log in order; before `begin` those of a former process. */
  noticed(entry: Entry): void;
  /** From now on folders are made and copied. */
  begin(): void;
  /** True when everything the turn's prompt speaks of lies where it says. */
  isReady(turn: TurnPlan): boolean;
  /** What a new turn is told about files; empty where there is nothing to tell. */
  wordsFor(turn: TurnPlan): string;
  /** True when the files of the answer that was chosen are kept, and its changes carried over. Null = no answer was chosen. */
  isSettled(winner: AnswerId | null): boolean;
  /** What the presenter is told about files; empty where there is nothing to tell. */
  presenterWords(): string;
  /** Stops what is going on; `clear`: what was only shown is cleared away, which the next run does otherwise. Never rejects. */
  close(how: { readonly clear: boolean }): Promise<void>;
};

export type OpenRunFiles = (ports: RunPorts) => RunFiles;

export type RunPlace = {
  /** The run's folder; null where nothing is logged. */
  readonly folder: string | null;
  readonly run: RunId;
};
