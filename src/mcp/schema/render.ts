// Writes shapes as the JSON Schema dialect of one provider form.
import type { JsonSchema } from "../contract.ts";
import { describeNode } from "./describe.ts";
import type { Profile } from "./profiles.ts";
import type { Recursion } from "./recursion.ts";
import type { Renames } from "./rename.ts";
import { RENDERERS } from "./render-kinds.ts";
import { renderReference } from "./render-reference.ts";
import type { Node, Position, Rendering } from "./rendering.ts";
import { ANY, type SchemaModel, setOwn, type Shape } from "./shape.ts";

const MAX_DEPTH = 48;
/** Nodes of one declaration; what lies beyond is offered as "any value". */
const MAX_NODES = 2_500;

export type RenderRequest = {
  readonly profile: Profile;
  readonly model: SchemaModel;
  readonly renames: Renames;
  readonly recursion: Recursion;
  /** How often a recursive definition may stand inside itself. */
  readonly unroll: number;
};
export type Rendered = { readonly schema: JsonSchema; readonly notes: readonly string[]; readonly nodes: number };

/** The root with its definitions. */
export function renderRoot(request: RenderRequest): Rendered {
  const rendering: Rendering = {
    ...request,
    notes: new Set(),
    placed: new Map(),
    queue: [],
    nodes: 0,
    render: (shape, position) => renderShape(rendering, shape, position),
  };
  const { description: _told, ...rest } = request.model.root;
  const root = rendering.render({ ...rest, facts: [] }, { path: "#", depth: 0, open: [], optional: false });
  if (!Object.hasOwn(root, "properties")) root["properties"] = {};
  const definitions: Node = {};
  for (let target = rendering.queue.shift(); target !== undefined; target = rendering.queue.shift()) {
    const shape = request.model.definitions.get(target) ?? ANY;
    const open = request.recursion.isRecursive(target) ? [target] : [];
    setOwn(definitions, rendering.placed.get(target) ?? target, rendering.render(shape, { path: target, depth: 0, open, optional: false }));
  }
  if (Object.keys(definitions).length > 0) root["$defs"] = definitions;
  return { schema: root, notes: [...rendering.notes], nodes: rendering.nodes };
}

function renderShape(rendering: Rendering, shape: Shape, position: Position): Node {
  rendering.nodes += 1;
  if (rendering.nodes > MAX_NODES || position.depth > MAX_DEPTH) {
    rendering.notes.add(`${position.path}: beyond the size of a declaration; any value is offered`);
    return describeNode(RENDERERS.any(rendering, ANY, position), shape, rendering.profile);
  }
  if (shape.kind === "ref") return renderReference(rendering, shape, position);
  const writer = RENDERERS[shape.kind] as (rendering: Rendering, shape: Shape, position: Position) => Node;
  return describeNode(writer(rendering, shape, position), shape, rendering.profile);
}
