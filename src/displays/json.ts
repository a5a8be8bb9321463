// The `json` display: every stored entry as one JSON line on standard output, the result as the last line.
import type { Display } from "./contract.ts";
import type { DisplayContext } from "./context.ts";

export function jsonDisplay({ terminal }: DisplayContext): Display {
  const put = (value: unknown): void => void terminal.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    // Deltas have no `seq`: they come again, merged, as entries.
    show: (item) => (item.kind === "entry" ? put(item.entry) : undefined),
    finish: async (result) => put(result),
    dispose: () => undefined,
  };
}
