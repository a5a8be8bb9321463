// The tools of one request: what is declared to the provider, and what a name the model used stands for.
import type { JSONSchema7, LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { Json } from "../core/index.ts";
import type { JsonSchema, OfferedTool } from "../mcp/contract.ts";
import type { WorkflowTool } from "./contract.ts";
import type { OwnTool } from "./own-tool.ts";

/** A tool as one provider takes it. */
export type Declaration = {
  readonly description: string;
  /** Null where the tool takes no arguments and the provider wants no schema then. */
  readonly schema: JsonSchema | null;
  /** Undoes the renaming of properties in the arguments a model gave. */
  restore(input: Json): Json;
};
export type Declare = (tool: { readonly name: string; readonly description: string; readonly inputSchema: JsonSchema }) => Declaration;

export type TableEntry = {
  readonly name: string;
  readonly kind: "workflow" | "mcp" | "own";
  readonly declared: LanguageModelV4FunctionTool;
  restore(input: Json): Json;
  /** Present for `mcp`. */
  readonly offered?: OfferedTool;
  /** Present for `own`. */
  readonly own?: OwnTool;
};

export type ToolTable = {
  readonly entries: readonly TableEntry[];
  /** The exact name first, then a re-spelling that fits exactly one tool. */
  find(name: string): TableEntry | null;
};

type Source = { readonly name: string; readonly description: string; readonly inputSchema: JsonSchema };
type Cached = { readonly description: string; readonly schema: JsonSchema; readonly declaration: Declaration };

const NO_ARGUMENTS: JSONSchema7 = { type: "object", properties: {} };

/** Models lower the case, write `_` for `-` and put the name space of their training in front. */
const fold = (name: string): string =>
  name
    .replace(/^(?:default_api|functions)[.:]/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "_");

/** Converts schemas once per tool; an agent's tools hardly change from step to step. */
export class ToolDeclarer {
  readonly #declare: Declare;
  readonly #cache = new Map<string, Cached>();

  constructor(declare: Declare) {
    this.#declare = declare;
  }

  table(workflow: readonly WorkflowTool[], offered: readonly OfferedTool[], own: readonly OwnTool[]): ToolTable {
    const entries: TableEntry[] = [];
    for (const tool of workflow) entries.push(this.#entry(tool, { kind: "workflow" }));
    for (const tool of own) entries.push(this.#entry(tool, { kind: "own", own: tool }));
    for (const tool of offered) entries.push(this.#entry(tool, { kind: "mcp", offered: tool }));
    return { entries, find: finder(entries) };
  }

  #entry(tool: Source, rest: Pick<TableEntry, "kind" | "offered" | "own">): TableEntry {
    const { description, schema, restore } = this.#declared(tool);
    // The schema was made for this provider's form; the SDK hands it on untouched.
    const inputSchema = schema === null ? NO_ARGUMENTS : (schema as JSONSchema7);
    return { name: tool.name, declared: { type: "function", name: tool.name, description, inputSchema }, restore, ...rest };
  }

  #declared(tool: Source): Declaration {
    const cached = this.#cache.get(tool.name);
    if (cached !== undefined && cached.description === tool.description && cached.schema === tool.inputSchema) return cached.declaration;
    const declaration = this.#declare(tool);
    this.#cache.set(tool.name, { description: tool.description, schema: tool.inputSchema, declaration });
    return declaration;
  }
}

function finder(entries: readonly TableEntry[]): ToolTable["find"] {
  const exact = new Map(entries.map((entry) => [entry.name, entry]));
  return (name) => {
    const found = exact.get(name);
    if (found !== undefined) return found;
    const alike = entries.filter((entry) => fold(entry.name) === fold(name));
    return alike.length === 1 ? (alike[0] ?? null) : null;
  };
}
