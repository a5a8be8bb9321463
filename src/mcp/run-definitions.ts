// One definition of each tool for all processes of a server in a run: the first one counts, a process that says something else does not get its own way.
import type { CheckedTool } from "./contract.ts";
import { definitionDiff } from "./tool-pins.ts";

type Known = { readonly tool: CheckedTool; readonly saidBy: Set<string> };

export class RunDefinitions {
  readonly #known = new Map<string, Known>();

  /**
   * What is different about a tool as `process` describes it, line by line; null where it is as the other processes have it.
   * A process that nobody else agrees with may change its own word: then there is no second definition.
   */
  compare(process: string, tool: CheckedTool): readonly string[] | null {
    if (tool.kind !== "tool") return null;
    const known = this.#known.get(tool.name);
    const diff = known ? definitionDiff(known.tool, tool) : [];
    if (known && diff.length === 0) {
      known.saidBy.add(process);
      return null;
    }
    known?.saidBy.delete(process);
    if (known && known.saidBy.size > 0) return diff;
    this.#known.set(tool.name, { tool, saidBy: new Set([process]) });
    return null;
  }
}
