// How the folders of a team are laid out: for each agent a working folder, and a desk on which it finds what it is shown.
import type { AgentId } from "../core/index.ts";

export type ContextFolder = {
  /** Absolute, links resolved. */
  readonly path: string;
  /** `staged`: agents work on a copy each, and the winner's changes are carried over. */
  readonly use: "read" | "write" | "staged";
  /** Of its copy: a plain file name, no two alike. */
  readonly name: string;
};

export type Desk = {
  readonly agent: AgentId;
  /** File name in the storage; never shown to a model. */
  readonly slug: string;
  /** The agent's own files; null where it has none that are shared. */
  readonly workspace: string | null;
  /** The desk's folder: copies of the answers it is shown, and `paths` with its copies of staged folders. */
  readonly folder: string;
  /** Everything the agent's tools may read and write, in the order in which servers are given it. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
};

export type Layout = {
  readonly desks: readonly Desk[];
  /** Files are shared: snapshots are taken, and shown to the others. */
  readonly shares: boolean;
  readonly context: readonly ContextFolder[];
  /** Holds the desks and what is being copied to them. */
  readonly temporary: string;
  /** Holds a folder for each run; null = they lie in the run's own folder. */
  readonly storage: string | null;
  readonly limitBytes: number;
};

/** Where an agent's copies of staged folders lie. */
export const STAGED = "paths";
/** Of a snapshot: the copy of the working folder; staged folders lie beside it under their names. */
export const WORKSPACE_PART = "workspace";
/** More files and folders than this are in no copy. */
export const MOST_ENTRIES = 20_000;
