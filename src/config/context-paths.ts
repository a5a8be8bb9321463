// One entry of `orchestrator.context_paths`: a folder of the person's, and what agents may do there.
import { optional, record, withDefault } from "./record.ts";
import { report } from "./reading.ts";
import { choice, text, type Shape } from "./shapes.ts";

export type ContextPath = { readonly path: string; readonly permission: "read" | "write" };

const folder = text({ pattern: /\S/, expected: "the path of a folder" });
const entry = record({
  path: optional(folder, "A folder; relative ones count from the working folder."),
  permission: withDefault(choice(["read", "write"]), "read", "What agents may do there."),
});

/** A mapping, or a path alone, which is for reading. */
export const contextPathShape: Shape<ContextPath> = {
  schema: { anyOf: [{ ...entry.schema, required: ["path"] }, folder.schema] },
  read(tree, place, reading) {
    if (tree.kind === "scalar") {
      const path = folder.read(tree, place, reading);
      return path === null ? null : { path, permission: "read" };
    }
    const before = reading.problems.length;
    const values = entry.read(tree, place, reading);
    if (values === null) return null;
    const { path, permission } = values;
    if (path !== null) return { path, permission };
    if (reading.problems.length === before)
      report(reading, { place, mark: tree.mark }, { code: "missing-key", message: `\`${place.name}\` needs \`path\`` });
    return null;
  },
};
