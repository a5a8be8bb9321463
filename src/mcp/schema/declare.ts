// Turns a server's tool into what one provider accepts as a function declaration.
import type { Json } from "../../core/index.ts";
import type { JsonSchema } from "../contract.ts";
import { cut } from "./describe.ts";
import { modelOf } from "./model.ts";
import { type DeclarationForm, PROFILES } from "./profiles.ts";
import { findRecursion } from "./recursion.ts";
import { renameProperties, type Renames, restoreNames } from "./rename.ts";
import { type Rendered, renderRoot } from "./render.ts";
import type { SchemaModel } from "./shape.ts";

export type DeclarableTool = { readonly name: string; readonly description: string; readonly inputSchema: JsonSchema };

export type Declaration = {
  readonly description: string;
  /** What the provider is sent; null = declare the tool without parameters. Never looser in names than the original, never tighter. */
  readonly schema: JsonSchema | null;
  /** Maps renamed properties of a call's arguments back; validate its result against the original schema. */
  restore(input: Json): Json;
  /** What could not be expressed, each with its place in the schema. */
  readonly notes: readonly string[];
};

const MAX_TOOL_DESCRIPTION = 8_000;
/** Recursion is written out this deep, less where the declaration would grow too large. */
const DEEPEST = 3;
const COMFORTABLE_NODES = 1_200;
const NO_RENAMES: Renames = new Map();

/** Deterministic, never throws, leaves `tool` unchanged. */
export function declare(form: DeclarationForm, tool: DeclarableTool): Declaration {
  try {
    return declareExactly(form, tool);
  } catch (error) {
    // A value nested past what the engine can serialise; the tool stays usable, its arguments are validated as always.
    const note = `#: the schema could not be read (${error instanceof Error ? error.name : "error"}); any object is offered`;
    return { ...declareExactly(form, { ...tool, inputSchema: true }), notes: [note] };
  }
}

function declareExactly(form: DeclarationForm, tool: DeclarableTool): Declaration {
  const profile = PROFILES[form];
  const model = modelOf(tool.inputSchema);
  const renames = profile.propertyName === null ? NO_RENAMES : renameProperties(model, profile.propertyName);
  const written = write(model, renames, form);
  const empty = profile.omitEmpty && model.root.properties.size === 0;
  return {
    description: toolDescription(tool.description, model),
    schema: empty ? null : written.schema,
    restore: (input) => restoreNames(input, model, renames),
    notes: [
      ...model.notes,
      ...written.notes,
      ...[...renames].map(([from, to]) => `#: property ${JSON.stringify(from)} is declared as ${JSON.stringify(to)}`),
    ],
  };
}

function write(model: SchemaModel, renames: Renames, form: DeclarationForm): Rendered {
  const recursion = findRecursion(model);
  const attempt = (unroll: number) => renderRoot({ profile: PROFILES[form], model, renames, recursion, unroll });
  let best = attempt(DEEPEST);
  for (let unroll = DEEPEST - 1; unroll > 0 && best.nodes > COMFORTABLE_NODES; unroll -= 1) best = attempt(unroll);
  return best;
}

function toolDescription(description: string, { rootText }: SchemaModel): string {
  const added = rootText.filter((text) => !description.includes(text)).join("\n");
  const limit = MAX_TOOL_DESCRIPTION - added.length;
  return [cut(description, Math.max(200, limit)), added].filter((text) => text !== "").join("\n");
}
