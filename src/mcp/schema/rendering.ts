// What the writers of a declaration share: the form, the schema, and what has been written so far.
import type { Profile } from "./profiles.ts";
import type { Recursion } from "./recursion.ts";
import type { Renames } from "./rename.ts";
import type { SchemaModel, Shape } from "./shape.ts";

export type Node = Record<string, unknown>;

export type Rendering = {
  readonly profile: Profile;
  readonly model: SchemaModel;
  readonly renames: Renames;
  readonly recursion: Recursion;
  /** How often a recursive definition may stand inside itself. */
  readonly unroll: number;
  readonly notes: Set<string>;
  /** Name in `$defs` of each definition that got a place there; those still to be written wait in `queue`. */
  readonly placed: Map<string, string>;
  readonly queue: string[];
  nodes: number;
  /** Writes any shape; the writers of single kinds call it for what is inside. */
  render(shape: Shape, position: Position): Node;
};

export type Position = {
  readonly path: string;
  readonly depth: number;
  /** Recursive definitions being written out around this place. */
  readonly open: readonly string[];
  /** There is an optional property between the start (root or definition) and this place. */
  readonly optional: boolean;
};
